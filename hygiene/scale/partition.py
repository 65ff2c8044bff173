"""Partitions: what is found in one partition alone, and what of it stays on its worker.

The cells stay behind, but for addresses; they are read again when they are written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.address import Keys
from hygiene.arrow.hashing import Hashes, HashKey, frame_digest, hash_texts
from hygiene.arrow.text import Mask, mask, not_null, text_column
from hygiene.cleaning.check_chunk import CheckedChunk, check_chunk
from hygiene.cleaning.dedup.fill import Fills
from hygiene.cleaning.further import further_of
from hygiene.cleaning.list_checks import ListMatches
from hygiene.cleaning.pipeline import cut
from hygiene.cleaning.rewrite import FieldRules, codes_are_countries, find_changes
from hygiene.cleaning.settings import Settings
from hygiene.columns.dates import Dated
from hygiene.columns.leads import as_leads
from hygiene.columns.mapping import ColumnMap
from hygiene.columns.opt_outs import ColumnMarks, renumber
from hygiene.columns.rename import count_stand_ins, name_columns
from hygiene.display import counted
from hygiene.errors import InputError
from hygiene.scale.safe_tasks import Sealed, guarded
from hygiene.scale.weights import Weighed

__all__ = [
    "Job",
    "Kept",
    "Keyed",
    "Numbers",
    "Surveyed",
    "changes_of",
    "check_header",
    "read_fills",
    "survey_partition",
]

Numbers = np.ndarray[Any, np.dtype[np.int64]]
_Texts = TypeVar("_Texts", CheckedChunk, ListMatches)


@dataclass(frozen=True, repr=False)
class Job:
    """What every worker is handed once.

    Attributes:
        settings: What to do; without a resolver, who is asked where the cluster is.
        asks: Whether DNS is asked.
        header: The frame's columns.
        columns: Where they go.
        order: The column that numbers the rows, under its name among the leads; None where their place does.
        key: What all workers hash under.
    """

    settings: Settings
    asks: bool
    header: tuple[str, ...]
    columns: ColumnMap
    order: str | None
    key: HashKey

    def leads(self, frame: pd.DataFrame, /) -> pd.DataFrame:
        """A partition under canonical names.

        Raises:
            InputError: its columns are not those of the frame.
        """
        check_header(frame, self.header)
        return name_columns(frame, self.columns)

    def numbers(self, leads: pd.DataFrame, /) -> Numbers | None:
        """The row numbers that a column holds; None where no column does.

        Raises:
            InputError: a cell of it is no whole number from 1.
        """
        if self.order is None:
            return None
        texts = pc.fill_null(pc.utf8_trim_whitespace(text_column(leads[self.order])), "")
        whole = mask(pc.match_substring_regex(texts, "^0*[1-9][0-9]{0,17}$"))
        if not whole.all():
            msg = (
                f"column {self.order!r} numbers {int(whole.sum()):,} of {counted(len(whole), 'row', ',')}; "
                "expected a whole number from 1 in each."
            )
            raise InputError(msg)
        found: Numbers = pc.cast(texts, pa.int64()).to_numpy(zero_copy_only=False)
        return found


def check_header(frame: pd.DataFrame, header: tuple[str, ...], /) -> None:
    """Make sure that a partition has the columns that the frame says it has.

    Raises:
        InputError: it has others.
    """
    if tuple(map(str, frame.columns)) != header:
        msg = f"{frame.shape[1]} columns, which are not the {len(header)} that the Dask frame says it has."
        raise InputError(msg)


@dataclass(frozen=True, repr=False)
class _Slim:
    """A chunk without its cells, but for email cells that are not the address itself."""

    chunk: CheckedChunk
    differs: Mask
    given: pa.Array

    @classmethod
    def of(cls, chunk: CheckedChunk, /) -> "_Slim":
        same = pc.fill_null(pc.equal(chunk.cells, chunk.address), fill_value=False)
        given = chunk.cells.filter(pc.invert(same))
        bare = replace(_each_text(chunk, _emptied), leads=as_leads(chunk.frame.iloc[:, :0]))
        return cls(replace(bare, listed=_each_text(chunk.listed, _emptied)), ~mask(same), given)

    def whole(self, rows: Numbers, /) -> CheckedChunk:
        """The chunk, its marks under these row numbers."""
        chunk = _each_text(self.chunk, _filled)
        return replace(chunk, listed=_each_text(chunk.listed, _filled), mark=renumber(chunk.mark, rows))

    def cells(self) -> pa.Array:
        """The email cells as they were."""
        return pc.replace_with_mask(_filled(self.chunk.address), pa.array(self.differs), self.given)


def _each_text(found: _Texts, work: Callable[[pa.Array], pa.Array]) -> _Texts:
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    return replace(found, **{name: work(text) for name, text in values.items() if isinstance(text, pa.Array)})


def _emptied(texts: pa.Array) -> pa.Array:
    """The same, taking no memory where all are null."""
    return pa.nulls(len(texts)) if texts.null_count == len(texts) else texts


def _filled(texts: pa.Array) -> pa.Array:
    return texts.cast(pa.large_string()) if pa.types.is_null(texts.type) else texts


@dataclass(frozen=True, repr=False)
class Kept(Weighed):
    """What stays of a partition.

    Attributes:
        slim: Its chunks.
        digest: Of its cells, which are to be the same when they are read again.
        numbers: Row numbers that a column gave; None where their place does.
        changes: Cells of each row that change where it is sent.
        codes: Whether two letters may be the code of a country.
        fills: Cells that rows take from the rows they replace.
    """

    slim: tuple[_Slim, ...]
    digest: str
    numbers: Numbers | None
    changes: Numbers
    codes: bool
    fills: tuple[Fills, ...] = ()

    def __len__(self) -> int:
        return sum(len(each.differs) for each in self.slim)

    def rows(self, first: int, /) -> Numbers:
        """The row numbers, that of the first row being `first` where no column gave them."""
        return np.arange(first, first + len(self)) if self.numbers is None else self.numbers

    def chunks(self, first: int, /) -> Iterator[tuple[int, CheckedChunk]]:
        """The chunks, each with the place of its first row."""
        rows, start = self.rows(first), 0
        for each in self.slim:
            end = start + len(each.differs)
            yield start, each.whole(rows[start:end])
            start = end

    def cells(self) -> Iterator[pa.Array]:
        """The email cells, chunk by chunk."""
        return (each.cells() for each in self.slim)

    def check(self, leads: pd.DataFrame, /) -> None:
        """Hold the leads against those that were examined.

        Raises:
            InputError: they are others.
        """
        if frame_digest(leads) != self.digest:
            msg = (
                "read again it holds other rows, or the same in another order, and their verdicts do not fit. "
                "Hand over a frame that is the same each time: persist it, or read it from files."
            )
            raise InputError(msg)


@dataclass(frozen=True, repr=False)
class Keyed(Weighed):
    """The keys of a chunk as numbers, and what decides which of several rows stays.

    Attributes:
        hashes: The key, and after it the exact one where persons are matched.
        valid: True for the rows that have one.
        merits: One number a row; of equal ranks the highest stays.
        further: Position of the row of each further address of a cell with several.
        further_hashes: The keys of these.
    """

    hashes: Hashes
    valid: Mask
    merits: Numbers
    further: Numbers
    further_hashes: Hashes

    @classmethod
    def of(cls, keys: Keys, merits: Numbers, others: pa.Array, under: HashKey, /) -> "Keyed":
        """The keys of a chunk and of the further addresses of its cells, hashed under a key that all workers share."""
        further = further_of(others)
        more = _hashed(further.keys(by_person=keys.person is not None), under)
        return cls(_hashed(keys, under), not_null(keys.key), merits, further.rows, more)


def _hashed(keys: Keys, under: HashKey) -> Hashes:
    texts = [keys.key] if keys.person is None else [keys.key, keys.exact]
    return np.hstack([hash_texts(each, key=under) for each in texts])


@dataclass(frozen=True, repr=False)
class Surveyed(Weighed):
    """What a partition gives: what is kept, its keys; for the caller its rows, domains, marks, dates and so on."""

    kept: Kept
    keyed: tuple[Keyed, ...]
    rows: int
    domains: list[str]
    marks: Mapping[str, ColumnMarks]
    dated: Dated
    stand_ins: tuple[int, ...]
    codes: bool


@guarded
def survey_partition(frame: pd.DataFrame | Sealed, job: Job, /) -> Surveyed:
    """Run every pass over one partition."""
    given = frame.frame if isinstance(frame, Sealed) else frame
    leads, stand_ins = job.leads(given), count_stand_ins(given, job.columns)
    slim, keyed, marks, dated = [], [], dict[str, ColumnMarks](), Dated()
    domains: dict[str, None] = {}
    for start, each in cut(leads, job.settings):
        part = as_leads(each)
        chunk, keys = check_chunk(part, job.settings, first_row=start + 1)
        merits = job.settings.keep.merits(part)
        dated += job.settings.keep.dated(part, merits)
        keyed.append(Keyed.of(keys, merits, chunk.others, job.key))
        for name, marked in chunk.marks.items():
            marks[name] = marks[name] + marked if name in marks else marked
        if job.asks:
            domains |= dict.fromkeys(pc.unique(chunk.domain.drop_null()).to_pylist())
        slim.append(_Slim.of(chunk))
    codes = not job.settings.fields.tidy or codes_are_countries([as_leads(leads)])
    changes = changes_of(leads, job.settings.fields, codes=codes)
    kept = Kept(tuple(slim), frame_digest(leads), job.numbers(leads), changes, codes)
    return Surveyed(kept, tuple(keyed), len(leads), list(domains), marks, dated, stand_ins, codes)


@guarded
def read_fills(kept: Kept, /) -> pd.DataFrame:
    """The cells that rows of a partition took: `row`, `column`, `from_row`."""
    return pd.concat([Fills().cells, *(each.cells for each in kept.fills)], ignore_index=True)


def changes_of(leads: pd.DataFrame, fields: FieldRules, /, *, codes: bool) -> Numbers:
    """How many cells of each row change where it is sent.

    Args:
        leads: The rows, filled.
        fields: What is done to their cells.
        codes: Whether two letters may be the code of a country.
    """
    rows = np.arange(len(leads))
    return find_changes(as_leads(leads), fields, rows=rows, codes=codes).count(rows)
