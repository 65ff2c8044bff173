"""Rounds: the requests that a probe may send, each built so that its counts give several rules away.

Many rules share a round: each one's pair is repeated another power of two times, so that one count of
duplicates decodes into all of them. Which round is sent is decided in `runner`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import idna

from hygiene.errors import UsageError, option
from hygiene.policy import RULES
from hygiene.prediction.probe.hypotheses import Hypotheses, Request

__all__ = ["MOST_IMPORTS", "Bench", "Own", "Round"]

_BLOCK_RULES = frozenset(
    {
        "block_addresses",
        "block_domains",
        "block_subdomains",
        "block_reach",
        "block_fold_case",
        "blocked_are_remembered",
        "waive_covers",
        "precedence",
    }
)
_DOMAIN = re.compile(r"(?=.{4,200}\Z)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")
_GMAIL = re.compile(r"([a-z0-9][a-z0-9.]*[a-z0-9])@gmail\.com\Z")

_GMAIL_RULES = ("fold_gmail_dots", "fold_gmail_tags", "fold_googlemail")
#: Most imports of a probe.
MOST_IMPORTS = 8
#: Rules that no round asks about, whatever there is to work with.
_ASSUMED = ("lead_credit", "unreadable_lists", "needed_fields")
#: Rules that rounds tell apart together, one stage after the other: leads of later ones are in no earlier round.
_LAST_STAGE = ("usable_address", "fold_u_labels")

#: Spellings that differ from each other in case alone; the first is the lead, the others its pairs.
_CASES = tuple("".join(letters) for letters in product("cC", "aA", "sS", "eE"))[:15]
#: Spellings of a tag of a Gmail address, and how many of them are at googlemail.com too.
_TAGS, _AT_GOOGLEMAIL = 4, 2


@dataclass(frozen=True, slots=True)
class Own:
    """What the probe may send to: addresses at a domain, and perhaps a Gmail address.

    Attributes:
        domain: A domain of the user's own.
        gmail: A Gmail address of the user's own; None for none.
        token: Text that sets one probe's addresses apart from every other's.
    """

    domain: str
    gmail: str | None
    token: str

    @classmethod
    def checked(cls, domain: str, gmail: str | None, /, *, token: str) -> "Own":
        """The same, proved to be usable.

        Raises:
            UsageError: the domain is none or everybody's, or the address is not at gmail.com.
        """
        name = domain.strip().lower().rstrip(".")
        if not _DOMAIN.match(name) or name in ("gmail.com", "googlemail.com"):
            msg = f"{option('domain', domain)}: expected a domain of your own, for instance own.example"
            raise UsageError(msg)
        if gmail is not None and not _GMAIL.match(gmail.strip().lower()):
            msg = f"{option('gmail')}: expected an address of your own, YOU@gmail.com, without a plus tag"
            raise UsageError(msg)
        return cls(name, gmail.strip().lower() if gmail else None, token)

    def write(self, template: str, /) -> str:
        """The address or entry that a template stands for."""
        local = (self.gmail or "you").partition("@")[0].replace(".", "")
        foreign = f"\u00fc{self.token}.{self.domain}"
        return template.format(
            t=self.token,
            T=self.token.upper(),
            d=self.domain,
            u=foreign,
            a=idna.encode(foreign).decode("ascii"),
            gmail=f"{local}+{self.token}",
            dotted=f"{local[0]}.{local[1:]}+{self.token}",
        )


#: Stands for every user's own where rounds are weighed; which candidates answer alike does not depend on it.
_ANYBODY = Own("own.example", "somebody@gmail.com", "hp")


@dataclass(frozen=True, slots=True)
class Round:
    """One request that may be sent.

    Attributes:
        name: What it is called in the plan and the evidence.
        asks: What it tells apart.
        request: The request as candidates see it.
        templates: Its addresses as templates, in order.
        entries: Whether the block-list entries must stand (true) or be gone (false); None where they name
            none of its leads.
        stage: The first stage of `Bench.stages` in which it may be asked.
    """

    name: str
    asks: str
    request: Request
    templates: tuple[str, ...]
    entries: bool | None = None
    stage: int = 1


@dataclass(frozen=True)
class Bench:
    """What a probe has to work with.

    Attributes:
        gmail: Whether it has a Gmail address.
        second: Whether it has a second list.
        blocklist: Whether it may put entries on the block list.
    """

    gmail: bool = False
    second: bool = False
    blocklist: bool = False

    @property
    def entries(self) -> tuple[str, ...]:
        """The block-list entries as templates: addresses, and a fresh subdomain; never the domain itself."""
        return ("{t}-a@{d}", "{t}-b@{d}", "{t}-c@{d}", "{t}.{d}") if self.blocklist else ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that some round could decide."""
        without = {
            *_ASSUMED,
            *(() if self.blocklist else _BLOCK_RULES),
            *(() if self.gmail else _GMAIL_RULES),
        }
        return tuple(name for name in RULES if name not in without)

    @cached_property
    def stages(self) -> tuple[tuple[str, ...], ...]:
        """The same, by the stage of the probe in which rounds first touch them."""
        later = {*_BLOCK_RULES, "duplicate_scope"}
        return (
            tuple(name for name in self.rules if name not in {*later, *_LAST_STAGE}),
            tuple(name for name in self.rules if name in later),
            _LAST_STAGE,
        )

    @property
    def settled(self) -> tuple[str, ...]:
        """The rules that no round after the first stage touches."""
        return _GMAIL_RULES if self.gmail else ()

    @property
    def most_imports(self) -> int:
        """Imports after which nothing more is asked, so that all takes 16 requests at most.

        What the entries take: one to make them, a look or two to find them, and one each to take them off.
        """
        return MOST_IMPORTS - (1 if self.blocklist else 0)

    @cached_property
    def rounds(self) -> Mapping[str, Round]:
        """Every round, in the order in which equally good ones are taken."""
        return {each.name: each for each in _rounds(self)}

    def candidates(self) -> Hypotheses:
        """Every policy, before anything was asked."""
        return _all_candidates(self)

    def open_rounds(self, done: Sequence[tuple[str, bool]], /, *, stage: int) -> Iterator[str]:
        """Names of the rounds that may come next.

        Args:
            done: The rounds so far, each with whether it was taken (true) or refused whole.
            stage: The stage that the probe is in.
        """
        asked = {name for name, _ in done}
        if not any(taken for _, taken in done):
            yield from [name for name in ("pairs", "pairs without spaces") if name not in asked][:1]
            return
        removed = "after" in asked
        for name, each in self.rounds.items():
            is_opening = name.startswith("pairs")
            if each.stage > stage or name in asked or is_opening or (removed and each.entries):
                continue
            yield name


