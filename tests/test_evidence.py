"""Evidence: what a list holds after an import decides between rules that counts cannot tell apart."""

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.policy import RULES, ImportPolicy, choices
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.simulate import DUPLICATE, IMPORTED

#: What limits would do depends on the order of leads; the tests of prediction have them.
LIMITS = ("unreadable_lists", "waive_covers", "request_limit", "lead_credit", "total_counts")

LEADS = [
    "ann@acme.example", "Ann@acme.example", "ann+news@acme.example", "bob@bolt.example", "b.ob@gmail.com",
    "bob@gmail.com", "bob+1@gmail.com", "bob@googlemail.com", "old@acme.example", "OLD@acme.example",
    "cy@acme.example", "bob@bolt.example", " dan@acme.example", "dan@acme.example", "eve+x@bolt.example",
    "eve@bolt.example",
]  # fmt: skip


def imported(leads, *, believed, true, members=()):
    """The receipt of an import of all leads as they are, read back, and what the list held."""
    with Emulator(policy=true) as api:
        list_id = api.create_list("A", members=members)
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=believed
        ) as sink:
            cleaned = hygiene.clean(pd.DataFrame({"email": leads}), mend=False)
            receipt = hygiene.import_leads(cleaned, sink, batch_leads=5, send_all=True, verify=True)
        return receipt, api.members(list_id)


def texts(*cells):
    return pa.array(cells, pa.large_string())


def test_tags_folded_at_gmail_alone_are_told_from_dots():
    leads = [
        "a.b@gmail.com",
        "ab@gmail.com",
        "cy@gmail.com",
        "cy+1@gmail.com",
        "dan@acme.example",
        "dan+1@acme.example",
    ]
    receipt, held = imported(leads, believed=ImportPolicy(), true=ImportPolicy(fold_gmail_tags=True))
    found = receipt.reconciliation.search()

    assert set(leads) - set(held) == {"cy+1@gmail.com"}
    assert [fit.changes for fit in found.fits] == [{"fold_gmail_tags": (False, True)}]
    assert (
        "fold_gmail_dots = true (was false) fits the counts and is contradicted: the list holds row 2, which it leaves "
        "out, and lacks row 4, which it lets in"
    ) in receipt.reconciliation.explain()


def test_without_a_read_back_both_rules_stay():
    leads = ["a.b@gmail.com", "ab@gmail.com", "cy@gmail.com", "cy+1@gmail.com"]
    believed, true = ImportPolicy(), ImportPolicy(fold_gmail_dots=True)
    seen, _ = imported(leads, believed=believed, true=true)
    blind = replace(seen.reconciliation, trace=replace(seen.reconciliation.trace, evidence=None))

    assert len(blind.search().fits) > 1
    assert [fit.changes for fit in seen.reconciliation.search().fits] == [{"fold_gmail_dots": (False, True)}]


def test_the_rule_that_changed_is_named_and_never_contradicted():
    rng = random.Random(11)
    differing = 0
    for _ in range(60):
        names = [name for name in RULES if name not in LIMITS]
        believed = ImportPolicy(**{name: rng.choice(choices(name)) for name in names if rng.random() < 0.2})
        rule = rng.choice(names)
        value = rng.choice([each for each in choices(rule) if each != getattr(believed, rule)])
        true = replace(believed, **{rule: value})

        receipt, _ = imported(
            rng.sample(LEADS, 14), believed=believed, true=true, members=["old@acme.example"]
        )

        told = receipt.reconciliation
        changed = {rule: (getattr(believed, rule), value)}
        found = told.search()
        assert changed not in [fit.changes for fit in found.contradicted], (believed, changed)
        if any(batch.reported != batch.predicted for batch in receipt.batches):
            differing += 1
            assert changed in [fit.changes for fit in found.fits], (believed, changed, told.explain())
    assert differing >= 10


def test_rules_that_turn_over_what_was_measured_come_last_and_are_told_as_such():
    leads = ["ann+1@acme.example", "ann+2@acme.example", "bob@bolt.example"]
    believed = ImportPolicy(measured=frozenset({"fold_plus_tag"}))
    receipt, _ = imported(leads, believed=believed, true=ImportPolicy(fold_plus_tag=True))
    told = receipt.reconciliation.explain()

    [doubted] = [sentence for sentence in told if "fold_plus_tag" in sentence]
    assert doubted.endswith("; it counts row 2 otherwise, and the measurement would have been wrong")
    assert told.index(doubted) > next(at for at, sentence in enumerate(told) if "no rule differs" in sentence)


@pytest.mark.parametrize(
    ("members", "missing"), [(["ann@x.example"], True), (["ann@x.example", "who@x.example"], False)]
)
def test_of_a_list_that_keeps_addresses_otherwise_nothing_is_known_to_be_missing(members, missing):
    sent = texts("ann@x.example", "bob@x.example")

    found = Evidence.of(sent, members, [], landed=np.array([True, True]))

    assert found.held.tolist() == [True, False]
    assert found.missing.tolist() == [False, missing]


def test_nothing_is_known_of_leads_that_were_there_before_or_whose_request_has_no_answer():
    sent = texts(" Ann@x.example", "bob@x.example", "cy@x.example")

    found = Evidence.of(
        sent, ["ann@x.example", "bob@x.example"], ["ann@x.example"], landed=np.array([True, True, False])
    )

    assert found.held.tolist() == [False, True, False]
    assert found.missing.tolist() == [False, False, False]


def test_one_of_several_rows_of_an_address_is_enough():
    found = Evidence.of(
        texts("a@x.example", "A@x.example"), ["a@x.example"], [], landed=np.array([True, True])
    )

    assert not found.against(np.array([IMPORTED, DUPLICATE], dtype=np.int8), np.array([1, 2]))
    assert found.against(np.array([DUPLICATE, DUPLICATE], dtype=np.int8), np.array([1, 2])).held == (1, 2)
