"""Garbage collection during look-ups, and its setting after them."""

import gc

import pytest

from hygiene.resolver import Resolver
from hygiene.resolver.gc_pause import rare_collection


@pytest.fixture(autouse=True)
def _setting_of_this_process():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_garbage_is_collected_rarely_while_domains_are_looked_up_and_as_before_then(names):
    gc.set_threshold(701, 11, 12)
    during = []
    resolver = Resolver(nameservers=[names.address], progress=lambda *_: during.append(gc.get_threshold()))

    resolver.look_up(["acme.example"])

    assert during[0][0] > 701
    assert during[0][1:] == (11, 12)
    assert gc.get_threshold() == (701, 11, 12)
    assert gc.isenabled()


def test_the_setting_is_as_before_after_an_error():
    before = gc.get_threshold()

    with pytest.raises(KeyboardInterrupt), rare_collection():
        raise KeyboardInterrupt

    assert gc.get_threshold() == before


def test_the_last_of_several_runs_restores_the_setting():
    before = gc.get_threshold()
    one, two = rare_collection(), rare_collection()

    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    during = gc.get_threshold()
    two.__exit__(None, None, None)

    assert during[0] > before[0]
    assert gc.get_threshold() == before


@pytest.mark.parametrize("setting", [(0, 10, 10), (10**6, 10, 10)])
def test_a_caller_who_collects_more_rarely_or_never_is_left_alone(setting):
    gc.set_threshold(*setting)

    with rare_collection():
        during = gc.get_threshold()

    assert during == gc.get_threshold() == setting


def test_a_setting_made_meanwhile_stays():
    with rare_collection():
        gc.set_threshold(5000, 5, 5)

    assert gc.get_threshold() == (5000, 5, 5)
