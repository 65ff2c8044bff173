"""Survey: every pass over every chunk, and what a verdict needs from the whole input.

The first of the two movements of a cleaning. Chunks are examined one by one and handed to a keeper; what
stays of their rows is in `dedup.key_index`. Nothing here opens a file, or asks the network but through the resolver it
is handed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from hygiene.address import Keys, in_form
from hygiene.arrow.parallel import map_in_order
from hygiene.arrow.text import is_blank
from hygiene.cleaning.check_chunk import CheckedChunk, Texts, check_chunk, check_lists_again, is_checked_alike
from hygiene.cleaning.chunk_reasons import all_reasons
from hygiene.cleaning.chunk_store import Chunks, ChunksInMemory, ChunkStore
from hygiene.cleaning.coarse_keys import CoarseKeys, KeptCoarseKeys
from hygiene.cleaning.dedup.clusters import ChunkClusters, Clusters
from hygiene.cleaning.dedup.key_index import ChunkKeys, KeyIndex
from hygiene.cleaning.further import further_of
from hygiene.cleaning.mended import find_mended
from hygiene.cleaning.notes import notes_on
from hygiene.cleaning.reasons import RowReasons, in_table_order
from hygiene.cleaning.rewrite import Changes
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.touching import Touching
from hygiene.columns.dates import Dated
from hygiene.columns.leads import Leads, as_leads
from hygiene.columns.mapping import CANONICAL, MALFORMED
from hygiene.columns.opt_outs import ColumnMarks
from hygiene.deliverability import REASON_OF, DomainVerdict, KnownVerdicts, Resolver
from hygiene.outcomes import REASONS, SAME_PERSON, Outcome

if TYPE_CHECKING:
    import pandas as pd

    from hygiene.cleaning.likely import LikelyIndex, Traces

__all__ = [
    "EXAMPLES",
    "Survey",
    "survey",
    "survey_again",
]

#: Rows of each reason whose places are kept as examples.
EXAMPLES = 3


@dataclass
class Survey:
    """What all chunks together say; `decide` reads it.

    Attributes:
        settings: What was asked for.
        chunks: The chunks.
        keeping: Where more than fits in memory is kept; None where all stays there.
        jobs: Chunks examined at once.
        firsts: Position of the first row of each chunk, and the number of all rows at the end.
        columns: Names of the leads' columns; that of malformed rows is the last where any row is.
        domains: Verdict by domain; empty where DNS was not asked.
        relations: What rows are to each other; set when all chunks are there.
        marks: Suppression columns, and what each one says.
        dated: How far the column of dates that decides which row stays was understood.
        reasons: Rows by reason, in the order of the reasons table.
        examples: The first rows of each reason, as positions.
        filled: Rows that fill each canonical column that is there.
        mended: What is mended of each chunk, for the chunks of which that is kept.
        touching: Which rows a prediction has to look at; made for the first one.
        coarse: What the rows are hashed under for a prediction; empty where a prediction needs their texts.
    """

    settings: Settings
    chunks: Chunks
    keeping: ChunkStore | None = None
    jobs: int | None = None
    firsts: list[int] = field(default_factory=lambda: [0])
    columns: tuple[str, ...] = ()
    domains: Mapping[str, DomainVerdict] = field(default_factory=dict)
    marks: dict[str, ColumnMarks] = field(default_factory=dict)
    dated: Dated = field(default_factory=Dated)
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[int]] = field(default_factory=dict)
    filled: Counter[str] = field(default_factory=Counter)
    mended: dict[int, Changes] = field(default_factory=dict)
    touching: Touching | None = None
    coarse: KeptCoarseKeys = field(default_factory=KeptCoarseKeys)
    relations: Clusters = field(init=False)

    def __getstate__(self) -> dict[str, Any]:
        """What another process gets: all chunks, and what DNS said rather than whom to ask."""
        kept = {
            "chunks": ChunksInMemory(self),
            "keeping": None,
            "settings": self.known_settings(),
            "touching": None,
        }
        return {**vars(self), **kept}

    def known_settings(self) -> Settings:
        """The settings, with the answers of DNS in place of whom to ask."""
        if self.settings.resolver is None:
            return self.settings
        return replace(self.settings, resolver=KnownVerdicts(self.domains))

    def __iter__(self) -> Iterator[CheckedChunk]:
        return (self.chunks[number] for number in range(len(self.chunks)))

    def texts(self) -> Iterator[Texts]:
        """The addresses, domains and email cells of each chunk."""
        return (self.chunks.texts(number) for number in range(len(self.chunks)))

    def as_sent(self, texts: Texts, /) -> pa.Array:
        """The addresses in the form that is imported; null for none and for those that have no such form."""
        return in_form(texts.address, texts.domain, self.settings.address_form)

    @property
    def rows(self) -> int:
        """Rows in all chunks."""
        return self.firsts[-1]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the lists that were read and the columns that were found."""
        return notes_on(self.settings, self.marks, self.dated, self.reasons)

    def related(self, number: int, /) -> ChunkClusters:
        """What the rows of a chunk are to other rows."""
        return self.relations.within(*self.firsts[number : number + 2])

    def findings(self, number: int, chunk: CheckedChunk, /) -> RowReasons:
        """All reasons of the rows of a chunk, those included that only the whole input shows."""
        settings = self.settings
        accept, review = settings.accept_unknown, settings.review
        return all_reasons(chunk, self.related(number), self.domains, accept_unknown=accept, review=review)


