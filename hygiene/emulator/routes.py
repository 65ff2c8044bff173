"""What each route of the local API answers.

Shapes are those of the vendor's pages or, where they were seen live, of what was seen. Nothing here knows
a socket; how leads are counted is decided in `counting`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from hygiene.emulator import counting, keys, request_validation
from hygiene.emulator.database import FILTERS, Database
from hygiene.emulator.request_validation import Field, InvalidRequestError, Number

__all__ = ["IMPORT", "Call", "Missing", "Reply", "ReplyShape", "Routes", "find_route"]

#: How a change of what is not there is answered: 404 (documented), as done, or with an empty object (observed).
Missing = Literal["error", "ok", "empty"]
ReplyShape = Literal["page", "openapi", "strings", "campaign"]

#: Leads a page of `GET /leads/all` or the block list holds at most (observed, documented).
PAGE_ROWS = 1000

#: What leads may be asked for by (observed in the vendor's own client), in the order of `FILTERS`.
_FILTERS: Mapping[str, Number | str | None] = {
    "listId": Number(),
    "campaignId": Number(),
    "clientId": Number(),
    "status": None,
    "emailStatus": None,
    "leadEmail": None,
    "leadType": None,
}
LEAD_TYPES = ("active", "yet_to_use", "previously_active", "archived")

_BLOCK_LIST = "/leads/get-domain-block-list"
#: The route that faults apply to.
IMPORT = ("POST", "/lead-list/{id}/import")

_NAMED = {"listName": Field("a string", required=True, filled=True)}
_IMPORT_BODY = {
    "leadList": Field("an array", required=True),
    "fileName": Field("a string", required=True, filled=True),
    "emailFieldsAdded": Field("of type object", nullable=True),
    "customFields": Field("of type object", nullable=True),
    "csvSettings": Field("of type object", nullable=True),
}
_CSV_SETTINGS = {"ignoreGlobalBlockList": Field("a boolean")}
# Other keys of a lead are kept as they are: the page documents flat extras for lists.
_LEAD = {
    name: Field("a string", nullable=True)
    for name in ("email", "first_name", "last_name", "company", "company_name", "phone_number", "website")
} | {"custom_fields": Field("of type object", nullable=True)}
_BLOCK_BODY = {
    "domain_block_list": Field("an array", required=True),
    "client_id": Field("an integer", nullable=True),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, without its key.

    Attributes:
        ids: The numbers that stand in the path, still as text.
        query: The query as it stands in the address.
        body: What was posted; an object without keys where nothing was, or no JSON.
    """

    ids: Sequence[str] = ()
    query: str = ""
    body: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body (JSON, or plain text where it is a text) and further headers; `half` of it where asked."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    half: bool = False

    @property
    def content_type(self) -> str:
        """Media type of the body."""
        kind = "application/json"
        if isinstance(self.body, str):
            kind = "text/html" if self.body.startswith("<") else "text/plain"
        return f"{kind}; charset=utf-8"

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


_NO_LIST = Reply(404, {"error": "Lead list not found"})
_DONE = Reply(200, {"ok": True})


