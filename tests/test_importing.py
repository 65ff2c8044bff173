"""Importing over real sockets: what is sent, in which batches, and what a receipt says of failures."""

import logging
import traceback

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.emulator import Emulator
from hygiene.errors import (
    AuthError,
    HygieneError,
    RateLimited,
    SinkError,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.importing import plan, run_import, sent_columns
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.sinks import Reply


def leads_of(*emails, **columns):
    return pd.DataFrame({"email": list(emails), **columns})


def cleaned_of(rows, **settings):
    return hygiene.clean(leads_of(*(f"lead{row}@acme.example" for row in range(rows))), **settings)


@pytest.fixture
def sink(api):
    with hygiene.Smartlead(list_id=api.create_list("A"), api_key=api.api_key, base_url=api.base_url) as sink:
        yield sink


def imports(api):
    return [status for method, path, status in api.requests if method == "POST" and path.endswith("/import")]


# planning


def test_every_row_to_send_is_in_exactly_one_batch_in_the_order_of_the_input():
    cleaned = hygiene.clean(
        leads_of("a@x.example.org", "nobody", "b@x.example.org", "a@x.example.org", "c@x.example.org")
    )

    batches = list(plan(cleaned, batch_leads=2))

    assert [batch.rows for batch in batches] == [(1, 3), (5,)]
    assert [batch.number for batch in batches] == [1, 2]
    assert [[lead["email"][0] for lead in batch.leads] for batch in batches] == [["a", "b"], ["c"]]


def test_empty_and_missing_fields_are_not_sent():
    frame = leads_of(
        "a@acme.example",
        "b@acme.example",
        first_name=["Ann", "  "],
        company=[np.nan, None],
        title=["", "CEO"],
    )

    [batch] = plan(hygiene.clean(frame), batch_leads=400)

    assert batch.leads == (
        {"email": "a@acme.example", "first_name": "Ann"},
        {"email": "b@acme.example", "title": "CEO"},
    )


def test_custom_columns_are_sent_only_where_named():
    cleaned = hygiene.clean(leads_of("a@acme.example", Tier=["gold"], Note=["x"], company=["Acme"]))

    sent = [
        next(plan(cleaned, batch_leads=1, custom=custom)).leads[0] for custom in ((), ("Tier",), ("all",))
    ]

    assert sent == [
        {"email": "a@acme.example", "company": "Acme"},
        {"email": "a@acme.example", "company": "Acme", "Tier": "gold"},
        {"email": "a@acme.example", "company": "Acme", "Tier": "gold", "Note": "x"},
    ]


def test_a_custom_column_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match=r"custom=\['Tire'\]: no such custom column; there are Tier"):
        sent_columns(leads_of("a@acme.example", Tier=["gold"]), ["Tire"])


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_below_one_lead_is_refused_before_anything_is_sent(api, sink, size):
    with pytest.raises(UsageError, match=f"batch_leads={size}: "):
        run_import(cleaned_of(2), sink, batch_leads=size)
    with pytest.raises(UsageError):
        next(plan(cleaned_of(2), batch_leads=size))
    assert api.requests == []


def test_a_missing_custom_column_is_refused_before_anything_is_sent(api, sink):
    with pytest.raises(UsageError):
        run_import(cleaned_of(2), sink, custom=["Tier"])
    assert api.requests == []


def test_a_batch_shows_its_leads_in_no_repr():
    [batch] = plan(cleaned_of(1), batch_leads=1)

    assert "acme" not in repr(batch)


# an import that goes well


