"""Rate and patience: when a request may go out, and how long a refusal is borne."""

from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene import Smartlead
from hygiene.errors import Interrupted, RateLimited, SinkError, Unreachable, UsageError
from hygiene.http.rate_limit import Limiter, parse_rate
from hygiene.http.retry import Pace
from hygiene.smartlead.service import SERVICE


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self):
        self.now = 1_000_000.0
        self.why = []

    def __call__(self):
        return self.now

    def pause(self, seconds, why):
        self.now += seconds
        self.why.append(why)


@contextmanager
def pacing(patience_s):
    """A clock, and the pace that goes by it."""
    clock = Clock()
    with closing(Pace(Limiter((), clock=clock), patience_s=patience_s, pause=clock.pause)) as pace:
        yield clock, pace


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("8/s,48/m,800/h", ((8, 1.0), (48, 60.0), (800, 3600.0))),
        (" 2/s ", ((2, 1.0),)),
        ("none", ()),
        (SERVICE.rate, ((8, 1.0), (48, 60.0), (800, 3600.0))),
    ],
)
def test_a_rate_is_read(text, windows):
    assert parse_rate(text) == windows


@pytest.mark.parametrize("text", ["", "8", "8/d", "0/s", "-1/s", "8/s,", "fast"])
def test_a_rate_of_another_form_is_refused(text):
    with pytest.raises(UsageError, match="expected requests a second"):
        parse_rate(text)


@given(
    windows=st.lists(st.tuples(st.integers(1, 5), st.sampled_from([1.0, 7.0, 60.0])), min_size=1, max_size=3),
    gaps=st.lists(st.floats(0, 3), min_size=5, max_size=30),
)
def test_no_window_ever_holds_more_than_its_limit(windows, gaps):
    clock = Clock()
    limiter = Limiter(windows, clock=clock)
    went = []
    for gap in gaps:
        clock.now += gap
        while (wait := limiter.take()) > 0:
            clock.now += wait
        went.append(clock.now)
    limiter.close()

    for limit, seconds in windows:
        for start in went:
            assert sum(start <= moment < start + seconds - 1e-6 for moment in went) <= limit


def test_processes_share_a_limiter_by_its_file(tmp_path):
    clock = Clock()
    windows, path = [(2, 60.0)], tmp_path / "rate.sqlite"

    with (
        closing(Limiter(windows, path=path, clock=clock)) as one,
        closing(Limiter(windows, path=path, clock=clock)) as other,
    ):
        assert [one.take(), other.take()] == [0.0, 0.0]
        assert one.take() == other.take() == 60.0
        one.pause(90)
        assert other.take() == 90.0
        clock.now += 91
        assert other.take() == 0.0


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        (RateLimited("slow", retry_after_s=30), "the API asks to slow down"),
        (RateLimited("away", status=503, retry_after_s=30), "the API is not there for now"),
        (Unreachable("away"), "the API cannot be reached"),
    ],
)
def test_only_a_rate_is_called_one(refusal, why):
    clock = Clock()
    with closing(Pace(Limiter([(1, 0.25)], clock=clock), patience_s=100, pause=clock.pause)) as pace:
        pace.enter()
        pace.enter()
        pace.patience().bears(refusal)
        pace.enter()
        pace.enter()

    assert clock.why[0] == clock.why[-1] == "the rate limit"
    assert why in clock.why[1:-1]


