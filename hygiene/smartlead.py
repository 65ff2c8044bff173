"""Smartlead over httpx: import leads into a list, read the list and the block list.

The API counts as it likes; what its numbers mean is not decided here. The key is added below httpx's
logging and exception layer, so that no log line, error or repr holds it.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import httpx

from hygiene import __version__
from hygiene.errors import (
    AuthError,
    ListNotFound,
    RateLimited,
    SinkError,
    UnknownOutcome,
    Unreachable,
    UsageError,
)
from hygiene.importing import Lead, LeadList, Reply
from hygiene.prediction import ImportPolicy
from hygiene.verdict import Counts

__all__ = ["Smartlead"]

BASE_URL = "https://server.smartlead.ai/api/v1"
#: Leads a request. Documented for the campaign endpoint; the list import names no limit.
BATCH_LEADS = 400
#: Rows a page of any listing. Documented: `limit` 1 to 1000.
PAGE = 1000
#: Seconds for one import request. Others report 120 s for 200 leads.
TIMEOUT_S = 120.0

#: Counter by the names it has in the documented replies (page, OpenAPI).
_COUNTERS = {
    "total_leads": ("total_leads",),
    "imported": ("imported", "imported_count"),
    "duplicates": ("duplicates", "duplicate_count"),
    "blocked": ("blocked", "blocked_count"),
}
_ADDRESS = re.compile(r"[^\s\"'<>,;:]+@[^\s\"'<>,;:]+")


class _KeyBelow(httpx.BaseTransport):
    """Adds the key to each request on its way out, where nothing logs or keeps it any more.

    Source: encode/httpx #2760 (the client logs whole URLs).
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_merge_params({"api_key": self._key})
        out = httpx.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return self._wire.handle_request(out)

    def close(self) -> None:
        self._wire.close()


