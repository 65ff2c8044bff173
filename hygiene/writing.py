"""Writing: the results of a run as files that are there whole or not at all.

Plain files hold each cell as it is, for programs; a file for spreadsheets is guarded against formulas.
Nothing here decides what a row is worth.
"""

import contextlib
import csv
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, overload

import pandas as pd

from hygiene.errors import UsageError

__all__ = ["atomic", "write_csv", "write_results"]

#: First characters that make a spreadsheet take a cell for a formula. OWASP: CSV injection.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: Rows that are turned into text at a time.
_SLICE = 50_000

Path_: TypeAlias = str | os.PathLike[str]


@overload
def atomic(
    path: Path_, /, *, mode: Literal["w"] = "w", private: bool = False
) -> contextlib.AbstractContextManager[IO[str]]: ...
@overload
def atomic(
    path: Path_, /, *, mode: Literal["wb"], private: bool = False
) -> contextlib.AbstractContextManager[IO[bytes]]: ...
def atomic(
    path: Path_, /, *, mode: Literal["w", "wb"] = "w", private: bool = False
) -> contextlib.AbstractContextManager[IO[Any]]:
    r"""A file to write that takes its name only when it is whole, and vanishes on an error.

    Text is UTF-8, and ``\n`` is written as it is. The file that had the name stays until then.

    Args:
        path: The name; a link is followed.
        mode: "w" for text, "wb" for bytes.
        private: Only the owner may read it; otherwise the umask decides.
    """
    return _atomic(Path(os.path.realpath(path)), mode, 0o600 if private else 0o666)


def write_csv(frame: pd.DataFrame, path: Path_, /, *, spreadsheet: bool = False) -> None:
    r"""Write a frame as CSV in UTF-8, lines ended by ``\n``, without its index; NA becomes an empty cell.

    Args:
        frame: What to write.
        path: The file's name.
        spreadsheet: For people with a spreadsheet: a byte order mark is put in front, and a cell that
            would be taken for a formula gets a ``'`` before it. Never for a file that a program reads:
            an address may begin with ``=``, ``+`` or ``-``.
    """
    with atomic(path) as file:
        if spreadsheet:
            file.write("\ufeff")
        writer = csv.writer(_LineFeeds(file))
        for row in _rows(frame):
            writer.writerow([_guarded(cell) for cell in row] if spreadsheet else row)


def write_results(
    folder: Path_,
    /,
    *,
    ready: pd.DataFrame,
    withheld: pd.DataFrame,
    verdicts: pd.DataFrame,
    summary: Mapping[str, Any],
) -> list[Path]:
    """The paths of ready.csv, withheld.csv (for spreadsheets), verdicts.csv and summary.json, written.

    Raises:
        UsageError: the folder cannot be made, or is a file.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = "is a file" if folder.is_file() else f"cannot be made ({error.strerror})"
        msg = f"{folder}: {found}; expected a folder to write to. Name another with --out."
        raise UsageError(msg) from error
    paths = [folder / name for name in ("ready.csv", "withheld.csv", "verdicts.csv", "summary.json")]
    write_csv(ready, paths[0])
    write_csv(withheld, paths[1], spreadsheet=True)
    write_csv(verdicts, paths[2])
    with atomic(paths[3]) as file:
        file.write(json.dumps(dict(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return paths


@contextlib.contextmanager
def _atomic(path: Path, mode: str, rights: int) -> Iterator[IO[Any]]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), rights)
    try:
        text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
        with os.fdopen(handle, mode, **text) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class _LineFeeds:
    r"""Ends each row by ``\n``, for a writer that ends it by ``\r\n``.

    The csv module quotes a line break only if it is part of the line end (until Python 3.13), so a
    writer that ends lines by ``\n`` alone leaves ``\r`` bare, and the cell falls apart when it is read.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, row: str, /) -> int:
        return self._file.write(row[:-2] + "\n")


def _rows(frame: pd.DataFrame) -> Iterable[Iterable[Any]]:
    """The header and the rows of a frame, NA as ""."""
    yield list(frame.columns)
    for at in range(0, len(frame), _SLICE):
        part = frame.iloc[at : at + _SLICE]
        texts = [part.iloc[:, column] for column in range(part.shape[1])]
        yield from zip(*(text.astype(object).where(text.notna(), "").tolist() for text in texts), strict=True)


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
