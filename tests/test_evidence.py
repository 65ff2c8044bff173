"""Evidence: what a list holds after an import decides between rules that counts cannot tell apart."""

import random
from dataclasses import replace

import pandas as pd

import hygiene
from hygiene.emulator import Emulator
from hygiene.policy import RULES, ImportPolicy, choices

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


def test_the_rule_that_changed_is_named_and_never_contradicted():
    rng = random.Random(11)
    differing = 0
    for _ in range(30):
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
        assert changed not in [fit.changes for fit in found.dropped], (believed, changed)
        if any(batch.reported != batch.predicted for batch in receipt.batches):
            differing += 1
            assert changed in [fit.changes for fit in found.fits], (believed, changed, told.explain())
    assert differing >= 5
