import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.emulator import rules
from hygiene.emulator.counting import import_leads
from hygiene.emulator.store import Store
from hygiene.errors import UsageError
from hygiene.prediction import ImportPolicy, predict
from hygiene.verdict import Counts

ADDRESSES = [
    "ann@acme.example", "Ann@Acme.example", " ann@acme.example ", "ann+news@acme.example", "+x@acme.example",
    "bob@mail.acme.example", "bob@bolt.example", "b.o.b@gmail.com", "bob@googlemail.com", "BOB@Gmail.com",
    "bob+1@gmail.com", "ÉVA@bolt.example", "éva@bolt.example", "İ@bolt.example", "a\u00a0b@bolt.example",
    "", None, "nobody", "two@@acme.example", "x@nodot", "x@a..example", ".@gmail.com", "c@d@e.example",
]  # fmt: skip
ENTRIES = [
    "acme.example",
    "ACME.example",
    "mail.acme.example",
    "ann@acme.example",
    "Bob@bolt.example",
    "example",
    "gmail.com",
]


@st.composite
def policies(draw):
    rules_ = {}
    for rule in dataclasses.fields(ImportPolicy):
        rules_[rule.name] = draw(st.sampled_from(rule.metadata["choices"] or (True, False)))
    return ImportPolicy(**rules_)


def _counted(leads, *, policy, blocklist, known, batch_leads, waive):
    """What the emulator counts: its own code path, row by row in SQL."""
    store = Store(":memory:", policy=policy)
    members = [address for address in known if address]
    home = store.create_list("target", members=members if policy.duplicate_scope != "account" else ())
    if policy.duplicate_scope == "account":
        store.create_list("another", members=members)
    store.block(blocklist, source="test", client_id=None)
    counts = []
    for start in range(0, len(leads), batch_leads):
        batch = [{"email": address} for address in leads[start : start + batch_leads]]
        refused = (
            policy.invalid_rows == "reject_request" and rules.first_unusable(batch, policy=policy) is not None
        )
        found = None if refused else import_leads(store, batch, list_id=home, file_name="t", waive=waive)
        counts.append(Counts(**found) if found else Counts())
    store.close()
    return tuple(counts)


@settings(max_examples=1500)
@given(
    leads=st.lists(st.sampled_from(ADDRESSES), max_size=12),
    policy=policies(),
    blocklist=st.lists(st.sampled_from(ENTRIES), max_size=3),
    known=st.lists(st.sampled_from(ADDRESSES), max_size=3),
    batch_leads=st.integers(1, 13),
    waive=st.booleans(),
)
def test_prediction_and_emulator_agree_under_every_policy(
    leads, policy, blocklist, known, batch_leads, waive
):
    told = {"policy": policy, "blocklist": blocklist, "known": known, "batch_leads": batch_leads}

    prediction = predict(pd.Series(leads, dtype=object), **told, waive_blocklist=waive)

    assert prediction.batches == _counted(leads, **told, waive=waive)
    assert prediction.counts == sum(prediction.batches, Counts())


@given(leads=st.lists(st.sampled_from(ADDRESSES), max_size=12), data=st.data())
def test_order_and_split_do_not_matter_under_list_scope(leads, data):
    told = {"blocklist": ["acme.example"], "known": ["bob@bolt.example"]}
    whole = predict(pd.Series(leads, dtype=object), **told)

    shuffled = data.draw(st.permutations(leads))
    split = predict(pd.Series(shuffled, dtype=object), **told, batch_leads=data.draw(st.integers(1, 5)))

    assert split.counts == whole.counts


def test_the_four_numbers_of_a_small_import():
    rows = pd.DataFrame({"email": ["a@x.example", "A@x.example", "b@y.example", "c@z.example", "oops"]})

    prediction = predict(rows, blocklist=["y.example"], known=["C@z.example"])

    assert prediction.counts == Counts(total_leads=5, imported=1, duplicates=2, blocked=1)
    assert prediction.counts.unaccounted == 1


def test_nothing_to_send_is_no_request():
    assert predict(pd.Series([], dtype="str")).batches == ()


def test_a_policy_comes_back_from_its_toml_with_labels_as_comments():
    policy = ImportPolicy(fold_plus_tag=True, duplicate_scope="account")

    text = policy.to_toml()

    assert ImportPolicy.from_toml(text) == policy
    assert text.count("# assumed:") + text.count("# documented:") == len(dataclasses.fields(ImportPolicy))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fold_case = 1", "true or false"),
        ("scope = 'list'", "no rule"),
        ("duplicate_scope = 'all'", "'account'"),
        ("=", "not TOML"),
    ],
)
def test_a_policy_text_that_is_none_is_refused_with_what_was_expected(text, says):
    with pytest.raises(UsageError, match=says):
        ImportPolicy.from_toml(text)
