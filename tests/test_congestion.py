"""The pace towards a name server, on a clock of the test's own."""

import random

import pytest

from hygiene.resolver.congestion import FLOOR_PER_S, MOST_WAIT_S, START_PER_S, TOLERATED, CongestionWindow


def drive(pace, seconds, *, limit_per_s=float("inf"), loss=0.0, refuse=False, start=0.0):
    """Send as much as the pace allows to a server that answers `limit_per_s` after 40 ms; gives answers a second."""
    draw, rtt_s, retry_s, step_s = random.Random(7), 0.04, 0.25, 0.002
    now, credit, answered = start, 0.0, 0
    due, again = [], []
    while now < start + seconds:
        now += step_s
        credit = min(credit + limit_per_s * step_s, limit_per_s * 0.05) if limit_per_s < 1e9 else 1e9
        while pace.credit(now) >= 1 and len(due) + len(again) < 1000:
            lost_at = again.pop(0)[1] if again and again[0][0] <= now else None
            pace.sent()
            passed = credit >= 1 and draw.random() >= loss
            credit -= passed
            due.append((now + (rtt_s if passed or refuse else retry_s), now, passed, lost_at))
        ready = [each for each in due if each[0] <= now]
        due = [each for each in due if each[0] > now]
        for _, sent_at, passed, lost_at in ready:
            if passed:
                answered += 1
                pace.answered(now, waited_s=rtt_s, lost_at=lost_at)
            elif refuse:
                pace.refused(now, sent_at=sent_at)
            else:
                again.append((now, sent_at))
    return answered / seconds


def test_the_pace_doubles_while_nothing_is_lost():
    pace = CongestionWindow(0.0)

    drive(pace, 2)

    assert pace.rate_per_s > 8 * START_PER_S


def test_the_pace_doubles_every_two_round_trips_from_the_first_answer_on():
    rates = []

    for round_trips in (2.5, 4.5, 6.5, 8.5, 10.5):
        pace = CongestionWindow(0.0)
        drive(pace, round_trips * 0.04)
        rates.append(pace.rate_per_s / START_PER_S)

    assert rates == pytest.approx([1, 2, 4, 8, 16], rel=0.1)


@pytest.mark.parametrize("refuse", [False, True])
def test_the_pace_settles_near_what_a_server_bears(refuse):
    pace = CongestionWindow(0.0)

    answered_per_s = drive(pace, 10, limit_per_s=2000, refuse=refuse)

    assert 0.6 * 2000 <= answered_per_s <= 2000
    assert 0.6 * 2000 <= pace.rate_per_s <= 1.5 * 2000


def test_the_pace_comes_back_when_the_server_does():
    pace = CongestionWindow(0.0)
    drive(pace, 5, limit_per_s=300)
    low = pace.rate_per_s

    drive(pace, 20, start=5.0)

    assert low < 450
    assert pace.rate_per_s > 4 * low


def test_what_a_network_loses_by_itself_does_not_stop_the_run():
    lossless, lossy = CongestionWindow(0.0), CongestionWindow(0.0)
    drive(lossless, 4)

    drive(lossy, 4, loss=TOLERATED / 3)

    assert lossy.rate_per_s > lossless.rate_per_s / 4
    assert drive(CongestionWindow(0.0), 10, loss=0.2) > 20 * FLOOR_PER_S


def test_the_pace_never_passes_a_limit_nor_falls_below_the_floor():
    pace = CongestionWindow(0.0, ceiling_per_s=50)
    drive(pace, 5)
    silent = CongestionWindow(0.0)

    for second in range(20):
        silent.silent(second)

    assert pace.rate_per_s <= 50
    assert silent.rate_per_s == FLOOR_PER_S


def test_a_burst_of_failures_slows_down_and_a_few_do_not():
    few, burst = CongestionWindow(0.0), CongestionWindow(0.0)

    for step in range(100):
        now = 0.01 * step
        few.credit(now), burst.credit(now)
        few.answered(now, waited_s=0.02)
        few.failed(now) if step % 10 == 0 else None
        burst.failed(now)

    assert few.rate_per_s == START_PER_S
    assert burst.rate_per_s < START_PER_S


def test_the_wait_for_an_answer_follows_how_long_answers_took_and_doubles():
    pace = CongestionWindow(0.0)
    first = pace.wait_s(0)
    for step in range(50):
        pace.answered(step * 0.01, waited_s=0.3)

    assert first == 1.0
    assert 0.3 < pace.wait_s(0) < 0.5
    assert pace.wait_s(1) == pytest.approx(2 * pace.wait_s(0))
    assert pace.wait_s(9) == MOST_WAIT_S
