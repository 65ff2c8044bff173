"""When requests were answered: what a server does from an hour on, and what is said of it then and later."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.errors import UnknownOutcome
from hygiene.importing import sender
from hygiene.importing.journal import SqliteJournal
from hygiene.prediction.spans import spans_of
from hygiene.sinks import Target
from tests.test_stranger_servers import MISSING, NOT_PREDICTED, Picky, domain, leads, told

BEGAN = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)
DAY_S = 24 * 3600


class Timed(Picky):
    """A server that drops leads by the hour, its own clock and the importer's being one.

    Args:
        drops: Whether a lead is dropped, by its fields and the seconds since the import began.
        answers_s: When each request is answered, in seconds since then.
    """

    def __init__(self, drops, answers_s, monkeypatch, **more):
        self.answers_s, self.now_s = answers_s, 0
        super().__init__(lambda lead, here, place, request: drops(lead, self.now_s), **more)
        monkeypatch.setattr(sender.time, "time_ns", self.clock_ns)

    def clock_ns(self):
        return int((BEGAN + timedelta(seconds=self.now_s)).timestamp() * 10**9)

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        self.now_s = self.answers_s[self.request]
        return super().send(leads, file_name=file_name, waive_blocklist=waive_blocklist)


def at(day, hour, minute):
    """Seconds from the beginning to an hour of a day."""
    return int((BEGAN.replace(hour=hour, minute=minute) - BEGAN).total_seconds()) + day * DAY_S


EVERY_3_S = [3 * request for request in range(11)]
OVER_DAYS = [day * DAY_S + minute * 60 for day in range(3) for minute in (0, 10, 20, 60)]
SERVERS = {
    "reads alone from an hour on": (
        lambda lead, s: s >= 21, EVERY_3_S,
        "are in batch 8, 9, 10 or 11; or, as well: are in requests answered from 2026-03-09 14:02:21 UTC on"),
    "is not ready before an hour": (
        lambda lead, s: s < 18, EVERY_3_S, "are in requests answered up to 2026-03-09 14:02:15 UTC"),
    "drops what comes within two hours": (
        lambda lead, s: 6 <= s <= 22, EVERY_3_S, "are in requests answered from 2026-03-09 14:02:06 to 14:02:21 UTC"),
    "drops one provider from an hour on": (
        lambda lead, s: s >= 21 and domain(lead["email"]) == "gmail.com", EVERY_3_S,
        "have mail at Google and are in requests answered from 2026-03-09 14:02:21 UTC on"),
    "drops what comes within one second": (
        lambda lead, s: 0.3 <= s <= 0.7, [request / 10 for request in range(11)],
        "are in requests answered from 2026-03-09 14:02:00.300 to 14:02:00.700 UTC"),
    "has a window that is every day": (
        lambda lead, s: 600 <= s % DAY_S <= 1200, OVER_DAYS,
        "are in requests answered between 14:12:00 and 14:22:00 UTC, whatever the day"),
    "has a window past midnight": (
        lambda lead, s: (s - at(0, 23, 45)) % DAY_S < 45 * 60,
        [0, at(0, 23, 30), at(0, 23, 55), at(1, 0, 20), at(1, 1, 0), at(1, 14, 0), at(1, 23, 50), at(2, 0, 10),
         at(2, 2, 0), at(2, 3, 0), at(2, 4, 0)],
        "are in requests answered between 23:50:00 and 00:20:00 UTC, whatever the day"),
}  # fmt: skip


@pytest.mark.parametrize("habit", SERVERS)
def test_what_a_server_does_from_an_hour_on_is_said(habit, monkeypatch):
    drops, answers_s, expected = SERVERS[habit]

    found = told(Timed(drops, answers_s, monkeypatch, batch_leads=50)).search()

    (finding,) = found.findings
    assert finding.words.startswith(MISSING.format(n=finding.leads)), found.sentences()
    assert expected in finding.words
    assert finding.words.endswith(NOT_PREDICTED)
    assert found.induced is None


def test_one_request_is_told_by_its_number_and_by_no_hour(monkeypatch):
    server = Timed(lambda lead, s: s == 6, EVERY_3_S, monkeypatch, batch_leads=50)

    (finding,) = told(server).search().findings

    assert "are in batch 3" in finding.words
    assert "answered" not in finding.words


@given(st.lists(st.integers(1, 3 * DAY_S * 1000), min_size=2, max_size=12), st.data())
def test_a_span_holds_all_requests_at_fault_and_not_every_request(answered, data):
    moments = np.sort(np.array(answered, dtype=np.int64))
    odd = np.array(data.draw(st.lists(st.integers(0, len(answered) - 1), min_size=1, max_size=6)))

    spans, possible = spans_of(moments, odd)

    assert len(spans) <= min(2, possible)
    for span in spans:
        assert span.covers[odd].all()
        assert not span.covers.all()
        ends = moments[odd]
        if "whatever" not in span.words:
            assert (span.covers == ((moments >= ends.min()) & (moments <= ends.max()))).all()


@pytest.mark.parametrize("unknown", [0, 1])
def test_of_a_request_that_nobody_saw_answered_no_hour_is_told(unknown):
    moments = np.array([0 if place < unknown else 1000 * (place + 1) for place in range(6)])

    spans, _ = spans_of(moments, np.array([4, 5]))

    assert [span.words for span in spans] == ["from 1970-01-01 00:00:05 UTC on"][unknown:]


def imported(server, journal):
    server.target, server.shape = Target("https://strange.example", "a1", "1"), {}
    return hygiene.import_leads(hygiene.clean(leads()), server, verify=True, journal=journal)


def test_the_journal_keeps_when_a_request_was_answered_and_history_tells_it(tmp_path, monkeypatch):
    server = Timed(lambda lead, s: 6 <= s <= 22, EVERY_3_S, monkeypatch, batch_leads=50)
    now = imported(server, tmp_path / "j")

    with SqliteJournal(tmp_path / "j") as journal:
        later = journal.find(now.import_id).reconciliation

    began = int(BEGAN.timestamp() * 1000)
    assert [batch.answered_at - began for batch in later.batches] == [1000 * s for s in EVERY_3_S]
    assert any("answered from 2026-03-09 14:02:06 to 14:02:21 UTC" in line for line in later.explain())


def test_history_tells_programs_when_each_request_was_answered(tmp_path, monkeypatch, run):
    server = Timed(lambda lead, s: False, EVERY_3_S, monkeypatch, batch_leads=50)
    name = imported(server, tmp_path / "j").import_id

    _, out, _ = run("history", name, "--journal", str(tmp_path / "j"), "--format", "json")

    batches = json.loads(out)["reconciliation"]["batches"]
    assert [each["answered_at"] for each in batches[:2]] == [
        "2026-03-09T14:02:00+00:00",
        "2026-03-09T14:02:03+00:00",
    ]


def test_an_import_whose_hours_were_not_kept_says_so(tmp_path, monkeypatch):
    chosen = set(leads()["email"][7:480:97])
    server = Timed(lambda lead, s: lead["email"] in chosen, EVERY_3_S, monkeypatch, batch_leads=50)
    name = imported(server, tmp_path / "j").import_id

    with SqliteJournal(tmp_path / "j") as journal:
        with journal.writing() as connection:
            connection.execute("UPDATE batches SET answered_at = 0 WHERE number = 1")
        lines = journal.find(name).reconciliation.explain()

    assert any("not known for this import" in x and "when each request was answered" in x for x in lines)


def test_requests_that_were_lost_whole_are_told_by_counts_alone(monkeypatch):
    server = Timed(lambda lead, s: 6 <= s <= 22, EVERY_3_S, monkeypatch, batch_leads=50)
    lines = hygiene.import_leads(hygiene.clean(leads()), server).reconciliation.explain()
    partly = Timed(lambda lead, s: s > 6 and lead["email"] > "m", EVERY_3_S, monkeypatch, batch_leads=50)
    less = hygiene.import_leads(hygiene.clean(leads()), partly).reconciliation.explain()

    assert any(
        "all 300 leads that were not imported are in requests answered from 2026-03-09 14:02:06" in x
        for x in lines
    )
    assert not any("by chance" in line for line in less)


class Loses(Timed):
    """One whose answer to the second request is lost, after it took the leads."""

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        reply = super().send(leads, file_name=file_name, waive_blocklist=waive_blocklist)
        if self.request == 2:
            raise UnknownOutcome("the line broke")
        return reply


@pytest.mark.parametrize(
    ("on_unknown", "state", "known"), [("verify", "settled", True), ("resend", "acknowledged", False)]
)
def test_of_a_lost_answer_the_moment_is_known_where_it_went_out_once(on_unknown, state, known, monkeypatch):
    server = Loses(lambda lead, s: False, [3 * request for request in range(13)], monkeypatch, batch_leads=50)
    cleaned = hygiene.clean(leads(), known=hygiene.Entries([]))

    second = hygiene.import_leads(cleaned, server, on_unknown=on_unknown).batches[1]

    assert second.state == state
    assert bool(second.evidence.answered_at) == known
