"""The laws of an import, as tests of one sink.

Nothing is sent twice that may have landed, nothing is lost, counts add up, and no text holds a key or an address. What
a sink does not offer (a journal, a listing) is left out with a word. No test here waits for time to pass, but for the
second that a refusal asks for.
"""

import contextlib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hygiene.errors import AuthError, HygieneError, JobUnfinished, ListNotFound, RateLimited
from hygiene.importing import Receipt
from hygiene.testing.bench import Bench, CutError
from hygiene.testing.faults import ASKS_TO_WAIT, LOST, WAIT_S, Fault
from hygiene.testing.place import Place

__all__ = ["SinkLaws"]

#: Leads of an import: three requests where a sink takes three leads in one.
LEADS = range(7)
_WHERE = ("first", "middle", "last")
#: Lost answers, each in the middle, and those that no answer tells of at both ends too.
_LOST = {
    f"{name}, {where}": (fault, where)
    for name, fault in LOST.items()
    for where in (_WHERE if fault.status is None else _WHERE[1:2])
}
#: Answers that repeat what was sent.
_ECHOED: Mapping[str, Fault | None] = {
    "answered": None,
    "500": Fault(reaches=True, status=500, body={}),
    "422": Fault(status=422, body={}),
    "429": ASKS_TO_WAIT,
    "401": Fault(status=401, body={}),
}


