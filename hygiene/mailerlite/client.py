"""A MailerLite account: a sink for the leads of a group, and a reader of what the account holds.

An import is handed in and asked about until it is done. Nothing that may have landed is handed in twice.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Unpack

from hygiene.errors import JobUnfinished, ListingIncomplete, ListNotFound
from hygiene.http import settings
from hygiene.http.answers import Answer
from hygiene.http.bodies import Body
from hygiene.http.client import How
from hygiene.http.keys import Key
from hygiene.http.list_client import ListClient
from hygiene.http.listings import Page, lacking, objects, readable, whole
from hygiene.http.retry import sleep
from hygiene.mailerlite import replies
from hygiene.mailerlite.place import IMPORT_RATE, POLICY, SERVICE
from hygiene.policy import ImportPolicy
from hygiene.sinks import HeldLead, Job, LeadList, Reply

__all__ = ["MailerLite"]

#: Leads an import. Assumed: the vendor states no limit, and lets five imports through a minute.
BATCH_LEADS: Final = 1000
#: Rows of a page (documented for a group; assumed for all subscribers).
PAGE: Final = 1000
#: Our columns by the names of the fields that every account has (documented).
NAMES: Final[Mapping[str, str]] = {"first_name": "name"}


class MailerLite(ListClient):
    """A group of a MailerLite account: a sink, and a reader of what the account holds.

    Args:
        group_id: The group to import to; None for calls that need none.
        api_key: The key; None reads ``MAILERLITE_API_KEY``, then the file ``MAILERLITE_API_KEY_FILE`` names.
        policy: How the API is believed to count.
        rename: Column to the API's field; a field that the account does not have is not kept.
        how: As `Client`: `base_url` (None reads ``MAILERLITE_BASE_URL``), `timeout_s`, `rate`, `patience_s`, `pause`,
            `insecure`.

    Raises:
        UsageError: no key, or a setting that makes no sense.

    Source: documented, developers.mailerlite.com; the path of an import as in the vendor's Python package 0.2.0.
    """

    SERVICE, NAMES, TAKEN, UNDER, LISTS = SERVICE, NAMES, ("email",), "fields", "/groups"

    def __init__(
        self,
        *,
        group_id: str | None = None,
        api_key: str | Key | None = None,
        policy: ImportPolicy | None = None,
        rename: Mapping[str, str] | None = None,
        **how: Unpack[How],
    ) -> None:
        ids = {"group": group_id}
        try:
            super().__init__(ids, api_key=api_key, rename=rename, policy=policy or POLICY, **how)
        finally:
            del api_key  # it would stand among the locals of a traceback
        self.batch_leads = BATCH_LEADS
        rate = "none" if self.rate == "none" else IMPORT_RATE
        self._import_pace = settings.paced(
            rate, f"{self.account}-imports", patience_s=how.get("patience_s"), pause=how.get("pause", sleep)
        )

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._import_pace.close()

    def least_s(self, requests: int, /) -> float:
        """Seconds that so many imports take at the least, by the rates alone; each is asked about once or more."""
        return max(super().least_s(2 * requests), self._import_pace.least_s(requests))

    @staticmethod
    def _checked(answer: Answer, method: str, /) -> Answer:
        return replies.checked(answer, method)

    @staticmethod
    def _list_of(answer: Answer, /) -> LeadList | None:
        return replies.group(answer.found.get("data"))

    def submit(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Job:
        """Hand these leads in as one import; see `RunsJobs.submit`. The API keeps no name of a file.

        Raises:
            UsageError: the block list is to be waived, which the API has no way for.
        """
        del file_name
        self._refuse_waiver(waive_blocklist, "whom it banned and who unsubscribed")
        letter = self._wire.write(
            "POST",
            f"{self._of_group()}/import",
            body=Body({"subscribers": self.shaped(leads)}),
        )
        self._import_pace.enter()
        return Job(replies.handed_in(self._wire.send(letter)))

    def poll(self, job: str, /) -> Reply | None:
        """What became of an import; None while it runs; see `RunsJobs.poll`."""
        return replies.report(self._wire.ask("GET", f"/subscribers/import/{job}"))

    def send(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Hand these leads in, and ask once what became of them; imports use `submit` and `poll` in its place.

        Raises:
            JobUnfinished: it is not done yet.
        """
        job = self.submit(leads, file_name=file_name, waive_blocklist=waive_blocklist)
        reply = self.poll(job.id)
        if reply is None:
            msg = f"import {job.id} was handed in and is not done yet; poll({job.id!r}) asks about it."
            raise JobUnfinished(msg)
        return reply

    def describe(self) -> LeadList:
        """The group that is imported to.

        Raises:
            ListNotFound: there is no such group, or it is of another account.
        """
        found = next((each for each in self.lists() if each.id == self._place()), None)
        if found is None:
            msg = f"{self.name}: the account has no such group. See its groups with: hygiene lists --to mailerlite"
            raise ListNotFound(msg)
        return found

    def lists(self, name: str = "") -> list[LeadList]:
        """The account's groups, those whose name holds `name`."""
        query = {"filter[name]": name} if name else {}

        def pages() -> Iterator[Page]:
            for page in itertools.count(1):
                answer = self._wire.ask("GET", "/groups", query={**query, "limit": PAGE, "page": page})
                rows = objects(answer, "data", service=SERVICE)
                yield Page(rows, page + 1 if rows else None, where=answer.where)
                if not rows:
                    return

        found = (replies.group(row) for page in whole(pages) for row in page.rows)
        return [each for each in found if each is not None]

    def _member_pages(self, *, whole_account: bool) -> Iterator[Page]:
        """Subscribers of every status."""
        return self._pages("/subscribers" if whole_account else self._of_group(), None)

    def account_leads(self, *, most: int) -> list[HeldLead] | None:
        """The subscribers of the account, of every status; None where there are more than `most`.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given, its `given`, does not add up, and did not when it was read once more.
        """
        found: list[HeldLead] = []
        try:
            for page in whole(lambda: self._pages("/subscribers", None)):
                given = ((readable(row, "email"), row.get("status")) for row in page.rows)
                found += [HeldLead(address, status == "unsubscribed") for address, status in given if address]
                if len(found) > most:
                    return None
        except ListingIncomplete as odd:
            raise ListingIncomplete(odd.marked, given=found) from odd
        return found

    def blocked(self) -> Iterator[str]:
        """Nothing: whom MailerLite banned, no route shows."""
        return iter(())

    def lead_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The subscribers of the group, or of the account where none is named, from a page on, the last one empty."""
        return self._pages("/subscribers" if self._id is None else self._of_group(), start)

    def unsubscribed_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The subscribers of the account that unsubscribed, from a page on, the last one empty."""
        return self._pages("/subscribers", start, statuses=("unsubscribed",))

    def _pages(self, path: str, start: Any, *, statuses: Sequence[str] = replies.STATUSES) -> Iterator[Page]:
        """Pages of one status after the other, each from its cursor on (documented), the last one empty."""
        status, cursor = start or (statuses[0], "")
        for each in statuses[statuses.index(status) :]:
            at: str | None = cursor if each == status else ""
            while at is not None:
                seen = {"cursor": at} if at else {}
                answer = self._wire.ask("GET", path, query={"filter[status]": each, "limit": PAGE, **seen})
                rows, meta = objects(answer, "data", service=SERVICE), answer.found.get("meta")
                at = meta.get("next_cursor") if isinstance(meta, dict) and rows else None
                following = _after(each, statuses) if at is None else [each, at]
                if rows:
                    yield Page(rows, following, lacking=lacking(rows, "email"), where=answer.where)
        yield Page([], None)

    def _of_group(self) -> str:
        return f"/groups/{self._place()}/subscribers"


def _after(status: str, statuses: Sequence[str]) -> list[str] | None:
    """Where the pages of the next status start; None after the last."""
    rest = statuses[statuses.index(status) + 1 :]
    return [rest[0], ""] if rest else None
