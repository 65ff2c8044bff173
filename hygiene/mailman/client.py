"""A mailing list of Mailman: a sink for leads, and a reader of its members and bans.

One lead a request, several at a time, each settled by itself. Source: its documentation of REST API 3.1; 3.3.10 itself.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Unpack
from urllib.parse import quote

from hygiene.errors import ListNotFound, UnknownOutcome, UsageError
from hygiene.http.answers import number
from hygiene.http.client import Client, How
from hygiene.http.in_flight import apart, in_flight
from hygiene.http.keys import Key, basic, find_key
from hygiene.http.listings import Page, lacking, readable, row_of, rows_of, whole
from hygiene.mailman import bans, subscribing
from hygiene.mailman.place import SERVICE
from hygiene.policy import ImportPolicy
from hygiene.sinks import Lead, LeadList, Reply, RowClass, Target

__all__ = ["Mailman"]

#: Members that are asked for at a time. Assumed: some 300 kB.
PAGE = 1000
#: Requests at a time: twice as many as Mailman answers at once unless it is told otherwise (3.3.10: two workers).
IN_FLIGHT = 4
#: Leads whose answers are noted at once.
BATCH_LEADS = 200
#: Requests for one lead whose answers may be lost before nobody is asked any more.
TRIES = 3


class Mailman(Client):
    """A mailing list of GNU Mailman 3: a sink, and a reader of its members and bans.

    Args:
        list_name: The list, by its address: ``spring@lists.example``; None for calls that need none.
        user: Who may ask; None reads ``MAILMAN_USER``.
        api_key: The password; None reads ``MAILMAN_PASSWORD``, then the file ``MAILMAN_PASSWORD_FILE`` names.
        policy: How it is believed to count.
        requests_in_flight: Requests at a time.
        how: Where it is and how it is waited for; see `hygiene.http.client.Client`.

    Raises:
        UsageError: no user, password or base URL, or one that is none.
    """

    #: Letters outside ASCII are refused on both sides of the @, A-labels are taken. Measured on GNU Mailman 3.3.10.
    address_form = ("a_labels", "ascii")

    def __init__(
        self,
        list_name: str | None = None,
        *,
        user: str | None = None,
        api_key: str | Key | None = None,
        policy: ImportPolicy | None = None,
        requests_in_flight: int = IN_FLIGHT,
        **how: Unpack[How],
    ) -> None:
        try:
            key = find_key(api_key, SERVICE)
        finally:
            del api_key  # it would stand among the locals of a traceback
        user = user or os.environ.get("MAILMAN_USER", "")
        if not user:
            msg = "no user: set MAILMAN_USER to who may ask Mailman, whose password is MAILMAN_PASSWORD."
            raise UsageError(msg)
        self.list_name, self.policy, self.batch_leads = list_name, policy or subscribing.POLICY, BATCH_LEADS
        self.shape: Mapping[str, object] = {}
        self.takes = subscribing.TAKES
        #: Members when they were last read, and who became one since, in lower case; None where they were not read.
        self._held: set[str] | None = None
        self._most = requests_in_flight
        super().__init__(SERVICE, key, sign=basic(user), checked=subscribing.checked, whose=user, **how)

    @property
    def name(self) -> str:
        """What the sink is called in messages."""
        return f"list {self.list_name} at {self.host}"

    @property
    def target(self) -> Target:
        """Where it sends to, for a journal."""
        return Target(self.base_url, self.account, self._list())

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many batches take at the least, by the rate alone."""
        return super().least_s(requests * self.batch_leads)

    def shaped(self, leads: Sequence[Mapping[str, str]], /) -> Sequence[Mapping[str, object]]:
        """Leads as Mailman is sent them."""
        return [subscribing.shaped(lead) for lead in leads]

    def send(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Subscribe these leads, each in a request of its own; see `Sink.send`. Bans cannot be waived."""
        del file_name  # Mailman keeps no name of an import
        self._refuse_waiver(waive_blocklist, "its bans")
        written = [subscribing.body(self._id(), lead) for lead in leads]
        order = apart([lead["subscriber"].lower() for lead in written])
        landed = in_flight(lambda place: self._subscribe(written[place]), order, most=self._most)
        if self._held is not None:
            new = (place for place, found in landed.found.items() if found == "imported")
            self._held.update(written[place]["subscriber"].lower() for place in new)
        reply = subscribing.reply(landed.found)
        landed.check(len(leads), reply.rows)
        return reply

    def _subscribe(self, lead: Lead, tries: int = 1) -> RowClass:
        """Subscribe one lead; where the answer is lost, the list says what became of it, as far as it can."""
        try:
            found = subscribing.fate(self._wire.ask("POST", "/members", form=lead))
        except UnknownOutcome:
            is_there = self._is_member(lead["subscriber"])
            if not is_there and tries < TRIES:
                return self._subscribe(lead, tries + 1)
            if not is_there or self._held is None:
                raise
            return "duplicate" if lead["subscriber"].lower() in self._held else "imported"
        # one that was no member when it was looked for: an earlier request of ours was still under way
        return "imported" if found == "duplicate" and tries > 1 else found

    def _is_member(self, address: str) -> bool:
        letter = self._wire.write("GET", f"/lists/{self._id()}/member/{{address}}", address=address)
        del address
        try:
            self._wire.send(letter)
        except ListNotFound:  # of a list that is gone the next request tells
            return False
        return True

    def describe(self) -> LeadList:
        """The list; see `ListReader`."""
        answer = self._wire.ask("GET", f"/lists/{self._id()}")
        return _lead_list(row_of(answer.found, "fqdn_listname", answer, service=SERVICE))

    def lists(self, name: str = "") -> list[LeadList]:
        """The lists whose address or name holds `name`."""
        pages = whole(partial(self._pages, "/lists", "fqdn_listname"))
        found = [_lead_list(row) for page in pages for row in page.rows]
        return [each for each in found if name.lower() in f"{each.id} {each.name}".lower()]

    def create_list(self, name: str, /) -> LeadList:
        """A new, empty list, at a domain that Mailman has."""
        self._wire.ask("POST", "/lists", form={"fqdn_listname": name})
        return LeadList(name, "", 0)

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the members of the list, or of every list, in lower case; see `ListReader`."""
        path = "/members" if whole_account else f"/lists/{self._id()}/roster/member"
        held: set[str] = set()
        for page in whole(partial(self._pages, path, "member_id", "email")):
            for row in page.rows:
                address = readable(row, "email")
                if address is not None and row.get("role", "member") == "member":
                    held.add(address.lower())
                    yield address
        if not whole_account:
            self._held = held

    def blocked(self) -> Iterator[str]:
        """Addresses that are banned from the list or from every list; see `blocked_among` for those by pattern."""
        yield from bans.addresses_of(self._bans())

    def blocked_among(self, addresses: Sequence[str], /) -> Iterator[str]:
        """Those of the addresses that a ban which is a pattern matches."""
        yield from bans.matching(self._bans(), addresses)

    def _bans(self) -> Iterator[str]:
        for page in whole(self.block_list_pages):
            yield from (row["email_or_domain"] for row in page.rows)

    def lead_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The members of the list, or of every list where none is named, from a page on, the last one empty."""
        path = "/members" if self.list_name is None else f"/lists/{self._id()}/roster/member"
        return self._pages(path, "member_id", "email", start=start)

    def block_list_pages(self, start: Any = None, /) -> Iterator[Page]:
        """Bans from the list and from every list, two pages and an empty one; the API gives each whole."""
        kinds = {} if self.list_name is None else {"list": f"/lists/{self._id()}/bans"}
        kinds |= {"every list": "/bans"}
        for at, (source, path) in list(enumerate(kinds.items()))[start or 0 :]:
            answer = self._wire.ask("GET", path)
            each = [
                (row["email"], f"{source}: {row['email']}")
                for row in rows_of(answer, "entries", key="email", service=SERVICE)
            ]
            rows = [{"email_or_domain": ban, "source": source, "id": key} for ban, key in each]
            yield Page(rows, at + 1, where=f"GET {path}")
        yield Page([], None)

    def _pages(self, path: str, key: str, address: str = "", *, start: int | None = None) -> Iterator[Page]:
        """The pages of a listing from one on, the last one empty; its rows are told apart by `key`."""
        at: int | None = start or 1
        while at is not None:
            answer = self._wire.ask("GET", path, query={"count": PAGE, "page": at})
            rows = [{**row, "id": row[key]} for row in rows_of(answer, "entries", key=key, service=SERVICE)]
            at = at + 1 if rows else None
            without = lacking(rows, address) if address else frozenset()
            total = number(answer.found.get("total_size"))
            yield Page(rows, at, lacking=without, total=total, where=answer.where)

    def _list(self) -> str:
        if self.list_name is None:
            msg = "no list: name one by its address; see the lists there are with: hygiene lists --to mailman"
            raise UsageError(msg)
        return self.list_name

    def _id(self) -> str:
        """The list's id: its address with a dot for the at sign. Source: Mailman's documentation, REST API, lists."""
        return quote(self._list().replace("@", "."), safe="")


def _lead_list(row: Mapping[str, Any]) -> LeadList:
    return LeadList(row["fqdn_listname"], str(row.get("display_name", "")), number(row.get("member_count")))
