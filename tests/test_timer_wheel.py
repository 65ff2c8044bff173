"""Timers: what is due when."""

from hypothesis import given
from hypothesis import strategies as st

from hygiene.deliverability import Question
from hygiene.resolver.connection import Task
from hygiene.resolver.encode import pack_question
from hygiene.resolver.timer_wheel import STEP_S, TimerWheel

MX = Question("acme.example", "MX")


def task():
    return Task(MX, pack_question(MX))


@given(st.lists(st.floats(0, 2), max_size=20), st.floats(0, 2))
def test_what_is_due_fires_once_never_early_and_at_most_a_step_late(times, now):
    timers, tasks = TimerWheel(), [task() for _ in times]
    for each, when in zip(tasks, times, strict=True):
        timers.set(each, when)

    fired = timers.fire(now)

    assert {each for each, when in zip(tasks, times, strict=True) if when < now - STEP_S} <= set(fired)
    assert all(times[tasks.index(each)] <= now for each in fired)
    assert len(fired) == len(set(fired))
    assert not set(fired) & set(timers.fire(10.0))


def test_a_timer_that_is_set_anew_fires_at_its_new_time_alone():
    timers, later, sooner = TimerWheel(), task(), task()
    timers.set_all([later, sooner], 1.0)
    timers.set(later, 2.0)
    timers.set(sooner, 0.5)

    fired = [timers.fire(now) for now in (0.6, 1.5, 2.5)]

    assert fired == [[sooner], [], [later]]


def test_what_is_finished_does_not_fire():
    timers, done = TimerWheel(), task()
    timers.set(done, 1.0)
    done.finished = True

    assert timers.next_at < 1.0 + 2 * STEP_S
    assert timers.fire(2.0) == []
    assert timers.next_at == float("inf")
