"""Tags of lists, and leads that go from one list to another.

Shapes are those of the vendor's pages (documented); none of it was seen live. How imports are counted does not change.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hygiene.emulator import request_validation
from hygiene.emulator.database import Database, timestamp
from hygiene.emulator.request_validation import Field, InvalidRequestError
from hygiene.emulator.routes import Call, Reply

__all__ = ["ListTraffic"]

#: Lists and tags that one request names at most, and leads (documented).
MOST_TAGS, MOST_MOVED = 10, 10_000

_TAGS = {
    "listIds": Field("an array", required=True),
    "tagIds": Field("an array"),
    "removeTagIds": Field("an array"),
}
_MOVE = {
    "action": Field("a string", required=True),
    "leadIds": Field("an array"),
    "fromListId": Field("an integer"),
    "toListId": Field("an integer", required=True),
}

# A lead that the other list holds already is there once (assumed).
_COPY = """
INSERT INTO leads (list_id, address, key, fields, state, created_at)
SELECT :to, address, key, fields, 'imported', :now FROM leads AS moved
WHERE state = 'imported' AND list_id <> :to
  AND (list_id = :from OR id IN (SELECT value FROM json_each(:ids)))
  AND NOT EXISTS (SELECT 1 FROM leads WHERE list_id = :to AND key = moved.key AND state = 'imported')
GROUP BY coalesce(key, id)
"""
_LEAVE = """
DELETE FROM leads WHERE state = 'imported' AND list_id <> :to
  AND (list_id = :from OR id IN (SELECT value FROM json_each(:ids)))
"""


class ListTraffic:
    """The routes of tags and moves over one store.

    Attributes:
        table: Method and path to the function that answers, as of `Routes`.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        self.table: Mapping[tuple[str, str], Callable[[Call], Reply]] = {
            ("POST", "/lead-list/assign-tags"): self._assign,
            # the doubled "leads" is in the documentation
            ("POST", "/leads/leads/push-between-lists"): self._push,
        }

    def _assign(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        body = request_validation.check(call.body, _TAGS)
        numbers = {name: _numbers(body.get(name), name, MOST_TAGS) for name in _TAGS if name in body}
        pairs = [(a, b) for a in numbers["listIds"] for b in numbers.get("tagIds", ())]
        gone = [(a, b) for a in numbers["listIds"] for b in numbers.get("removeTagIds", ())]
        with self._store.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO list_tags VALUES (?, ?)", pairs)
            connection.executemany("DELETE FROM list_tags WHERE list_id = ? AND tag_id = ?", gone)
        return Reply(200, {"ok": True})

    def _push(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        body = request_validation.check(call.body, _MOVE)
        if body["action"] not in ("copy", "move"):
            raise InvalidRequestError('"action" must be one of [copy, move]', path="action")
        if ("leadIds" in body) == ("fromListId" in body):
            raise InvalidRequestError('"value" must contain exactly one of [leadIds, fromListId]', path="")
        chosen = _numbers(body["leadIds"], "leadIds", MOST_MOVED) if "leadIds" in body else []
        if self._store.read_list(int(body["toListId"])) is None:
            return Reply(404, {"error": "Lead list not found"})
        told = {"from": body.get("fromListId"), "ids": json.dumps(chosen), "to": int(body["toListId"])}
        with self._store.transaction() as connection:
            moved = connection.execute(_COPY, told | {"now": timestamp()}).rowcount
            if body["action"] == "move":
                connection.execute(_LEAVE, told)
        return Reply(200, {"ok": True, "data": {"total_leads_moved": moved}})


def _numbers(given: Any, name: str, most: int) -> Sequence[int]:
    if not 1 <= len(given) <= most:
        bound = "at least 1 items" if not given else f"less than or equal to {most} items"
        raise InvalidRequestError(f'"{name}" must contain {bound}', path=name)
    for place, each in enumerate(given):
        if isinstance(each, bool) or not isinstance(each, int):
            path = f"{name}[{place}]"
            raise InvalidRequestError(f'"{path}" must be a number', path=path)
    return list(given)
