"""Spans: when the requests were answered that all leads at fault are in, in UTC.

A span reaches from one answer to another, so that it always holds whole requests. One request is no span: its number
says the same. Hours of the day are looked at where an import went on for more than one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from hygiene.arrow.text import Mask

__all__ = ["Span", "spans_of"]

_Moments = np.ndarray[Any, np.dtype[np.int64]]

_SECOND_MS, _DAY_MS = 1000, 86_400_000


class Span(NamedTuple):
    """A time in which requests were answered.

    Attributes:
        words: When that was.
        covers: True for each request that was answered then.
    """

    words: str
    covers: Mask


def spans_of(moments: _Moments, odd: Any, /) -> tuple[list[Span], int]:
    """The spans that hold the requests of all leads at fault and not every request, and how many were possible.

    Args:
        moments: When each request was answered, in ms since 1970 in UTC; with a 0 among them nothing is said.
        odd: The request of each lead at fault.
    """
    distinct = np.unique(moments)
    if len(distinct) < 2 or not moments.all():
        return [], 0
    possible = len(distinct) * (len(distinct) + 1) // 2
    inside = np.unique(moments[odd])
    found = [_between(moments, int(inside[0]), int(inside[-1]))]
    if distinct[-1] - distinct[0] > _DAY_MS:
        possible += len(distinct) ** 2
        found += _on_any_day(moments % _DAY_MS, inside)
    return [span for span in found if len(inside) > 1 and not span.covers.all()], possible


def _between(moments: _Moments, low: int, high: int) -> Span:
    """From the first answer to the last."""
    covers = (moments >= low) & (moments <= high)
    clock = _Clock.of(moments[~covers], low, high)
    if high == moments.max():
        words = f"from {_date(low)} {clock.at(low)} UTC on"
    elif low == moments.min():
        words = f"up to {_date(high)} {clock.at(high)} UTC"
    else:
        day = "" if _date(low) == _date(high) else f"{_date(high)} "
        words = f"from {_date(low)} {clock.at(low)} to {day}{clock.at(high)} UTC"
    return Span(words, covers)


def _on_any_day(hours: _Moments, inside: _Moments) -> Iterator[Span]:
    """The shortest part of a day that holds these answers, where they came on several; it may go past midnight."""
    within = np.unique(inside % _DAY_MS)
    gaps = np.diff(within, append=within[0] + _DAY_MS)
    widest = int(np.argmax(gaps))
    if inside[-1] - inside[0] > _DAY_MS - gaps[widest]:
        high, low = int(within[widest]), int(within[(widest + 1) % len(within)])
        after, before = hours >= low, hours <= high
        covers = after & before if low <= high else after | before
        clock = _Clock.of(hours[~covers], low, high)
        yield Span(f"between {clock.at(low)} and {clock.at(high)} UTC, whatever the day", covers)


class _Clock(NamedTuple):
    """How hours are written: to the second, where that tells the ends of a span from what lies outside."""

    to: Literal["seconds", "milliseconds"]

    @classmethod
    def of(cls, outside: _Moments, *ends: int) -> Self:
        seconds = np.array(ends) // _SECOND_MS
        return cls("milliseconds" if np.isin(seconds, outside // _SECOND_MS).any() else "seconds")

    def at(self, moment: int) -> str:
        return _at(moment).time().isoformat(timespec=self.to)


def _date(moment: int) -> str:
    return _at(moment).date().isoformat()


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment // _SECOND_MS, UTC) + timedelta(milliseconds=moment % _SECOND_MS)
