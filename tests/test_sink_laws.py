"""Every sink of ours, and one that needs no sockets, keeps the laws that `hygiene.testing` gives to anybody's."""

import itertools
import logging
import uuid
from collections.abc import Iterator

import pytest

import hygiene
from hygiene.emulator import Emulator, InstantlyEmulator, MailerLiteEmulator
from hygiene.errors import RateLimited, Rejected
from hygiene.instantly import Instantly
from hygiene.mailerlite import MailerLite
from hygiene.sinks import LeadList, Reply, Target
from hygiene.smartlead import SmartleadCampaign
from hygiene.testing import Place, SinkLaws
from hygiene.testing.bench import Bench
from hygiene.testing.faults import Fault

KEY = "s3cret+key/1"


class TestSmartleadList(SinkLaws):
    @pytest.fixture
    def place(self) -> Iterator[Place]:
        with Emulator(api_key=KEY) as api:
            number = api.create_list("A")

            def sink(url: str, *, list_id: int = number, key: str = KEY) -> hygiene.Smartlead:
                return hygiene.Smartlead(list_id=list_id, api_key=key, base_url=url, patience_s=0)

            yield Place(
                sink,
                held=lambda: api.members(number),
                url=api.base_url,
                secrets=["s3cret"],
                stranger=lambda url: sink(url, key="another"),
                astray=lambda url: sink(url, list_id=99),
            )


class TestSmartleadCampaign(SinkLaws):
    @pytest.fixture
    def place(self) -> Iterator[Place]:
        with Emulator(api_key=KEY) as api:
            number = api.campaigns.create("Spring")

            def sink(url: str, *, campaign_id: int = number, key: str = KEY) -> SmartleadCampaign:
                return SmartleadCampaign(campaign_id=campaign_id, api_key=key, base_url=url, patience_s=0)

            yield Place(
                sink,
                held=lambda: api.campaigns.members(number),
                url=api.base_url,
                secrets=["s3cret"],
                stranger=lambda url: sink(url, key="another"),
                astray=lambda url: sink(url, campaign_id=99),
            )


class TestInstantly(SinkLaws):
    @pytest.fixture
    def place(self) -> Iterator[Place]:
        with InstantlyEmulator(api_key=KEY) as api:
            own = api.create("A")

            def sink(url: str, *, list_id: str = own, key: str = KEY) -> Instantly:
                return Instantly(list_id=list_id, api_key=key, base_url=url, patience_s=0)

            yield Place(
                sink,
                held=lambda: api.members(own),
                url=api.base_url,
                secrets=["s3cret"],
                stranger=lambda url: sink(url, key="another"),
                astray=lambda url: sink(url, list_id=str(uuid.uuid4())),
            )


class TestMailerLite(SinkLaws):
    @pytest.fixture
    def place(self) -> Iterator[Place]:
        with MailerLiteEmulator(api_key=KEY) as api:
            own = api.create("A")

            def sink(url: str, *, group_id: str = own, key: str = KEY) -> MailerLite:
                return MailerLite(group_id=group_id, api_key=key, base_url=url, patience_s=0)

            yield Place(
                sink,
                held=lambda: api.members(own),
                url=api.base_url,
                secrets=["s3cret"],
                stranger=lambda url: sink(url, key="another"),
                astray=lambda url: sink(url, group_id="99"),
            )


class Memory:
    """Keeps leads in a dictionary that outlives it."""

    batch_leads = 100
    name = "memory"
    target = Target("memory:", "-", "1")

    def __init__(self, held: dict[str, object]) -> None:
        self.policy, self.shape, self.held = hygiene.ImportPolicy(), {}, held

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        before = len(self.held)
        for lead in leads:
            self.held.setdefault(lead["email"].lower(), lead)
        new = len(self.held) - before
        return Reply(hygiene.Counts(len(leads), new, len(leads) - new, 0))


class MemoryThatLists(Memory):
    def describe(self):
        return LeadList(1, "memory", len(self.held))

    def members(self, *, whole_account=False):
        return iter(list(self.held))

    def blocked(self):
        return iter(())