class Smartlead:
    """A lead list of a Smartlead account: a sink, and a reader of what the API holds.

    Args:
        list_id: The list to import to; None for calls that need no list.
        api_key: The key; None reads ``SMARTLEAD_API_KEY``, then the file ``SMARTLEAD_API_KEY_FILE`` names.
        base_url: None reads ``SMARTLEAD_BASE_URL``, and else is the vendor's.
        policy: How the API is believed to count.
        rename: Canonical name to the API's, for fields it calls otherwise.
        custom_shape: Custom fields `flat` beside the others (documented), or under `custom_fields`.
        timeout_s: Seconds for one request; None reads ``HYGIENE_TIMEOUT_S``.

    Attributes:
        account: Fingerprint of the key, which tells accounts apart and not the key.

    Raises:
        UsageError: no key, or a base URL that is neither https nor loopback.

    Source: documented, api-reference/lead-lists.
    """

    def __init__(
        self,
        *,
        list_id: int | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        policy: ImportPolicy | None = None,
        rename: Mapping[str, str] | None = None,
        custom_shape: Literal["flat", "nested"] = "flat",
        timeout_s: float | None = None,
    ) -> None:
        self.list_id = list_id
        self.base_url = _base_url(base_url or os.environ.get("SMARTLEAD_BASE_URL") or BASE_URL)
        self.policy = policy or ImportPolicy()
        self.batch_leads = BATCH_LEADS
        self._rename = dict(rename or {})
        self._custom_shape = custom_shape
        key = api_key or _key_from_environment()
        self.account = hashlib.sha256(key.encode()).hexdigest()[:8]
        self._client = httpx.Client(
            base_url=self.base_url,
            transport=_KeyBelow(key),
            timeout=httpx.Timeout(timeout_s or _timeout_from_environment(), connect=10.0),
            headers={"User-Agent": f"lead-hygiene/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"Smartlead(list_id={self.list_id}, base_url={self.base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def name(self) -> str:
        """What the sink is called in messages."""
        return f"list {self.list_id} at {urlsplit(self.base_url).netloc}"

    def send(self, leads: Sequence[Lead], /, *, file_name: str, waive_blocklist: bool = False) -> Reply:
        """Import these leads in one request; see `Sink.send`."""
        body: dict[str, object] = {"leadList": [self._shaped(lead) for lead in leads], "fileName": file_name}
        if waive_blocklist:
            body["csvSettings"] = {"ignoreGlobalBlockList": True}
        answer = self._ask("POST", f"/lead-list/{self.list_id}/import", json_body=body)
        return _reply(answer)

    def describe(self) -> LeadList:
        """The list that is imported to.

        Raises:
            ListNotFound: there is no such list.
        """
        try:
            answer = self._ask("GET", f"/lead-list/{self.list_id}")
        except SinkError as refusal:
            if refusal.status != 404:
                raise
            answer = {}
        found = answer.get("data", answer) or {}
        if not isinstance(found, dict) or "id" not in found:
            msg = f"list {self.list_id} does not exist at {self.base_url}. See the account's lists with: hygiene lists"
            raise ListNotFound(msg)
        return _lead_list(found)

    def lists(self, name: str = "") -> list[LeadList]:
        """The account's lists, those whose name holds `name`."""
        found: list[LeadList] = []
        while True:
            query = {"limit": PAGE, "offset": len(found), **({"listName": name} if name else {})}
            page = _rows(self._ask("GET", "/lead-list/", query=query), "lists")
            found += [_lead_list(row) for row in page]
            if len(page) < PAGE:
                return found

    def create_list(self, name: str, /) -> LeadList:
        """A new, empty list."""
        answer = self._ask("POST", "/lead-list/", json_body={"listName": name})
        return _lead_list({"listName": name, "lead_count": 0, **(answer.get("data") or answer)})

    def members(self) -> Iterator[str]:
        """Addresses of the leads in the list, newest first.

        Source: `GET /leads/all` with `listId` (in the vendor's command line tool; not documented).
        """
        query: dict[str, object] = {"listId": self.list_id, "limit": PAGE}
        while True:
            answer = self._ask("GET", "/leads/all", query=query)
            data = answer.get("data") or {}
            rows = _rows(answer, "leads")
            yield from (str(row["email"]) for row in rows if row.get("email"))
            if not rows or not isinstance(data, dict) or not data.get("lastSeenLeadId") or len(rows) < PAGE:
                return
            query["lastSeenLeadId"] = data["lastSeenLeadId"]

    def blocked(self) -> Iterator[str]:
        """Entries of the block list that belong to no client: those that act on lists (assumed).

        Source: documented, `GET /leads/get-domain-block-list`.
        """
        offset = 0
        while True:
            query = {"offset": offset, "limit": PAGE}
            rows = _rows(self._ask("GET", "/leads/get-domain-block-list", query=query), "data")
            yield from (str(row["email_or_domain"]) for row in rows if row.get("client_id") is None)
            offset += len(rows)
            if len(rows) < PAGE:
                return

    def _shaped(self, lead: Lead) -> dict[str, object]:
        from hygiene.columns import CANONICAL

        named = {self._rename.get(name, name): cell for name, cell in lead.items() if name in CANONICAL}
        custom = {name: cell for name, cell in lead.items() if name not in CANONICAL}
        if self._custom_shape == "flat" or not custom:
            return {**custom, **named}
        return {**named, "custom_fields": custom}

    def _ask(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json_body: object = None
    ) -> dict[str, Any]:
        """One request and its answer as an object; a bare array comes back under ``data``."""
        try:
            response = self._client.request(method, path, params=query, json=json_body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            msg = f"no connection to {self.base_url}: {type(error).__name__}. Check SMARTLEAD_BASE_URL and the network."
            raise Unreachable(msg) from None
        except httpx.HTTPError as error:
            msg = f"{method} {path}: the answer was lost ({type(error).__name__})."
            raise (UnknownOutcome if method == "POST" else Unreachable)(msg) from None
        if not response.is_success:
            raise _refusal(method, path, response)
        answer = _parsed(response)
        if isinstance(answer, list):
            return {"data": answer}
        if isinstance(answer, dict) and answer.get("ok", True) is True:
            return answer
        msg = f"{method} {path}: HTTP {response.status_code} without a readable answer ({len(response.content)} bytes)."
        raise (UnknownOutcome if method == "POST" else SinkError)(msg)


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        msg = f"base URL {url!r}: expected https://... (http:// is taken for this machine alone)."
        raise UsageError(msg)
    return url.rstrip("/")


def _key_from_environment() -> str:
    key = os.environ.get("SMARTLEAD_API_KEY", "").strip()
    file = os.environ.get("SMARTLEAD_API_KEY_FILE")
    if not key and file:
        try:
            with open(file, encoding="utf-8") as lines:  # noqa: PTH123 -- one line, no path work
                key = lines.read().strip()
        except OSError as error:
            msg = f"SMARTLEAD_API_KEY_FILE: {file}: {error.strerror}."
            raise UsageError(msg) from error
    if not key:
        msg = "no API key: set SMARTLEAD_API_KEY, or SMARTLEAD_API_KEY_FILE to a file that holds it."
        raise UsageError(msg)
    return key


def _timeout_from_environment() -> float:
    text = os.environ.get("HYGIENE_TIMEOUT_S", str(TIMEOUT_S))
    try:
        return float(text)
    except ValueError as error:
        msg = f"HYGIENE_TIMEOUT_S is {text!r}; expected seconds, for instance 120."
        raise UsageError(msg) from error


def _parsed(response: httpx.Response) -> object:
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


def _refusal(method: str, path: str, response: httpx.Response) -> Exception:
    """The error for an answer that is no success, with the API's own words and no address in them."""
    status, said = response.status_code, _said(_parsed(response))
    where = f"{method} {path}: HTTP {status}" + (f", {said!r}" if said else "")
    if status in (401, 403):
        return AuthError(f"{where}. Check the key in SMARTLEAD_API_KEY.", status=status)
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        return RateLimited(
            f"{where}. The API asks to slow down{f'; wait {wait} s' if wait else ''} and run the command again.",
            status=status,
            retry_after_s=float(wait) if wait.isdigit() else None,
        )
    if status >= 500 and method == "POST":
        return UnknownOutcome(f"{where}. The request may have landed all the same.")
    return SinkError(f"{where}.", status=status)


def _said(answer: object) -> str:
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    said = answer.get("message") or (error.get("message") if isinstance(error, dict) else error) or ""
    return _ADDRESS.sub("<address>", str(said))[:300]


def _reply(answer: Mapping[str, Any]) -> Reply:
    data = answer.get("data")
    given = data if isinstance(data, dict) else answer
    names = {name: next((key for key in keys if key in given), "") for name, keys in _COUNTERS.items()}
    counts = {name: _number(given.get(key)) for name, key in names.items()}
    if all(count is None for count in counts.values()):
        msg = "the import was answered without any counter that we know; nothing can be compared."
        raise UnknownOutcome(msg)
    extra = {key: value for key, value in given.items() if key not in {*names.values(), "ok"}}
    return Reply(Counts(**counts), tuple(sorted(extra.items())), answer)


def _number(value: object) -> int | None:
    """A counter, which the API may write as a number or as text; None where it is neither."""
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _rows(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of a listing, in any of the shapes it is documented or observed in."""
    data = answer.get("data", answer)
    rows = data.get(name) if isinstance(data, dict) else data
    if not isinstance(rows, list):
        msg = f"the API answered a listing without {name}; expected an array."
        raise SinkError(msg)
    return rows


def _lead_list(row: Mapping[str, Any]) -> LeadList:
    name = next((row[key] for key in ("name", "listName", "list_name") if row.get(key)), "")
    size = next((row[key] for key in ("lead_count", "leads_count") if row.get(key) is not None), None)
    return LeadList(int(row["id"]), str(name), _number(size))