@lru_cache(maxsize=8)
def _all_candidates(bench: Bench) -> Hypotheses:
    leads = dict.fromkeys(lead for each in bench.rounds.values() for lead in each.request.leads)
    entries = [_ANYBODY.write(entry) for entry in bench.entries]
    largest = max(len(each.templates) for each in bench.rounds.values())
    return Hypotheses(bench.stages[0], leads=list(leads), entries=entries, largest=largest)


def _rounds(bench: Bench) -> Iterator[Round]:
    opening = [*_pairs(bench), "{t}-s@{d}"]
    opening += ["{t}-a@{d}", "{t}-p@{t}.{d}"] if bench.blocklist else []
    spaces = [" {t}-space@{d}"] * 29
    yield _round("pairs", "case, tags, Gmail, white space, totals, limits", [*spaces, *opening], stage=0)
    yield _round("pairs without spaces", "the same, where white space makes a lead invalid", opening, stage=0)
    if bench.blocklist:
        yield from _block_rounds()
    else:
        yield _round("again", "whether a list remembers", ["{t}-s@{d}"])
    if bench.second:
        yield _round(
            "second list", "whether the account remembers; invalid rows", ["{t}-s@{d}", "{t}-no-at"], place=2
        )
        yield _round("second list, valid", "whether the account remembers", ["{t}-s@{d}"], place=2)
    odd = ["{t}-quote'@{d}", "{t}..dots@{d}", "{t}..two@{d}", "{t}-u@{a}", *["{t}-u@{u}"] * 4]
    yield _round("invalid", "invalid rows, usable addresses, U-labels", [*["{t}-no-at"] * 9, *odd], stage=2)
    yield _round(
        "apostrophe", "usable addresses, U-labels", ["{t}-quote'@{d}", "{t}-u@{a}", "{t}-u@{u}"], stage=2
    )
    yield _round("two dots", "usable addresses", ["{t}..dots@{d}"], stage=2)


