"""Known leads: what the API's list or account holds already, and which rows are among it.

Nothing here opens a file or asks the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene import address
from hygiene.arguments import check_word
from hygiene.arrow.hashing import InProcess, Lookup
from hygiene.arrow.text import Mask, is_blank, lower_case, mask
from hygiene.lists.entries import KINDS
from hygiene.lists.messages import counted, line_numbers
from hygiene.lists.pieces import find_entries

__all__ = ["KnownLeads"]


@dataclass(frozen=True)
class KnownLeads(InProcess):
    """Leads that the API's list or account holds already.

    Attributes:
        name: File or place they came from.
        given: Their addresses as the API has them, which is how a prediction takes them.
        address: The same, normalized; null where that could not be done.
        domain: Their domains as A-labels; null where there is none.
        line: Where each stands: a line of the file, or its number.
        place: Whether they lie in the target list, or in another list of the account; those of the account
            are duplicates only where the policy's scope is the account.
        layout: How the file they came from is laid out, for people; empty where they came from no file.
        broken: Lines of it that could not be read as rows.
    """

    name: str
    given: pa.Array = field(repr=False)
    address: pa.Array = field(repr=False)
    domain: pa.Array = field(repr=False)
    line: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    place: Literal["list", "account"] = "list"
    layout: str = ""
    broken: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_word("place", self.place, ("list", "account"))

    @classmethod
    def from_cells(
        cls,
        name: str,
        cells: pa.Array,
        /,
        *,
        lines: np.ndarray[Any, Any] | None = None,
        place: Literal["list", "account"] = "list",
        layout: str = "",
        broken: Sequence[int] = (),
    ) -> "KnownLeads":
        """Known leads from the cells of an email column; of a cell with several addresses each is one.

        Missing cells are left out.
        """
        there = np.flatnonzero(pc.is_valid(cells).to_numpy(zero_copy_only=False))
        given = cells.take(pa.array(there))
        line = there + 1 if lines is None else np.asarray(lines)[there]
        judged = address.validate(given)
        if (each := _each_address(given, line, judged)) is not None:
            given, line = each
            judged = address.validate(given)
        return cls(name, given, judged.address, judged.domain, line, place, layout, tuple(broken))

    def __len__(self) -> int:
        """How many of them have an address."""
        return len(self.address) - int(self.address.null_count)

    @cached_property
    def left(self) -> tuple[int, ...]:
        """Lines that hold something that is no address; a blank cell is nobody."""
        nobody = mask(pc.is_null(self.address)) & ~is_blank(self.given)
        return tuple(sorted({*self.line[nobody].tolist(), *self.broken}))

    @property
    def note(self) -> str:
        """What was recognised, taken and left, in one sentence; empty where they came from no file."""
        if not self.layout:
            return ""
        taken = f"{counted(len(self), 'address')} taken" if len(self) else "nothing taken"
        left = f"; {counted(len(self.left), 'line')} left: {line_numbers(self.left)}" if self.left else ""
        return f"{self.name}: {self.layout}; {taken}{left}."

    @cached_property
    def exact(self) -> Lookup:
        """Their positions by their exact keys."""
        return Lookup.of(address.exact_key(self.address))

    @cached_property
    def persons(self) -> Lookup:
        """Their positions by their person keys."""
        return Lookup.of(address.person_key(self.address, self.domain))

    def places(self, positions: np.ndarray[Any, np.dtype[np.int64]], /) -> pa.Array:
        """``list:line`` of the leads at these positions; null for -1."""
        line = (
            pa.array(self.line[positions], mask=positions < 0) if len(self.line) else pa.nulls(len(positions))
        )
        text = pc.cast(line, pa.large_string())
        return pc.binary_join_element_wise(pa.scalar(self.name, text.type), text, pa.scalar(":", text.type))

    def where(self, chosen: Mask, /) -> "KnownLeads":
        """Those of the leads for which `chosen` is true."""
        rows = pa.array(chosen)
        return replace(
            self,
            given=self.given.filter(rows),
            address=self.address.filter(rows),
            domain=self.domain.filter(rows),
            line=self.line[chosen],
        )


def _each_address(
    given: pa.Array, line: np.ndarray[Any, np.dtype[np.int64]], judged: address.Addresses
) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.int64]]] | None:
    """The cells, and after each the further addresses that it holds; one that is no address alone as its first.

    None where every cell holds one at most.
    """
    odd = (mask(pc.is_null(judged.address)) & ~is_blank(given)) | mask(pc.is_valid(judged.others))
    rows = np.flatnonzero(odd)
    if not len(rows):
        return None
    found = find_entries(pc.utf8_trim_whitespace(given.take(pa.array(rows))), hashes=False)
    named = found.where(found.kind == KINDS.index("address"))
    first = judged.address.take(pa.array(rows[named.cell]))
    further = named.where(mask(pc.fill_null(pc.not_equal(lower_case(first), named.text), fill_value=True)))
    # a cell that the API would refuse stands for the addresses in it; any other is kept as the API has it
    refused = np.isin(np.arange(len(given)), rows[further.cell]) & mask(pc.is_null(judged.address))
    place = np.concatenate([np.flatnonzero(~refused), rows[further.cell]])
    texts = pa.concat_arrays([given.filter(pa.array(~refused)), further.text])
    order = np.argsort(place, kind="stable")
    return texts.take(pa.array(order)), line[place[order]]
