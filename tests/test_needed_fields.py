"""Fields that leads need: the prediction and the local API agree on who lacks one."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.emulator import Emulator
from hygiene.errors import UsageError
from hygiene.importing.journal import SqliteJournal
from hygiene.policy import ImportPolicy, choices

CELLS = st.sampled_from(["", " ", "x", "Firm"])
LEADS = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(
                [f"{name}@acme.example" for name in ("ann", "bob", "ANN", "eve", "kim")]
            ),
            "company": CELLS,
            "Segment": CELLS,
        }
    ),
    min_size=1,
    max_size=8,
)
POLICIES = st.builds(
    ImportPolicy,
    needed_fields=st.sampled_from(["company", "Segment", "company, Segment", "phone", ""]),
    invalid_rows=st.sampled_from(choices("invalid_rows")),
    total_counts=st.sampled_from(choices("total_counts")),
    blocked_are_remembered=st.booleans(),
    request_limit=st.sampled_from([0, 2]),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LEADS, POLICIES)
def test_what_is_predicted_is_what_the_local_api_answers(leads, policy):
    cleaned = hygiene.clean(pd.DataFrame(leads), policy=policy)
    with Emulator(policy=policy) as api:
        api.block(["eve@acme.example"])
        with hygiene.Smartlead(
            list_id=api.create_list("A", members=["kim@acme.example"]), api_key="demo-key",
            base_url=api.base_url, policy=policy,
        ) as sink:  # fmt: skip
            try:
                receipt = hygiene.import_leads(
                    cleaned, sink, batch_leads=3, send_all=True, custom=["Segment"]
                )
            except hygiene.errors.Rejected:
                assert policy.invalid_rows == "reject_request"
                return

    if receipt.reconciliation.status != "differs" or policy.invalid_rows != "reject_request":
        assert receipt.reconciliation.agrees, receipt.reconciliation.explain()


@given(LEADS, POLICIES)
def test_a_table_and_its_cleaning_are_predicted_alike(leads, policy):
    frame = pd.DataFrame(leads)

    found = hygiene.predict(frame, policy=policy)

    cleaned = hygiene.clean(frame, policy=policy)
    assert cleaned.predicted_raw == found.counts
    ready = hygiene.predict(cleaned.ready, policy=policy, batch_leads=1000)
    assert cleaned.predicted == ready.counts


def test_a_column_that_is_needed_and_not_sent_is_refused_before_anything_is_sent():
    policy = ImportPolicy(needed_fields="Segment")
    cleaned = hygiene.clean(pd.DataFrame({"email": ["ann@acme.example"], "Segment": ["A"]}), policy=policy)
    with (
        Emulator(policy=policy) as api,
        hygiene.Smartlead(
            list_id=api.create_list("A"), api_key="demo-key", base_url=api.base_url, policy=policy
        ) as sink,
    ):
        with pytest.raises(UsageError, match=r"'Segment', which is not sent.*custom=\['Segment'\]"):
            hygiene.import_leads(cleaned, sink)
        receipt = hygiene.import_leads(cleaned, sink, custom=["Segment"])

    assert receipt.reported.imported == 1


def test_addresses_alone_cannot_tell_which_fields_are_blank():
    with pytest.raises(UsageError, match="the policy needs company, and rows are addresses alone"):
        hygiene.predict(pd.Series(["ann@acme.example"]), policy=ImportPolicy(needed_fields="company"))


def test_partitions_are_not_predicted_with_needed_fields():
    dd, scale = pytest.importorskip("dask.dataframe"), pytest.importorskip("hygiene.scale")
    frame = dd.from_pandas(pd.DataFrame({"email": ["ann@acme.example"]}), npartitions=1)

    with pytest.raises(UsageError, match="needed_fields are not predicted of partitions"):
        scale.clean(frame, policy=ImportPolicy(needed_fields="company"))


def test_the_journal_remembers_who_lacks_a_field(tmp_path):
    policy = ImportPolicy(needed_fields="company")
    frame = pd.DataFrame({"email": ["ann@acme.example", "bob@acme.example"], "company": ["Acme", ""]})
    with (
        Emulator(policy=policy) as api,
        hygiene.Smartlead(
            list_id=api.create_list("A"), api_key="demo-key", base_url=api.base_url, policy=policy
        ) as sink,
    ):
        receipt = hygiene.import_leads(hygiene.clean(frame), sink, journal=tmp_path / "j", verify=True)

    with SqliteJournal(tmp_path / "j") as journal:
        later = journal.find(receipt.import_id).reconciliation

    assert receipt.reported == hygiene.Counts(2, 1, 0, 0)
    assert receipt.readback.agrees
    assert later.agrees
    assert later.explain() == []
