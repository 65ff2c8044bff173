"""Sinks that do not take every address: what they are sent, what is withheld from them, and what is predicted of it."""

import json
import sqlite3
from contextlib import closing

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.address import in_form, validate
from hygiene.errors import Rejected, SinkError, UnknownOutcome, UsageError
from hygiene.lists import parse_list
from hygiene.sinks import LeadList, Reply, Target, form_of

LONG = "a" * 65
ANN, ANN_SENT = "ann@bücher.example", "ann@xn--bcher-kva.example"
JURGEN, TOO_LONG, BOB = "jürgen@birchworks.example", f"{LONG}@birchworks.example", "bob@birchworks.example"
CELLS = [ANN, JURGEN, TOO_LONG, BOB, ANN_SENT]
#: From 2.3 on email-validator takes a local part of more than 64 octets.
needs_long = pytest.mark.skipif(
    validate(pa.array([TOO_LONG], pa.large_string())).address.null_count == 1,
    reason="this email-validator refuses long local parts by itself",
)
STRICT = ("a_labels", "ascii", "local_64")


class Strict:
    """A server in memory, made by somebody else, that refuses a whole request for one address of another form.

    Args:
        form: What it takes.
        held: What its list holds.
        blocked: Entries of its block list, which it compares as they are.
    """

    name, shape, batch_leads = "strict", {}, 2
    target = Target("https://strict.example", "a1", "7")

    def __init__(self, form=STRICT, *, held=(), blocked=()):
        self.policy, self.address_form = hygiene.ImportPolicy(fold_u_labels=True), form
        self.held, self.entries, self.sent, self.faults = [*held], [*blocked], [], {}

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        asked = [lead["email"] for lead in leads]
        if not all(each.isascii() and len(each.partition("@")[0]) <= 64 for each in asked):
            raise Rejected("strict: HTTP 422", status=422)
        fault = self.faults.pop(len(self.sent), None)
        if isinstance(fault, SinkError):
            raise fault
        self.sent.append(asked)
        on_list = [each for each in asked if {each, each.partition("@")[2]} & {*self.entries}]
        new = [each for each in dict.fromkeys(asked) if each not in (*on_list, *self.held)]
        self.held += new
        if fault is not None:
            raise fault
        repeats = len(asked) - len(on_list) - len(new)
        return Reply(hygiene.Counts(len(asked), len(new), repeats, len(on_list)))

    def describe(self):
        return LeadList(7, "strict", len(self.held))

    def members(self, *, whole_account=False):
        del whole_account
        return iter(self.held)

    def blocked(self):
        return iter(self.entries)


class Lax(Strict):
    """One that takes every address."""

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        if (fault := self.faults.pop(len(self.sent), None)) is not None:
            raise fault
        self.sent.append([lead["email"] for lead in leads])
        self.held += self.sent[-1]
        return Reply(hygiene.Counts(len(leads), len(leads), 0, 0))


def cleaned(*cells, **options):
    return hygiene.clean(pd.DataFrame({"email": [*cells]}), **options)


def forget_form(journal):
    """Let a journal be as an earlier version wrote it."""
    with closing(sqlite3.connect(journal)) as kept, kept:
        ((frozen,),) = kept.execute("SELECT frozen FROM imports").fetchall()
        told = json.loads(frozen)
        del told["address_form"]
        kept.execute("UPDATE imports SET frozen = ?", (json.dumps(told),))


def all_sent(sink):
    return [each for request in sink.sent for each in request]


def reasons(prepared):
    return prepared.verdicts["reasons"].tolist()