class _Examined(NamedTuple):
    """A chunk that was examined, what is kept of its rows, and its rows that fill each canonical column."""

    chunk: CheckedChunk
    facts: ChunkKeys
    coarse: CoarseKeys | None
    mended: Changes | None
    traces: "list[Traces] | None"
    filled: Mapping[str, int]


def survey(
    parts: "Iterable[Leads | pd.DataFrame]",
    settings: Settings,
    /,
    *,
    keeping: ChunkStore | None = None,
    jobs: int | None = None,
    whole: bool = True,
) -> Survey:
    """Run every pass over every chunk.

    Args:
        parts: Leads with canonical columns, in order; one part alone where `settings.by_row` is false.
        settings: What to do.
        keeping: Where more than fits in memory is kept; None keeps all of it there.
        jobs: Chunks examined at once; the processors there are where None.
        whole: Whether these are all the leads that were handed over, whose column of dates must hold one.

    Raises:
        InputError: a column that the schema or `required` asks for is not there, or a rule failed.
        UsageError: the column of dates that `settings.keep` goes by is not there, or holds none.
    """

    def work(numbered: tuple[int, Leads]) -> _Examined:
        return _with_facts(*check_chunk(numbered[1], settings, first_row=numbered[0]), settings)

    examined = map_in_order(work, _numbered(map(as_leads, parts)), jobs=jobs)
    return _surveyed(examined, Survey(settings, ChunksInMemory(), keeping, jobs), whole=whole)


def survey_again(found: Survey, settings: Settings, /) -> Survey:
    """The survey of the same chunks under other settings; what these do not touch is not done anew."""
    if not is_checked_alike(found.settings, settings):
        parts = (chunk.leads for chunk in found)
        return survey(parts, settings, keeping=found.keeping, jobs=found.jobs, whole=False)

    def work(chunk: CheckedChunk) -> _Examined:
        return _with_facts(*check_lists_again(chunk, settings), settings)

    examined = map_in_order(work, found, jobs=found.jobs)
    return _surveyed(examined, Survey(settings, ChunksInMemory(), found.keeping, found.jobs), whole=False)


def _numbered(parts: Iterable[Leads]) -> Iterator[tuple[int, Leads]]:
    """Each part with the number of its first row."""
    first = 1
    for part in parts:
        yield first, part
        first += len(part)


def _with_facts(chunk: CheckedChunk, keys: Keys, settings: Settings) -> _Examined:
    """A chunk that was examined, and what is kept of its rows."""
    merits = settings.keep.merits(chunk.leads) if settings.keep.has_merits else None
    further = further_of(chunk.others)
    facts = ChunkKeys.of(
        keys,
        chunk.own_findings(),
        merits=merits,
        dated=settings.keep.dated(chunk.leads, merits),
        domain=chunk.domain if settings.resolver is not None else None,
        mark=chunk.mark,
        named=chunk.listed.named,
        further=(further.rows, further.keys(by_person=settings.by_person).key),
    )
    coarse = CoarseKeys.of(chunk.texts, keys, settings.policy)
    mended = find_mended(chunk.leads, settings)
    return _Examined(chunk, facts, coarse, mended, _traces(chunk, settings), _filled(chunk.leads))