def _pairs(bench: Bench) -> list[str]:
    """Pairs of one rule each, whose differing spellings are 7, 14 (white space: the same lead 28 times more).

    Of a Gmail address, four tags, two of them at googlemail.com too, and one dotted: of these no two values of the
    rules leave as many leads.
    """
    gmail = [f"{{gmail}}{number}@gmail.com" for number in range(_TAGS)]
    gmail += [f"{{gmail}}{number}@googlemail.com" for number in range(_AT_GOOGLEMAIL)]
    tags = [f"{{t}}-plus+{number}@{{d}}" for number in range(7)]
    return [
        *([*gmail, "{dotted}0@gmail.com"] if bench.gmail else []),
        *("{t}-plus@{d}", *tags),
        *(f"{{t}}-{case}@{{d}}" for case in _CASES),
    ]


def _block_rounds() -> Iterator[Round]:
    fresh = [f"{{t}}-n{number}@{{t}}.{{d}}" for number in range(3)]
    deep = "{t}-m@deep.{t}.{d}"
    upper = [f"{{t}}-u{number}@{{T}}.{{d}}" for number in range(8)]
    address, raised = "{t}-b@{d}", "{T}-B@{d}"
    known = ["{t}-s@{d}", *["{t}-a@{d}"] * 3, "{t}-p@{t}.{d}"]
    again = [address, address, raised, raised, address]
    letters = [f"{{t}}-l{number}@x{{t}}.{{d}}" for number in range(2)]
    mixed = ["{t}-x@{T}.{d}", "{t}-x@{t}.{d}", "{t}-y@{t}.{d}", "{t}-y@{T}.{d}"]
    waive = ["{t}-c@{d}", address, address, fresh[0]]
    blocked = [*known, *fresh, fresh[0], deep, *letters, *upper, *again]
    yield _round("blocked", "the block list, and blocked against duplicate", blocked, entries=True)
    yield _round("waived", "what waiving covers, and what is remembered", waive, waived=True, entries=True)
    yield _round("mixed", "what is remembered within a request", mixed, entries=True)
    tags = ["{t}-b+1@{d}", address, "{t}-c@{d}", "{t}-c+1@{d}"]
    yield _round("mixed tags", "the same, by plus tags", tags, entries=True)
    yield _round("subdomain", "subdomains of an entry", ["{t}-k@deep.{t}.{d}"], entries=True)
    reach = ["{t}-r@x{t}.{d}", "{t}-q@{d}", "{t}-q@q.{d}"]
    yield _round("reach", "what else an entry covers", reach, entries=True)
    yield _round("raised", "case of an entry that was sent before", [raised], entries=True)
    yield _round("blocked again", "blocked against duplicate", [address, "{t}-c@{d}"], entries=True)
    yield _round(
        "after", "what is remembered once the entries are gone", [address, fresh[0], fresh[0]], entries=False
    )


def _round(
    name: str,
    asks: str,
    templates: Sequence[str],
    *,
    place: int = 1,
    waived: bool = False,
    entries: bool | None = None,
    stage: int = 1,
) -> Round:
    leads = tuple(_ANYBODY.write(template) for template in templates)
    return Round(name, asks, Request(place, leads, waived, bool(entries)), tuple(templates), entries, stage)
