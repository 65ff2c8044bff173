"""Rules held against a list that was read back: what the API does is never contradicted by what it did."""

from dataclasses import replace

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.emulator import Emulator
from hygiene.policy import ImportPolicy

#: Leads that every one of these rules counts in its own way.
EMAILS = [
    "ann@birchworks.example", "ANN@birchworks.example", "bob+a@birchworks.example", "bob+b@birchworks.example",
    "bob@birchworks.example", "c.d@gmail.com", "cd@gmail.com", "cd+x@gmail.com", "cd@googlemail.com",
    "eve@evergate.example", "eve@shop.evergate.example", "kim@lumen.example", "lee@lumen.example",
    "ann@birchworks.example", "pia@b\u00fccher.example", "pia@xn--bcher-kva.example",
    "max+1@gmail.com", "max+2@gmail.com", "max+1@gmail.com", "o'hara@lumen.example", "noa@lumen.example",
]  # fmt: skip

RULES = {
    "fold_case": [False, True],
    "fold_plus_tag": [False, True],
    "fold_gmail_dots": [False, True],
    "fold_gmail_tags": [False, True],
    "fold_googlemail": [False, True],
    "block_subdomains": [False, True],
    "precedence": ["blocked", "duplicate"],
    "blocked_are_remembered": [False, True],
    "repeats_count_as": ["duplicates", "imported", "imported_in_request", "imported_in_list", "uncounted"],
    "request_limit": [0, *range(1, 8)],
    "lead_credit": [0, *range(1, 20)],
    "usable_address": ["loose", "ascii"],
    "duplicate_scope": ["list", "account"],
    "total_counts": ["rows", "taken", "distinct", "added"],
    "invalid_rows": ["uncounted", "blocked", "imported"],
    "block_reach": ["name", "registrable", "letters"],
    "block_domains": [True, False],
    "block_addresses": [True, False],
    "fold_u_labels": [False, True],
}

LIMITS = ("request_limit", "lead_credit")

#: One limit alone: what two at once let through is told by either in many imports.
policies = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in RULES.items() if name not in LIMITS}
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies, st.sampled_from(sorted(RULES)), st.integers(0, 19))
def test_the_rules_that_an_api_follows_are_never_contradicted(base, changed, place):
    believed = ImportPolicy(**base)
    value = RULES[changed][place % len(RULES[changed])]
    true = replace(believed, **{changed: value})
    with Emulator(policy=true) as api:
        api.block(["evergate.example", "lee@lumen.example"])
        list_id = api.create_list("A")
        with hygiene.Smartlead(
            list_id=list_id, api_key="demo-key", base_url=api.base_url, policy=believed
        ) as sink:
            cleaned = hygiene.clean(pd.DataFrame({"email": EMAILS}), policy=believed)
            receipt = hygiene.import_leads(cleaned, sink, batch_leads=7, verify=True, send_all=True)
    found = receipt.reconciliation.search()

    assert all(fit.policy != true for fit in found.dropped)
    if not receipt.reconciliation.agrees:
        assert any(changed in fit.changes for fit in found.fits), found.sentences()
