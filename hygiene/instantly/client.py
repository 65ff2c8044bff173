"""An Instantly workspace: a sink for the leads of a list or a campaign, and a reader of what it holds.

Nothing is counted here, and nothing that may have landed is sent twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Unpack

from hygiene.errors import ListNotFound, SinkError, UnknownOutcome
from hygiene.http.answers import Answer
from hygiene.http.bodies import Body, WrittenImport
from hygiene.http.client import How
from hygiene.http.keys import Key
from hygiene.http.list_client import ListClient
from hygiene.http.listings import Page, lacking, objects, readable, whole
from hygiene.instantly import replies
from hygiene.instantly.counting import POLICY, WORKSPACE_POLICY
from hygiene.instantly.place import SERVICE
from hygiene.policy import ImportPolicy
from hygiene.sinks import LeadList, Reply

__all__ = ["Instantly"]

#: Leads a request, and rows of a page (documented).
BATCH_LEADS: Final = 1000
PAGE: Final = 100
#: Our columns by the API's names; any other name is a custom variable (documented).
NAMES: Final[Mapping[str, str]] = {"company": "company_name"}
TAKEN: Final = frozenset(
    {"email", "first_name", "last_name", "company_name", "phone", "website", "personalization"}
)
#: Where the workspace's places are read, by their kind (documented).
_PATHS: Final[Mapping[str, str]] = {"list": "/lead-lists", "campaign": "/campaigns"}


class Instantly(ListClient):
    """A lead list or a campaign of an Instantly workspace: a sink, and a reader of what the workspace holds.

    Args:
        list_id: The list to import to.
        campaign_id: The campaign to import to; one of the two, or neither for calls that need none.
        api_key: The key; None reads ``INSTANTLY_API_KEY``, then the file ``INSTANTLY_API_KEY_FILE`` names.
        policy: How the API is believed to count; None follows from `whole_workspace`.
        rename: Column to the API's field. What the API does not know as a field of a lead is a custom variable.
        whole_workspace: Whether leads are skipped that are anywhere in the workspace, and not only in the list or
            campaign.
        blocklist_id: The block list that the API is to check, in place of the workspace's.
        how: As `Client`: `base_url` (None reads ``INSTANTLY_BASE_URL``), `timeout_s`, `rate`, `patience_s`, `pause`,
            `insecure`.

    Raises:
        UsageError: no key, both a list and a campaign, or a setting that makes no sense.

    Source: documented, developer.instantly.ai, `POST /api/v2/leads/add`.
    """

    SERVICE, NAMES, TAKEN, UNDER, LISTS = SERVICE, NAMES, TAKEN, "custom_variables", "/lead-lists"

    def __init__(
        self,
        *,
        list_id: str | None = None,
        campaign_id: str | None = None,
        api_key: str | Key | None = None,
        policy: ImportPolicy | None = None,
        rename: Mapping[str, str] | None = None,
        whole_workspace: bool = False,
        blocklist_id: str | None = None,
        **how: Unpack[How],
    ) -> None:
        ids = {"list": list_id, "campaign": campaign_id}
        policy = policy or (WORKSPACE_POLICY if whole_workspace else POLICY)
        try:
            super().__init__(ids, api_key=api_key, rename=rename, policy=policy, **how)
        finally:
            del api_key  # it would stand among the locals of a traceback
        self.batch_leads = BATCH_LEADS
        self._more: dict[str, object] = {"skip_if_in_workspace": True} if whole_workspace else {}
        self._more |= {} if blocklist_id is None else {"blocklist_id": blocklist_id}

    @property
    def shape(self) -> Mapping[str, object]:
        """How leads are written for the API; a resumed import sets it as it was."""
        return {"rename": dict(self._rename), "more": dict(self._more)}

    @shape.setter
    def shape(self, given: Mapping[str, Any]) -> None:
        self._rename, self._more = dict(given["rename"]), dict(given["more"])

    @staticmethod
    def _checked(answer: Answer, method: str, /) -> Answer:
        return replies.checked(answer, method)

    @staticmethod
    def _list_of(answer: Answer, /) -> LeadList | None:
        return replies.lead_list(answer.value, kind="list")

    def send(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Import these leads in one request; see `Sink.send`."""
        return self.write(leads, file_name=file_name, waive_blocklist=waive_blocklist).send()

    def write(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> WrittenImport:
        """The request that imports these leads; see `WritesAhead.write`. The API keeps no name of a file.

        Raises:
            UsageError: the block list is to be waived, which the API has no way for.
        """
        del file_name
        self._refuse_waiver(waive_blocklist, "its block list")
        skip = {f"skip_if_in_{self._kind}": True, **self._more}
        body = Body({f"{self._kind}_id": self._place(), "leads": self.shaped(leads), **skip})
        return WrittenImport(self._wire, self._wire.write("POST", "/leads/add", body=body), replies.reply)

    def describe(self) -> LeadList:
        """The list or campaign that is imported to.

        Raises:
            ListNotFound: there is none, or it is of another workspace.
        """
        answer = self._wire.ask("GET", f"{_PATHS[self._kind]}/{self._place()}")
        found = replies.lead_list(answer.value, kind=self._kind)
        if found is None:
            raise ListNotFound(f"{answer.where}, without a {self._kind}. {replies.LOOK}")
        return found

    def lists(self, name: str = "") -> list[LeadList]:
        """The workspace's lead lists, then its campaigns, those whose name holds `name` (documented: `search`)."""
        query = {"search": name} if name else {}
        found = (
            replies.lead_list(row, kind=kind)
            for kind, path in _PATHS.items()
            for page in whole(partial(self._pages, path, query))
            for row in page.rows
        )
        return [each for each in found if each is not None]

    def _member_pages(self, *, whole_account: bool) -> Iterator[Page]:
        return self._lead_pages({} if whole_account else self._where(), None)

    def lead_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The leads of the list or campaign, or of the workspace where none is named, from a page on."""
        return self._lead_pages({} if self._id is None else self._where(), start)

    def blocked(self) -> Iterator[str]:
        """Entries of the workspace's block list. Raises as `members`."""
        for page in whole(self.block_list_pages):
            yield from filter(None, (readable(row, "bl_value") for row in page.rows))

    def block_list_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The block list from a page on, the last one empty."""
        return self._pages("/block-lists-entries", {}, start=start, address="bl_value")

    def _lead_pages(self, where: Mapping[str, object], start: Any) -> Iterator[Page]:
        def ask(seen: Mapping[str, object]) -> Answer:
            try:
                return self._wire.ask("POST", replies.READS, body={**where, "limit": PAGE, **seen})
            except UnknownOutcome as lost:  # it is posted and merely reads
                msg = f"POST {replies.READS}: the answer was lost. Run the command again."
                raise SinkError(msg) from lost

        return _turned(ask, start, address="email")

    def _pages(
        self, path: str, query: Mapping[str, object], *, start: Any = None, address: str = ""
    ) -> Iterator[Page]:
        def ask(seen: Mapping[str, object]) -> Answer:
            return self._wire.ask("GET", path, query={**query, "limit": PAGE, **seen})

        return _turned(ask, start, address=address)

    def _where(self) -> Mapping[str, object]:
        """What asks for the leads of the list or campaign (documented: `campaign`, without ``_id``)."""
        return {"campaign" if self._kind == "campaign" else "list_id": self._place()}


def _turned(ask: Callable[[Mapping[str, object]], Answer], start: Any, *, address: str) -> Iterator[Page]:
    """Pages that name the one after them in `next_starting_after`, the last one empty (documented)."""
    cursor = start
    while True:
        answer = ask({} if cursor is None else {"starting_after": cursor})
        rows = objects(answer, "items", service=SERVICE)
        without = lacking(rows, address) if address else frozenset()
        cursor = answer.found.get("next_starting_after") if rows else None
        yield Page(rows, cursor, lacking=without, where=answer.where)
        if cursor is None:
            if rows:
                yield Page([], None, where=answer.where)
            return
