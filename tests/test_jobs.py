"""Sinks that make jobs of what they are handed: nothing is handed in twice, and what was begun goes on."""

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

import hygiene
from hygiene.errors import JobUnfinished, Rejected, SinkError, UnknownOutcome
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.importing.journal.tables import VERSION
from hygiene.sinks import Job, LeadList, Reply, RowResult, Target

EMAILS = [f"lead{row}@birchworks.example" for row in range(6)]


class Works:
    """A sink whose jobs are done at the third look, kept in memory."""

    name, batch_leads, shape = "works", 2, {}
    target = Target("https://works.example", "a1", "7")

    def __init__(self):
        self.policy = hygiene.ImportPolicy(duplicate_scope="list")
        self.handed_in, self.held, self.looks, self.lose, self.break_off = [], [], {}, 0, None

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        raise AssertionError("a sink that makes jobs is handed leads by submit")

    def submit(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        self.handed_in.append([lead["email"] for lead in leads])
        if self.lose:
            self.lose -= 1
            raise UnknownOutcome("works: the answer was lost")
        return Job(f"job-{len(self.handed_in)}")

    def poll(self, job, /):
        if self.break_off is not None:
            raise self.break_off
        self.looks[job] = self.looks.get(job, 0) + 1
        if self.looks[job] < 3:
            return None
        leads = self.handed_in[int(job.removeprefix("job-")) - 1]
        new = [lead for lead in leads if lead not in self.held]
        self.held += new
        rows = [
            RowResult(place, "imported" if lead in new else "duplicate", f"row {place} read")
            for place, lead in enumerate(leads)
        ]
        return Reply(hygiene.Counts(len(leads), len(new), len(leads) - len(new), 0), rows=rows)

    def describe(self):
        return LeadList(7, "works", len(self.held))

    def members(self, *, whole_account=False):
        del whole_account
        return iter(self.held)

    def blocked(self):
        return iter(())


class Plain:
    """A sink that answers at once, and refuses the request that it is to break at."""

    name, batch_leads, shape, target = Works.name, Works.batch_leads, Works.shape, Works.target
    describe, members, blocked = Works.describe, Works.members, Works.blocked

    def __init__(self, *, breaks_at):
        self.policy, self.held, self.asked, self.breaks_at = hygiene.ImportPolicy(), [], 0, breaks_at

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        self.asked += 1
        if self.asked == self.breaks_at:
            raise SinkError("works: refused", status=403)
        self.held += [lead["email"] for lead in leads]
        return Reply(hygiene.Counts(len(leads), len(leads), 0, 0))


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    made = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


@pytest.fixture
def cleaned():
    return hygiene.clean(pd.DataFrame({"email": EMAILS}))


def test_a_job_is_asked_about_with_growing_pauses_until_it_is_done(cleaned, tmp_path, pauses):
    sink = Works()

    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert receipt.reconciliation.agrees, receipt.reconciliation.explain()
    assert receipt.reported.imported == 6
    assert sink.looks == {"job-1": 3, "job-2": 3, "job-3": 3}
    assert pauses == pytest.approx([0.2, 0.3] * 3)


def test_an_import_that_was_cut_off_while_a_job_ran_goes_on_by_asking_about_it(cleaned, tmp_path):
    sink = Works()
    sink.break_off = SinkError("works: no connection")
    cut = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")
    sink.break_off = None

    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert isinstance(cut.error, JobUnfinished)
    assert "job-1 was handed in and could not be asked about" in str(cut.error)
    assert [batch.state for batch in cut.batches] == ["unknown", "planned", "planned"]
    assert sink.handed_in == [EMAILS[:2], EMAILS[2:4], EMAILS[4:]]
    assert receipt.reconciliation.agrees
    assert receipt.reported.imported == 6


def test_a_jobs_id_is_in_the_journal_before_it_is_first_asked_about(cleaned, tmp_path):
    sink = Works()
    noted = []
    inner = sink.poll

    def poll(job, /):
        with closing(sqlite3.connect(tmp_path / "j")) as connection:
            noted.append(connection.execute("SELECT job FROM batches WHERE state = 'sending'").fetchall())
        return inner(job)

    sink.poll = poll
    hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert noted[0] == [("job-1",)]


def test_what_was_handed_in_without_an_answer_is_not_handed_in_again_without_evidence(cleaned, tmp_path):
    sink = Works()
    sink.lose = 1
    first = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")
    handed_in = list(sink.handed_in)
    second = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert handed_in == [EMAILS[:2]]
    assert "may have made a job of it" in str(first.error)
    assert second.reconciliation.agrees
    assert sink.handed_in == [EMAILS[:2], EMAILS[:2], EMAILS[2:4], EMAILS[4:]]


def test_what_was_handed_in_without_an_answer_and_is_in_the_list_is_settled(cleaned, tmp_path):
    sink = Works()
    sink.lose = 1
    hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")
    sink.held += EMAILS[:2]

    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert sink.handed_in == [EMAILS[:2], EMAILS[2:4], EMAILS[4:]]
    assert [batch.state for batch in receipt.batches] == ["settled", "acknowledged", "acknowledged"]


def test_a_job_that_never_ends_is_waited_for_so_long_and_no_longer(cleaned, tmp_path, pauses):
    sink = Works()
    sink.poll = lambda job, /: None

    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert "job job-1 is not done yet" in str(receipt.error)
    assert 1800 <= sum(pauses) <= 1830
    assert max(pauses) == 30


def test_a_job_that_is_gone_is_handed_in_again_where_that_is_asked_for(cleaned, tmp_path):
    sink = Works()
    sink.break_off = SinkError("works: no such job", status=404)
    hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")
    sink.break_off = None

    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j", on_unknown="resend")

    assert receipt.reported.imported == 6
    assert sink.handed_in[:2] == [EMAILS[:2], EMAILS[:2]]


def test_a_job_that_is_refused_whole_is_halved_until_the_lead_at_fault_is_found(cleaned, tmp_path):
    sink = Works()
    inner = sink.poll

    def poll(job, /):
        if EMAILS[3] in sink.handed_in[int(job.removeprefix("job-")) - 1]:
            raise Rejected("works: a lead is not taken", status=422)
        return inner(job)

    sink.poll = poll
    receipt = hygiene.import_leads(cleaned, sink, journal=tmp_path / "j")

    assert receipt.reported.imported == 5
    assert receipt.reconciliation.rejected == 1
    assert EMAILS[3] not in sink.held


def test_what_the_api_says_of_single_leads_stands_beside_them(cleaned, tmp_path):
    receipt = hygiene.import_leads(cleaned, Works(), journal=tmp_path / "j")
    with SqliteJournal(tmp_path / "j") as journal:
        kept = journal.find(receipt.import_id).reconciliation.batches

    assert receipt.deliveries(cleaned)["sent.csv"]["words"].tolist() == ["row 0 read", "row 1 read"] * 3
    assert [batch.told for batch in kept] == [b"\1\1"] * 3
    assert kept[0].told_words == ((0, "row 0 read"), (1, "row 1 read"))


def test_counters_that_overlap_are_told_apart_where_the_sink_says_so_and_told_of_elsewhere(cleaned):
    def send(leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        return Reply(hygiene.Counts(len(leads), len(leads), 0, 1))

    plain, declared = Works(), Works()
    plain.submit = declared.submit = send
    declared.overlaps = ("blocked",)

    told = hygiene.import_leads(cleaned, plain).reconciliation
    apart = hygiene.import_leads(cleaned, declared).reconciliation

    assert any(
        "its counters overlap: they hold 1 lead more than its total" in line for line in told.explain()
    )
    assert apart.reported.as_dict() == {"total_leads": 6, "imported": 3, "duplicates": 0, "blocked": 3}


def _as_version_1(path):
    """Take off what version 2 of the tables has, as an earlier build would have left the file."""
    with closing(sqlite3.connect(path)) as connection:
        for column in ("job", "told", "told_words", "answered_at"):
            connection.execute(f"ALTER TABLE batches DROP COLUMN {column}")
        connection.execute("ALTER TABLE imports DROP COLUMN evidence")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()


def _version(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_journal_of_version_1_is_read_as_it_is_and_brought_up_at_the_first_write(cleaned, tmp_path):
    path = tmp_path / "j"
    sink = Plain(breaks_at=2)
    cut = hygiene.import_leads(cleaned, sink, journal=path)
    _as_version_1(path)
    with SqliteJournal(path) as journal:
        states = [batch.state for batch in journal.find(cut.import_id).reconciliation.batches]
    read = _version(path)
    sink.breaks_at = 0
    receipt = hygiene.import_leads(cleaned, sink, journal=path)

    assert states == ["acknowledged", "planned", "planned"]
    assert read == 1
    assert _version(path) == VERSION == 2
    assert receipt.reconciliation.agrees
    assert receipt.reported.imported == 6
    assert path.stat().st_mode & 0o777 == 0o600
