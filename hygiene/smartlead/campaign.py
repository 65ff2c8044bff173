"""A Smartlead campaign: the leads of a list are kept, those of a campaign are written to.

What it shares with lists, the key, the block list and who unsubscribed, is in `client`; what the answers mean in
`campaign_replies`. An import into a campaign that is under way is mail that goes out.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from hygiene.arguments import check_id
from hygiene.errors import ListNotFound, UnknownOutcome, UsageError
from hygiene.http.bodies import Body, WrittenImport, nested
from hygiene.http.keys import Key
from hygiene.http.listings import Page, lacking, readable, whole
from hygiene.http.retry import Pause, sleep
from hygiene.policy import ImportPolicy
from hygiene.sinks import LeadList, Target
from hygiene.smartlead import page_answers
from hygiene.smartlead.campaign_policy import CAMPAIGN_POLICY
from hygiene.smartlead.campaign_replies import campaign, campaign_reply
from hygiene.smartlead.client import Smartlead

__all__ = ["SmartleadCampaign"]

#: Leads a request. Documented; older pages say 350 and 100.
BATCH_LEADS: Final = 400
#: Rows of a page of its leads. Observed: 400 above it.
PAGE: Final = 100
#: Our columns by the API's names (documented and observed; `company` itself is refused).
NAMES: Final[Mapping[str, str]] = {
    "company": "company_name",
    "phone": "phone_number",
    "linkedin": "linkedin_profile",
}
#: Names of a lead that the API takes beside `custom_fields`; any other is refused (observed: Joi).
TAKEN: Final = frozenset(
    {
        "email", "first_name", "last_name", "phone_number", "company_name", "website", "location", "linkedin_profile",
        "company_url",
    }
)  # fmt: skip
#: What may be asked of the API beside the block list, which has an option of its own. Who unsubscribed stays out.
SETTINGS: Final = frozenset(
    {"ignore_community_bounce_list", "ignore_duplicate_leads_in_other_campaign", "return_lead_ids"}
)


class SmartleadCampaign(Smartlead):
    """A campaign of a Smartlead account: a sink, and a reader of what the API holds.

    Args:
        campaign_id: The campaign to import to.
        client_id: As `Smartlead`, like all that follow.
        api_key: The key.
        base_url: Where the API is.
        policy: How the API is believed to count; None is `CAMPAIGN_POLICY`.
        rename: Column to the API's field. What the API does not know as a field of a lead goes into ``custom_fields``.
        settings: Settings of the API by its own names, true or false: `ignore_community_bounce_list`,
            `ignore_duplicate_leads_in_other_campaign` (documented as letting such leads in, observed as the reverse),
            and `return_lead_ids`. What makes it write to people who unsubscribed is not among them.
        timeout_s: Seconds that the API may be silent.
        rate: Requests that may go out.
        patience_s: Seconds that one request waits.
        pause: How to wait.
        insecure: Whether http:// is taken for other machines too.

    Raises:
        UsageError: as `Smartlead`, or a setting that there is not.

    Source: documented, api-reference `POST /campaigns/{id}/leads`; observed, its reply.
    """

    def __init__(
        self,
        *,
        campaign_id: int | None = None,
        client_id: int | None = None,
        api_key: str | Key | None = None,
        base_url: str | None = None,
        policy: ImportPolicy | None = None,
        rename: Mapping[str, str] | None = None,
        settings: Mapping[str, bool] | None = None,
        timeout_s: float | None = None,
        rate: str | None = None,
        patience_s: float | None = None,
        pause: Pause = sleep,
        insecure: bool = False,
    ) -> None:
        check_id("campaign_id", campaign_id)
        odd = sorted(
            name for name, on in (settings or {}).items() if name not in SETTINGS or not isinstance(on, bool)
        )
        if odd:
            msg = f"settings: {odd[0]}: expected true or false for {', '.join(sorted(SETTINGS))}."
            raise UsageError(msg)
        super().__init__(
            client_id=client_id, api_key=api_key, base_url=base_url, policy=policy or CAMPAIGN_POLICY,
            rename={**NAMES, **(rename or {})}, timeout_s=timeout_s, rate=rate, patience_s=patience_s, pause=pause,
            insecure=insecure,
        )  # fmt: skip
        self.batch_leads = BATCH_LEADS
        self.campaign_id = campaign_id
        self._settings = dict(settings or {})

    def __repr__(self) -> str:
        return f"SmartleadCampaign(campaign_id={self.campaign_id!r}, base_url={self.base_url!r})"

    @property
    def name(self) -> str:
        """What the sink is called in messages."""
        return f"campaign {self.campaign_id} at {self.host}"

    @property
    def target(self) -> Target:
        """Where it sends to, for a journal."""
        return Target(self.base_url, self.account, f"campaign={self._campaign()}")

    @property
    def shape(self) -> Mapping[str, object]:
        """How leads are written for the API; a resumed import sets it as it was."""
        return {"rename": dict(self._rename), "settings": dict(self._settings)}

    @shape.setter
    def shape(self, given: Mapping[str, Any]) -> None:
        self._rename, self._settings = dict(given["rename"]), dict(given["settings"])

    def shaped(self, leads: Sequence[Mapping[str, str]], /) -> Sequence[Mapping[str, object]]:
        """Leads as the API is sent them: what it does not take as a field of its own is a custom one."""
        return [nested(lead, self._rename, taken=TAKEN, under="custom_fields") for lead in leads]

    def write(
        self, leads: Sequence[Mapping[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> WrittenImport:
        """The request that adds these leads; see `WritesAhead.write`. The API keeps no name of a file."""
        del file_name
        settings = self._settings | ({"ignore_global_block_list": True} if waive_blocklist else {})
        body = Body({"lead_list": self.shaped(leads), **({"settings": settings} if settings else {})})
        letter = self._wire.write("POST", f"/campaigns/{self._campaign()}/leads", body=body)
        told = leads if settings.get("return_lead_ids") else ()
        places = Body({lead["email"].lower(): place for place, lead in reversed([*enumerate(told)])})
        return WrittenImport(self._wire, letter, partial(campaign_reply, places=places))

    def describe(self) -> LeadList:
        """The campaign that is imported to; its name says where it is paused, stopped or completed.

        Raises:
            ListNotFound: there is no such campaign, or it is of another account.
        """
        answer = self._wire.ask("GET", f"/campaigns/{self._campaign()}")
        found = campaign(answer.found.get("data") or answer.found)
        if found is None:  # observed: what is missing is often answered 200 with {}
            msg = (
                f"{answer.where}, without a campaign {self.campaign_id}. Look up its number, and whether the key is of "
                "its account."
            )
            raise ListNotFound(msg)
        return found

    def lists(self, name: str = "") -> list[LeadList]:
        """The account's campaigns, those whose name holds `name`."""
        rows = page_answers.rows(self._wire.ask("GET", "/campaigns"), "campaigns")
        found = [each for each in map(campaign, rows) if each is not None]
        return [each for each in found if name.casefold() in each.name.casefold()]

    def create_list(self, name: str, /) -> LeadList:
        """A new campaign, which is a draft and writes to nobody.

        Raises:
            UnknownOutcome: the answer does not say which campaign was made.
        """
        answer = self._wire.ask("POST", "/campaigns/create", body={"name": name})
        made = campaign({"name": name, **answer.found})
        if made is None:
            msg = f"{answer.said}: no id. The campaign may be made; look for it in the account."
            raise UnknownOutcome(msg)
        return made

    def members(self, *, whole_account: bool = False) -> Iterator[str]:
        """Addresses of the leads in the campaign, or in the account, in the API's order.

        Raises:
            SinkError: refused.
            ListingIncomplete: what was given does not add up, and did not when it was read once more.
        """
        if whole_account:
            yield from super().members(whole_account=True)
            return
        for page in whole(self.lead_pages):
            yield from filter(None, (readable(row, "email") for row in page.rows))

    def lead_pages(self, start: Any = None, /) -> Iterator[Page]:
        """The leads of the campaign from a page on, the last one empty.

        Raises:
            SinkError: refused.

        Source: observed, `{total_leads: "2", offset, limit, data: [{lead}]}`; the page documents `{total, leads}`.
        """
        ask = partial(self._wire.ask, "GET", f"/campaigns/{self._campaign()}/leads")
        at: int | None = start or 0
        while at is not None:
            answer = ask(query={"limit": PAGE, "offset": at})
            rows = [
                lead if isinstance(lead := row.get("lead"), dict) else row
                for row in page_answers.rows(answer, "leads")
            ]
            at = at + len(rows) if rows else None
            total = page_answers.total(answer)
            yield Page(rows, at, lacking=lacking(rows, "email"), total=total, where=answer.where)

    def _campaign(self) -> int:
        if self.campaign_id is None:
            msg = "no campaign is named; SmartleadCampaign(campaign_id=ID) does."
            raise UsageError(msg)
        return self.campaign_id
