"""Campaigns of the local API: their routes, and how leads that are added to one are counted.

The reply has the keys that were seen live, and the meaning they were seen to have; the block list and the keys of leads
are those of the lists. A campaign's leads are in no list here.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hygiene.emulator import keys, request_validation
from hygiene.emulator.database import Database, timestamp
from hygiene.emulator.request_validation import Field, InvalidRequestError, Number
from hygiene.emulator.routes import Call, Reply
from hygiene.policy import ImportPolicy

__all__ = ["Campaigns"]

#: Leads a request holds at most (documented; older pages say 350 and 100).
REQUEST_LEADS = 400
#: Leads a page of `GET /campaigns/{id}/leads` holds at most (observed: 400 above it).
PAGE_ROWS = 100

_TABLES = """
CREATE TABLE IF NOT EXISTS campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS campaign_leads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, campaign_id INTEGER NOT NULL, address TEXT NOT NULL, key TEXT NOT NULL,
    fields TEXT NOT NULL, UNIQUE (campaign_id, key));
"""
_BODY = {"lead_list": Field("an array", required=True), "settings": Field("of type object")}
_SETTINGS = {
    name: Field("a boolean")
    for name in (
        "ignore_global_block_list", "ignore_unsubscribe_list", "ignore_community_bounce_list",
        "ignore_duplicate_leads_in_other_campaign", "return_lead_ids",
    )
}  # fmt: skip
_LEAD = {
    name: Field("a string", nullable=True)
    for name in (
        "email", "first_name", "last_name", "phone_number", "company_name", "website", "location", "linkedin_profile",
        "company_url",
    )
} | {"custom_fields": Field("of type object", nullable=True)}  # fmt: skip
_NO_CAMPAIGN = Reply(404, {"error": "Campaign not found"})


class Campaigns:
    """The campaigns over one store.

    Attributes:
        table: Method and path to the function that answers, as of `Routes`.
        credit: Leads that the account's plan still takes; None for any number.
        closed: Statuses of campaigns that take no leads.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        self.credit: int | None = None
        self.closed: frozenset[str] = frozenset()
        with store.transaction() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
        self.table: Mapping[tuple[str, str], Callable[[Call], Reply]] = {
            ("POST", "/campaigns/create"): self._create,
            ("GET", "/campaigns"): self._list,
            ("GET", "/campaigns/{id}"): self._get,
            ("POST", "/campaigns/{id}/leads"): self._add,
            ("GET", "/campaigns/{id}/leads"): self._leads,
        }

    def create(
        self,
        name: str,
        /,
        *,
        members: Iterable[str] = (),
        campaign_id: int | None = None,
        status: str = "DRAFTED",
    ) -> int:
        """Number of a new campaign that holds `members` already."""
        with self._store.transaction() as connection:
            made = connection.execute(
                "INSERT INTO campaigns (id, name, status, created_at) VALUES (?, ?, ?, ?)",
                (campaign_id, name, status, timestamp()),
            ).lastrowid
            for email in members:
                self._keep(connection, int(made or 0), {"email": email}, email)
        return int(made or 0)

    def members(self, campaign_id: int, /) -> list[str]:
        """Addresses of a campaign in order of arrival."""
        rows = self._rows("SELECT address FROM campaign_leads WHERE campaign_id = ? ORDER BY id", campaign_id)
        return [row["address"] for row in rows]

    def _create(self, call: Call) -> Reply:
        name = request_validation.check(call.body, {"name": Field("a string", required=True, filled=True)})[
            "name"
        ]
        made = self.create(name)
        return Reply(200, {"ok": True, "id": made, "name": name, "created_at": timestamp()})

    def _list(self, call: Call) -> Reply:
        request_validation.check_query(call.query, {})
        return Reply(200, self._rows("SELECT id, name, status, created_at FROM campaigns ORDER BY id"))

    def _get(self, call: Call) -> Reply:
        found = self._find(call)
        return _NO_CAMPAIGN if found is None else Reply(200, found | {"user_id": 1, "client_id": None})

    def _leads(self, call: Call) -> Reply:
        allowed = {"limit": Number(1, PAGE_ROWS, PAGE_ROWS), "offset": Number(default=0)}
        query = request_validation.check_query(call.query, allowed)
        if (found := self._find(call)) is None:
            return _NO_CAMPAIGN
        rows = self._rows(
            "SELECT id, address, fields FROM campaign_leads WHERE campaign_id = ? ORDER BY id LIMIT ? OFFSET ?",
            found["id"], query["limit"], query["offset"],
        )  # fmt: skip
        total = self._rows("SELECT count(*) AS n FROM campaign_leads WHERE campaign_id = ?", found["id"])[0][
            "n"
        ]
        data = [
            {
                "campaign_lead_map_id": str(row["id"]),
                "status": "STARTED",
                "lead": {"id": row["id"], **json.loads(row["fields"]), "email": row["address"]},
            }
            for row in rows
        ]
        return Reply(
            200, {"total_leads": str(total), "offset": query["offset"], "limit": query["limit"], "data": data}
        )

    def _add(self, call: Call) -> Reply:
        body = request_validation.check(call.body, _BODY)
        settings = request_validation.check(body.get("settings") or {}, _SETTINGS, at="settings")
        leads = body["lead_list"]
        if len(leads) > REQUEST_LEADS:
            msg = f'"lead_list" must contain less than or equal to {REQUEST_LEADS} items'
            raise InvalidRequestError(msg, path="lead_list")
        for position, lead in enumerate(leads):
            request_validation.check(lead, _LEAD, at=f"lead_list[{position}]")
        found = self._find(call)
        if found is None:
            return _NO_CAMPAIGN
        if found["status"] in self.closed:
            return Reply(400, {"error": f"Leads cannot be added, the campaign is {found['status']}"})
        if self.credit == 0:
            said = "The lead credit limit has been reached, preventing any further lead imports."
            stopped = {"is_lead_limit_exhausted": True, "lead_import_stopped_count": len(leads)}
            return Reply(400, {"ok": False, **stopped, "error": said})
        return Reply(200, self._counted(found["id"], leads, settings))

    def _counted(
        self, campaign: int, leads: Sequence[Mapping[str, Any]], settings: Mapping[str, bool]
    ) -> dict[str, Any]:
        """Add leads one by one; the reply of the live API."""
        counts: Counter[str] = Counter()
        told: dict[str, list[str]] = {"invalid": [], "unsubscribed": []}
        ids: dict[str, dict[str, str]] = {
            "newlyAddedLeads": {},
            "existingLeads": {},
            "existingLeadsInOtherCampaigns": {},
        }
        with self._store.transaction() as connection:
            adding = _Adding(connection, campaign, self._store.policy, settings)
            for lead in leads:
                address = keys.address_of(lead, policy=self._store.policy) or ""
                key = keys.lead_key(address, policy=self._store.policy)
                state = self._state(adding, address, key)
                counts[state] += 1
                if state in told:
                    told[state].append(address)
                elif state in ("added", "known") and key is not None:
                    adding.seen.add(key)
                    where = "newlyAddedLeads" if state == "added" else "existingLeads"
                    ids[where][address] = str(self._keep(connection, campaign, lead, address))
        reply = {
            "ok": True,
            "upload_count": len(leads),
            "total_leads": counts["added"],
            "skipped_in_other_campaign_count": 0,
            "block_count": counts["blocked"],
            "duplicate_count": counts["repeated"],
            "invalid_email_count": counts["invalid"],
            "invalid_emails": told["invalid"],
            "already_added_to_campaign": counts["known"],
            "unsubscribed_leads": told["unsubscribed"],
            "is_lead_limit_exhausted": counts["stopped"] > 0,
            "lead_import_stopped_count": counts["stopped"],
            "bounce_count": counts["bounced"],
        }
        return reply | ({"emailToLeadIdMap": ids} if settings.get("return_lead_ids") else {})

    def _state(self, adding: "_Adding", address: str, key: str | None) -> str:
        """What becomes of one lead; one that is added takes of the plan's credit."""
        state = adding.state(address, key)
        if state == "added" and self.credit is not None:
            if self.credit == 0:
                return "stopped"
            self.credit -= 1
        return state

    def _keep(
        self, connection: sqlite3.Connection, campaign: int, lead: Mapping[str, Any], address: str
    ) -> int:
        """Number of the lead, whose fields are as they were sent last (observed)."""
        key = keys.lead_key(address, policy=self._store.policy) or address
        connection.execute(
            "INSERT INTO campaign_leads (campaign_id, address, key, fields) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (campaign_id, key) DO UPDATE SET fields = excluded.fields",
            (campaign, address, key, json.dumps(lead)),
        )
        row = connection.execute(
            "SELECT id FROM campaign_leads WHERE campaign_id = ? AND key = ?", (campaign, key)
        )
        return int(row.fetchone()[0])

    def _find(self, call: Call) -> dict[str, Any] | None:
        number = request_validation.check_number(call.ids[0], Number(), name="campaign_id", source="params")
        found = self._rows("SELECT id, name, status, created_at FROM campaigns WHERE id = ?", number)
        return found[0] if found else None

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self._store.transaction() as connection:
            return [dict(row) for row in connection.execute(query, values)]


