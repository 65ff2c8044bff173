"""Workbooks: the sheets of an XLSX or XLS file.

Needs the extra `excel`, whose python-calamine reads the cells in a process of its own; what it does not tell of an XLSX
file, `xlsx_scan` does; of an XLS file, `xls_scan`.
"""

import struct
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from hygiene.errors import InputError, UsageError, option
from hygiene.io.decoding.own_process import DecoderError, told
from hygiene.io.decoding.workbook_decoder import Asked
from hygiene.io.readers.archives import ARCHIVE, archive_of, check_unpacked
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sheet import CELLS, Sheet
from hygiene.io.readers.sources import Source, printable
from hygiene.io.readers.xls_scan import XlsScan, scan_xls
from hygiene.io.readers.xlsx_scan import SheetScan, is_recalculated, scan_sheet, sheet_parts

__all__ = ["excel_sheets"]

_DAMAGED = "the workbook is damaged or locked. Save it anew."
_UNREAD = "the workbook cannot be read; it is damaged or locked with a password. Save it anew."

#: Suffixes that python-calamine goes by where a path has one. Source: calamine's `open_workbook_auto`.
_XML_SUFFIXES, _OLE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlam"}), frozenset({".xls", ".xla"})
_OTHERS = frozenset({".xlsb", ".ods"})


def excel_sheets(source: Source, limits: Limits, name: str | None = None, /) -> Iterator[Sheet]:
    """Every sheet, or the one that is named.

    Raises:
        InputError: it is no readable workbook, has no such sheet, or passes a limit.
        UsageError: the extra `excel` is not installed.
    """
    is_xml = source.starts().startswith(ARCHIVE)
    scans = _scans(source, limits) if is_xml else {}
    old = {} if is_xml else _old_scans(source)
    for each, ranges, rows in _sheets(source, name, is_xml=is_xml):
        if is_xml:
            scan, again = scans.get(each, (SheetScan(), False))
            yield Sheet(each, rows, scan.merged, scan.hidden, scan.uncalculated(rows, again=again))
        else:
            merged = [(first + 1, last + 1, at) for (first, at), (last, _) in ranges]
            seen = old.get(each, XlsScan())
            yield Sheet(each, rows, merged, seen.hidden, seen.uncalculated)


def _scans(source: Source, limits: Limits) -> dict[str, tuple[SheetScan, bool]]:
    """What is seen in each sheet's XML, and whether a value of 0 there may be none."""
    with archive_of(source, _DAMAGED) as archive:
        check_unpacked(source, archive, limits)
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
    return scans


def _old_scans(source: Source) -> dict[str, XlsScan]:
    """What is seen in each sheet of an XLS file."""
    try:
        return scan_xls(source.path)
    except ImportError as error:
        raise UsageError(_lacks(source, "olefile")) from error
    except (OSError, struct.error, ValueError, IndexError) as error:
        raise InputError(f"{source.name}: {_DAMAGED}") from error


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


def _sheets(
    source: Source, sheet: str | None, *, is_xml: bool
) -> Iterator[tuple[str, Sequence[Any], list[list[Any]]]]:
    """Name, merged ranges and cells of each sheet, or of the one that is named."""
    if find_spec("python_calamine") is None:
        raise UsageError(_lacks(source, "python-calamine"))
    found: list[tuple[str, Sequence[Any], list[list[Any]]]] = []
    for each in _told(source, sheet, is_xml=is_xml):
        if isinstance(each, list):
            found[-1][2].extend(each)
        elif "names" in each and sheet is not None and sheet not in each["names"]:
            names = ", ".join(map(repr, each["names"]))
            raise InputError(f"{source.name}: no sheet {sheet!r}; there are {names}.")
        elif each.get("unread"):
            step = f"Save the workbook anew, or name another with {option('sheet')}."
            raise InputError(f"{source.name}: sheet {each['unread']!r} cannot be read. {step}")
        elif "unread" in each:
            raise InputError(f"{source.name}: {_UNREAD}")
        else:
            yield from found
            found = [(each["sheet"], each["merged"], [])] if "sheet" in each else []


def _told(source: Source, sheet: str | None, *, is_xml: bool) -> Iterator[Any]:
    """What a process of its own tells of a workbook, which may die of it."""
    path = str(source.path.absolute())
    misnamed = _is_misnamed(source, is_xml=is_xml) or printable(path) != path
    asked: Asked = {"file": path, "misnamed": misnamed, "sheet": sheet}
    try:
        yield from told("hygiene.io.decoding.workbook_decoder", asked)
    except DecoderError as error:
        raise InputError(f"{source.name}: {_UNREAD}") from error
    except OSError as error:
        msg = (
            f"{source.name}: a workbook is read by a process of its own, and {sys.executable or 'no Python'} cannot be "
            f"started ({error.strerror}). Save it as CSV."
        )
        raise InputError(msg) from error


def _is_misnamed(source: Source, *, is_xml: bool) -> bool:
    """Whether a workbook is called what another format is, by which python-calamine would choose."""
    suffix = source.path.suffix.lower()
    return suffix in (_OLE_SUFFIXES | _OTHERS if is_xml else _XML_SUFFIXES | _OTHERS)
