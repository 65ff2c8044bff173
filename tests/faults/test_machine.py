"""A machine that sends, loses, resumes, runs again, and changes input and lists at will."""

import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import hygiene
from hygiene.emulator import Emulator
from hygiene.lists import parse_list

pytestmark = [pytest.mark.faults, pytest.mark.slow]

NAMES = [f"lead{number}@acme.example" for number in range(8)]
FAULTS = [
    {"drop": "before"},
    {"drop": "after"},
    {"half": True},
    {"status": 500, "body": "", "drop": "after"},
    {"status": 200, "body": ""},
    {"status": 200, "body": {"ok": False}, "drop": "after"},
    {"status": 429, "body": ""},
    {"status": 401, "body": {"message": "no"}},
]


class Imports(RuleBasedStateMachine):
    """One list, one journal; the model is what may and what must be in the list."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.api = Emulator()
        self.api.start()
        self.list_id = self.api.create_list("A")
        self.leads, self.suppressed = NAMES[:5], frozenset()
        self.allowed = set()
        self.batch_leads = 2

    def teardown(self):
        self.api.close()
        shutil.rmtree(self.folder)

    def run(self, on_unknown="verify", *, again=False):
        """Run the import of what the input holds now; None where it was refused."""
        suppress = parse_list("\n".join(self.suppressed), name="dnc", may_be_empty=True)
        cleaned = hygiene.clean(pd.DataFrame({"email": self.leads}), suppress=suppress)
        self.allowed |= set(self.leads) - self.suppressed
        self.forbidden = self.suppressed - set(self.api.members(self.list_id))
        with hygiene.Smartlead(
            list_id=self.list_id, api_key=self.api.api_key, base_url=self.api.base_url, patience_s=0
        ) as sink:
            try:
                return hygiene.import_leads(
                    cleaned,
                    sink,
                    journal=self.folder / "j",
                    batch_leads=self.batch_leads,
                    on_unknown=on_unknown,
                    again=again,
                )
            except hygiene.SinkError:
                return None

    @rule(fault=st.sampled_from(FAULTS), after=st.integers(0, 2))
    def lose(self, fault, after):
        self.api.fail_next(after=after, **fault)

    @rule(on_unknown=st.sampled_from(["verify", "resend", "stop"]))
    def send(self, on_unknown):
        self.run(on_unknown)

    @rule(chosen=st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
    def change_input(self, chosen):
        self.leads = chosen

    @rule(chosen=st.frozensets(st.sampled_from(NAMES), max_size=3))
    def change_list(self, chosen):
        self.suppressed = chosen

    @rule(size=st.integers(1, 4))
    def change_batch_size(self, size):
        self.batch_leads = size

    @precondition(lambda self: self.leads)
    @rule()
    def finish(self):
        self.api.faults.clear()
        receipt = self.run()
        again = self.run()

        assert receipt is not None
        assert receipt.error is None
        assert receipt.reconciliation.agrees, receipt.reconciliation.explain()
        if not set(self.leads) - self.suppressed <= set(self.api.members(self.list_id)):
            # a lead that was suppressed when the import was planned is sent only where it is planned anew
            assert self.run(again=True).reconciliation.agrees
        assert set(self.leads) - self.suppressed <= set(self.api.members(self.list_id))
        assert again.reconciliation.agrees
        assert again.reported == receipt.reported or not again.batches

    @invariant()
    def every_lead_is_in_the_list_at_most_once_and_none_that_was_never_allowed(self):
        members = self.api.members(self.list_id)
        assert len(members) == len(set(members))
        assert set(members) <= self.allowed
        assert not getattr(self, "forbidden", set()) & set(members)


Imports.TestCase.settings = settings(
    max_examples=settings.default.max_examples // 3, stateful_step_count=10, deadline=None
)
TestImports = Imports.TestCase