@dataclass(slots=True)
class _Adding:
    """One request that adds leads to a campaign, and the keys that it added so far."""

    connection: sqlite3.Connection
    campaign: int
    policy: ImportPolicy
    settings: Mapping[str, bool]
    seen: set[str] = field(default_factory=set)

    def state(self, address: str, key: str | None) -> str:
        """What speaks against a lead, the first of all; `added` where nothing does."""
        waive = self.settings.get("ignore_global_block_list", False)
        entries = keys.block_keys(address, policy=self.policy, waive=waive)
        against: Sequence[tuple[str, Callable[[], bool]]] = (
            ("invalid", lambda: key is None),
            ("blocked", lambda: self._has("block_list", "key", *entries)),
            ("unsubscribed", lambda: self._heeds("unsubscribe") and self._has("unsubscribes", "key", key)),
            ("bounced", lambda: self._heeds("community_bounce") and self._has("bounces", "address", address)),
            ("repeated", lambda: key in self.seen),
            ("known", lambda: self._has(f"campaign_leads WHERE campaign_id = {self.campaign}", "key", key)),
        )
        return next((name for name, holds in against if holds()), "added")

    def _heeds(self, name: str) -> bool:
        return not self.settings.get(f"ignore_{name}_list", False)

    def _has(self, table: str, column: str, *values: str | None) -> bool:
        where = "AND" if "WHERE" in table else "WHERE"
        query = f"SELECT 1 FROM {table} {where} {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 -- our own names
        return self.connection.execute(query, (json.dumps(values),)).fetchone() is not None
