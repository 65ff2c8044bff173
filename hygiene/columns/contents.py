"""Contents: what the first cells of a column hold, as far as it says which canonical column it can be.

A cell is looked at, never changed. What a header means is in `candidates`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from hygiene.words.firm_names import are_salutations

__all__ = ["BLANK_WORDS", "EXCHANGE_NAME", "Contents", "Sample"]

Sample = Sequence[Sequence[str]]

#: Cells that say that there is nothing.
BLANK_WORDS = frozenset({"", "-", "--", "n/a", "na", "nan", "null", "none", "\\n", "#n/a", "(blank)"})

#: A name that Exchange has for a mailbox of its own, where other programs have an address.
#: Source: Outlook's CSV export (assumed, from a made-up case); its type column says EX beside it, else SMTP.
EXCHANGE_NAME = re.compile(r"\s*(?:EX:)?/o=", re.IGNORECASE)

#: Pages that are not somebody's own website: those of firms and people at networks, directories and maps.
#: Source: general knowledge of such sites (assumed).
_DIRECTORIES = re.compile(
    r"(?:^|[/.])(?:(?:linkedin|facebook|fb|instagram|twitter|x|xing|tiktok|youtube|pinterest|crunchbase|yelp|yellowpages"
    r"|tripadvisor|trustpilot|glassdoor|indeed|apollo|zoominfo|angel|wellfound|booking|airbnb|houzz|thumbtack|bbb|t|wa"
    r"|gelbeseiten|pagesjaunes|paginasamarillas|paginegialle|europages|kompass|wlw)\.[a-z]{2,3}(?:\.[a-z]{2})?/[^/?#]"
    r"|google\.[a-z.]{2,6}/(?:maps|search|profiles)|(?:plus|maps|profiles)\.google\.|goo\.gl/)"
)
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s?#]*@)?([^/\s?#:@]+\.[^/\s?#:@.\d]{2,})(?::\d+)?(?:[/?#]\S*)?"
)
_WORD = re.compile(r"[^\W\d_]")
#: An object or list of a program's, as text.
_NESTED = re.compile(r"""(?:\{\s*["'{}]|\[\s*["'{\[\]]).*[}\]]""", re.DOTALL)
#: The fewest digits of a phone number, an extension within a firm left aside.
_FIVE_DIGITS = re.compile(r"(?:\D*\d){5}")
_ANSWERS = frozenset({"true", "false", "yes", "no", "y", "n"})
#: What is called "role" or "title" and says what somebody may do in a program.
_ROLES = frozenset(
    {"admin", "administrator", "member", "user", "viewer", "editor", "guest", "subscriber", "customer"}
)
_STATES = frozenset(
    {
        "active",
        "inactive",
        "open",
        "opened",
        "closed",
        "pending",
        "new",
        "working",
        "won",
        "lost",
        "enabled",
        "done",
    }
    | {"disabled", "subscribed", "unsubscribed", "draft", "qualified", "unqualified", "completed"}
)
#: Rows from which a host or an address that repeats is a directory's or a dealer's rather than the leads' own.
_REPEATS = 3
#: Filled cells of a column that are looked at one by one, so that a wide file takes no longer.
_LOOKED = 100


class Contents:
    """What the first cells of one column hold.

    Attributes:
        filled: Its cells that say something, without white space around them.
        looked: The first of them, which are looked at one by one.
    """

    def __init__(self, sample: Sample, at: int, /) -> None:
        cells = (row[at].strip() for row in sample)
        self.filled = [cell for cell in cells if cell.lower() not in BLANK_WORDS]
        self.looked = self.filled[:_LOOKED]
        self._fitting: dict[str, int] = {}

    @cached_property
    def at_signs(self) -> int:
        """Cells with an @."""
        return sum("@" in cell for cell in self.filled)

    @cached_property
    def are_leads_own(self) -> bool:
        """Whether addresses stand in it, and not those of a few who deal with all the leads."""
        distinct = len(set(self.filled))
        return self.at_signs > 0 and (len(self.filled) < _REPEATS or 2 * distinct > len(self.filled))

    @cached_property
    def are_single_words(self) -> bool:
        """Whether its cells are mostly one word."""
        return bool(self.looked) and 2 * sum(" " not in cell for cell in self.looked) > len(self.looked)

    @cached_property
    def are_nested(self) -> bool:
        """Whether its cells are mostly JSON or its kin, which is no value of a lead."""
        return 2 * sum(_NESTED.fullmatch(cell) is not None for cell in self.looked) > len(self.looked)

    @cached_property
    def is_other_than_mail(self) -> bool:
        """Whether something stands in it, and no address and no name of an Exchange server's."""
        return bool(self.filled) and not self.at_signs and not any(map(EXCHANGE_NAME.match, self.looked))

    @cached_property
    def people_pages(self) -> int:
        """Cells that link to a person's page at LinkedIn."""
        return sum(
            "linkedin." in cell.lower() and not re.search(r"/(?:company|school|showcase)/", cell)
            for cell in self.looked
        )

    @cached_property
    def websites(self) -> int:
        """Cells that link to a site which can be the lead's own."""
        hosts = [(cell.lower(), _HOST.fullmatch(cell.lower())) for cell in self.looked if "@" not in cell]
        own = [(cell, host[1]) for cell, host in hosts if host and not _DIRECTORIES.search(cell)]
        if len({host for _, host in own}) == 1 and len({cell for cell, _ in own}) >= _REPEATS:
            return 0
        return len(own)

    def bears_out(self, canonical: str, /) -> bool:
        """Whether a column can hold what its header says; a phone number may be a word about one."""
        if canonical == "phone":
            return any(cell.lower() not in _ANSWERS for cell in self.looked)
        return canonical == "email" or self.fitting(canonical) > 0

    def fitting(self, canonical: str, /) -> int:
        """Cells that can be what a canonical column holds, reckoned from those that are looked at."""
        if canonical not in self._fitting:
            found = 0 if self.are_nested else _FITTING.get(canonical, _texts)(self)
            self._fitting[canonical] = -(-found * len(self.filled) // len(self.looked)) if found else 0
        return self._fitting[canonical]


def _texts(held: Contents) -> int:
    return sum(
        bool(_WORD.search(cell)) and "@" not in cell and "://" not in cell and cell.lower() not in _ANSWERS
        for cell in held.looked
    )


def _countries(held: Contents) -> int:
    """Texts, of which one may be the code of Norway."""
    codes = sum(cell.lower() == "no" for cell in held.looked)
    return codes + _texts(held)


def _titles(held: Contents) -> int:
    other = are_salutations(held.looked) or all(cell.lower() in _ROLES for cell in held.looked)
    return 0 if other else _texts(held)


def _states(held: Contents) -> int:
    return 0 if all(cell.lower() in _STATES for cell in held.looked) else _texts(held)


def _phones(held: Contents) -> int:
    return sum(_FIVE_DIGITS.match(cell) is not None and "@" not in cell for cell in held.looked)


def _profiles(held: Contents) -> int:
    """Links to people, or their names there; none where the links are to firms."""
    pages = any("linkedin." in cell.lower() for cell in held.looked)
    return held.people_pages or (
        0 if pages else sum(" " not in cell and "@" not in cell for cell in held.looked)
    )


_FITTING: Mapping[str, Callable[[Contents], int]] = {
    "email": lambda held: sum("@" in cell for cell in held.looked),
    "phone": _phones,
    "website": lambda held: held.websites,
    "linkedin": _profiles,
    "title": _titles,
    "state": _states,
    "country": _countries,
}