def test_a_pause_of_another_process_is_told_as_one(tmp_path):
    clock = Clock()
    path = tmp_path / "rate.sqlite"
    with (
        closing(Limiter([(9, 1.0)], path=path, clock=clock)) as other,
        closing(Pace(Limiter([(9, 1.0)], path=path, clock=clock), pause=clock.pause)) as pace,
    ):
        other.pause(90)
        pace.enter()

    assert clock.why == ["the API asked another run with this key to slow down"]


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (lambda pace: pace.patience().bears(Unreachable("away")), "the API cannot be reached"),
        (lambda pace: pace.seen(empty=True), "the last answer of the API was empty"),
        (lambda pace: pace.asked(30), "the API asks to come back later"),
    ],
)
def test_every_process_says_why_one_of_them_made_it_wait(tmp_path, rest, why):
    mine, others = Clock(), Clock()
    path = tmp_path / "rate.sqlite"
    with (
        closing(Pace(Limiter([(9, 1.0)], path=path, clock=mine), pause=mine.pause)) as pace,
        closing(Pace(Limiter([(9, 1.0)], path=path, clock=others), pause=others.pause)) as other,
    ):
        rest(other)
        pace.enter()

    assert mine.why == [why]


@pytest.mark.parametrize(
    ("rate", "requests", "seconds"),
    [("8/s,48/m,800/h", 49, 60), ("8/s,48/m,800/h", 1601, 7200), ("2/s", 2, 0), ("none", 9, 0)],
)
def test_it_is_known_beforehand_how_long_a_rate_makes_requests_take(rate, requests, seconds):
    clock = Clock()
    with closing(Limiter(parse_rate(rate), clock=clock)) as limiter:
        assert limiter.least_s(requests) == seconds

        for _ in range(requests):
            while (wait := limiter.take()) > 0:
                clock.now += wait

    assert clock.now - 1_000_000 >= seconds


def test_a_clock_that_was_set_back_blocks_nobody():
    clock = Clock()
    with closing(Limiter([(1, 3600.0)], clock=clock)) as limiter:
        limiter.take()
        clock.now -= 1000

        assert limiter.take() == 0.0


@pytest.mark.parametrize(
    ("refusal", "patience_s", "tries"),
    [
        (RateLimited("slow", retry_after_s=30), 100, 3),
        (RateLimited("slow", retry_after_s=101), 100, 0),
        (RateLimited("slow", retry_after_s=0), 0, 0),
        (Unreachable("away"), 100, 3),
        (SinkError("no"), 100, 0),
    ],
)
def test_only_what_was_not_taken_is_borne_and_only_so_long(refusal, patience_s, tries):
    with pacing(patience_s) as (_, pace):
        patience = pace.patience()
        borne = 0
        while patience.bears(refusal):
            pace.enter()
            borne += 1

    assert borne == tries


def test_waits_that_nobody_asked_for_double_up_to_a_cap_with_jitter():
    with pacing(10_000) as (clock, pace):
        patience, waits = pace.patience(), []
        for _ in range(9):
            before = clock.now
            assert patience.bears(RateLimited("slow"))
            pace.enter()
            waits.append(clock.now - before)

    for number, wait in enumerate(waits):
        assert min(60, 2**number) / 2 <= wait <= min(60, 2**number) + 1e-6
    assert len(set(waits)) == 9


def test_an_empty_answer_slows_the_next_request_down():
    with pacing(60) as (clock, pace):
        before = clock.now

        pace.seen(empty=True)
        pace.enter()

        assert 0.5 <= clock.now - before <= 1.0


def test_a_stop_while_waiting_sends_nothing(api):
    def stop(seconds, why):
        msg = "asked to stop"
        raise Interrupted(msg)

    api.fail_next(status=429, body="")
    list_id = api.create_list("A")
    with (
        Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, patience_s=60, pause=stop
        ) as sink,
        pytest.raises(Interrupted),
    ):
        sink.send([{"email": "a@acme.example"}], file_name="f")

    assert len(api.requests) == 1
    assert api.members(list_id) == []


def test_this_machine_has_no_rate_and_elsewhere_it_is_shared_by_key(api, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    list_id = api.create_list("A")
    with Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as here:
        here.describe()
    assert not (tmp_path / "state").exists()

    with Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url, rate="100/s") as limited:
        limited.describe()
    [file] = (tmp_path / "state" / "lead-hygiene").glob("rate-*.sqlite")
    assert file.name == f"rate-{limited.account}.sqlite"
    assert file.stat().st_mode & 0o077 == 0