class TestSinkWithoutSockets(SinkLaws):
    make = MemoryThatLists

    @pytest.fixture
    def place(self) -> Place:
        held: dict[str, object] = {}
        return Place(lambda url: self.make(held), held=lambda: list(held))


class TestSinkWithoutListing(TestSinkWithoutSockets):
    make = Memory


class Plain:
    """A sink over HTTP that writes no request ahead, for others to break."""

    batch_leads, name = 100, "plain"

    def __init__(self, **given):
        self._api = hygiene.Smartlead(**given)
        self.policy, self.target, self.shape = self._api.policy, self._api.target, self._api.shape

    def send(self, leads, /, **how):
        return self._api.send(leads, **how)

    def describe(self):
        return self._api.describe()

    def members(self, *, whole_account=False):
        return self._api.members(whole_account=whole_account)

    def blocked(self):
        return self._api.blocked()

    def close(self):
        self._api.close()


class SendsAgain(Plain):
    def send(self, leads, /, **how):
        try:
            return super().send(leads, **how)
        except hygiene.UnknownOutcome:
            return super().send(leads, **how)


class TakesSilenceForYes(Plain):
    def send(self, leads, /, **how):
        try:
            return super().send(leads, **how)
        except hygiene.UnknownOutcome:
            return Reply(hygiene.Counts(len(leads), len(leads), 0, 0))


class Boasts(Plain):
    def send(self, leads, /, **how):
        super().send(leads, **how)
        return Reply(hygiene.Counts(len(leads), len(leads), 0, 0))


class RefusesAll(Plain):
    def send(self, leads, /, **how):
        try:
            return super().send(leads, **how)
        except Rejected as refusal:
            raise hygiene.SinkError(str(refusal), status=refusal.status) from None


class RunsAhead(Plain):
    def send(self, leads, /, **how):
        try:
            return super().send(leads, **how)
        except RateLimited:
            return super().send(leads, **how)


class Talks(Plain):
    def send(self, leads, /, **how):
        logging.getLogger("talks").debug("sending %s", [dict(lead) for lead in leads])
        return super().send(leads, **how)


class ShowsItsKey(Plain):
    def __repr__(self):
        return f"Smartlead({KEY})"


class ListsHalf(Plain):
    def members(self, *, whole_account=False):
        return itertools.islice(super().members(), 2)


AFTER = Fault(reaches=True)
LOST, TEXTS = "a_lost_answer_is_settled_and_nothing_is_sent_twice", "no_text_holds_a_key_or_an_address"
BROKEN = {
    "sends again what was lost": (SendsAgain, LOST, (AFTER, "first")),
    "takes silence for yes": (TakesSilenceForYes, LOST, (Fault(), "last")),
    "settles by half a list": (ListsHalf, LOST, (AFTER, "middle")),
    "boasts": (Boasts, "repeats_and_known_leads_are_counted_as_the_policy_says", ()),
    "refuses all for one": (RefusesAll, "a_refused_lead_is_isolated_and_the_others_land", (3,)),
    "does not wait": (RunsAhead, "a_refusal_that_asks_to_wait_is_heeded", ("first",)),
    "logs addresses": (Talks, TEXTS, (None,)),
    "shows its key": (ShowsItsKey, TEXTS, (None,)),
    "lists half": (ListsHalf, "what_is_held_is_listed_whole", ()),
}


@pytest.mark.parametrize(("kind", "law", "more"), BROKEN.values(), ids=BROKEN)
def test_a_sink_that_breaks_a_law_does_not_pass(kind, law, more, tmp_path):
    with Emulator(api_key=KEY) as api:
        number = api.create_list("A")

        def sink(url):
            return kind(list_id=number, api_key=KEY, base_url=url, patience_s=0)

        place = Place(sink, held=lambda: api.members(number), url=api.base_url, secrets=["s3cret"])
        with Bench(place, tmp_path) as bench, pytest.raises(AssertionError):
            getattr(SinkLaws(), f"test_{law}")(bench, *more)
