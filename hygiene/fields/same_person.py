"""Same person: how much speaks for it that two leads are of one person.

Each trait that both have is weighed in bits: one that few leads share speaks for it, one that differs against it.
Source: Fellegi and Sunter, "A Theory for Record Linkage" (1969); weights of what differs are assumed.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, mask
from hygiene.errors import UsageError
from hygiene.fields.name_evidence import Bits, count_slips, texts, weigh_names

__all__ = [
    "COUNTED",
    "Pairs",
    "are_apart",
    "are_likely",
    "compare_pairs",
    "least_bits",
    "need_rapidfuzz",
    "share_of",
]

#: Traits whose frequency matters, and how often a text of each is met among leads anywhere (assumed).
COUNTED = {
    "given": 1 / 300,
    "surname": 1 / 2000,
    "company": 1 / 5000,
    "domain": 1 / 5000,
    "phone": 1 / 20000,
    "city": 1 / 300,
    "state": 1 / 20,
    "local": 1 / 5000,
    "born": 1 / 20000,
    "street": 1 / 5000,
    "postcode": 1 / 1000,
}
#: Leads anywhere that stand beside those of the input where frequencies are worked out.
_ELSEWHERE = 500
#: Bits that a pair needs beyond even odds: eight to one, for the least likely of all that are noted.
_NEEDED = 3.0
#: Persons a lead that are in the input twice, where nothing is known; and fewest leads of an input, since in few ones
#: equal names are no rarer.
_REPEATS, _FEWEST = 0.1, 1000
#: The most of them that are believed, and how often they are counted anew.
_MOST_REPEATS, _ROUNDS = 2.0, 5
#: Bits for a profile page in common, which one person has.
_PROFILE = 16.0
#: Bits for a number in common among people of one firm, who may all be called at it.
_OFFICE = 3.0
#: Bits for two dates of birth that are a slip apart, and against two that are not.
_NEAR_BIRTH, _OTHER_BIRTH = 5.0, 5.0
#: The most that another name speaks against one person, where a page or a date of birth and a place say that it is one.
_RENAMED = -4.0
#: Bits against two pages: somebody who chose a name for his page has an earlier address of it too.
_OTHER_PROFILE = 8.0


class Pairs(NamedTuple):
    """What speaks for pairs of leads being one person.

    Attributes:
        bits: The evidence, before how many pairs there are is held against it.
        never: What no evidence makes one person: father and son, or no name.
        why: Traits that they have in common, joined by semicolons.
    """

    bits: Bits
    never: Mask
    why: pa.Array


def need_rapidfuzz() -> None:
    """See that the package is there that measures how near texts are.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import rapidfuzz  # noqa: F401
    except ImportError as error:
        msg = (
            "looking for one person under two addresses needs rapidfuzz: pip install 'lead-hygiene[likely]'."
        )
        raise UsageError(msg) from error


def share_of(times: Bits, rows: int, anywhere: float, /) -> Bits:
    """How often a text is met, from how often it is in the input, and how often any such text is met anywhere."""
    found: Bits = (np.maximum(times - 1, 0) + _ELSEWHERE * anywhere) / (rows + _ELSEWHERE)
    return found


def least_bits(rows: int, /) -> float:
    """Bits of evidence without which no pair of an input of so many rows is likely one person."""
    return _NEEDED - float(np.log2(2 * _MOST_REPEATS / max(rows, _FEWEST)))


def are_likely(bits: Bits, rows: int, /) -> Mask:
    """The pairs that are one person beyond doubt, as far as an input of so many rows allows.

    How many persons are in it twice is taken from the pairs themselves, once they are seen.
    """
    rate = _REPEATS
    for _ in range(_ROUNDS):
        likely: Mask = bits + np.log2(2 * rate / max(rows, _FEWEST)) > _NEEDED
        rate = max(_REPEATS, min(float(likely.sum()) / max(rows, _FEWEST), _MOST_REPEATS))
    return likely


def are_apart(one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], /) -> Mask:
    """The pairs that are never one person by their names, with no page, number, date of birth or street in common.

    Args:
        one: Names, pages, numbers, dates of birth and streets of the first lead of each pair.
        other: Those of the second, aligned.
    """
    any_share = np.full(len(one["given"]), _PROFILE)
    given, surname, _ = weigh_names(one, other, {"given": any_share, "surname": any_share})
    named: Mask = (given >= 0) & (surname >= 0) & (given + surname > 0)
    for name in ("phone", "linkedin", "born", "street"):
        named |= _same(one, other, name)
    return ~named