class Routes:
    """The routes over one store.

    Attributes:
        table: Method and path with ``{id}`` for each number, to the function that answers.
    """

    def __init__(
        self,
        store: Database,
        *,
        reply: ReplyShape,
        max_batch_leads: int | None,
        bare_leads: bool = False,
        missing: Missing = "error",
    ) -> None:
        self._store, self._bare_leads, self._missing = store, bare_leads, missing
        self._reply = reply
        self._max_batch_leads = max_batch_leads
        self.table: Mapping[tuple[str, str], Callable[[Call], Reply]] = {
            ("POST", "/lead-list"): self._create_list,
            ("GET", "/lead-list"): self._lists,
            ("GET", "/lead-list/{id}"): self._list,
            ("PUT", "/lead-list/{id}"): self._rename_list,
            ("DELETE", "/lead-list/{id}"): self._delete_list,
            IMPORT: self._import,
            ("GET", "/leads/all"): self._leads,
            ("GET", "/leads"): self._lead,
            ("POST", "/leads/add-domain-block-list"): self._block,
            ("GET", _BLOCK_LIST): self._block_list,
            ("DELETE", "/leads/delete-domain-block-list"): self._unblock,
        }

    def _create_list(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        name = request_validation.check(call.body, _NAMED)["listName"]
        return Reply(200, {"ok": True, "id": self._store.create_list(name), "listName": name})

    def _lists(self, call: Call) -> Reply:
        allowed: dict[str, Number | str | None] = {
            "listName": "",
            "tagIds": "",
            "limit": Number(1, PAGE_ROWS, 10),
            "offset": Number(default=0),
        }
        query = request_validation.check_query(call.query, allowed)
        tags = [
            request_validation.check_number(text.strip(), Number(), name="tagIds", source="query")
            for text in query["tagIds"].split(",")
            if query["tagIds"]
        ]
        rows = self._store.read_lists(
            part=query["listName"], tags=tags, limit=query["limit"], offset=query["offset"]
        )
        names = ("id", "name", "lead_count", "created_at")
        return Reply(200, {"ok": True, "data": [{name: row[name] for name in names} for row in rows]})

    def _list(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        row = self._store.read_list(_list_id(call))
        if row is None:  # observed: no 404
            return Reply(200, {"ok": True, "data": None})
        data = {"id": row["id"], "listName": row["name"], "user_id": 1, "tags": []}
        data |= {name: row[name] for name in ("lead_count", "created_at", "updated_at")}
        return Reply(200, {"ok": True, "data": data})

    def _rename_list(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        list_id, name = _list_id(call), request_validation.check(call.body, _NAMED)["listName"]
        return _DONE if self._store.rename_list(list_id, name) else self._gone(_NO_LIST)

    def _delete_list(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        return _DONE if self._store.delete_list(_list_id(call)) else self._gone(_NO_LIST)

    def _gone(self, refusal: Reply) -> Reply:
        """What is answered where something is to be changed or deleted that is not there."""
        return {"ok": _DONE, "empty": Reply(200, {})}.get(self._missing, refusal)

    def _import(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        list_id, body = _list_id(call), request_validation.check(call.body, _IMPORT_BODY)
        self._check_leads(body["leadList"])
        waive = request_validation.check(body.get("csvSettings") or {}, _CSV_SETTINGS, at="csvSettings")
        counts = counting.import_leads(
            self._store,
            body["leadList"],
            list_id=list_id,
            file_name=body["fileName"],
            waive=waive.get("ignoreGlobalBlockList", False),
        )
        if counts is None:
            return _NO_LIST
        if self._reply == "campaign":
            return Reply(200, _sibling_reply(counts, counting.last_import_apart(self._store, list_id)))
        return Reply(200, _import_reply(counts, self._reply))

    def _check_leads(self, leads: Sequence[Any]) -> None:
        most = self._max_batch_leads
        if most is not None and len(leads) > most:
            msg = f'"leadList" must contain less than or equal to {most} items'
            raise InvalidRequestError(msg, path="leadList")
        for position, lead in enumerate(leads):
            request_validation.check(lead, _LEAD, at=f"leadList[{position}]", closed=False)
        policy = self._store.policy
        if policy.invalid_rows == "reject_request":
            unusable = keys.first_unusable(leads, policy=policy)
            if unusable is not None:
                path = f"leadList[{unusable}].email"
                raise InvalidRequestError(f'"{path}" must be a valid email', path=path)

    def _leads(self, call: Call) -> Reply:
        allowed = {"lastSeenLeadId": Number(), "limit": Number(1, PAGE_ROWS, 100), **_FILTERS}
        query = request_validation.check_query(call.query, allowed)
        if query["leadType"] not in (None, *LEAD_TYPES):
            msg = f'"leadType" must be one of [{", ".join(LEAD_TYPES)}]'
            raise InvalidRequestError(msg, path="leadType", source="query")
        filters = dict(zip(FILTERS, (query[name] for name in _FILTERS), strict=True))
        leads = self._store.read_leads(filters, before=query["lastSeenLeadId"], limit=query["limit"])
        if self._bare_leads:
            return Reply(200, leads)
        last = leads[-1]["id"] if leads else None
        total = self._store.count_leads(filters)
        return Reply(200, {"ok": True, "data": {"leads": leads, "lastSeenLeadId": last, "totalCount": total}})

    def _lead(self, call: Call) -> Reply:
        email = request_validation.check_query(call.query, {"email": None})["email"]
        if email is None:
            raise InvalidRequestError('"email" is required', path="email", source="query")
        return Reply(200, self._store.find_lead(email) or {})

    def _block(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        body = request_validation.check(call.body, _BLOCK_BODY)
        entries = body["domain_block_list"]
        for position, entry in enumerate(entries):
            if not isinstance(entry, str):
                path = f"domain_block_list[{position}]"
                raise InvalidRequestError(f'"{path}" must be a string', path=path)
        client_id = body.get("client_id")
        added = self._store.block(entries, client_id=None if client_id is None else int(client_id))
        return Reply(200, {"uploadCount": len(entries), "totalDomainAdded": added})

    def _block_list(self, call: Call) -> Reply:
        allowed: dict[str, Number | str | None] = {
            "offset": Number(default=0),
            "limit": Number(1, PAGE_ROWS, 100),
            "filter_client_id": Number(),
            "filter_email_or_domain": None,
            "filter_email_with_domain": None,
        }
        query = request_validation.check_query(call.query, allowed)
        entries = self._store.read_block_list(
            limit=query["limit"],
            offset=query["offset"],
            client_id=query["filter_client_id"],
            part=query["filter_email_or_domain"],
            exact=query["filter_email_with_domain"],
        )
        return Reply(200, entries)

    def _unblock(self, call: Call) -> Reply:
        entry_id = request_validation.check_query(call.query, {"id": Number(required=True)})["id"]
        found = self._store.unblock(entry_id)
        return _DONE if found else self._gone(Reply(404, {"error": "Block list entry not found"}))


def find_route(
    table: Mapping[tuple[str, str], object], method: str, path: str, /
) -> tuple[tuple[str, str], list[str]] | None:
    """The route for a path below the base, with the numbers in it; None where that method has no such path."""
    parts = path.removesuffix("/").split("/")
    for route_method, route in table:
        ids = _match(route.split("/"), parts)
        if ids is not None and route_method == method:
            return (route_method, route), ids
    return None


def _match(route: Sequence[str], parts: Sequence[str]) -> list[str] | None:
    if len(route) != len(parts):
        return None
    pairs = list(zip(route, parts, strict=True))
    if any(wanted not in ("{id}", part) for wanted, part in pairs):
        return None
    return [unquote(part) for wanted, part in pairs if wanted == "{id}"]


def _list_id(call: Call) -> int:
    return request_validation.check_number(call.ids[0], Number(), name="id", source="params")


def _import_reply(counts: Mapping[str, int], shape: ReplyShape) -> dict[str, Any]:
    if shape == "openapi":
        return {"ok": True, "imported_count": counts["imported"]}
    if shape == "strings":
        return {"ok": True, "data": {name: str(count) for name, count in counts.items()}}
    return {"ok": True, "data": dict(counts)}


def _sibling_reply(counts: Mapping[str, int], apart: Mapping[str, int]) -> dict[str, Any]:
    """The reply in the dialect of the campaign import, the only one that was seen live (observed)."""
    return {
        "ok": True,
        "upload_count": counts["total_leads"],
        "total_leads": counts["imported"],
        "skipped_in_other_campaign_count": 0,
        "block_count": counts["blocked"],
        "duplicate_count": counts["duplicates"] - apart["held"],
        "invalid_email_count": apart["uncounted"],
        "invalid_emails": [],
        "already_added_to_campaign": apart["held"],
        "unsubscribed_leads": [],
        "is_lead_limit_exhausted": False,
        "lead_import_stopped_count": apart["dropped"],
        "bounce_count": 0,
    }
