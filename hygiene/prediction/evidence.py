"""Evidence: what a list is seen to hold after an import, lead by lead, and which rules that speaks against.

Counts alone fit rules that are not those of the API; which leads are in the list decides between them. Addresses are
compared as they were sent, without regard to case and what stands around them: a rule that makes two of them one lead
shows in that only one of them is there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import Mask, lower_case, mask
from hygiene.prediction.features import Codes
from hygiene.prediction.simulate import IMPORTED, Classes

__all__ = ["Contradiction", "Evidence"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Leads of which the list shows otherwise than a policy says, by row number.

    Attributes:
        held: Leads that the list holds and the policy leaves out.
        missing: Leads that the list lacks and the policy lets in.
    """

    held: tuple[int, ...]
    missing: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.held or self.missing)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is seen of leads, in the order of a trace.

    Attributes:
        same: Which address each lead has: equal numbers for equal ones.
        held: True where the list came to hold a lead's address.
        missing: True where it lacks it, though its request was answered.
    """

    same: Codes
    held: Mask
    missing: Mask

    @classmethod
    def of(cls, sent: pa.Array, members: Sequence[str], before: Iterable[str], /, *, landed: Mask) -> Self:
        """What the list's members tell of leads.

        Nothing is known of addresses that it held before. Where it holds some that were neither sent nor there before,
        it may keep addresses otherwise than they were sent: then nothing is known to be missing.

        Args:
            sent: Addresses of the leads, in sending order.
            members: Addresses that the list holds now.
            before: Addresses that it held before.
            landed: True for the leads of requests that were answered.
        """
        texts, now, old = (_bare(each) for each in (sent, members, before))
        known = mask(pc.is_in(texts, value_set=old))
        there = mask(pc.is_in(texts, value_set=now))
        strangers = pc.invert(pc.is_in(now, value_set=pa.concat_arrays([texts, old])))
        missing = landed & ~known & ~there
        if pc.any(strangers).as_py():
            missing[:] = False
        same = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(same, landed & ~known & there, missing)

    def take(self, rows: Codes, /) -> "Evidence":
        """The same of the leads at these positions alone."""
        return replace(self, same=self.same[rows], held=self.held[rows], missing=self.missing[rows])

    def against(self, classes: Classes, rows: Codes, /) -> Contradiction:
        """What speaks against a policy that puts leads into these classes; `rows` are their row numbers."""
        lands = classes == IMPORTED
        there = np.zeros(int(self.same.max(initial=-1)) + 1, dtype=bool)
        there[self.same[lands]] = True
        left_out, let_in = self.held & ~there[self.same], self.missing & lands
        return Contradiction(tuple(rows[left_out].tolist()), tuple(rows[let_in].tolist()))


def _bare(texts: pa.Array | Iterable[str]) -> pa.Array:
    column = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
    return lower_case(pc.utf8_trim_whitespace(pc.fill_null(column, "")))