@pytest.mark.parametrize(
    ("form", "address", "written"),
    [
        ((), "jürgen@bücher.example", "jürgen@bücher.example"),
        (("a_labels",), ANN, ANN_SENT),
        (("a_labels",), "jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        (("a_labels", "ascii"), ANN, ANN_SENT),
        (("a_labels", "ascii"), "jürgen@bücher.example", None),
        (("ascii",), ANN, None),
        (("ascii",), "Bob@birchworks.example", "Bob@birchworks.example"),
        pytest.param(("ascii",), TOO_LONG, TOO_LONG, marks=needs_long),
        (("local_64",), f"{LONG}@birchworks.example", None),
        (("local_64",), f"{LONG[1:]}@birchworks.example", f"{LONG[1:]}@birchworks.example"),
        (("local_64",), f"{'ü' * 32}@bücher.example", f"{'ü' * 32}@bücher.example"),
        (("local_64",), f"{'ü' * 32}x@birchworks.example", None),
        (("a_labels",), None, None),
    ],
)
def test_an_address_is_written_in_the_form_or_not_at_all(form, address, written):
    judged = validate(pa.array(["bob@birchworks.example", address], pa.large_string()))

    found = in_form(judged.address, judged.domain, form)

    assert found.to_pylist() == ["bob@birchworks.example", written]


def test_an_address_that_only_its_a_labels_make_too_long_has_no_form():
    address, domain = pa.array(["ü@" + "ü." * 40 + "example"]), pa.array(["xn--tda." * 40 + "example"])

    assert in_form(address, domain, ["a_labels"]).null_count == 1


locals_ = st.text("aü.+", min_size=1, max_size=70)
domains = st.sampled_from(["birchworks.example", "bücher.example", "xn--bcher-kva.example", "почта.example"])


@given(st.lists(st.builds("{}@{}".format, locals_, domains)), st.sets(st.sampled_from(STRICT)))
def test_what_is_written_in_a_form_has_it_and_stays_the_same_address(cells, form):
    judged = validate(pa.array(cells, pa.large_string()))

    found = in_form(judged.address, judged.domain, form).to_pylist()

    again = validate(pa.array(found, pa.large_string())).address.to_pylist()
    for before, written, after in zip(judged.address.to_pylist(), found, again, strict=True):
        local, _, domain = (written or "@").rpartition("@")
        assert after == (written and before)
        assert written is None or "ascii" not in form or written.isascii()
        assert "a_labels" not in form or domain.isascii()
        assert "local_64" not in form or len(local.encode()) <= 64
        assert form or written == before


@pytest.mark.parametrize("memory", [None, 2**20])
def test_what_a_sink_does_not_take_is_withheld_and_predicted_and_the_rest_goes_out_in_its_form(write, memory):
    sink, more = Strict(), {} if memory is None else {"memory": memory}
    found = hygiene.clean(write("leads.csv", "\n".join(["email", *CELLS]) + "\n"), **more)

    receipt = hygiene.import_leads(found, sink, verify=True)

    assert sink.sent == [[ANN_SENT, "bob@birchworks.example"]]
    assert receipt.predicted == receipt.reported == hygiene.Counts(2, 2, 0, 0)
    assert receipt.readback.agrees


@needs_long
def test_what_is_withheld_says_why_and_keeps_its_cells():
    prepared = hygiene.prepare(cleaned(*CELLS), Strict())

    assert reasons(prepared) == ["", "unsendable_address", "unsendable_address", "", "duplicate_in_file"]
    assert prepared.counts.outcomes["invalid"] == 2
    assert prepared.withheld["email"].tolist() == [CELLS[1], CELLS[2], CELLS[4]]
    assert prepared.ready["email"].tolist() == [ANN_SENT, "bob@birchworks.example"]
    assert "takes no address of this form" in str(prepared.explain(2))


@needs_long
def test_a_sink_that_says_nothing_is_sent_every_address_as_it_is():
    sink = Lax(())

    hygiene.import_leads(cleaned(*CELLS), sink)

    assert all_sent(sink) == CELLS[:4]


def test_leads_that_were_prepared_for_one_sink_are_decided_anew_for_another():
    prepared, sink = hygiene.prepare(cleaned(*CELLS), Strict()), Lax(("local_64",))

    hygiene.import_leads(prepared, sink)

    assert all_sent(sink) == [CELLS[0], CELLS[1], CELLS[3]]


def test_no_option_sends_what_a_sink_does_not_take():
    sink = Strict(held=["bob@birchworks.example"], blocked=["xn--bcher-kva.example"])

    receipt = hygiene.import_leads(cleaned(*CELLS), sink, send_all=True)

    assert all_sent(sink) == [ANN_SENT, "bob@birchworks.example", ANN_SENT]
    assert receipt.predicted == receipt.reported == hygiene.Counts(3, 0, 1, 2)


def test_what_the_sink_holds_and_lists_that_forbid_are_met_in_either_spelling():
    held, suppressed = Strict(held=[ANN_SENT]), Strict()
    hygiene.import_leads(cleaned(ANN), held)
    hygiene.import_leads(cleaned(ANN, suppress=[parse_list(ANN, name="dnc")]), suppressed)

    assert held.sent == suppressed.sent == []


@needs_long
def test_a_row_that_cannot_be_sent_does_not_stand_for_one_that_can():
    tagged, plain = f"ann+{LONG}@gmail.com", "ann@gmail.com"

    prepared = hygiene.prepare(cleaned(tagged, plain, match="person"), Strict())

    assert prepared.ready["email"].tolist() == [plain]
    assert "unsendable_address" in reasons(prepared)[0]


def test_an_import_that_was_cut_off_goes_on_in_its_form_and_sends_nothing_twice(tmp_path):
    sink = Strict()
    sink.faults = {1: SinkError("strict: HTTP 503", status=403)}
    emails = [ANN, "bob@birchworks.example", "cid@bücher.example", CELLS[1], "dee@birchworks.example"]
    cut = hygiene.import_leads(cleaned(*emails), sink, journal=tmp_path / "j")
    receipt = hygiene.import_leads(cleaned(*emails), sink, journal=tmp_path / "j")

    assert cut.reconciliation.status == "incomplete"
    assert receipt.reconciliation.agrees, receipt.reconciliation.explain()
    assert receipt.notes == ()
    assert all_sent(sink) == [ANN_SENT, *emails[1:2], "cid@xn--bcher-kva.example", emails[4]]
    with closing(sqlite3.connect(tmp_path / "j")) as kept:
        ((summary,),) = kept.execute("SELECT summary FROM imports").fetchall()
    assert json.loads(summary)["reasons"]["unsendable_address"] == 1


def test_a_lost_answer_is_settled_by_the_address_that_was_sent(tmp_path):
    sink = Strict()
    sink.faults = {0: UnknownOutcome("strict: no answer"), 1: UnknownOutcome("strict: no answer")}
    emails = [ANN, "bob@bücher.example", "cid@bücher.example"]

    receipt = hygiene.import_leads(cleaned(*emails), sink, journal=tmp_path / "j")

    assert receipt.reported == hygiene.Counts(3, 3, 0, 0)
    assert len(all_sent(sink)) == len(sink.held) == 3


def test_what_one_import_brought_the_next_one_knows(tmp_path):
    first, second = Strict(), Strict()

    hygiene.import_leads(cleaned(ANN), first, journal=tmp_path / "j")
    receipt = hygiene.import_leads(
        cleaned("bob@birchworks.example", ANN), second, journal=tmp_path / "j", snapshot=False
    )

    assert second.sent == [["bob@birchworks.example"]]
    assert receipt.reconciliation.agrees


def test_an_import_that_was_planned_without_a_form_goes_on_as_it_was_planned(tmp_path):
    sink = Lax(())
    emails = ["bob@birchworks.example", "cid@birchworks.example", ANN, CELLS[1]]

    sink.faults = {1: SinkError("lax: HTTP 403", status=403)}
    hygiene.import_leads(cleaned(*emails), sink, journal=tmp_path / "j")
    forget_form(tmp_path / "j")
    sink.address_form = STRICT
    receipt = hygiene.import_leads(cleaned(*emails), sink, journal=tmp_path / "j")

    assert all_sent(sink) == emails
    assert receipt.reconciliation.agrees
    assert any("form of addresses" in note for note in receipt.notes)


@pytest.mark.parametrize(
    ("form", "found"), [("ascii", ("ascii",)), (["local_64", "a_labels"], ("a_labels", "local_64")), ([], ())]
)
def test_the_words_of_a_form_are_read_in_any_order(form, found):
    assert form_of(Strict(form)) == found


def test_a_word_that_is_none_is_refused_before_anything_is_sent():
    sink = Strict(["punycode"])

    with pytest.raises(UsageError, match="'punycode': expected any of a_labels, ascii, local_64"):
        hygiene.import_leads(cleaned(ANN), sink)

    assert sink.sent == []
