"""Requests that are written ahead: while the sink waits, and for the batch that is sent next."""

import pandas as pd
import pytest

import hygiene
from hygiene.errors import Rejected, UnknownOutcome
from hygiene.importing.journal import SqliteJournal
from hygiene.outcomes import Counts
from hygiene.sinks import Reply, Target, WritesAhead


class Slow:
    """A sink that writes ahead, and tells in which order things happen."""

    batch_leads = 2
    name = "the slow API"
    target = Target("https://slow.example", "0a1b2c3d", "1")
    shape = {}  # noqa: RUF012 -- as small as a sink can be

    def __init__(self, *, unwritable="", lose=(), refuse=""):
        self.policy = hygiene.ImportPolicy()
        self.told, self.held = [], {}
        self.unwritable, self.lose, self.refuse = unwritable, list(lose), refuse

    def write(self, leads, /, *, file_name, waive_blocklist=False):
        names = "".join(lead["email"][0] for lead in leads)
        self.told.append(f"write {names}")
        if self.unwritable and self.unwritable in names:
            raise RuntimeError(names)
        return _Written(self, names)

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        raise AssertionError("what can be written ahead is not sent whole")


class _Written:
    def __init__(self, sink, names):
        self.sink, self.names = sink, names

    def send(self, *, meanwhile):
        sink, names = self.sink, self.names
        sink.told.append(f"send {names}")
        meanwhile()
        if sink.refuse and sink.refuse in names:
            raise Rejected("no", status=400, positions=[names.index(sink.refuse)])
        if names in sink.lose:
            sink.lose.remove(names)
            raise UnknownOutcome("lost")
        new = [name for name in names if name not in sink.held]
        sink.held |= dict.fromkeys(new)
        return Reply(Counts(len(names), len(new), len(names) - len(new), 0))


def cleaned_of(names):
    return hygiene.clean(pd.DataFrame({"email": [f"{name}@acme.example" for name in names]}))


def test_each_request_is_written_while_the_one_before_is_on_its_way():
    sink = Slow()

    receipt = hygiene.import_leads(cleaned_of("abcde"), sink)

    assert sink.told == ["write ab", "send ab", "write cd", "send cd", "write e", "send e"]
    assert receipt.reconciliation.agrees
    assert isinstance(sink, WritesAhead)


def test_a_batch_that_is_sent_again_is_written_for_that_and_the_one_ahead_is_kept():
    sink = Slow(lose=["ab"])

    receipt = hygiene.import_leads(cleaned_of("abcd"), sink, on_unknown="resend")

    assert [told for told in sink.told if told.startswith("send")] == ["send ab", "send ab", "send cd"]
    assert receipt.reconciliation.agrees


def test_after_a_refusal_what_was_written_ahead_is_sent_only_where_it_is_still_a_batch():
    sink = Slow(refuse="a")

    receipt = hygiene.import_leads(cleaned_of("abcd"), sink)

    assert "".join(sorted(sink.held)) == "bcd"
    assert receipt.reconciliation.rejected == 1


def test_a_request_that_cannot_be_written_stops_at_its_turn_and_no_answer_is_lost(tmp_path):
    sink = Slow(unwritable="c")

    with pytest.raises(RuntimeError):
        hygiene.import_leads(cleaned_of("abcd"), sink, journal=tmp_path / "j")

    with SqliteJournal(tmp_path / "j") as journal:
        [kept] = journal.imports()
    assert [batch.state for batch in kept.reconciliation.batches] == ["acknowledged", "planned"]
    sink.unwritable = ""
    assert hygiene.import_leads(cleaned_of("abcd"), sink, journal=tmp_path / "j").reconciliation.agrees


def test_what_is_done_meanwhile_is_done_before_the_answer_is_there(api):
    list_id = api.create_list("A")
    api.fail_next(delay_s=3600)

    with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
        written = sink.write([{"email": "ann@acme.example"}], file_name="f")
        reply = written.send(meanwhile=api.go_on)

    assert reply.counts == Counts(1, 1, 0, 0)
    assert "ann" not in repr(written)
