"""Workbooks: the sheets of an XLSX or XLS file.

Needs the extra `excel`, whose python-calamine reads the cells; what it does not tell of an XLSX file, `xlsx_scan`
does; of an XLS file, `xls_scan`.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any

from hygiene.errors import InputError, UsageError, option
from hygiene.io.readers.limits import HARMLESS, Limits
from hygiene.io.readers.sheet import CELLS, Sheet
from hygiene.io.readers.sources import Source
from hygiene.io.readers.xls_scan import hidden_lines
from hygiene.io.readers.xlsx_scan import SheetScan, is_recalculated, scan_sheet, sheet_parts

__all__ = ["check_unpacked", "excel_sheets", "refusing"]

#: Suffixes that python-calamine goes by where a path has one. Source: calamine's `open_workbook_auto`.
_XML_SUFFIXES, _OLE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlam"}), frozenset({".xls", ".xla"})
_OTHERS = frozenset({".xlsb", ".ods"})

#: What zipfile raises for what is damaged; the last two where a compression is unknown to it, and where a password
#: is asked for.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def excel_sheets(source: Source, limits: Limits, name: str | None = None, /) -> Iterator[Sheet]:
    """Every sheet, or the one that is named.

    Raises:
        InputError: it is no readable workbook, has no such sheet, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    is_xml = zipfile.is_zipfile(source.path)
    scans = _scans(source, limits) if is_xml else {}
    book = _open(source, is_xml=is_xml)
    hidden = {} if is_xml else _hidden(source)
    for each in _chosen(source, book, name):
        scan, again = scans.get(each, (SheetScan(), False))
        sheet, rows = _sheet(source, book, each)
        uncalculated = scan.uncalculated(rows, again=again)
        merged = (
            scan.merged
            if is_xml
            else [(first + 1, last + 1, at) for (first, at), (last, _) in _ranges(sheet)]
        )
        yield Sheet(each, rows, merged, scan.hidden or hidden.get(each, frozenset()), uncalculated)


def check_unpacked(source: Source, archive: zipfile.ZipFile, limits: Limits, /) -> None:
    """Refuse an archive that unpacks to more than is held."""
    packed = sum(member.compress_size for member in archive.infolist())
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > limits.size:
        raise limits.refuse("size", source.name, f"unpacks to {unpacked:,} bytes")
    if unpacked > max(HARMLESS, packed * limits.ratio):
        found = f"unpacks to more than {limits.ratio:,} times its own size"
        raise limits.refuse("ratio", source.name, found)


def _scans(source: Source, limits: Limits) -> dict[str, tuple[SheetScan, bool]]:
    """What is seen in each sheet's XML, and whether a value of 0 there may be none."""
    with zipfile.ZipFile(source.path) as archive:
        check_unpacked(source, archive, limits)
        try:
            parts, again = sheet_parts(archive), is_recalculated(archive)
            names = {part: name for name, part in parts.items()}
            scans: dict[str, tuple[SheetScan, bool]] = {}
            for part in archive.namelist():
                path = part.lower().replace("\\", "/")
                if part in names or (path.startswith("xl/worksheets/") and path.endswith(".xml")):
                    with archive.open(part) as file:
                        scan = scan_sheet(file)
                    _check_spread(source, scan)
                    scans[names.get(part, "")] = (scan, again)
        except DAMAGE as error:
            msg = f"{source.name}: the workbook is damaged or locked. Save it anew."
            raise InputError(msg) from error
    return scans


def _hidden(source: Source) -> Mapping[str, Set[int]]:
    """The hidden lines of each sheet of an XLS file."""
    try:
        return hidden_lines(source.path)
    except ImportError as error:
        raise UsageError(_lacks(source, "olefile")) from error
    except (OSError, struct.error, ValueError, IndexError) as error:
        msg = f"{source.name}: the workbook is damaged or locked. Save it anew."
        raise InputError(msg) from error


def _lacks(source: Source, package: str) -> str:
    return f"{source.name}: reading workbooks needs {package}: pip install 'lead-hygiene[excel]'."


def _check_spread(source: Source, scan: SheetScan) -> None:
    """Refuse a sheet whose cells, few as they may be, stand too far apart."""
    if scan.columns * scan.rows > CELLS:
        msg = (
            f"{source.name}: a sheet spans {scan.columns * scan.rows:,} cells, most of them blank. "
            "Save the leads alone."
        )
        raise InputError(msg)


def _open(source: Source, *, is_xml: bool) -> Any:
    try:
        import python_calamine
    except ImportError as error:
        raise UsageError(_lacks(source, "python-calamine")) from error
    found = "the workbook cannot be read; it is damaged or locked with a password. Save it anew."
    with refusing(f"{source.name}: {found}"):
        if not _is_misnamed(source, is_xml=is_xml):
            return python_calamine.CalamineWorkbook.from_path(str(source.path))
        with source.path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)


def _is_misnamed(source: Source, *, is_xml: bool) -> bool:
    """Whether a workbook is called what another format is, by which python-calamine would choose."""
    suffix = source.path.suffix.lower()
    return suffix in (_OLE_SUFFIXES | _OTHERS if is_xml else _XML_SUFFIXES | _OTHERS)


@contextmanager
def refusing(message: str) -> Iterator[None]:
    """Whatever python-calamine raises as a refusal; a panic of version 0.9 is no Exception."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise InputError(message) from error
        raise


def _chosen(source: Source, book: Any, sheet: str | None) -> Sequence[str]:
    names: Sequence[str] = book.sheet_names
    if sheet is None:
        return names
    if sheet not in names:
        raise InputError(f"{source.name}: no sheet {sheet!r}; there are {', '.join(map(repr, names))}.")
    return [sheet]


def _sheet(source: Source, book: Any, name: str) -> tuple[Any, list[list[Any]]]:
    """A sheet, and all its cells from the first on."""
    step = f"Save the workbook anew, or name another with {option('sheet')}."
    with refusing(f"{source.name}: sheet {name!r} cannot be read. {step}"):
        sheet = book.get_sheet_by_name(name)
        return sheet, sheet.to_python(skip_empty_area=False)


def _ranges(sheet: Any) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
    """The first and last cell of what is merged over lines, each as line and column from 0."""
    return [(first, last) for first, last in sheet.merged_cell_ranges or () if last[0] > first[0]]