class SinkLaws:
    """What every sink keeps; a class of tests that inherits it gives the fixture `place`."""

    @pytest.fixture
    def place(self) -> Place | Iterator[Place]:
        """Where the sink sends to, new for each test."""
        pytest.fail("the class gives no fixture `place`, which returns or yields a hygiene.testing.Place.")

    @pytest.fixture
    def bench(self, place: Place, tmp_path: Path) -> Iterator[Bench]:
        """An import that may go wrong."""
        with Bench(place, tmp_path) as bench:
            yield bench

    def test_counts_reconcile_and_every_lead_is_held_once(self, bench: Bench) -> None:
        receipt = bench.run(LEADS)

        self._all_there_once(bench, receipt)

    def test_repeats_and_known_leads_are_counted_as_the_policy_says(self, bench: Bench) -> None:
        _needs_listing(bench)
        bench.run(LEADS[:4], name="before")

        receipt = bench.run([0, 0, 4, 5, 5, 6], send_all=True)

        assert receipt.reconciliation.agrees, receipt.reconciliation.explain()
        assert set(bench.held()) == {bench.mark(number) for number in LEADS}

    def test_what_is_held_is_listed_whole(self, bench: Bench) -> None:
        _needs_listing(bench)
        bench.run(LEADS)

        with bench.sink() as sink:
            members = list(sink.members())  # type: ignore[attr-defined]  # asked above
            size = sink.describe().size  # type: ignore[attr-defined]  # as before

        assert {bench.address(number) for number in LEADS} <= {member.lower() for member in members}
        assert size in (None, len(list(bench.place.held())))

    @pytest.mark.parametrize(("fault", "where"), _LOST.values(), ids=_LOST)
    def test_a_lost_answer_is_settled_and_nothing_is_sent_twice(
        self, bench: Bench, fault: Fault, where: str
    ) -> None:
        bench.wire.faults[_number(where, bench)] = fault

        receipt = bench.finish(LEADS)

        if not (bench.can_list and bench.has_journal):
            assert isinstance(receipt, Receipt), f"a lost answer is UnknownOutcome; met {receipt!r}"
            _nothing_twice(bench)
            return
        self._all_there_once(bench, receipt)

    def test_a_listing_that_cannot_be_read_settles_nothing(self, bench: Bench) -> None:
        _needs_listing(bench)
        bench.wire.faults[1] = Fault(reaches=True)
        bench.run(LEADS, progress=lambda *_: _deafen(bench))

        bench.wire.reads = True
        receipt = bench.finish(LEADS)

        self._all_there_once(bench, receipt)

    def test_a_job_that_cannot_be_asked_about_is_asked_about_later(self, bench: Bench) -> None:
        if not (bench.runs_jobs and bench.has_journal):
            pytest.skip("the sink has no `submit` and `poll`: its API answers at once")
        bench.wire.deaf_after = 2

        met = bench.met(LEADS)
        bench.wire.reads, bench.wire.deaf_after = True, None
        receipt = bench.finish(LEADS)

        assert isinstance(_error(met), JobUnfinished), f"a job that is not done is JobUnfinished; met {met!r}"
        self._all_there_once(bench, receipt)

    @pytest.mark.parametrize("at", [LEADS[0], LEADS[3], LEADS[-1]])
    def test_a_refused_lead_is_isolated_and_the_others_land(self, bench: Bench, at: int) -> None:
        bench.wire.refused = {bench.mark(at)}

        receipt = bench.met(LEADS)

        assert isinstance(receipt, Receipt), f"a request refused for its leads is Rejected; met {receipt!r}"
        assert not receipt.reconciliation.agrees, "a lead that was refused is told as imported"
        assert bench.held() == sorted(bench.mark(number) for number in LEADS if number != at)
        rejected = [batch.batch for batch in receipt.batches if batch.state == "rejected"]
        if rejected or not bench.place.in_flight:
            assert [receipt.rows[number] for number in rejected] == [[at + 1]]
            assert receipt.reconciliation.rejected == 1
        _nothing_twice(bench)

    def test_an_api_that_refuses_everything_is_not_said_to_refuse_leads(self, bench: Bench) -> None:
        if bench.place.in_flight:
            pytest.skip("the API answers for each lead by itself, so that a refusal is of the lead")
        bench.wire.refused = {bench.mark(number) for number in LEADS}

        met = bench.met(LEADS)
        bench.wire.refused = set()
        receipt = bench.finish(LEADS)

        assert not isinstance(met, Receipt) or met.error is not None
        self._all_there_once(bench, receipt)

    @pytest.mark.parametrize("where", _WHERE)
    def test_a_refusal_that_asks_to_wait_is_heeded(self, bench: Bench, where: str) -> None:
        bench.wire.faults[_number(where, bench)] = ASKS_TO_WAIT

        met = bench.met(LEADS)
        early = bench.wire.early
        error = met.error if isinstance(met, Receipt) else met

        under_way = max(bench.place.in_flight - 1, 0)
        assert early <= under_way, (
            f"{early} requests came before the {WAIT_S} s had passed that the API asked for"
        )
        assert error is None or isinstance(error, RateLimited), f"429 is RateLimited; met {error!r}"
        if error is None or bench.has_journal:
            self._all_there_once(bench, bench.finish(LEADS) if error else met)
        if isinstance(error, RateLimited):
            assert error.retry_after_s == WAIT_S

    @pytest.mark.parametrize("after", [0, 1, 2, 3])
    def test_an_import_that_is_cut_off_goes_on_from_any_point(self, bench: Bench, after: int) -> None:
        _needs_journal(bench)

        def cut(done: int, of: int) -> None:
            del of
            if done > after * bench.batch_leads:
                raise CutError

        with contextlib.suppress(CutError):
            bench.run(LEADS, progress=cut)
        receipt = bench.finish(LEADS)

        self._all_there_once(bench, receipt)

    def test_an_import_that_is_done_is_not_sent_again(self, bench: Bench) -> None:
        _needs_journal(bench)
        bench.run(LEADS)
        requests = bench.wire.imports

        receipt = bench.run(LEADS)

        assert bench.wire.imports == requests
        self._all_there_once(bench, receipt)

    @pytest.mark.parametrize("fault", _ECHOED.values(), ids=_ECHOED)
    def test_no_text_holds_a_key_or_an_address(self, bench: Bench, fault: Fault | None) -> None:
        bench.wire.echo = True
        if fault is not None:
            bench.wire.faults = dict.fromkeys((0, 2, 3), fault)

        bench.finish(LEADS)
        with bench.sink() as sink:
            bench.told += [repr(sink), sink.name]

        written = bench.written()
        shown = [secret for secret in bench.place.secrets if secret in written]
        assert not shown, "a secret of the place stands in an error, a log, a receipt or the journal"
        assert bench.mark(0)[:-1] not in written, (
            "an address stands in an error, a log, a receipt or the journal"
        )

    def test_a_key_that_is_not_taken_is_said(self, bench: Bench) -> None:
        if bench.place.stranger is None:
            pytest.skip("the place has no `stranger`: it knows no keys")

        met = bench.met(LEADS, make=bench.place.stranger)

        assert isinstance(_error(met), AuthError), f"a key that is not taken is AuthError; met {met!r}"
        assert bench.held() == []

    def test_a_list_that_is_gone_is_said(self, bench: Bench) -> None:
        if bench.place.astray is None:
            pytest.skip("the place has no `astray`: it has one list")

        met = bench.met(LEADS, make=bench.place.astray)

        assert isinstance(_error(met), ListNotFound), f"a list that is gone is ListNotFound; met {met!r}"
        assert bench.held() == []

    def _all_there_once(self, bench: Bench, receipt: Receipt | HygieneError) -> None:
        assert isinstance(receipt, Receipt), f"the import never came to its end; met {receipt!r}"
        assert receipt.error is None, receipt.error
        assert bench.held() == sorted(bench.mark(number) for number in LEADS)
        assert sum(batch.rows for batch in receipt.batches) == len(LEADS)
        assert {batch.state for batch in receipt.batches} <= {"acknowledged", "settled"}
        assert receipt.reconciliation.agrees, receipt.reconciliation.explain()
        _nothing_twice(bench)


def _nothing_twice(bench: Bench) -> None:
    twice = {lead: times for lead, times in bench.wire.taken.items() if times > 1}
    assert not twice, "leads went out again though the API had taken them"


def _error(met: Receipt | HygieneError) -> HygieneError | None:
    return met.error if isinstance(met, Receipt) else met


def _number(where: str, bench: Bench) -> int:
    """The number of an import request, from 0."""
    requests = math.ceil(len(LEADS) / bench.batch_leads)
    return {"first": 0, "middle": requests // 2, "last": requests - 1}[where]


def _needs_listing(bench: Bench) -> None:
    if not bench.can_list:
        pytest.skip("the sink has no `describe`, `members` and `blocked`, so that nothing it holds is read")


def _needs_journal(bench: Bench) -> None:
    if not bench.has_journal:
        pytest.skip("the sink has no `target` and `shape`, so that no journal tells its imports apart")


def _deafen(bench: Bench) -> None:
    bench.wire.reads = False
