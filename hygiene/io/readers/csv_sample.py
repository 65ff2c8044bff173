"""Sample: the first records below a line, and which delimiter they fit under."""

from hygiene.columns.mapping import has_email
from hygiene.io.readers.csv_record import read_record

__all__ = ["NO_DELIMITER", "records", "sniff", "texts", "widths"]

#: Records below a line that may be the header which tell its delimiter.
_SAMPLE_RECORDS = 20

#: Stands for "one column": a cell of a list of addresses may hold commas.
NO_DELIMITER = "\x1f"


def sniff(top: bytes, start: int) -> str:
    """The delimiter under which most records below fit the one that starts here, of several the most frequent."""
    sound = (
        delimiter
        for delimiter in ",;\t|\x01"  # the last is what Hive writes
        if delimiter.encode() in top and read_record(top, start, delimiter.encode(), final=True).cells
    )
    tried = {delimiter: widths(top, start, delimiter.encode()) for delimiter in sound}
    fitting = {
        delimiter: (sum(width == found[0] for width in found[1:]), found[0])
        for delimiter, found in tried.items()
        if found and found[0] > 1
    }
    if not fitting and _is_blank_divided(top, start):
        return " "
    return max(fitting, key=lambda delimiter: fitting[delimiter]) if fitting else NO_DELIMITER


def _is_blank_divided(top: bytes, start: int) -> bool:
    """Whether blanks divide the cells, as R and Tcl write them: they are quoted, or no cell holds one."""
    rows = texts(top, start, b" ")
    if len(rows) < 2 or len(rows[0]) < 2 or not all(map(all, rows)):
        return False
    others = {len(row) for row in rows[1:]}
    quoted = top.startswith(b'"', start) and b'" ' in top[start : start + len(rows[0][0]) + 3]
    fits = others <= {len(rows[0])} or others == {len(rows[0]) + 1}
    return (
        fits and has_email(rows[0]) and (quoted or all(any("@" in cell for cell in row) for row in rows[1:]))
    )


def widths(top: bytes, start: int, delimiter: bytes) -> list[int]:
    """How many cells the records from one on have, as far as the sample goes and blank ones apart."""
    return [len(cells) for cells in records(top, start, delimiter)]


def records(top: bytes, start: int, delimiter: bytes, *, escaped: bool = False) -> list[list[bytes]]:
    """The cells of the records from one on, as far as the sample goes and blank ones apart."""
    found: list[list[bytes]] = []
    at: int | None = start
    while at is not None and at < len(top) and len(found) <= _SAMPLE_RECORDS:
        record = read_record(top, at, delimiter, final=True, escaped=escaped)
        if record.cells is not None and any(record.cells):
            found.append(record.cells)
        at = record.stop
    return found


def texts(top: bytes, start: int, divider: bytes, *, escaped: bool = False) -> list[list[str]]:
    """The cells of the records from one on as text."""
    found = records(top, start, divider, escaped=escaped)
    return [[cell.decode("utf-8", "replace") for cell in cells] for cells in found]
