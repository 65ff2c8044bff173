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

__all__ = ["Format", "atomic", "write_csv", "write_parquet", "write_results", "write_xlsx"]

#: First characters that make a spreadsheet take a cell for a formula. OWASP: CSV injection.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: Rows of a sheet of a workbook, the header's among them.
SHEET_ROWS = 1_048_576

#: Rows that are turned into text at a time.
_SLICE = 50_000

Path_: TypeAlias = str | os.PathLike[str]
Format: TypeAlias = Literal["csv", "xlsx", "parquet"]


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


def write_csv(
    frame: pd.DataFrame, path: Path_, /, *, spreadsheet: bool = False, private: bool = False
) -> None:
    r"""Write a frame as CSV in UTF-8, lines ended by ``\n``, without its index; NA becomes an empty cell.

    Args:
        frame: What to write.
        path: The file's name.
        spreadsheet: For people with a spreadsheet: a byte order mark is put in front, and a cell that
            would be taken for a formula gets a ``'`` before it; so does one that only apostrophes keep
            from it, so that taking one off undoes it. Never for a file that a program reads: an address
            may begin with ``=``, ``+`` or ``-``.
        private: Only the owner may read it.
    """
    with atomic(path, private=private) as file:
        if spreadsheet:
            file.write("\ufeff")
        writer = csv.writer(_LineFeeds(file))
        for row in _rows(frame):
            writer.writerow([_guarded(cell) for cell in row] if spreadsheet else row)


def write_xlsx(frame: pd.DataFrame, path: Path_, /, *, spreadsheet: bool = False) -> None:
    """Write a frame as a workbook of one sheet, every cell but numbers as text, without its index.

    Args:
        frame: What to write.
        path: The file's name.
        spreadsheet: Guard cells as `write_csv` does, for a file that may be saved as CSV and come back.

    Raises:
        UsageError: the extra `excel` is not installed, or a sheet cannot hold the rows or a cell.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        msg = "--out-format xlsx needs xlsxwriter: pip install 'lead-hygiene[excel]'."
        raise UsageError(msg) from error
    if len(frame) >= SHEET_ROWS:
        msg = f"{path}: {len(frame):,} rows are more than a sheet holds; write them with --out-format csv."
        raise UsageError(msg)
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with (
        atomic(path, mode="wb") as file,
        xlsxwriter.Workbook(file, {**plain, "constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet("leads")
        for at, row in enumerate(_rows(frame)):
            for column, cell in enumerate(row):
                text = _guarded(cell) if spreadsheet else cell
                write = sheet.write_number if isinstance(text, int) else sheet.write_string
                if write(at, column, text):
                    msg = f"{path}: row {at} has a cell that a sheet cannot hold; write it with --out-format csv."
                    raise UsageError(msg)


def write_parquet(frame: pd.DataFrame, path: Path_, /, *, spreadsheet: bool = False) -> None:  # noqa: ARG001 -- no spreadsheet opens it
    """Write a frame as Parquet, without its index; nothing is guarded, as no spreadsheet opens it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [pa.array(frame.iloc[:, at], from_pandas=True) for at in range(frame.shape[1])]
    whole = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in columns]
    texts = [column.cast(pa.large_string()) if pa.types.is_null(column.type) else column for column in whole]
    with atomic(path, mode="wb") as file:
        pq.write_table(pa.Table.from_arrays(texts, names=[str(name) for name in frame.columns]), file)


_WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}


def write_results(
    folder: Path_,
    /,
    *,
    ready: pd.DataFrame,
    withheld: pd.DataFrame,
    verdicts: pd.DataFrame,
    summary: Mapping[str, Any],
    format_: Format = "csv",
    fills: pd.DataFrame | None = None,
) -> list[Path]:
    """The paths of ready, withheld (for spreadsheets) and verdicts in a format, and of summary.json, written.

    Args:
        folder: Where to; made where it is not there.
        ready: The leads to import.
        withheld: The other rows.
        verdicts: One row an input row.
        summary: The run as one object.
        format_: Format of the first three.
        fills: Cells that rows took from others, as a fifth file fills.csv; None for no such file.

    Raises:
        UsageError: the folder cannot be made or is a file, or the format cannot hold the rows.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = "is a file" if folder.is_file() else f"cannot be made ({error.strerror})"
        msg = f"{folder}: {found}; expected a folder to write to. Name another with --out."
        raise UsageError(msg) from error
    write = _WRITERS[format_]
    paths = [folder / f"{name}.{format_}" for name in ("ready", "withheld", "verdicts")]
    write(ready, paths[0])
    write(withheld, paths[1], spreadsheet=True)
    write(verdicts, paths[2])
    paths.append(folder / "summary.json")
    with atomic(paths[3]) as file:
        file.write(json.dumps(dict(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    if fills is not None:
        paths.append(folder / "fills.csv")
        write_csv(fills, paths[-1])
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
    is_formula = isinstance(cell, str) and cell.lstrip("'").startswith(FORMULA_STARTS)
    return f"'{cell}" if is_formula else cell
