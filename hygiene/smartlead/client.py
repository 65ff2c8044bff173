"""A Smartlead account: a sink for leads, and a reader of what the API holds.

Each method is one documented call, or one call a page. Nothing is counted here, and nothing that may have
landed is sent twice.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from hygiene.arguments import check_id, check_word
from hygiene.errors import ListingIncomplete, ListNotFound, UnknownOutcome, UsageError, option
from hygiene.http.bodies import Body, WrittenImport
from hygiene.http.client import Client
from hygiene.http.keys import Key, find_key, in_query
from hygiene.http.listings import Page, readable, whole
from hygiene.http.retry import Pause, sleep
from hygiene.policy import ImportPolicy
from hygiene.sinks import HeldLead, LeadList, Reply, Target
from hygiene.smartlead import responses
from hygiene.smartlead.pagination import cursor_pages, offset_pages
from hygiene.smartlead.payload import distinct_fields, shape_leads
from hygiene.smartlead.service import SERVICE
from hygiene.smartlead.unsubscribed import check_told, is_unsubscribed, unsubscribed_only

__all__ = ["Smartlead"]

#: Leads a request. Documented for the campaign endpoint; the list import names no limit.
BATCH_LEADS = 400

_BLOCK_LIST = "/leads/get-domain-block-list"


class Smartlead(Client):
    """A lead list of a Smartlead account: a sink, and a reader of what the API holds.

    Args:
        list_id: The list to import to; None for calls that need no list.
        client_id: The client whose entries of the block list are read beside those of no client.
        api_key: The key; None reads ``SMARTLEAD_API_KEY``, then the file ``SMARTLEAD_API_KEY_FILE`` names.
        base_url: None reads ``SMARTLEAD_BASE_URL``, and else is the vendor's.
        policy: How the API is believed to count.
        rename: Column to the API's field, for columns it calls otherwise.
        custom_shape: Custom fields `flat` beside the others (documented), or `nested` under
            ``custom_fields``. Flat, a custom field with the name of a canonical one gives way to it.
        email_fields_added: Sent as ``emailFieldsAdded`` where given (documented, without a sample).
        custom_fields: Sent as ``customFields`` where given (documented, without a sample).
        timeout_s: Seconds that the API may be silent; a whole request, connect to last octet, may take twice as long.
            None reads ``HYGIENE_TIMEOUT_S``.
        rate: Requests that may go out, such as ``8/s,48/m,800/h``, shared by all processes that use the key;
            None is 80 % of the documented limits, and no limit where the base URL is this machine.
        patience_s: Seconds that one request waits where the API refuses to take it yet; None reads
            ``HYGIENE_PATIENCE_S``.
        pause: How to wait; the default sleeps.
        insecure: Whether http:// is taken for other machines than this one too.

    Attributes:
        account: Fingerprint of the key, which tells accounts apart and not the key.
        rate: Requests that may go out.

    Raises:
        UsageError: no key, a number of a list or client that is none, a base URL that is neither https nor
            loopback, a rename that gives two columns one field, or another word for `custom_shape`.

    Source: documented, api-reference/lead-lists.
    """

    def __init__(
        self,
        *,
        list_id: int | None = None,
        client_id: int | None = None,
        api_key: str | Key | None = None,
        base_url: str | None = None,
        policy: ImportPolicy | None = None,
        rename: Mapping[str, str] | None = None,
        custom_shape: Literal["flat", "nested"] = "flat",
        email_fields_added: Mapping[str, object] | None = None,
        custom_fields: Mapping[str, object] | None = None,
        timeout_s: float | None = None,
        rate: str | None = None,
        patience_s: float | None = None,
        pause: Pause = sleep,
        insecure: bool = False,
    ) -> None:
        try:
            key = find_key(api_key, SERVICE)
        finally:
            del api_key  # it would stand among the locals of a traceback
        check_word("custom_shape", custom_shape, ("flat", "nested"))
        check_id("list_id", list_id)
        check_id("client_id", client_id)
        self.list_id, self.client_id = list_id, client_id
        self.policy = policy or ImportPolicy()
        self.batch_leads = BATCH_LEADS
        self._rename = distinct_fields(rename or {})
        self._custom_shape = custom_shape
        maps = {"emailFieldsAdded": email_fields_added, "customFields": custom_fields}
        self._maps = {name: dict(given) for name, given in maps.items() if given is not None}
        super().__init__(
            SERVICE, key, sign=in_query("api_key"), checked=responses.checked, base_url=base_url, timeout_s=timeout_s,
            rate=rate, patience_s=patience_s, pause=pause, insecure=insecure,
        )  # fmt: skip

    def __repr__(self) -> str:
        return (
            f"Smartlead({', '.join(f'{name}={vars(self).get(name)!r}' for name in ('list_id', 'base_url'))})"
        )

    @property
    def name(self) -> str:
        """What the sink is called in messages."""
        return f"list {self.list_id} at {self.host}"

    @property
    def target(self) -> Target:
        """Where it sends to, for a journal."""
        return Target(self.base_url, self.account, str(self._list()))

    @property
    def shape(self) -> Mapping[str, object]:
        """How leads are written for the API; a resumed import sets it as it was."""
        return {"rename": dict(self._rename), "custom_shape": self._custom_shape}

    @shape.setter
    def shape(self, given: Mapping[str, Any]) -> None:
        self._rename, self._custom_shape = dict(given["rename"]), given["custom_shape"]

    def send(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Import these leads in one request; see `Sink.send`."""
        return self.write(leads, file_name=file_name, waive_blocklist=waive_blocklist).send()

    def shaped(self, leads: Sequence[Mapping[str, str]], /) -> Sequence[Mapping[str, object]]:
        """Leads as the API is sent them, under its own names."""
        return shape_leads(leads, self._rename, self._custom_shape)

    def write(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> WrittenImport:
        """The request that imports these leads; see `WritesAhead.write`."""
        body = Body({"leadList": self.shaped(leads), "fileName": file_name, **self._maps})
        if waive_blocklist:
            body["csvSettings"] = {"ignoreGlobalBlockList": True}
        letter = self._wire.write("POST", f"/lead-list/{self._list()}/import", body=body)
        return WrittenImport(self._wire, letter, responses.reply)

    def describe(self) -> LeadList:
        """The list that is imported to.

        Raises:
            ListNotFound: there is no such list.
        """
        answer = self._wire.ask("GET", f"/lead-list/{self._list()}")
        found = responses.lead_list(answer.found.get("data", answer.found))
        if found is None:  # observed: a missing list is answered 200 without one
            msg = (
                f"{answer.where}, without a list {self.list_id}. See the account's lists with: hygiene lists"
            )
            raise ListNotFound(msg)
        return found

    def lists(self, name: str = "") -> list[LeadList]:
        """The account's lists, those whose name holds `name`."""
        query = {"listName": name} if name else {}
        pages = whole(partial(offset_pages, self._wire, "/lead-list/", "lists", query))
        found = (responses.lead_list(row) for page in pages for row in page.rows)
        return [each for each in found if each is not None]

    def create_list(self, name: str, /) -> LeadList:
        """A new, empty list.

        Raises:
            UnknownOutcome: the answer does not say which list was made.
        """
        answer = self._wire.ask("POST", "/lead-list/", body={"listName": name})
        data = answer.found.get("data")
        made = responses.lead_list(
            {"listName": name, "lead_count": 0, **(data if isinstance(data, dict) else answer.found)}
        )
        if made is None:
            msg = f"{answer.said}: no id. The list may be made; look for it with: hygiene lists"
            raise UnknownOutcome(msg)
        return made

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the leads in the list, or in the whole account, in the API's order.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given does not add up, and did not when it was read once more.
        """
        query = {} if whole_account else {"listId": self._list()}
        for page in whole(partial(cursor_pages, self._wire, query)):
            yield from filter(None, (readable(row, "email") for row in page.rows))

    def account_leads(self, *, most: int) -> list[HeldLead] | None:
        """The leads of the whole account, in the API's order; None where there are more than `most`.

        Raises:
            SinkError: refused, or no lead says whether it is unsubscribed.
            ListingIncomplete: what was given, its `given`, does not add up, and did not when it was read once more.
        """
        found: list[HeldLead] = []
        try:
            for page in whole(partial(cursor_pages, self._wire, {})):
                given = ((readable(row, "email"), is_unsubscribed(row)) for row in page.rows)
                found += [HeldLead(address, unsubscribed) for address, unsubscribed in given if address]
                if max(len(found), page.total or 0) > most:
                    return None
        except ListingIncomplete as odd:
            raise ListingIncomplete(odd.marked, given=found) from odd
        check_told(len(found), [lead.unsubscribed for lead in found].count(None))
        return found

    def blocked(self) -> Iterator[str]:
        """Entries of the block list that act on lists (assumed): those of no client, and of `client_id`.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given does not add up, and did not when it was read once more.
        """
        for page in whole(self.block_list_pages):
            for row in page.rows:
                entry = readable(row, "email_or_domain")
                if entry is not None and row.get("client_id") in (None, self.client_id):
                    yield entry

    def lead_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The leads of the list, or of the account where no list is named, from a page on, the last one empty.

        Raises:
            SinkError: refused.
        """
        query = {} if self.list_id is None else {"listId": self.list_id}
        return cursor_pages(self._wire, query, start=start)

    def unsubscribed_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The leads of the account that unsubscribed, from a page on, the last one empty; the others are counted.

        Raises:
            SinkError: refused.
        """
        return unsubscribed_only(cursor_pages(self._wire, {}, start=start))

    def block_list_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The block list of all clients, from a page on, the last one empty.

        Raises:
            SinkError: refused.

        Source: documented, `GET /leads/get-domain-block-list`.
        """
        return offset_pages(self._wire, _BLOCK_LIST, "data", {}, start=start or 0, address="email_or_domain")

    def block(self, entries: Sequence[str], /) -> None:
        """Put addresses and domains on the block list, for every campaign without a client.

        Source: documented, `POST /leads/add-domain-block-list`.
        """
        body = {"domain_block_list": list(entries), "client_id": None}
        self._wire.ask("POST", "/leads/add-domain-block-list", body=body)

    def unblock(self, entries: Sequence[str], /) -> None:
        """Take these entries off the block list, where they are on it; those of a client stay.

        Source: documented, `GET /leads/get-domain-block-list`, whose filter is fuzzy, and
        `DELETE /leads/delete-domain-block-list`.

        Raises:
            ListingIncomplete: the block list does not add up; the entries that were found are taken off.
        """
        wanted = {entry.lower() for entry in entries}
        shared = _shared_start(wanted)
        query = {"filter_email_or_domain": shared} if shared else {}
        rows: list[Mapping[str, Any]] = []
        odd = None
        try:
            for page in whole(partial(offset_pages, self._wire, _BLOCK_LIST, "data", query)):
                rows += page.rows
        except ListingIncomplete as error:
            odd = error  # what was found is taken off all the same
        for row in rows:
            if row.get("client_id") is None and str(row.get("email_or_domain", "")).lower() in wanted:
                self._wire.ask("DELETE", "/leads/delete-domain-block-list", query={"id": row["id"]})
        if odd is not None:
            raise odd

    def _list(self) -> int:
        if self.list_id is None:
            msg = f"no list: name one with {option('list_id', value='ID')}; see the account's lists with: hygiene lists"
            raise UsageError(msg)
        return self.list_id


def _shared_start(texts: Collection[str]) -> str:
    """The longest text that all of these start with."""
    least, most = min(texts, default=""), max(texts, default="")
    same = [a == b for a, b in zip(least, most, strict=False)]
    return least[: same.index(False)] if False in same else least[: len(same)]
