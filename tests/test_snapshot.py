"""Pulling: pages of the API into a file that is whole, dated, and gone on with after a break."""

import json
import os
import re
import resource
import signal
import sys

import pytest

import hygiene
from hygiene.errors import AuthError, PullBusy, RateLimited, SinkError, Unreachable, UsageError
from hygiene.http.listings import Page
from hygiene.io.readers import list_files
from hygiene.pulling import snapshot
from hygiene.smartlead.unsubscribed import is_unsubscribed, unsubscribed_only

ORIGIN = "leads of list 5 at api.example (account 1a2b)"


class Pages:
    """A listing of numbered leads, two a page, that fails as it is told."""

    def __init__(self, rows=5, failures=()):
        self.rows, self.failures, self.asked = rows, list(failures), []

    def __call__(self, start):
        at = start or 0
        while True:
            self.asked.append(at)
            if self.failures and self.failures[0] is not None:
                raise self.failures.pop(0)
            if self.failures:
                self.failures.pop(0)
            rows = [
                {"id": n, "email": f"p{n}@x.example", "more": "x"} for n in range(at, min(at + 2, self.rows))
            ]
            at += 2
            yield Page(rows, at if at < self.rows else None)
            if at >= self.rows:
                return


@pytest.fixture
def pull(tmp_path):
    waited = []

    def _pull(pages, **how):
        settings = {"columns": snapshot.LEADS, "origin": ORIGIN, "pause": waited.append, **how}
        return snapshot.pull(pages, tmp_path / "out.csv", **settings).rows

    _pull.waited = waited
    _pull.path = tmp_path / "out.csv"
    return _pull


def test_all_pages_are_written_under_a_line_that_says_where_from_and_when(pull):
    assert pull(Pages()) == 5

    first, header, *rows = pull.path.read_text().splitlines()
    assert re.fullmatch(rf"# lead-hygiene snapshot: {re.escape(ORIGIN)} on 20[0-9T:+-]+", first)
    assert header == "email,id,created_at"
    assert rows == [f"p{n}@x.example,{n}," for n in range(5)]
    assert [path.name for path in pull.path.parent.iterdir()] == ["out.csv"]


def test_an_empty_listing_is_a_file_with_a_header_alone(pull):
    assert pull(Pages(rows=0)) == 0
    assert len(pull.path.read_text().splitlines()) == 2
    assert len(list_files.known_leads(pull.path)) == 0


def test_a_pull_that_was_cut_off_goes_on_where_it_stopped(pull):
    with pytest.raises(AuthError):
        pull(Pages(failures=[None, None, AuthError("no")]))
    assert not pull.path.exists()

    again = Pages()
    assert pull(again) == 5
    assert again.asked == [4]
    assert pull.path.read_text().count("@") == 5


def test_a_line_that_was_cut_off_while_it_was_written_is_read_anew(pull):
    with pytest.raises(AuthError):
        pull(Pages(failures=[None, None, AuthError("no")]))
    kept = pull.path.with_name("out.csv.part")
    kept.write_bytes(kept.read_bytes()[:-20])

    again = Pages()
    assert pull(again) == 5
    assert again.asked == [2, 4]
    assert pull.path.read_text().count("@") == 5


@pytest.mark.parametrize("change", [{"origin": "leads of list 6"}, {"began": "2020-01-01T00:00:00+00:00"}])
def test_pages_of_something_else_or_of_long_ago_are_not_gone_on_from(pull, change):
    with pytest.raises(AuthError):
        pull(Pages(failures=[None, AuthError("no")]))
    kept = pull.path.with_name("out.csv.part")
    head, rest = kept.read_text().split("\n", 1)
    kept.write_text(json.dumps({**json.loads(head), **change}) + "\n" + rest)

    again = Pages()
    pull(again)

    assert again.asked[0] == 0


def test_a_first_page_that_is_refused_leaves_nothing_behind(pull):
    with pytest.raises(AuthError):
        pull(Pages(failures=[AuthError("no")]))
    assert list(pull.path.parent.iterdir()) == []


def test_a_passing_failure_is_asked_again_a_few_times(pull):
    lost = Unreachable("lost")

    assert pull(Pages(failures=[SinkError("odd", status=200), SinkError("down", status=502), lost])) == 5
    assert pull.waited == [2.0, 4.0, 8.0]
    with pytest.raises(Unreachable):
        pull(Pages(failures=[lost] * 4))


@pytest.mark.parametrize("refusal", [RateLimited("slow", retry_after_s=3000.0), SinkError("no", status=400)])
def test_what_waiting_does_not_help_ends_it_at_once(pull, refusal):
    with pytest.raises(SinkError):
        pull(Pages(failures=[refusal]))
    assert pull.waited == []