def test_an_import_sends_all_batches_and_agrees(api, sink):
    seen = []

    receipt = run_import(
        cleaned_of(5), sink, batch_leads=2, progress=lambda done, of: seen.append((done, of))
    )

    assert [result.rows for result in receipt.batches] == [2, 2, 1]
    assert {(result.state, result.attempts) for result in receipt.batches} == {("acknowledged", 1)}
    assert receipt.reported == receipt.predicted == Counts(5, 5, 0, 0)
    assert receipt.reconciliation.agrees
    assert receipt.error is None
    assert len(api.members(sink.list_id)) == 5
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_the_sinks_batch_size_is_the_default(api, sink):
    sink.batch_leads = 3

    receipt = run_import(cleaned_of(4), sink)

    assert [result.rows for result in receipt.batches] == [3, 1]


def test_nothing_ready_is_nothing_sent_and_agrees(api, sink):
    receipt = run_import(hygiene.clean(leads_of("nobody")), sink)

    assert api.requests == []
    assert (receipt.predicted, receipt.reported, receipt.batches) == (Counts(), Counts(), ())
    assert receipt.reconciliation.agrees


def test_a_difference_is_found_and_explained(api, sink):
    api.block(["lead1@acme.example"])
    empty = {"blocklist": parse_list("", name="none", may_be_empty=True)}
    no_leads = KnownLeads.from_cells("none", pa.array([], pa.large_string()))

    receipt = run_import(cleaned_of(3, **empty, known=no_leads), sink, batch_leads=2)

    assert receipt.reconciliation.status == "differs"
    assert receipt.reconciliation.explain() == [
        "batch 1 of 2 (2 leads): 1 fewer imported, 1 more blocked than predicted",
        (
            "no rule explains it; it fits that the block list names 1 lead by entries that we do not have "
            "(1 in batch 1)"
        ),
    ]


def test_what_was_not_read_leaves_a_difference_within_the_range(api, sink):
    api.block(["lead1@acme.example"])

    receipt = run_import(cleaned_of(3), sink, batch_leads=2)

    assert receipt.reconciliation.status == "within_range"
    assert "the API's block list was not read" in receipt.reconciliation.bounds.reasons


def test_counters_that_the_api_does_not_give_are_not_compared():
    with Emulator(reply="openapi") as api:
        list_id = api.create_list("A")
        with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
            receipt = run_import(cleaned_of(3), sink)

    assert receipt.reported == Counts(None, 3, None, None)
    assert receipt.reconciliation.agrees


def test_counters_that_are_not_known_come_with_their_batch(api, sink):
    data = {"total_leads": 1, "imported": 1, "duplicates": 0, "blocked": 0, "invalid_emails": ["x@y.example"]}
    api.fail_next(status=200, body={"ok": True, "data": data})

    receipt = run_import(cleaned_of(1), sink)

    assert receipt.batches[0].extra == (("invalid_emails", ["<address>"]),)


def test_send_all_sends_blocked_and_duplicate_rows_and_no_others(api, sink):
    frame = leads_of("a@acme.example", "a@acme.example", "b@shut.example", "no", "c@acme.example")
    cleaned = hygiene.clean(
        frame,
        blocklist=parse_list("shut.example", name="block"),
        suppress=parse_list("c@acme.example", name="dnc"),
    )
    api.block(["shut.example"])

    receipt = run_import(cleaned, sink, send_all=True)

    assert receipt.reported == receipt.predicted == Counts(3, 1, 1, 1)


def test_the_block_list_is_waived_as_the_leads_were_cleaned(api, sink):
    api.block(["acme.example"])
    blocklist = parse_list("acme.example", name="block")

    kept = run_import(cleaned_of(2, blocklist=blocklist), sink, send_all=True)
    waived = run_import(cleaned_of(2, blocklist=blocklist, waive_blocklist=True), sink)

    assert kept.reported == Counts(2, 0, 0, 2)
    assert waived.reported == waived.predicted == Counts(2, 2, 0, 0)


# refusals, lost answers


