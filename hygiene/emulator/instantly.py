"""A local Instantly, version 2: lead lists, campaigns, leads in bulk, and the block list of the workspace.

Written from the vendor's pages (`leads/add`, `leads/list`, `lead-lists`, `campaigns`, `block-lists-entries`); where
they are silent it is assumed: a repeat in one request is in `duplicate_email_count`, a lead of the list in
`duplicated_leads` where it is not skipped, else in `skipped_count`, and one beyond the plan in no counter.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from hygiene.emulator import keys, request_validation
from hygiene.emulator.request_validation import Field, InvalidRequestError
from hygiene.emulator.routes import Call, Reply
from hygiene.emulator.stub import Stub, Table, query_of
from hygiene.policy import ImportPolicy

__all__ = ["InstantlyEmulator"]

#: Leads a request holds at most, and rows of a page (documented).
REQUEST_LEADS, PAGE_ROWS = 1000, 100

_ADD = {
    "leads": Field("an array", required=True),
    "list_id": Field("a string"),
    "campaign_id": Field("a string"),
    "blocklist_id": Field("a string"),
    "assigned_to": Field("a string"),
    **{
        name: Field("a boolean")
        for name in (
            "skip_if_in_workspace",
            "skip_if_in_campaign",
            "skip_if_in_list",
            "verify_leads_on_import",
        )
    },
}
_LEAD = {
    **{
        name: Field("a string", nullable=True)
        for name in (
            "email",
            "first_name",
            "last_name",
            "company_name",
            "phone",
            "website",
            "personalization",
        )
    },
    "custom_variables": Field("of type object", nullable=True),
}
_KINDS: Mapping[str, str] = {"list": "/lead-lists", "campaign": "/campaigns"}


class InstantlyEmulator(Stub):
    """An Instantly workspace on 127.0.0.1.

    Args:
        policy: How the keys of leads and entries are made.
        api_key: The key that is accepted.
        port: Port to bind; 0 takes a free one.
        plan: Leads that the plan still takes.
        rate: Windows of (limit, seconds).

    Attributes:
        entries: The block list.
        plan: Leads that the plan still takes.
    """

    def __init__(
        self,
        *,
        policy: ImportPolicy | None = None,
        api_key: str = "demo-key",
        port: int = 0,
        plan: int = 10_000_000,
        rate: Sequence[tuple[int, float]] = (),
    ) -> None:
        self.entries: dict[str, str] = {}
        self.plan, self._policy = plan, policy or ImportPolicy()
        self._places: dict[str, dict[str, Any]] = {}
        self._leads: list[dict[str, Any]] = []
        super().__init__(
            "/api/v2",
            unauthorised={"statusCode": 401, "error": "Unauthorized", "message": "Invalid API key"},
            missing={"statusCode": 404, "error": "Not Found", "message": "Route not found"},
            api_key=api_key, port=port, rate=rate,
        )  # fmt: skip

    @property
    def table(self) -> Table:
        """Its routes."""
        return {
            ("POST", "/lead-lists"): self._create,
            **{("GET", path): self._listed(kind) for kind, path in _KINDS.items()},
            **{("GET", f"{path}/{{id}}"): self._find(kind) for kind, path in _KINDS.items()},
            ("POST", "/leads/add"): self._add,
            ("POST", "/leads/list"): self._list,
            ("GET", "/block-lists-entries"): lambda call: self._page(
                [
                    {"id": own, "bl_value": entry, "is_domain": "@" not in entry}
                    for own, entry in self.entries.items()
                ],
                query_of(call, "starting_after"),
            ),
        }

    def refused(self, error: InvalidRequestError) -> Reply:
        """What a body is answered that is refused, as Fastify says it."""
        said = {"statusCode": 400, "error": "Bad Request", "message": error.body["message"]}
        return Reply(400, said)

    def create(
        self,
        name: str,
        /,
        *,
        kind: Literal["list", "campaign"] = "list",
        members: Iterable[str] = (),
        status: int = 0,
    ) -> str:
        """Number of a new list or campaign that holds `members` already."""
        own = str(uuid.uuid4())
        self._places[own] = {"id": own, "name": name, "kind": kind, "status": status}
        for email in members:
            self._keep({"email": email}, own)
        return own

    def members(self, place: str, /) -> list[str]:
        """Addresses of a list or campaign in order of arrival."""
        return [lead["email"] for lead in self._leads if lead["place"] == place]

    def block(self, entries: Iterable[str], /) -> None:
        """Put addresses or domains on the block list."""
        self.entries |= {str(uuid.uuid4()): entry for entry in entries}

    def _listed(self, kind: str) -> Callable[[Call], Reply]:
        def listed(call: Call) -> Reply:
            of_kind = (place for place in self._places.values() if place["kind"] == kind)
            found = [self._shown(place) for place in of_kind if query_of(call, "search") in place["name"]]
            return self._page(found, query_of(call, "starting_after"))

        return listed

    def _create(self, call: Call) -> Reply:
        name = request_validation.check(call.body, {"name": Field("a string", required=True)}, closed=False)[
            "name"
        ]
        return Reply(200, self._shown(self._places[self.create(name)]))

    def _find(self, kind: str) -> Any:
        def find(call: Call) -> Reply:
            place = self._places.get(call.ids[0])
            if place is None or place["kind"] != kind:
                return Reply(404, {"statusCode": 404, "error": "Not Found", "message": f"{kind} not found"})
            return Reply(200, self._shown(place))

        return find

    def _shown(self, place: Mapping[str, Any]) -> dict[str, Any]:
        shown = {name: place[name] for name in ("id", "name")}
        return shown | ({"status": place["status"]} if place["kind"] == "campaign" else {})

    def _add(self, call: Call) -> Reply:
        body = request_validation.check(call.body, _ADD)
        places = [body[name] for name in ("list_id", "campaign_id") if name in body]
        if len(places) != 1:
            raise InvalidRequestError("body must have exactly one of campaign_id and list_id")
        if not 1 <= len(body["leads"]) <= REQUEST_LEADS:
            raise InvalidRequestError(f"body/leads must NOT have more than {REQUEST_LEADS} items")
        for place, lead in enumerate(body["leads"]):
            try:
                request_validation.check(lead, _LEAD)
            except InvalidRequestError as error:
                raise InvalidRequestError(f"body/leads/{place} {error}") from error
        if places[0] not in self._places:
            return Reply(
                404, {"statusCode": 404, "error": "Not Found", "message": "List or campaign not found"}
            )
        if not self.plan:
            said = "Your plan has no leads remaining. Upgrade it to add more."
            return Reply(402, {"statusCode": 402, "error": "Payment Required", "message": said})
        return Reply(200, self._counted(places[0], body))

    def _counted(self, place: str, body: Mapping[str, Any]) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        created: list[dict[str, Any]] = []
        seen: set[str] = set()
        for index, lead in enumerate(body["leads"]):
            state = self._state(lead, place, body, seen)
            counts[state] += 1
            if state == "leads_uploaded":
                kept = self._keep(lead, place)
                created.append({"index": index, "id": kept["id"], "email": kept["email"]})
                self.plan -= 1
        names = (
            "leads_uploaded", "in_blocklist", "duplicated_leads", "skipped_count", "invalid_email_count",
            "incomplete_count", "duplicate_email_count",
        )  # fmt: skip
        return {
            "status": "success",
            "total_sent": len(body["leads"]),
            **{name: counts[name] for name in names},
            "blocklist_used": "workspace" if self.entries else None,
            "remaining_in_plan": self.plan,
            "created_leads": created,
        }

    def _state(self, lead: Mapping[str, Any], place: str, body: Mapping[str, Any], seen: set[str]) -> str:
        """What becomes of one lead, as the counter that counts it; `seen` holds the keys of those before it."""
        address = keys.address_of(lead, policy=self._policy)
        key = keys.lead_key(address, policy=self._policy)
        if address is None or key is None:
            return "invalid_email_count"
        held = {keys.block_key(entry, policy=self._policy) for entry in self.entries.values()}
        if held.intersection(keys.block_keys(address, policy=self._policy, waive=False)):
            return "in_blocklist"
        repeated = key in seen
        seen.add(key)
        if repeated:
            return "duplicate_email_count"
        holders = {lead["place"] for lead in self._leads if lead["key"] == key}
        skips = body.get("skip_if_in_list", False) or body.get("skip_if_in_campaign", False)
        if holders and body.get("skip_if_in_workspace", False):
            return "skipped_count"
        if place in holders:
            return "skipped_count" if skips else "duplicated_leads"
        return "leads_uploaded" if self.plan else "beyond the plan"

    def _keep(self, lead: Mapping[str, Any], place: str) -> dict[str, Any]:
        address = keys.address_of(lead, policy=self._policy) or ""
        own = {"id": str(uuid.uuid4()), "email": address, "place": place}
        self._leads.append({**lead, **own, "key": keys.lead_key(address, policy=self._policy)})
        return self._leads[-1]

    def _list(self, call: Call) -> Reply:
        body = call.body
        place = body.get("list_id") or body.get("campaign")
        found = [lead for lead in self._leads if place in (None, lead["place"])]
        rows = [
            {name: value for name, value in lead.items() if name not in ("key", "place")} for lead in found
        ]
        return self._page(
            rows, body.get("starting_after", ""), limit=min(int(body.get("limit", 10)), PAGE_ROWS)
        )

    def _page(self, rows: Sequence[Mapping[str, Any]], after: str, *, limit: int = PAGE_ROWS) -> Reply:
        ids = [row["id"] for row in rows]
        at = ids.index(after) + 1 if after in ids else 0
        page = rows[at : at + limit]
        following = {"next_starting_after": page[-1]["id"]} if at + limit < len(rows) else {}
        return Reply(200, {"items": list(page), **following})
