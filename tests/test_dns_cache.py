"""The store of answers, on disk and in memory."""

import multiprocessing
import sqlite3
import time
from contextlib import closing

import pytest

from hygiene.deliverability import Answer, Question
from hygiene.errors import CacheError
from hygiene.resolver.cache import (
    FAILURE_TTL_S,
    LEAST_TTL_S,
    MOST_NEGATIVE_TTL_S,
    MOST_TTL_S,
    AnswerStore,
    default_path,
)

MX = Question("acme.example", "MX")
FOUND = Answer("found", ((10, "mx.acme.example"),), ttl_s=300)


@pytest.mark.parametrize(
    ("answer", "ttl_s"),
    [
        (FOUND, 300),
        (Answer("found", ("192.0.2.1",), ttl_s=0), LEAST_TTL_S),
        (Answer("found", ("192.0.2.1",), ttl_s=10**9), MOST_TTL_S),
        (Answer("no_name", ttl_s=10**9), MOST_NEGATIVE_TTL_S),
        (Answer("no_data", ttl_s=900), 900),
        (Answer("unknown", cause="timeout", ttl_s=900), FAILURE_TTL_S),
    ],
)
def test_an_answer_is_kept_as_long_as_dns_says_within_bounds(tmp_path, answer, ttl_s):
    with AnswerStore(tmp_path / "deep" / "dns.sqlite", servers="a") as store:
        put = store.put(MX, answer)

    with AnswerStore(tmp_path / "deep" / "dns.sqlite", servers="a") as store:
        kept = store.get(MX)

    assert (put.ttl_s, put.cached) == (ttl_s, False)
    assert (kept.state, kept.records, kept.cause, kept.cached) == (
        answer.state,
        answer.records,
        answer.cause,
        True,
    )
    assert ttl_s - 5 <= kept.ttl_s <= ttl_s


@pytest.mark.parametrize("cause", ["deadline", "no_resolver", "bad_name"])
def test_what_says_nothing_about_the_domain_is_not_kept(cause):
    store = AnswerStore(None, servers="a")
    store.put(MX, Answer("unknown", cause=cause))

    assert store.get(MX) is None


def test_what_has_expired_is_not_given_and_is_cleared_away(tmp_path, monkeypatch):
    path, later = tmp_path / "dns.sqlite", time.time() + 301
    with AnswerStore(path, servers="a") as store:
        store.put(MX, FOUND)
    monkeypatch.setattr(time, "time", lambda: later)

    with store, AnswerStore(path, servers="a") as other:
        assert store.get(MX) is None
        assert other.get(MX) is None
        store.put(Question("bolt.example", "MX"), FOUND)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT name FROM answers_1").fetchall() == [("bolt.example",)]


def test_answers_of_other_name_servers_are_apart(tmp_path):
    with AnswerStore(tmp_path / "dns.sqlite", servers="a") as store:
        store.put(MX, FOUND)

    with AnswerStore(tmp_path / "dns.sqlite", servers="b") as store:
        assert store.get(MX) is None


def test_what_turned_out_untrue_is_forgotten():
    store = AnswerStore(None, servers="a")
    store.put(MX, FOUND)

    store.drop_new()

    assert store.get(MX) is None


def _write(path, first):
    with AnswerStore(path, servers="a") as store:
        for number in range(first, first + 300):
            store.put(Question(f"d{number}.example", "MX"), FOUND)
            if number % 10 == 0:
                store.flush()


def test_several_processes_may_write_at_once(tmp_path):
    path = tmp_path / "dns.sqlite"
    spawn = multiprocessing.get_context("spawn")

    writers = [spawn.Process(target=_write, args=(path, first)) for first in (0, 200, 400)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with AnswerStore(path, servers="a") as store:
        assert all(store.get(Question(f"d{number}.example", "MX")) for number in range(700))


@pytest.mark.parametrize("content", ["not a database at all, but some text that is long enough" * 20, None])
def test_a_file_that_is_no_cache_is_refused_with_the_way_out(tmp_path, content):
    path = tmp_path / "dns.sqlite"
    path.mkdir() if content is None else path.write_text(content)

    with pytest.raises(CacheError, match="cache=None"):
        AnswerStore(path, servers="a")


def test_the_usual_file_is_in_the_users_cache_folder(monkeypatch, tmp_path):
    assert default_path().parts[-2:] == ("lead-hygiene", "dns.sqlite")
