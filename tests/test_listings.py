"""Listings over real sockets: whole, or an error, whatever the pages are like."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene import Smartlead
from hygiene.errors import ListingIncomplete, SinkError
from hygiene.http.listings import Page, Tally, whole
from hygiene.pulling.draft import Draft
from hygiene.pulling.snapshot import LEADS

ROUTES = {"leads": "/leads/all", "data": "/leads/get-domain-block-list", "lists": "/lead-list/"}


def _truly(held: int) -> int:
    return held


@dataclass
class Held:
    """What an API holds, and how it gives it out.

    Attributes:
        rows: Its rows by ascending number.
        cap: Rows a page at most.
        order: Whether the newest or the oldest row comes first.
        shape: Bare arrays, or an object that states a total.
        total: What it states, as it is held so far.
        grows: Rows that arrive after each page.
        stops: Pages of a reading after which it gives empty ones.
        sound_again: Reading after which nothing goes wrong any more.
        stuck: Whether it gives the same page whatever is asked for.
    """

    rows: int = 25
    cap: int = 10
    order: str = "newest"
    shape: str = "data"
    total: Any = _truly
    grows: int = 0
    stops: int = 10**6
    sound_again: int = 10**6
    stuck: bool = False
    readings: int = 0
    pages: int = 0
    asked: list[str] = field(default_factory=list)

    def row(self, number: int) -> dict[str, Any]:
        name = f"p{number}@x.example"
        return {"id": number, "email": name, "email_or_domain": name, "name": name, "is_unsubscribed": False}

    def answer(self, target: str) -> Any:
        self.asked.append(target)
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        is_first = query.get("offset", "0") == "0" and "lastSeenLeadId" not in query
        self.readings += is_first
        self.pages = 1 if is_first else self.pages + 1
        wrong = self.readings < self.sound_again
        numbers = list(range(1, self.rows + 1))
        if self.order == "newest":
            numbers.reverse()
        if "lastSeenLeadId" in query and not (wrong and self.stuck):
            numbers = numbers[numbers.index(int(query["lastSeenLeadId"])) + 1 :]
        elif not (wrong and self.stuck):
            numbers = numbers[int(query.get("offset", 0)) :]
        if wrong and self.pages > self.stops:
            numbers = []
        here = [self.row(number) for number in numbers[: self.cap]]
        total = self.total(self.rows)
        self.rows += self.grows if here else 0
        return self.shaped(here, urlsplit(target).path, total if wrong else self.rows)

    def shaped(self, here: list[dict[str, Any]], path: str, total: Any) -> Any:
        name = next(name for name, route in ROUTES.items() if path.endswith(route))
        if self.shape in ("pagination", "meta"):
            return {name: here, self.shape: {"total": total}}
        if self.shape == "bare" or name == "data":
            return here
        if self.shape == "flat":
            return {name: here, "total_count": total}
        last = {"lastSeenLeadId": here[-1]["id"] if here else None} if name == "leads" else {}
        return {"ok": True, "data": {name: here, **last, "totalCount": total}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = json.dumps(self.server.held.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by http.server
        pass


@contextmanager
def sink_of(held: Held) -> Iterator[Smartlead]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.held = held
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            with Smartlead(list_id=7, api_key="k", base_url=f"http://127.0.0.1:{server.server_port}") as sink:
                yield sink
        finally:
            server.shutdown()
            thread.join()


def everything(sink: Smartlead, listing: str) -> list[str]:
    if listing == "leads":
        return list(sink.members())
    if listing == "data":
        return list(sink.blocked())
    return [found.name for found in sink.lists()]


@pytest.mark.parametrize("listing", ROUTES)
@pytest.mark.parametrize("shape", ["data", "flat", "bare"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("rows", [0, 1, 10, 25])
def test_a_listing_is_read_to_its_empty_page_however_short_its_pages_are(listing, shape, order, rows):
    held = Held(rows, order=order, shape=shape)
    with sink_of(held) as sink:
        found = everything(sink, listing)

    assert sorted(found) == sorted(f"p{n}@x.example" for n in range(1, rows + 1))
    assert held.readings == 1


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("grows", [1, 3])
def test_a_list_that_grows_while_it_is_read_adds_up_between_its_two_totals(order, grows):
    held = Held(25, order=order, grows=grows)
    with sink_of(held) as sink:
        found = set(sink.members())

    assert {f"p{n}@x.example" for n in range(1, 26)} <= found
    assert held.readings == 1


@pytest.mark.parametrize("total", [2500, "2500", 9, "24", 26, 0], ids=repr)
@pytest.mark.parametrize("shape", ["data", "flat"])
@pytest.mark.parametrize("listing", ["leads", "lists"])
def test_what_does_not_add_up_to_the_stated_total_is_read_once_more_and_then_an_error(total, shape, listing):
    held = Held(25, shape=shape, total=lambda held: total)
    with (
        sink_of(held) as sink,
        pytest.raises(ListingIncomplete, match=f"rows were given, and {total} are stated.* read twice"),
    ):
        everything(sink, listing)

    assert held.readings == 2


@pytest.mark.parametrize("stops", [0, 1, 2])
def test_a_listing_that_ends_too_early_is_an_error(stops):
    with sink_of(Held(25, stops=stops)) as sink, pytest.raises(ListingIncomplete, match="and 25 are stated"):
        list(sink.members())


@pytest.mark.parametrize("listing", ROUTES)
@pytest.mark.parametrize("shape", ["data", "bare"])
@pytest.mark.parametrize("rows", [5, 25])
def test_a_page_that_brings_nothing_new_is_an_error(listing, shape, rows):
    with (
        sink_of(Held(rows, shape=shape, stuck=True)) as sink,
        pytest.raises(ListingIncomplete, match="the same page again"),
    ):
        everything(sink, listing)


@pytest.mark.parametrize(
    "fault", [{"stops": 1}, {"stuck": True}, {"total": lambda held: 7}], ids=["stops", "stuck", "total"]
)
def test_a_second_reading_that_adds_up_gives_each_row_once(fault):
    held = Held(25, sound_again=2, **fault)
    with sink_of(held) as sink:
        found = list(sink.members())

    assert sorted(found) == sorted(f"p{n}@x.example" for n in range(1, 26))
    assert held.readings == 2


@pytest.mark.parametrize("shape", ["data", "flat", "bare"])
def test_a_listing_that_states_no_total_is_read_to_its_end(shape):
    with sink_of(Held(25, shape=shape, total=lambda held: None)) as sink:
        assert len(list(sink.members())) == 25


@pytest.mark.parametrize(
    "total", ["25.5", "2,500", "many", "", True, float("nan"), 24.5, [25], {"value": 25}, -1, 2**70], ids=repr
)
@pytest.mark.parametrize("shape", ["data", "flat", "pagination", "meta"])
@pytest.mark.parametrize("listing", ["leads", "lists"])
def test_a_total_that_is_no_count_does_not_add_up(total, shape, listing):
    held = Held(25, shape=shape, total=lambda held: total)
    with (
        sink_of(held) as sink,
        pytest.raises(
            ListingIncomplete, match=r"is stated as the number of its rows, which is no count.* twice"
        ),
    ):
        everything(sink, listing)

    assert held.readings == 2


@pytest.mark.parametrize("shape", ["pagination", "meta"])
@pytest.mark.parametrize("listing", ROUTES)
def test_a_total_beside_the_pages_is_held_against_the_rows(shape, listing):
    with sink_of(Held(25, shape=shape)) as sink:
        assert len(everything(sink, listing)) == 25
    with (
        sink_of(Held(25, shape=shape, total=lambda held: 2500)) as sink,
        pytest.raises(ListingIncomplete, match="25 rows were given, and 2500 are stated"),
    ):
        everything(sink, listing)


@pytest.mark.parametrize(
    "more", [{"hasMore": True}, {"has_more": "true"}, {"pagination": {"hasMore": True}}], ids=str
)
@pytest.mark.parametrize("listing", ROUTES)
def test_an_empty_page_that_says_that_there_are_more_does_not_add_up(more, listing):
    class Promising(Held):
        def shaped(self, here, path, total):
            return {listing: here, **more}

    held = Promising(25)
    with (
        sink_of(held) as sink,
        pytest.raises(ListingIncomplete, match=r"an empty page that says that there are more.* twice"),
    ):
        everything(sink, listing)

    assert held.readings == 2


def test_a_page_with_rows_may_say_that_there_are_more():
    class Honest(Held):
        def shaped(self, here, path, total):
            return {"leads": here, "hasMore": bool(here)}

    with sink_of(Honest(25)) as sink:
        assert len(list(sink.members())) == 25


# rows without an address


class Nameless(Held):
    """Whose oldest three rows have no address that can be read."""

    without: Any = ...

    def row(self, number: int) -> dict[str, Any]:
        row = super().row(number)
        for name in ("email", "email_or_domain"):
            if number <= 3 and self.without is ...:
                del row[name]
            elif number <= 3:
                row[name] = self.without
        return row


WITHOUT = [..., None, "", "  ", 7, ["p@x.example"], {"address": "p@x.example"}]


@pytest.mark.parametrize("without", WITHOUT, ids=repr)
@pytest.mark.parametrize("shape", ["data", "bare"])
@pytest.mark.parametrize("listing", ["leads", "data"])
def test_a_listing_in_which_rows_lack_the_address_is_not_whole(without, shape, listing):
    held = Nameless(25, shape=shape)
    held.without = without
    with (
        sink_of(held) as sink,
        pytest.raises(
            ListingIncomplete, match=r"25 rows were given.*; 3 of them have no readable address"
        ) as caught,
    ):
        everything(sink, listing)

    assert "x.example" not in str(caught.value)


def test_an_account_in_which_rows_lack_the_address_hands_on_the_others():
    with sink_of(Nameless(25)) as sink, pytest.raises(ListingIncomplete, match="3 of them") as caught:
        sink.account_leads(most=1000)

    assert {lead.address for lead in caught.value.given} == {f"p{n}@x.example" for n in range(4, 26)}


def test_an_entry_is_taken_off_a_block_list_whose_other_rows_cannot_be_read():
    """What a probe put there has to go, whatever else stands there; the server here refuses the DELETE itself."""
    with sink_of(Nameless(25)) as sink, pytest.raises(SinkError, match="DELETE"):
        sink.unblock(["p20@x.example"])


def test_an_entry_is_taken_off_a_block_list_that_does_not_add_up_and_that_is_said():
    with sink_of(Held(25, stuck=True)) as sink:
        with pytest.raises(SinkError, match="DELETE"):
            sink.unblock(["p20@x.example"])
        with pytest.raises(ListingIncomplete):
            sink.unblock(["p99@x.example"])


@pytest.mark.parametrize("what", ["leads", "blocklist", "unsubscribed"])
@pytest.mark.parametrize("rows", [3, 25])
@pytest.mark.parametrize("without", WITHOUT[:3], ids=repr)
def test_a_pull_of_rows_that_lack_the_address_is_exit_4_and_leaves_no_file(
    run, tmp_path, monkeypatch, what, rows, without
):
    held, before = Nameless(rows), sorted(tmp_path.iterdir())
    held.without = without
    monkeypatch.setenv("SMARTLEAD_API_KEY", "k")
    with sink_of(held) as sink:
        monkeypatch.setenv("SMARTLEAD_BASE_URL", sink.base_url)
        code, out, err = run("pull", what, "--out", "held.csv")

    assert (code, out) == (4, "")
    assert f"{rows} rows were given" in err
    assert "3 of them have no readable address" in err
    assert sorted(tmp_path.iterdir()) == before
    assert held.readings == 2


def test_pages_that_were_kept_still_count_their_rows_without_an_address(tmp_path):
    page = Page([{"id": 1}, {"id": 2, "email": "p2@x.example"}], 2, lacking=frozenset({1}), total=2)
    draft = Draft(tmp_path / "p.part", "here", LEADS)
    draft.keep(page)
    draft.close()

    again = Draft(tmp_path / "p.part", "here", LEADS)

    assert (again.tally.lacking, again.read, again.rows) == (1, 2, 1)
    again.close()


def test_leads_that_have_no_numbers_to_go_on_from_are_refused_where_nothing_is_stated():
    class Numberless(Held):
        def row(self, number):
            return {"email": f"p{number}@x.example"}

    with (
        sink_of(Numberless(25, shape="bare")) as sink,
        pytest.raises(SinkError, match="leads without numbers"),
    ):
        list(sink.members())


def test_the_account_is_held_against_its_total_as_well_and_what_was_given_is_handed_on():
    with sink_of(Held(25, stops=1)) as sink, pytest.raises(ListingIncomplete) as caught:
        sink.account_leads(most=1000)

    assert len(caught.value.given) == 10
    assert "x.example" not in repr(caught.value.given) + str(caught.value)


@settings(max_examples=settings.default.max_examples * 3)
@given(
    held=st.lists(st.integers(0, 30), unique=True, max_size=20),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=20),
    drop=st.integers(0, 25),
    repeats=st.lists(st.integers(0, 25), max_size=5),
    states=st.booleans(),
)
def test_no_listing_that_lacks_rows_is_ever_taken_for_whole(held, sizes, drop, repeats, states):
    """Rows are dropped and repeated at will; what is stated is true."""
    given = [number for place, number in enumerate(held) if place != drop]
    for place in repeats:
        given.insert(place % (len(given) + 1), given[place % len(given)] if given else 0) if given else None

    def pages():
        left = [{"id": number} for number in given]
        for size in [*sizes, 100]:
            page, left = left[:size], left[size:]
            if page:
                yield Page(page, 1, total=len(held) if states else None)
        yield Page([], None, total=len(held) if states else None)

    try:
        found = [row["id"] for page in whole(pages) for row in page.rows]
    except ListingIncomplete:
        return

    assert len(found) == len(set(found))
    assert set(found) == set(given)
    assert not states or set(found) == set(held)


def test_a_tally_says_what_was_given_and_what_was_stated_at_both_ends():
    tally = Tally()
    tally.add(Page([{"id": 1}, {"id": 2}], 1, total=5))
    tally.add(Page([], None, total=7))

    with pytest.raises(ListingIncomplete, match="2 rows were given, and 5, then 7 are stated"):
        tally.check()


# what an import, a pull and a settling do with a listing that does not add up


@pytest.fixture
def short(api, monkeypatch, tmp_path) -> Any:
    """An API whose leads are 2 of the 25 that it states; what it is asked next can be made whole again."""
    route = ("GET", "/leads/all")
    honest, cut = api._routes.table[route], [True]

    def answer(call):
        reply = honest(call)
        if cut and "lastSeenLeadId" in call.query:
            reply.body["data"]["leads"] = []
        elif cut:
            leads = reply.body["data"]["leads"][:2]
            reply.body["data"] |= {"leads": leads, "lastSeenLeadId": leads[-1]["id"] if leads else None}
        return reply

    api._routes.table = {**api._routes.table, route: answer}
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    api.cut = cut
    api.list_id = api.create_list("A", members=[f"p{n}@x.example" for n in range(25)])
    (tmp_path / "leads.csv").write_text("email\np0@x.example\np24@x.example\nnew@x.example\n")
    return api


IMPORT = ("import", "leads.csv", "--no-dns", "--yes", "--list")


def test_an_import_counts_as_not_read_what_does_not_add_up_and_its_range_is_open(short, run):
    short.unsubscribe(["p24@x.example"])

    code, out, err = run(*IMPORT, short.list_id, "--format", "json")

    told = json.loads(out)
    assert code == 0
    assert (
        "warning: what the list holds was not read: GET /leads/all: HTTP 200: 2 rows were given, and 25 are"
        in err
    )
    assert "warning: who of the account unsubscribed was not read whole" in err
    assert told["passes"]["known"]["ran"] is False
    assert "the leads that the list holds were not read" in told["predicted_range_reasons"]
    assert told["predicted_range"]["duplicates"] == [0, 2]
    assert told["reconciliation"]["status"] == "within_range"
    assert (
        told["outcomes"]["suppressed"] == 1
    )  # whoever is known to have unsubscribed is withheld all the same
    assert not [path for path in short.requests if path[1].startswith("/leads/all?page")]


def test_an_import_of_a_listing_that_adds_up_the_second_time_predicts_as_ever(short, run):
    members, reads = short._routes.table[("GET", "/leads/all")], []

    def answer(call):
        reads.append(call.query)
        if len(reads) == 3:  # the first reading of the members is over
            short.cut.clear()
        return members(call)

    short._routes.table = {**short._routes.table, ("GET", "/leads/all"): answer}

    code, out, err = run(*IMPORT, short.list_id, "--format", "json")

    assert (code, json.loads(out)["outcomes"]["duplicate"], "not read" in err) == (0, 2, False)


def test_a_pull_of_a_listing_that_does_not_add_up_is_exit_4_and_leaves_no_file(short, run, tmp_path):
    before = sorted(tmp_path.iterdir())

    code, out, err = run("pull", "leads", "--list", short.list_id, "--out", "members.csv")

    assert (code, out) == (4, "")
    assert "2 rows were given, and 25 are stated" in err
    assert sorted(tmp_path.iterdir()) == before
    assert len([path for _, path, _ in short.requests if path.startswith("/api/v1/leads/all")]) == 4

    short.cut.clear()
    assert run("pull", "leads", "--list", short.list_id, "--out", "members.csv")[0] == 0
    assert (tmp_path / "members.csv").read_text().count("@") == 25


def test_a_verify_of_a_listing_that_does_not_add_up_is_a_warning_of_a_sound_import(short, run):
    short.cut.clear()

    def spoil(done, of):
        short.cut.append(True)

    import hygiene

    with Smartlead(list_id=short.list_id) as sink:
        receipt = hygiene.import_leads(hygiene.clean("leads.csv"), sink, verify=True, progress=spoil)
    code, out, err = run(*IMPORT, short.list_id, "--again", "--no-snapshot", "--verify")

    assert receipt.reconciliation.agrees
    assert receipt.readback is None
    assert (
        "read back: what the list holds was not read: GET /leads/all: HTTP 200: 2 rows" in receipt.notes[-1]
    )
    assert code == 0
    assert "warning: read back: what the list holds was not read" in err
    assert "rows: " in out.splitlines()[-1]


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_is_not_settled_by_a_listing_that_does_not_add_up(short, run, drop):
    short.fail_next(drop=drop)
    short.cut.clear()
    route, healed = ("GET", "/leads/all"), []
    honest = short._routes.table[route]

    def posted():
        return [path for method, path, _ in short.requests if method == "POST"]

    def answer(call):
        """Once leads were posted: all but the lead that is looked for."""
        reply = honest(call)
        if posted() and not healed:
            leads = reply.body["data"]["leads"]
            reply.body["data"]["leads"] = [row for row in leads if row["email"] != "new@x.example"]
            reply.body["data"]["totalCount"] = 26
        return reply

    short._routes.table = {**short._routes.table, route: answer}

    code, _, err = run(*IMPORT, short.list_id)

    assert code == 5
    assert "what the list holds could not be read" in err
    assert len(posted()) == 1

    healed.append(True)
    assert run(*IMPORT, short.list_id)[0] == 0
    assert sorted(short.members(short.list_id)) == sorted(
        [*(f"p{n}@x.example" for n in range(25)), "new@x.example"]
    )


@pytest.mark.parametrize("without", WITHOUT[:4], ids=repr)
def test_an_import_counts_as_not_read_what_lacks_its_addresses_and_verify_says_so(short, run, without):
    short.cut.clear()
    route = ("GET", "/leads/all")
    honest = short._routes.table[route]

    def answer(call):
        reply = honest(call)
        for row in reply.body["data"]["leads"]:
            if row["email"] in ("p0@x.example", "p1@x.example"):
                row["email"] = without
                if without is ...:
                    del row["email"]
        return reply

    short._routes.table = {**short._routes.table, route: answer}

    code, out, err = run(*IMPORT, short.list_id, "--verify", "--format", "json")

    told = json.loads(out)
    assert code == 0
    assert (
        "warning: what the list holds was not read: GET /leads/all: HTTP 200: 25 rows were given, and 25 are stated; "
        "2 of them have no readable address." in err
    )
    assert "read back: what the list holds was not read: GET /leads/all" in err
    assert told["passes"]["known"]["ran"] is False
    assert told["predicted_range"]["duplicates"] == [0, 3]
    assert told["reconciliation"]["status"] == "within_range"


def test_an_import_counts_a_block_list_as_not_read_whose_rows_lack_their_entry(short, run):
    short.cut.clear()
    short.block(["acme.example", "bolt.example"])
    route = ("GET", "/leads/get-domain-block-list")
    honest = short._routes.table[route]

    def answer(call):
        reply = honest(call)
        for row in reply.body["data"] if isinstance(reply.body, dict) else reply.body:
            row.pop("email_or_domain", None)
        return reply

    short._routes.table = {**short._routes.table, route: answer}

    code, out, err = run(*IMPORT, short.list_id, "--format", "json")

    assert code == 0
    assert (
        "warning: the API's block list was not read: GET /leads/get-domain-block-list: HTTP 200: 2 rows"
        in err
    )
    assert "2 of them have no readable address" in err
    assert json.loads(out)["passes"]["blocklist"]["ran"] is False
