"""Scan: delimited text as rows, piece by piece, so that none is lost and each keeps its line."""

import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from hygiene.io.readers.batch import Batch
from hygiene.io.readers.csv_grid import Grid, Seen
from hygiene.io.readers.csv_lines import count_breaks
from hygiene.io.readers.csv_piece import Piece
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import BLOCK, Digest

__all__ = ["scan"]


def scan(
    text: Text,
    grid: Grid,
    limits: Limits,
    digest: Digest | None = None,
    /,
    *,
    size: int = BLOCK,
    exact: bool = False,
    seen: Seen | None = None,
) -> Iterator[Batch]:
    """The rows of a text in their order; blank lines, and lines of delimiters below the last filled one, are no rows.

    Args:
        text: The text.
        grid: How it is laid out.
        limits: What is refused.
        digest: What the file's bytes go through.
        size: Bytes read at a time.
        exact: Read every record the slow way, to hold the two against each other.
        seen: Counts what is met.

    Raises:
        InputError: a quote is not closed, a byte is no text, or a limit is passed.
    """
    seen = Seen() if seen is None else seen
    pieces = _pieces(text, grid, limits, digest, size=size, exact=exact, seen=seen)
    return _without_unfilled_end(_batches(pieces), seen)


def _batches(pieces: Iterator[Piece]) -> Iterator[Batch]:
    filled = (piece for piece in pieces if piece.rows)
    first = list(itertools.islice(filled, 2))
    if len(first) < 2:  # a thread takes longer to start than a small file to read
        yield from (piece.batch() for piece in first)
        return
    # While one thread makes columns of a piece, this one cuts the next.
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[Batch] | None = None
        for piece in itertools.chain(first, filled):
            ahead = pool.submit(piece.batch)
            if waiting is not None:
                yield waiting.result()
            waiting = ahead
        if waiting is not None:
            yield waiting.result()


def _without_unfilled_end(batches: Iterator[Batch], seen: Seen) -> Iterator[Batch]:
    """The batches as far as the last row that is filled."""
    held: list[Batch] = []
    for batch in batches:
        filled = _filled_rows(batch)
        if filled:
            yield from held
            held = []
            yield batch if filled == len(batch) else batch.cut(0, filled)
        if filled < len(batch):
            held.append(batch.cut(filled, len(batch) - filled))
    seen.unfilled += sum(map(len, held))


def _filled_rows(batch: Batch) -> int:
    """How many rows there are down to the last one that is filled."""
    rows = len(batch)
    while rows and rows - 1 not in batch.malformed:
        if any(column[rows - 1].as_py().strip() for column in batch.columns):
            break
        rows -= 1
    return rows


def _pieces(
    text: Text, grid: Grid, limits: Limits, digest: Digest | None, *, size: int, exact: bool, seen: Seen
) -> Iterator[Piece]:
    """The text below the header, cut into whole records."""
    skip, rest, line = grid.offset, b"", grid.line
    blocks = text.blocks(digest, size=size)
    above = 1
    while True:
        read: list[bytes] = []
        try:
            # A record of many blocks is looked at only as often as it doubles.
            read.extend(itertools.islice(blocks, 1 + len(rest) // size))
        except UnreadableError as error:
            # Above the first row nothing is cut, so that lines are counted from the top of the text.
            before = b"".join([*read, error.before])
            ahead = above + count_breaks(before) if skip else line + count_breaks(rest + before)
            raise error.on_line(text.source.name, ahead) from None
        block = b"".join(read) if read else None
        if block is not None and skip:
            above += count_breaks(block[:skip])
            block, skip = block[skip:], max(0, skip - len(block))
        data = grid.dialect.plain_rows(rest + (block or b""), grid.delimiter)
        piece = Piece(data, line, grid, limits, text.source.name, final=block is None, seen=seen)
        piece.cut(exact=exact)
        yield piece
        if block is None:
            return
        rest, line = piece.data[piece.stop :], line + piece.lines_used