REFUSALS = [(401, AuthError), (403, AuthError), (404, SinkError), (429, RateLimited)]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_a_refusal_of_the_first_batch_is_raised_and_nothing_was_sent(api, sink, status, kind):
    api.fail_next(status=status, body={"error": "no"})

    with pytest.raises(kind, match=f"HTTP {status}"):
        run_import(cleaned_of(3), sink, batch_leads=1)

    assert imports(api) == [status]
    assert api.members(sink.list_id) == []


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_a_later_refusal_ends_the_import_with_a_receipt(api, sink, status, kind):
    api.fail_next(after=1, status=status, body={"error": "no"})

    receipt = run_import(cleaned_of(4), sink, batch_leads=1)

    assert [result.state for result in receipt.batches] == ["acknowledged", "planned", "planned", "planned"]
    assert [result.attempts for result in receipt.batches] == [1, 1, 0, 0]
    assert receipt.reconciliation.status == "incomplete"
    assert isinstance(receipt.error, kind)
    assert imports(api) == [200, status]


LOST = [
    {"drop": "before"},
    {"drop": "after"},
    {"half": True},
    {"status": 500, "body": {"error": "no"}},
    {"status": 502, "body": "<html>"},
    {"status": 503, "body": ""},
    {"status": 200, "body": "<html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": {"ok": False, "error": "limit"}},
    {"status": 200, "body": {"ok": True}},
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_where_it_is_to_stop_a_lost_answer_is_unknown_and_the_rest_planned(api, sink, fault):
    seen = []
    api.fail_next(after=1, **fault)

    receipt = run_import(
        cleaned_of(3), sink, batch_leads=1, on_unknown="stop", progress=lambda *of: seen.append(of)
    )

    assert [result.state for result in receipt.batches] == ["acknowledged", "unknown", "planned"]
    assert receipt.reconciliation.status == "incomplete"
    assert receipt.reported == Counts(1, 1, 0, 0)
    assert isinstance(receipt.error, UnknownOutcome)
    assert len(imports(api)) == 2
    assert len(api.members(sink.list_id)) == (2 if fault.get("drop") == "after" or "half" in fault else 1)
    assert seen == [(1, 3)]


def test_an_api_that_goes_away_leaves_the_batch_planned_and_not_attempted(sink, api):
    def close(done, of):
        if done == 1:
            api.close()

    receipt = run_import(cleaned_of(3), sink, batch_leads=1, progress=close)

    assert isinstance(receipt.error, Unreachable)
    assert [(result.state, result.attempts) for result in receipt.batches] == [
        ("acknowledged", 1), ("planned", 0), ("planned", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": {"message": "no key for lead1@acme.example"}},
        {"status": 500, "body": "lead1@acme.example"},
        {"status": 200, "body": {"ok": True, "data": {"imported": 1, "skipped": {"lead1@acme.example": 1}}}},
        {"drop": "after"},
    ],
    ids=str,
)
def test_key_and_addresses_are_in_no_receipt_error_or_log(api, sink, caplog, fault):
    caplog.set_level(logging.DEBUG)
    api.fail_next(after=1, **fault)

    receipt = run_import(cleaned_of(3), sink, batch_leads=1, on_unknown="stop")

    shown = f"{receipt!r} {receipt.reconciliation.explain()} {[result.extra for result in receipt.batches]}"
    if isinstance(receipt.error, HygieneError):
        shown += "".join(traceback.format_exception(receipt.error))
    assert len(caplog.records) > 5
    assert "acme" not in shown + caplog.text
    assert api.api_key not in shown + caplog.text


# a sink of another shape


class RowByRow:
    """A sink that takes three leads a request, answers lead by lead, and reads nothing."""

    batch_leads = 3
    policy = ImportPolicy(fold_plus_tag=True)
    name = "the other API"

    def __init__(self):
        self.held = {}

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        rows = [self._take(lead) for lead in leads]
        counts = Counts(len(rows), rows.count("created"), rows.count("exists"), 0)
        return Reply(counts, extra=(("file", file_name),), raw={"results": rows})

    def _take(self, lead):
        local, _, domain = lead["email"].partition("@")
        key = f"{local.partition('+')[0]}@{domain}"
        taken = "exists" if key in self.held else "created"
        self.held.setdefault(key, lead)
        return taken


def test_a_sink_of_another_shape_imports_as_well():
    other = RowByRow()
    frame = leads_of(
        "a@acme.example", "a+1@acme.example", "b@acme.example", "c@acme.example", first_name=list("ABCD")
    )

    receipt = hygiene.import_leads(hygiene.clean(frame), other, file_name="f.csv")

    assert receipt.sink == "the other API"
    assert [result.reported for result in receipt.batches] == [Counts(3, 2, 1, 0), Counts(1, 1, 0, 0)]
    assert receipt.reconciliation.agrees
    assert receipt.batches[0].extra == (("file", "f.csv"),)
    assert other.held["c@acme.example"] == {"email": "c@acme.example", "first_name": "D"}


# the law: what is predicted is what an API with these rules answers


NAMES = ["ann", "Ann", "bob", "bob+1", "b.o.b", "éva"]
HOSTS = ["acme.example", "Acme.Example", "mail.acme.example", "bolt.example", "gmail.com", "bücher.example"]
plain = st.builds("{}@{}".format, st.sampled_from(NAMES), st.sampled_from(HOSTS))
messy = st.one_of(
    plain,
    plain.map(" {}  ".format),
    st.sampled_from(["", "nobody", "two@@acme.example", "x@nodot", "x@localhost", ".ann@acme.example", None]),
)
# the API takes its own list literally, whatever stands in it
odd = ["*.acme.example", "@acme.example", "www.acme.example", "example", "com", " acme.example ", "?"]
entries = st.one_of(plain, st.sampled_from([*HOSTS, *odd, "gmail.com", "ann@acme.example"]))
policies = st.builds(
    ImportPolicy,
    fold_case=st.booleans(),
    strip_whitespace=st.booleans(),
    fold_plus_tag=st.booleans(),
    fold_gmail_dots=st.booleans(),
    duplicate_scope=st.sampled_from(["request", "list", "account"]),
    block_addresses=st.booleans(),
    block_domains=st.booleans(),
    block_subdomains=st.booleans(),
    block_fold_case=st.booleans(),
    blocked_are_remembered=st.booleans(),
    waive_covers=st.sampled_from(["all", "domains"]),
    precedence=st.sampled_from(["blocked", "duplicate"]),
    invalid_rows=st.sampled_from(["reject_request", "uncounted", "blocked", "imported"]),
)


@given(
    cells=st.lists(messy, min_size=1, max_size=12),
    blocklist=st.lists(entries, max_size=4),
    members=st.lists(messy.filter(bool), max_size=4),
    policy=policies,
    size=st.integers(1, 5),
    waive=st.booleans(),
    send_all=st.booleans(),
)
def test_an_import_agrees_batch_by_batch_with_an_api_of_its_policy(
    cells, blocklist, members, policy, size, waive, send_all
):
    cleaned = hygiene.clean(leads_of(*cells), waive_blocklist=waive, batch_leads=size)
    with Emulator(policy=policy) as api:
        api.block(blocklist)
        list_id = api.create_list("A", members=members)
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
        ) as sink:
            prepared = hygiene.prepare(cleaned, sink)
            receipt = hygiene.import_leads(prepared, sink, send_all=send_all, batch_leads=size)

    planned = [row for batch in plan(prepared, batch_leads=size, send_all=send_all) for row in batch.rows]
    assert [result.reported for result in receipt.batches] == [result.predicted for result in receipt.batches]
    assert receipt.reconciliation.agrees
    assert receipt.predicted == prepared.predict(send_all=send_all, batch_leads=size).counts
    assert planned == prepared.verdicts.loc[prepared.sent(send_all=send_all), "row"].tolist()
    assert sum(result.rows for result in receipt.batches) == len(planned)
