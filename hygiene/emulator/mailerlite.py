"""A local MailerLite: groups, their subscribers, and imports that are handed in and asked about afterwards.

Written from the vendor's pages and its Python package 0.2.0. Assumed where they are silent: a subscriber that is new
in the group is imported, one that is in it is updated where a field changes and unchanged where not, and a repeat
within an import is in `duplicate`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from hygiene.emulator import keys, request_validation
from hygiene.emulator.request_validation import Field, InvalidRequestError
from hygiene.emulator.routes import Call, Reply
from hygiene.emulator.stub import Stub, Table, query_of
from hygiene.policy import ImportPolicy

__all__ = ["MailerLiteEmulator"]

#: Subscribers that an answer about an import shows in each of its lists (documented).
SAMPLES = 5
#: Rows of a page at most (documented).
PAGE_ROWS = 1000
_STATUSES = ("active", "unsubscribed", "unconfirmed", "bounced", "junk")
_LISTS = (
    "invalid", "mistyped", "changed", "unchanged", "unsubscribed", "role_based", "suspicious_format", "duplicate",
)  # fmt: skip
_NO_GROUP = Reply(404, {"message": "Resource not found."})


class MailerLiteEmulator(Stub):
    """A MailerLite account on 127.0.0.1.

    Args:
        policy: How the keys of subscribers are made.
        api_key: The key that is accepted.
        port: Port to bind; 0 takes a free one.
        rate: Windows of (limit, seconds).

    Attributes:
        banned: Addresses that no import takes, which no route shows.
        polls: How often an import that is handed in is not done yet when it is asked about.
        stuck: Whether imports never come to their end, and bring nothing.
        plan: Subscribers that the plan still takes; None for any number.
    """

    def __init__(
        self,
        *,
        policy: ImportPolicy | None = None,
        api_key: str = "demo-key",
        port: int = 0,
        rate: Sequence[tuple[int, float]] = (),
    ) -> None:
        self.banned: set[str] = set()
        self.polls, self.stuck = 0, False
        self.plan: int | None = None
        self._policy, self._numbers = policy or ImportPolicy(), count(101)
        self._groups: dict[str, dict[str, Any]] = {}
        self._subscribers: dict[str, dict[str, Any]] = {}
        self._imports: dict[str, dict[str, Any]] = {}
        super().__init__(
            "/api", unauthorised={"message": "Unauthenticated."}, missing={"message": "Resource not found."},
            api_key=api_key, port=port, rate=rate,
        )  # fmt: skip

    @property
    def table(self) -> Table:
        """Its routes."""
        return {
            ("GET", "/groups"): self._list_groups,
            ("POST", "/groups"): self._create,
            ("GET", "/groups/{id}/subscribers"): self._of_group,
            ("POST", "/groups/{id}/subscribers/import"): self._import,
            ("POST", "/groups/{id}/import-subscribers"): self._import,
            ("GET", "/subscribers"): lambda call: self._page(list(self._subscribers.values()), call),
            ("GET", "/subscribers/import/{id}"): self._progress,
        }

    def refused(self, error: InvalidRequestError) -> Reply:
        """What a body is answered that is refused, as Laravel says it."""
        key = (error.body.get("validation") or {"keys": ["subscribers"]})["keys"][0]
        return Reply(
            422, {"message": "The given data was invalid.", "errors": {key: [error.body["message"]]}}
        )

    def create(self, name: str, /, *, members: Iterable[str] = ()) -> str:
        """Number of a new group that holds `members` already."""
        own = str(next(self._numbers))
        self._groups[own] = {"id": own, "name": name}
        for email in members:
            self._take({"email": email}, own)
        return own

    def members(self, group: str, /) -> list[str]:
        """Addresses of a group, in order of arrival."""
        return [each["email"] for each in self._subscribers.values() if group in each["groups"]]

    def unsubscribe(self, addresses: Iterable[str], /) -> None:
        """Mark subscribers as unsubscribed; one that is not there is made so."""
        for address in addresses:
            self._take({"email": address}, None)["status"] = "unsubscribed"

    def _list_groups(self, call: Call) -> Reply:
        limit, page = int(query_of(call, "limit", "25")), int(query_of(call, "page", "1"))
        found = [
            self._group(each)
            for each in self._groups.values()
            if query_of(call, "filter[name]") in each["name"]
        ]
        rows = found[(page - 1) * limit : page * limit]
        return Reply(200, {"data": rows, "meta": {"current_page": page, "total": len(found)}})

    def _group(self, group: Mapping[str, Any]) -> dict[str, Any]:
        held = Counter(each["status"] for each in self._subscribers.values() if group["id"] in each["groups"])
        return {**group, **{f"{status}_count": held[status] for status in _STATUSES}}

    def _create(self, call: Call) -> Reply:
        name = request_validation.check(call.body, {"name": Field("a string", required=True, filled=True)})[
            "name"
        ]
        return Reply(201, {"data": self._group(self._groups[self.create(name)])})

    def _of_group(self, call: Call) -> Reply:
        if call.ids[0] not in self._groups:
            return _NO_GROUP
        return self._page(
            [each for each in self._subscribers.values() if call.ids[0] in each["groups"]], call
        )

    def _page(self, found: Sequence[Mapping[str, Any]], call: Call) -> Reply:
        status = query_of(call, "filter[status]", "active")
        rows = [
            {name: each[name] for name in ("id", "email", "status", "fields")}
            for each in found
            if each["status"] == status
        ]
        limit, at = min(int(query_of(call, "limit", "50")), PAGE_ROWS), int(query_of(call, "cursor", "0"))
        following = str(at + limit) if at + limit < len(rows) else None
        return Reply(
            200, {"data": rows[at : at + limit], "meta": {"per_page": limit, "next_cursor": following}}
        )

    def _import(self, call: Call) -> Reply:
        group = call.ids[0]
        if group not in self._groups:
            return _NO_GROUP
        body = request_validation.check(
            call.body, {"subscribers": Field("an array", required=True)}, closed=False
        )
        taken = {"email": Field("a string", required=True), "fields": Field("of type object")}
        for place, each in enumerate(body["subscribers"]):
            request_validation.check(each, taken, at=f"subscribers[{place}]", closed=False)
        own = str(next(self._numbers))
        done = {} if self.stuck else self._counted(body["subscribers"], group)
        self._imports[own] = {"asked": 0, "total": len(body["subscribers"]), **done}
        return Reply(200, {"import_progress_url": f"{self.base_url}/subscribers/import/{own}"})

    def _counted(self, subscribers: Sequence[Mapping[str, Any]], group: str) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        shown: dict[str, list[dict[str, str]]] = {name: [] for name in _LISTS}
        seen: set[str] = set()
        for each in subscribers:
            state = self._state(each, group, seen)
            counts[state] += 1
            if state in shown:
                shown[state].append({"email": each["email"]})
            if state in ("imported", "changed"):
                self._take(each, group)
                self.plan = None if self.plan is None or state == "changed" else self.plan - 1
        left_out = sum(counts[name] for name in _LISTS if name != "changed")
        return {
            "imported": counts["imported"],
            "updated": counts["changed"],
            "errored": left_out + counts["banned"] + counts["subscriber_limit"],
            **{f"{name}_count": counts[name] for name in (*_LISTS, "subscriber_limit")},
            **{name: rows[:SAMPLES] for name, rows in shown.items()},
            "banned_import_emails_count": counts["banned"],
        }

    def _state(self, subscriber: Mapping[str, Any], group: str, seen: set[str]) -> str:
        """What becomes of one subscriber; `seen` holds the keys of those before it."""
        key = keys.lead_key(keys.address_of(subscriber, policy=self._policy), policy=self._policy)
        if key is None:
            return "invalid"
        repeated, held = key in seen, self._subscribers.get(key)
        seen.add(key)
        if repeated or subscriber["email"] in self.banned:
            return "duplicate" if repeated else "banned"
        if held is not None and held["status"] == "unsubscribed":
            return "unsubscribed"
        if held is not None and group in held["groups"]:
            return (
                "unchanged"
                if held["fields"] == {**held["fields"], **subscriber.get("fields", {})}
                else "changed"
            )
        return "subscriber_limit" if self.plan == 0 else "imported"

    def _take(self, subscriber: Mapping[str, Any], group: str | None) -> dict[str, Any]:
        """The subscriber, with the fields that were sent put on top of those it has."""
        address = keys.address_of(subscriber, policy=self._policy) or ""
        key = keys.lead_key(address, policy=self._policy) or address
        held = self._subscribers.setdefault(
            key,
            {
                "id": str(next(self._numbers)),
                "email": address,
                "status": "active",
                "fields": {},
                "groups": set(),
            },
        )
        held["fields"] |= subscriber.get("fields", {})
        held["groups"] |= set() if group is None else {group}
        return held

    def _progress(self, call: Call) -> Reply:
        found = self._imports.get(call.ids[0])
        if found is None:
            return _NO_GROUP
        found["asked"] += 1
        done = not self.stuck and found["asked"] > self.polls
        told = (
            {name: value for name, value in found.items() if name not in ("asked", "total")} if done else {}
        )
        processed = found["total"] if done else 0
        own = {"id": call.ids[0], "total": found["total"], "processed": processed}
        return Reply(200, {"data": {**own, "percent": 100 if done else 0, "done": done, **told}})