def _traces(chunk: CheckedChunk, settings: Settings) -> "list[Traces] | None":
    """What persons are told by, where rows of one person are looked for."""
    if not settings.likely:
        return None
    from hygiene.cleaning.likely import traces_of

    return traces_of(chunk, settings)


def _persons(settings: Settings, files: Mapping[str, Any]) -> "LikelyIndex | None":
    if not settings.likely:
        return None
    from hygiene.cleaning.likely import LikelyIndex

    return LikelyIndex(**files)


def _filled(leads: Leads) -> Mapping[str, int]:
    """Rows that fill each canonical column that is there."""
    there = [name for name in CANONICAL if name in leads]
    return {name: len(leads) - int(is_blank(leads[name]).sum()) for name in there}


def _surveyed(examined: Iterable[_Examined], found: Survey, *, whole: bool) -> Survey:
    """The survey of chunks that were examined."""
    keeping, settings = found.keeping, found.settings
    files: dict[str, Any] = {}
    if keeping is not None:
        found.chunks = keeping.chunks()
        files = {"open_file": keeping.open_file, "most_octets": keeping.key_octets}
    facts, persons = KeyIndex(settings, **files), _persons(settings, files)
    found.coarse = KeptCoarseKeys(**files)
    for chunk, of_rows, coarse, mended, traces, filled in examined:
        if mended is not None:
            found.mended[len(found.chunks)] = mended
        _take_in(found, chunk, of_rows)
        found.filled.update(filled)
        facts.add(of_rows)
        if coarse is not None:
            found.coarse.add(coarse)
        if traces is not None and persons is not None:
            persons.add(traces)
    if whole:
        found.dated.check(settings.keep.column)
    if settings.resolver is not None:
        _look_up(found, facts, settings.resolver)
    likely = None if persons is None else persons.relate(facts.ranks)
    found.relations = facts.relate(likely=likely)
    _count_relations(found)
    found.reasons = in_table_order(found.reasons)
    return found


def _take_in(found: Survey, chunk: CheckedChunk, of_rows: ChunkKeys) -> None:
    """Keep one more chunk, and its counts."""
    for code, rows in of_rows.findings.masks.items():
        _count(found, code, int(rows.sum()), np.flatnonzero(rows)[:EXAMPLES] + found.rows)
    for name, marked in chunk.marks.items():
        found.marks[name] = found.marks[name] + marked if name in found.marks else marked
    found.dated += of_rows.dated
    found.columns = tuple(dict.fromkeys((*found.columns, *chunk.leads.columns)))
    if MALFORMED in found.columns:
        found.columns = (*(name for name in found.columns if name != MALFORMED), MALFORMED)
    found.firsts.append(found.rows + len(chunk))
    found.chunks.append(chunk)


def _count(found: Survey, code: str, rows: int, positions: Iterable[int]) -> None:
    """Count rows with a reason, and keep the places of the first ones."""
    if rows:
        found.reasons[code] = found.reasons.get(code, 0) + rows
        known = found.examples.get(code, [])
        found.examples[code] = sorted([*known, *map(int, positions)])[:EXAMPLES]


def _look_up(found: Survey, facts: KeyIndex, resolver: Resolver) -> None:
    """Ask once for each distinct domain of all chunks, and note what speaks against rows."""
    found.domains = resolver.look_up(facts.domains)
    reason_of = {
        name: REASON_OF[str(verdict)] for name, verdict in found.domains.items() if str(verdict) in REASON_OF
    }
    outcomes = {code: REASONS[code].outcome for code in REASON_OF.values()}
    if found.settings.accept_unknown:
        outcomes["dns_unknown"] = None
    ranks = {code: (outcome or Outcome.READY).rank for code, outcome in outcomes.items()}
    for code, (rows, positions) in facts.judge_domains(reason_of, ranks).items():
        _count(found, code, rows, positions)


def _count_relations(found: Survey) -> None:
    repeats = found.relations.repeats
    replaced = repeats.order[repeats.among]
    carried = {
        "suppressed_column": found.relations.marks.rows,
        "suppressed_address": found.relations.named.rows,
    }
    if found.relations.likely is not None:
        carried[SAME_PERSON] = found.relations.likely.rows
    for code, rows in {**carried, "duplicate_in_file": replaced}.items():
        _count(found, code, len(rows), np.sort(rows)[:EXAMPLES])