def compare_pairs(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], shares: Mapping[str, Bits], /
) -> Pairs:
    """Weigh what pairs of leads have in common.

    Args:
        one: The traits of the first lead of each pair.
        other: Those of the second, aligned.
        shares: How often the text of a trait is met, by `COUNTED`: of the two the more frequent.

    Source: the weights are assumed; `benchmarks/people.py` measures what they give.
    """
    rare = {name: -np.log2(share) for name, share in shares.items()}
    given, surname, loose = weigh_names(one, other, rare)
    work, at_work = _work(one, other, rare)
    place, in_area, at_street = _place(one, other, rare, at_work)
    birth, born, near_born = _birth(one, other, rare)
    phone = _same(one, other, "phone")
    page, pages = _same(one, other, "linkedin"), _both(one, other, "linkedin")
    local = _same(one, other, "local") & (surname > 0)
    renamed = page | (born & (in_area | at_street)) | (near_born & at_street)
    names = np.where(renamed, np.maximum(given, _RENAMED) + np.maximum(surname, _RENAMED), given + surname)
    bits = names + work + place + birth
    of_phone = np.where(at_work, np.minimum(rare["phone"], _OFFICE), rare["phone"])
    bits += np.select([phone, _both(one, other, "phone")], [of_phone, -1.0], 0.0)
    bits += np.where(page, _PROFILE, 0.0) + np.where(local, 1.0, 0.0)
    title = _same(one, other, "title")
    bits += np.where(title, 2.0, 0.0)
    bits -= np.where(pages & ~page, _OTHER_PROFILE, 0.0)
    either = mask(pc.or_(pc.is_valid(one["suffix"]), pc.is_valid(other["suffix"])))
    sons = either & ~_same(one, other, "suffix")
    at_home = born & in_area & at_street & ~at_work
    never = ((given <= 0) & (surname <= 0) & ~at_home) | (sons & ~page)
    never |= (given < 0) & ~page & (~renamed | at_work)
    never |= (surname < 0) & ~renamed & ~(phone & ~at_work)
    never |= loose & at_work & ~page
    named = (given > 0) & (surname > 0)
    masks = {
        "name": named,
        "given name": ~named & (given > 0),
        "surname": ~named & (surname > 0),
        "company": at_work,
        "place": in_area | at_street,
        "birth": born,
        "phone": phone,
        "linkedin": page,
        "title": title,
    }
    return Pairs(bits, never, _why(masks))


def _why(masks: Mapping[str, Mask]) -> pa.Array:
    bits = sum(rows.astype(np.int64) << place for place, rows in enumerate(masks.values()))
    codes, at = np.unique(bits, return_inverse=True)
    words = [
        ";".join(name for place, name in enumerate(masks) if code >> place & 1) for code in codes.tolist()
    ]
    return pa.array(words, pa.large_string()).take(pa.array(at))


def _both(one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], name: str) -> Mask:
    return mask(pc.and_(pc.is_valid(one[name]), pc.is_valid(other[name])))


def _same(one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], name: str) -> Mask:
    return mask(pc.equal(one[name], other[name]))


def _work(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], rare: Mapping[str, Bits]
) -> tuple[Bits, Mask]:
    """Bits for the employer: by domain or by name, whichever says more; and where it is the same."""
    domain, company = _same(one, other, "domain"), _same(one, other, "company")
    near = _both(one, other, "company") & np.isfinite(
        count_slips(texts(one["company"]), texts(other["company"]), most=1)
    )
    near &= domain | ~_both(one, other, "domain")
    known = _both(one, other, "domain") | _both(one, other, "company")
    by_company = np.where(company, rare["company"], np.where(near, rare["company"] - 3, -3.0))
    found = np.maximum(np.where(domain, rare["domain"], -3.0), by_company)
    return np.where(known, found, 0.0), domain | company | near


def _birth(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], rare: Mapping[str, Bits]
) -> tuple[Bits, Mask, Mask]:
    """Bits for the date of birth, where it is the same, and where it is a slip apart."""
    same, both = _same(one, other, "born"), _both(one, other, "born")
    near = np.zeros(len(same), dtype=bool)
    some = np.flatnonzero(both & ~same)
    if len(some):
        dates = (texts(each["born"].take(pa.array(some))) for each in (one, other))
        near[some] = [_slips(*pair) <= 1 for pair in zip(*dates, strict=True)]
    return np.select([same, near, both], [rare["born"], _NEAR_BIRTH, -_OTHER_BIRTH], 0.0), same, near


def _slips(first: str, second: str) -> int:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(first, second, score_cutoff=1))


def _place(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], rare: Mapping[str, Bits], at_work: Mask
) -> tuple[Bits, Mask, Mask]:
    """Bits for where they are, by city or postal code and by street; where either is, and where the street is the same.

    Few where the employer is the same, since the place is then his.
    """
    city, cities, at_city = _near(one, other, rare, "city")
    street, streets, at_street = _near(one, other, rare, "street")
    code, codes = _same(one, other, "postcode"), _both(one, other, "postcode")
    by_city = np.select([at_city, cities], [city, -3.0], 0.0)
    by_code = np.select([code, codes], [rare["postcode"], -1.0], 0.0)
    area = np.where(at_city | code, np.maximum(by_city, by_code), by_city + by_code)
    by_street = np.select([at_street, streets], [np.minimum(street, 10.0), -2.0], 0.0)
    state, states = _same(one, other, "state"), _both(one, other, "state")
    by_state = np.select([state & (area <= 0), states & ~state], [rare["state"], -2.0], 0.0)
    countries = _both(one, other, "country") & ~_same(one, other, "country")
    bits = area + by_street + by_state - np.where(countries, 4.0, 0.0)
    return np.where(at_work & (bits > 0), 1.0, bits), at_city | code, at_street


def _near(
    one: Mapping[str, pa.Array], other: Mapping[str, pa.Array], rare: Mapping[str, Bits], name: str
) -> tuple[Bits, Mask, Mask]:
    """Bits where a text is the same or near, the pairs that both have one, and those whose are."""
    both = _both(one, other, name)
    if not both.any():
        return np.zeros(len(both)), both, both
    same = _same(one, other, name)
    near = both & np.isfinite(count_slips(texts(one[name]), texts(other[name])))
    return np.where(same, rare[name], np.maximum(rare[name] - 3, 1)), both, same | near
