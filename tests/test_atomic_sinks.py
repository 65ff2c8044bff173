"""Sinks that take one lead a request, and sinks that refuse a whole request for one row and name none."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.errors import Rejected, SinkError, UnknownOutcome
from hygiene.sinks import LeadList, Reply, Target

LEADS = 30
EMAILS = [f"lead{row}@birchworks.example" for row in range(LEADS)]


class Atomic:
    """A server in memory that refuses a whole request for one lead, whom it does not name.

    Args:
        batch_leads: Leads a request.
        bad: Rows that it does not take.
        from_request: Number of the request from which on it refuses everything, whatever is in it.
    """

    name, shape = "atomic", {}
    target = Target("https://atomic.example", "a1", "7")

    def __init__(self, batch_leads, bad=(), *, from_request=None):
        self.batch_leads, self.from_request, self.lose = batch_leads, from_request, set()
        self.policy, self.bad = hygiene.ImportPolicy(), {EMAILS[row] for row in bad}
        self.held, self.asked, self.counts = [], [], []

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        asked = [lead["email"] for lead in leads]
        self.asked.append(asked)
        broken = self.from_request is not None and len(self.asked) >= self.from_request
        if broken or self.bad & {*asked}:
            raise Rejected("atomic: HTTP 422: one of them is not taken", status=422)
        new = [each for each in dict.fromkeys(asked) if each not in self.held]
        self.held += new
        if len(self.asked) in self.lose:
            raise UnknownOutcome("atomic: no answer")
        return Reply(hygiene.Counts(len(asked), len(new), len(asked) - len(new), 0))

    def describe(self):
        return LeadList(7, "atomic", len(self.held))

    def members(self, *, whole_account=False):
        del whole_account
        return iter(self.held)

    def blocked(self):
        return iter(())


class Unread(Atomic):
    """One that cannot be read, and that does not take a lead that it holds: one known address refuses all."""

    describe = members = blocked = None

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        if any(lead["email"] in self.held for lead in leads):
            self.asked.append([])
            raise Rejected("atomic: HTTP 409: a contact is there already", status=400)
        return super().send(leads, file_name=file_name, waive_blocklist=waive_blocklist)


def imported(sink, journal=None, emails=EMAILS, **how):
    return hygiene.import_leads(hygiene.clean(pd.DataFrame({"email": emails})), sink, journal=journal, **how)


PLACES = {
    "one": (17,),
    "the first and the last but one": (0, 28),
    "every second": tuple(range(0, LEADS, 2)),
    "every second from the second": tuple(range(1, LEADS - 2, 2)),
    "a run at the head": tuple(range(15)),
    "a run in the middle": tuple(range(8, 24)),
}


@pytest.mark.parametrize("batch_leads", [1, 2, 7, LEADS])
@pytest.mark.parametrize("bad", PLACES.values(), ids=PLACES)
def test_every_lead_at_fault_is_found_and_all_others_land_whatever_the_size_of_a_request(
    tmp_path, batch_leads, bad
):
    sink = Atomic(batch_leads, bad)

    receipt = imported(sink, tmp_path / "j")
    asked = len(sink.asked)
    again = imported(sink, tmp_path / "j")

    assert receipt.error is None
    assert sorted(sink.held) == sorted(email for row, email in enumerate(EMAILS) if row not in bad)
    assert (receipt.reconciliation.rejected, receipt.reported.imported) == (len(bad), LEADS - len(bad))
    assert all(batch.reported == batch.predicted for batch in receipt.batches if batch.reported)
    assert (len(sink.asked), again.batches) == (asked, receipt.batches)


def test_one_lead_a_request_is_one_request_for_each_and_no_other():
    sink = Atomic(1, bad=(3, 4))

    receipt = imported(sink)

    assert sink.asked == [[email] for email in EMAILS]
    assert receipt.reconciliation.rejected == 2
    assert [batch.rows for batch in receipt.batches] == [1] * LEADS


@pytest.mark.parametrize("lost", [{1}, {30}, {4, 9, 20}])
def test_an_answer_that_is_lost_with_one_lead_a_request_is_settled_by_the_list(tmp_path, lost):
    sink = Atomic(1)
    sink.lose = lost

    receipt = imported(sink, tmp_path / "j")

    assert receipt.reported == hygiene.Counts(LEADS, LEADS, 0, 0)
    assert sink.asked == [[email] for email in EMAILS]


def test_the_halves_of_a_request_go_out_one_after_the_other():
    sink = Atomic(4, bad=(0,))

    imported(sink, emails=EMAILS[:8])

    assert [[EMAILS.index(each) for each in asked] for asked in sink.asked] == [
        [0, 1, 2, 3], [0, 1], [0], [1], [2, 3], [4, 5, 6, 7],
    ]  # fmt: skip


@pytest.mark.parametrize("batch_leads", [1, 2, 7, LEADS])
def test_contacts_that_are_there_already_and_refuse_a_request_are_set_aside(batch_leads):
    sink = Unread(batch_leads)
    sink.held = EMAILS[5:9]

    receipt = imported(sink)

    assert receipt.reconciliation.rejected == 4
    assert sorted(sink.held) == sorted(EMAILS)


@pytest.mark.parametrize("batch_leads", [1, 2, 7, LEADS])
def test_an_api_that_refuses_everything_stops_soon_and_nothing_is_said_against_a_lead(tmp_path, batch_leads):
    sink = Atomic(batch_leads, from_request=1)

    with pytest.raises(Rejected):
        imported(sink, tmp_path / "j")
    asked, sink.from_request = len(sink.asked), None
    receipt = imported(sink, tmp_path / "j")

    assert asked < 20
    assert receipt.reconciliation.agrees
    assert sink.held == EMAILS


@pytest.mark.parametrize("batch_leads", [1, 2, 5])
def test_an_api_that_refuses_everything_from_some_request_on_is_not_sent_the_whole_list(
    tmp_path, batch_leads
):
    sink = Atomic(batch_leads, from_request=4)

    receipt = imported(sink, tmp_path / "j")
    asked, sink.from_request = len(sink.asked), None
    finished = imported(sink, tmp_path / "j")

    assert isinstance(receipt.error, Rejected)
    assert (receipt.reconciliation.rejected, asked < 20) == (0, True)
    assert finished.reconciliation.agrees
    assert sorted(sink.held) == sorted(EMAILS)


@pytest.mark.parametrize("batch_leads", [1, 2, 7, 70])
@pytest.mark.parametrize("good", [1, 3, 40])
def test_leads_at_fault_that_are_the_last_of_all_are_rejected_and_named(tmp_path, batch_leads, good):
    emails = [f"lead{row}@birchworks.example" for row in range(70)]
    sink = Atomic(batch_leads)
    sink.bad = {*emails[good:]}

    receipt = imported(sink, tmp_path / "j", emails)
    asked = len(sink.asked)
    again = imported(sink, tmp_path / "j", emails)

    once_more = [each for each in sink.asked if each[0] in sink.held[:good]]
    assert receipt.error is None
    assert (receipt.reconciliation.rejected, receipt.reported.imported) == (70 - good, good)
    assert sorted(sink.held) == sorted(emails[:good])
    assert asked < 70 + 2 * (70 - good)
    assert any("which had landed, was sent once more: it is taken still" in note for note in receipt.notes)
    assert len([each for each in once_more if len(each) == 1]) < 5 + (good if batch_leads == 1 else 5)
    assert (len(sink.asked), again.batches) == (asked, receipt.batches)


def test_an_import_that_was_cut_off_among_such_leads_asks_with_one_that_is_held_still(tmp_path):
    class Closing(Atomic):
        closes_at = 8

        def send(self, leads, /, **how):
            if len(self.asked) == self.closes_at:
                raise SinkError("atomic: HTTP 401", status=401)
            return super().send(leads, **how)

    sink = Closing(1, bad=range(5, LEADS))

    first = imported(sink, tmp_path / "j")
    sink.closes_at, sink.held = None, []
    gone = imported(sink, tmp_path / "j")
    asked, sink.held = len(sink.asked), EMAILS[:4]
    held = imported(sink, tmp_path / "j")

    assert isinstance(first.error, SinkError)
    assert isinstance(gone.error, Rejected)
    good = [each for each in sink.asked if each[0] in EMAILS[:5]]
    assert good[:5] == [[email] for email in EMAILS[:5]]
    assert {*map(tuple, good[5:])} == {(EMAILS[3],)}
    assert held.error is None
    assert (held.reconciliation.rejected, sink.held, len(sink.asked) > asked) == (25, EMAILS[:4], True)


def test_an_api_that_would_import_a_repeat_is_asked_with_none(tmp_path):
    sink = Atomic(1, bad=range(5, LEADS))
    sink.policy = hygiene.ImportPolicy(duplicate_scope="request")

    receipt = imported(sink, tmp_path / "j")

    assert isinstance(receipt.error, Rejected)
    assert [asked for asked in sink.asked if asked[0] in EMAILS[:5]] == [[email] for email in EMAILS[:5]]


def test_a_lead_that_is_imported_twice_is_told_and_no_other_is_sent_once_more(tmp_path):
    class Doubling(Atomic):
        def send(self, leads, /, *, file_name, waive_blocklist=False):
            reply = super().send(leads, file_name=file_name, waive_blocklist=waive_blocklist)
            return Reply(hygiene.Counts(len(leads), len(leads), 0, 0)) if reply else reply

    sink = Doubling(1, bad=range(2, LEADS))

    receipt = imported(sink, tmp_path / "j")

    assert isinstance(receipt.error, Rejected)
    assert sum(asked == [EMAILS[1]] for asked in sink.asked) == 2
    assert any("look whether the list holds it twice" in note for note in receipt.notes)


@pytest.mark.parametrize("counts", ["uncounted", "imported_in_request"])
def test_a_lead_that_is_imported_twice_is_told_whatever_repeats_count_as(tmp_path, counts):
    class Doubling(Atomic):
        def send(self, leads, /, **how):
            super().send(leads, **how)
            return Reply(hygiene.Counts(len(leads), len(leads), 0, 0))

    sink = Doubling(1, bad=range(2, LEADS))
    sink.policy = hygiene.ImportPolicy(repeats_count_as=counts)

    receipt = imported(sink, tmp_path / "j")

    assert sum(asked == [EMAILS[1]] for asked in sink.asked) == 2
    assert any("look whether the list holds it twice" in note for note in receipt.notes)


def test_a_lost_answer_about_a_lead_that_was_sent_once_more_is_told(tmp_path):
    class Losing(Atomic):
        def send(self, leads, /, **how):
            reply = super().send(leads, **how)
            if reply.counts.duplicates:
                self.held += [lead["email"] for lead in leads]
                raise UnknownOutcome("atomic: no answer")
            return reply

    sink = Losing(1, bad=range(2, LEADS))

    receipt = imported(sink, tmp_path / "j")

    assert isinstance(receipt.error, Rejected)
    assert sink.held == [*EMAILS[:2], EMAILS[1]]
    [told] = [note for note in receipt.notes if "sent once more" in note]
    assert "row 2, which had landed" in told
    assert "the answer was lost: look whether the list holds it twice" in told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    batch_leads=st.integers(1, 9),
    bad=st.sets(st.integers(0, LEADS - 1)),
    repeats=st.lists(st.integers(0, LEADS - 1), max_size=8),
)
def test_nothing_lands_twice_no_good_lead_is_rejected_and_every_batch_is_as_predicted(
    batch_leads, bad, repeats
):
    sink = Atomic(batch_leads, bad)
    emails = [*EMAILS, *(EMAILS[row] for row in repeats)]

    try:
        receipt = imported(sink, emails=emails, send_all=True)
    except Rejected:
        assert sink.held == []
        return

    taken = [batch for batch in receipt.batches if batch.state == "acknowledged"]
    assert all(batch.reported == batch.predicted for batch in taken)
    assert not {*sink.held} & sink.bad
    assert receipt.reconciliation.rejected <= len(bad) + sum(row in bad for row in repeats)
    if receipt.error is None:
        assert sorted(sink.held) == sorted(email for row, email in enumerate(EMAILS) if row not in bad)