def test_a_place_that_cannot_be_written_is_a_usage_error(pull, tmp_path):
    with pytest.raises(UsageError, match="out="):
        snapshot.pull(Pages(), tmp_path / "no" / "out.csv", columns=snapshot.LEADS, origin=ORIGIN)


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("adir", r"out='.*adir': is a folder. Name a file, for example .*adir.snapshot\.csv"),
        ("taken", r"out='.*taken': Is a directory"),
        ("-", "out='-': a snapshot is not written to standard output, .* Name a file."),
        ("fifo", "is no file"),
    ],
)
def test_a_place_that_can_hold_no_snapshot_is_refused_before_anything_is_asked(
    tmp_path, monkeypatch, out, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adir").mkdir()
    (tmp_path / "taken.part").mkdir()
    os.mkfifo(tmp_path / "fifo")
    before, pages = sorted(tmp_path.iterdir()), Pages()

    with pytest.raises(UsageError, match=says):
        snapshot.pull(pages, out, columns=snapshot.LEADS, origin=ORIGIN)
    assert pages.asked == []
    assert sorted(tmp_path.iterdir()) == before


def test_a_second_pull_to_the_same_file_is_told_and_the_first_one_is_not_disturbed(pull):
    class Meanwhile(Pages):
        """Another pull is begun after the first page."""

        def __call__(self, start):
            for page in super().__call__(start):
                yield page
                if len(self.asked) == 1:
                    other = Pages()
                    with pytest.raises(PullBusy, match="another process pulls to this file"):
                        pull(other)
                    assert other.asked == []

    assert pull(Meanwhile()) == 5
    assert pull.path.read_text().count("@") == 5
    assert pull(Pages()) == 5


def test_a_disk_that_is_full_is_a_usage_error_and_the_pages_so_far_are_kept(pull, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # half a module would be kept
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    long = {"origin": "x" * 5000}  # a lock needs a few hundred octets itself
    resource.setrlimit(resource.RLIMIT_FSIZE, (5160, limit[1]))
    try:
        with pytest.raises(UsageError, match=r"File too large.* gone on from"):
            pull(Pages(), **long)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)

    again = Pages()
    assert pull(again, **long) == 5
    assert again.asked[0] > 0


def test_a_folder_of_locks_that_cannot_be_made_is_a_usage_error(pull, monkeypatch, tmp_path):
    (tmp_path / "state").write_text("a file")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    with pytest.raises(UsageError, match="nothing can be locked there"):
        pull(Pages())


def test_a_file_of_somebody_elses_is_not_taken_for_pages(pull):
    pull.path.with_name("out.csv.part").write_text("email\njane@acme.example\n")

    with pytest.raises(UsageError, match="something else"):
        pull(Pages())
    assert pull.path.with_name("out.csv.part").read_text() == "email\njane@acme.example\n"


def test_a_pull_of_who_unsubscribed_goes_on_with_what_it_had_counted(pull):
    class Told(Pages):
        """Leads of which every third one unsubscribed and every fourth does not say."""

        def __call__(self, start):
            for page in super().__call__(start):
                rows = [
                    {**row, "is_unsubscribed": [True, False, 0, None][row["id"] % 4]} for row in page.rows
                ]
                yield from unsubscribed_only([Page(rows, page.next)])

    with pytest.raises(AuthError):
        pull(Told(rows=8, failures=[None, None, AuthError("no")]))

    assert pull(Told(rows=8)) == 2
    first, _, *rows = pull.path.read_text().splitlines()
    assert first.endswith("; 2 of 8 do not say")
    assert rows == ["p0@x.example,0,", "p4@x.example,4,"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (True, True), ("true", True), (1, True), ("1", True),
        (False, False), ("False", False), (0, False),
        (None, None), ("", None), ("maybe", None), ([], None),
    ],
)  # fmt: skip
def test_only_what_says_so_is_taken_for_subscribed_or_unsubscribed(said, found):
    assert is_unsubscribed({"is_unsubscribed": said}) is found
    assert is_unsubscribed({}) is None


def test_a_snapshot_of_the_account_is_read_back_whole(api, pull):
    members = [f"p{n}@x.example" for n in range(1001)]
    list_id = api.create_list("A", members=members)
    api.block(["*.a.example", "o#b@x.example"])
    api.block(["c.example"], client_id=4)
    with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as account:
        pull(account.lead_pages)
        known = list_files.known_leads(pull.path)
        pull(account.block_list_pages, columns=snapshot.BLOCK_LIST)

    assert sorted(known.given.to_pylist()) == sorted(members)
    assert list_files.block_list(pull.path).literal.to_pylist() == ["*.a.example", "o#b@x.example"]
    assert list_files.block_list(pull.path, client=4).literal.to_pylist()[2] == "c.example"
    assert ORIGIN in list_files.block_list(pull.path).note
