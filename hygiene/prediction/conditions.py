"""Conditions: what all leads that were counted otherwise have, of all that is known of leads without their addresses.

Each condition has its share of the chance that any is met for no reason: the kinds share it equally, and so do the
conditions of a kind (`Condition.tries`).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.policy import ImportPolicy
from hygiene.prediction.evidence import Held
from hygiene.prediction.features import Codes
from hygiene.prediction.patterns import NONE, Pair
from hygiene.prediction.simulate import folding_of
from hygiene.prediction.spans import spans_of
from hygiene.prediction.traits import BLANKS, TRAITS

__all__ = ["KINDS", "Condition", "by_place", "by_repeats", "by_request", "by_step", "by_traits"]

#: Kinds of conditions, those of addresses and of fields (`text_conditions`, `field_conditions`, `sign_conditions`).
KINDS = 13
#: Most requests that are told, and by how much each makes chance less believed.
_MOST_REQUESTS, _DOUBT = 5, 4
#: Most places of which one is looked at.
_MOST_STEP = 10
_NTH = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Condition(NamedTuple):
    """One condition that all leads at fault meet.

    Attributes:
        words: How it is told of them.
        covers: True for each lead that meets it.
        tries: How many there are of its kind, times the kinds.
        pattern: The addresses that meet it and those that do not, where an address tells.
        lacks: The columns of which one is blank, divided by commas, where that is the condition or a part of it.
    """

    words: str
    covers: Mask
    tries: int
    pattern: Pair = NONE
    lacks: str = ""

    @property
    def is_a_rule(self) -> bool:
        """Whether a rule of a policy can say that leads which meet it are invalid."""
        return bool(self.pattern.lacks or self.lacks)


def by_traits(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Traits that all have; those that none has are looked at last."""
    if held.evidence.traits is None:
        return
    bits = held.evidence.traits()[held.at]
    every, some = np.bitwise_and.reduce(bits[odd]), np.bitwise_or.reduce(bits[odd])
    tries = 2 * len(TRAITS) * KINDS
    for number, trait in enumerate(TRAITS):
        bit = np.uint64(1 << number)
        if every & bit:
            lacks = trait.part if trait.part in BLANKS else ""
            yield Condition(f"have {trait.words}", (bits & bit) != 0, tries, trait.pair, lacks)
    for number, trait in enumerate(TRAITS):
        bit = np.uint64(1 << number)
        if not some & bit:
            yield Condition(trait.absent, (bits & bit) == 0, tries, trait.pair.turned)


def by_place(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Places in the import and in the request, from one on or up to one, and when their requests were answered."""
    columns = {"of the import": held.at + 1, "of their request": _places(held)}
    from_end = np.bincount(held.batch)[held.batch] - columns["of their request"] + 1
    spans, among = spans_of(held.moments, held.batch[odd])
    tries = (sum(2 * int(place.max(initial=0)) for place in (*columns.values(), from_end)) + among) * KINDS
    for name, place in columns.items():
        low, high = int(place[odd].min()), int(place[odd].max())
        if low > 1:
            yield Condition(f"come after lead {low - 1} {name}", place >= low, tries)
        if high < place.max():
            words = f"come before lead {high + 1} {name}" if high > 1 else f"are the first lead {name}"
            yield Condition(words, place <= high, tries)
    last = int(from_end[odd].max())
    if last < from_end.max():
        words = (
            f"are among the last {last} leads of their request"
            if last > 1
            else "are the last lead of their request"
        )
        yield Condition(words, from_end <= last, tries)
    for words, covers in spans:
        yield Condition(f"are in requests answered {words}", covers[held.batch], tries)


def by_request(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """One request that all are in, or a few."""
    here = np.unique(held.batch[odd])
    if len(here) <= _MOST_REQUESTS:
        numbers = [str(number) for number in held.numbers[here]]
        told = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} or {numbers[-1]}"
        tries = _DOUBT ** len(here) * math.comb(len(held.numbers), len(here)) * KINDS
        yield Condition(f"are in batch {told}", np.isin(held.batch, here), tries)


def by_step(held: Held, odd: Codes, /) -> Iterator[Condition]:
    """Every second lead of the import or of a request, or every second request, every third, and so on."""
    columns = {
        "are every {} lead of their request, lead {}": _places(held),
        "are every {} lead of the import, lead {}": held.at + 1,
        "are in every {} batch, batch {}": held.numbers[held.batch],
    }
    tries = len(columns) * sum(range(2, _MOST_STEP + 1)) * KINDS
    for told, place in columns.items():
        for step in range(2, _MOST_STEP + 1):
            first = int(place[odd[0]]) % step
            if (place[odd] % step == first).all() and len(np.unique(place[odd])) > 1:
                words = f"{told.format(_NTH[step], first or step)} being the first"
                yield Condition(words, place % step == first, tries)


def by_repeats(held: Held, odd: Codes, policy: ImportPolicy, /) -> Iterator[Condition]:
    """What repeats, or is repeated, by the rules that the import was predicted with."""
    folding = folding_of(policy)
    key = held.features.key(folding)
    first, last = (np.full(int(key.max(initial=0)) + 1, -1, dtype=np.int64) for _ in range(2))
    order = np.arange(len(key))
    last[key] = order  # the last one written is the last to arrive
    first[key[::-1]] = order[::-1]
    again = first[key] < order
    same_request = np.zeros(len(key), dtype=bool)
    same_request[1:] = _met_in_request(key, held.batch)[1:]
    looks: Sequence[tuple[str, Any]] = (
        ("repeat an earlier lead of their request", same_request),
        ("repeat a lead of an earlier request", again & (held.batch[first[key]] < held.batch)),
        ("repeat an earlier lead of the import", again),
        ("come again later in the import", last[key] > order),
        ("come once alone in the import", last[key] == first[key]),
        ("were in the list before", held.features.known(folding)),
        ("were not in the list before", ~held.features.known(folding)),
    )
    for words, covers in looks:
        if covers[odd].all():
            yield Condition(words, covers, len(looks) * KINDS)


def _met_in_request(key: Codes, batch: Codes) -> Mask:
    """True for a lead whose key an earlier one of its request has."""
    pairs = batch * (int(key.max(initial=0)) + 1) + key
    found = np.ones(len(key), dtype=bool)
    found[np.unique(pairs, return_index=True)[1]] = False
    return found


def _places(held: Held) -> Codes:
    """The place of each lead in its request, from 1."""
    starts = np.searchsorted(held.batch, held.batch, side="left")
    return np.arange(len(held.batch)) - starts + 1
