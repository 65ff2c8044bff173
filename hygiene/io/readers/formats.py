"""Formats: what a file is, by its first bytes and never by its name, and what to do with one that is not read.

Nothing here reads leads. What is no known format is text, for `csv_file` to make sense of.
"""

import re
import shlex
from collections.abc import Sequence
from typing import Literal, TypeAlias

from hygiene.errors import InputError
from hygiene.io.readers.archives import ARCHIVE, archive_of
from hygiene.io.readers.arrow_file import is_columnar
from hygiene.io.readers.drawn_file import DRAWN
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.foreign_text import foreign_text
from hygiene.io.readers.json_file import is_json
from hygiene.io.readers.sources import Source
from hygiene.io.readers.vcard_file import CARD

__all__ = ["Format", "format_of"]

Format: TypeAlias = Literal["columnar", "excel", "ods", "html", "vcard", "drawn", "json", "text"]

#: What a page begins with, below any byte order mark and blanks.
_HTML = re.compile(
    rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype\s[^>]*>\s*)*<(?:html|head|meta|title|style|body|table|div|center|font)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
#: What a packed file says that it is, and where a flat one says so. Source: ODF 1.3 part 2, 3.3.
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_FLAT = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
#: Bytes of a text that its format is told by.
_TOP = 1 << 12

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SAVE = (
    "Open it in Excel and choose File > Save As > Excel Workbook (.xlsx), or run: "
    "soffice --headless --convert-to xlsx {file}"
)
_PICTURE = "is a picture of type {}. Ask for the table itself, as CSV or XLSX."
_UNPACK = "is packed with {}. Unpack it: {} -dc {{file}} > leads-unpacked, and name that."
_EXPORT = "is {}, which holds pages and no rows. Ask for the table itself, as CSV or XLSX."

_FEATHER = (
    "is of the first version of Feather. Write it anew: python -c 'import sys, pyarrow.feather as f; "
    'f.write_feather(f.read_table(sys.argv[1]), "leads.arrow")\' {file}'
)
_ORC = (
    "is ORC. Make Parquet of it: python -c 'import sys, pyarrow.orc as o, pyarrow.parquet as p; "
    'p.write_table(o.read_table(sys.argv[1]), "leads.parquet")\' {file}'
)
_SQLITE = (
    "is an SQLite database. List its tables: sqlite3 {file} .tables; then write the one with the leads: "
    "sqlite3 -header -csv {file} 'SELECT * FROM leads' > leads.csv"
)
_LOCKED = (
    "is locked with a password. In Excel choose File > Info > Protect Workbook > Encrypt with Password, "
    "empty it, and save."
)

#: First bytes of what is not read, what it is, and what to do: `{file}` stands for its name as a shell takes it.
#: Sources: the formats' own specifications; for pictures and packers the IANA media types.
_REFUSED: Sequence[tuple[bytes, str]] = (
    (b"\x28\xb5\x2f\xfd", _UNPACK.format("zstd", "zstd")),
    (b"\xfd7zXZ\0", _UNPACK.format("xz", "xz")),
    (b"BZh", _UNPACK.format("bzip2", "bzip2")),
    (b"\x04\x22\x4d\x18", _UNPACK.format("lz4", "lz4")),
    (b"\x1f\x9d", _UNPACK.format("compress", "gzip")),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive. Unpack it: 7z x {file}, and name the file in it."),
    (b"Rar!\x1a\x07", "is a RAR archive. Unpack it, and name the file in it."),
    (b"FEA1", _FEATHER),
    (b"Obj\x01", "is Avro. Make JSON of it: pip install fastavro, then: fastavro {file} > leads.jsonl"),
    (b"ORC", _ORC),
    (b"SQLite format 3\0", _SQLITE),
    (b"\0\x01\0\0Standard ", "is an Access database. In Access choose External Data > Export > Excel."),
    (b"\x09\0\x04\0", f"is a sheet of Excel 2. {_SAVE}"),
    (b"\x09\x02\x06\0", f"is a sheet of Excel 3. {_SAVE}"),
    (b"\x09\x04\x06\0", f"is a sheet of Excel 4. {_SAVE}"),
    (b"\0\0\x1a\0", f"is a Lotus 1-2-3 sheet. {_SAVE}"),
    (b"\0\0\x02\0\x06\x04\x06\0", f"is a Lotus 1-2-3 sheet. {_SAVE}"),
    (b"%PDF-", _EXPORT.format("a PDF")),
    (b"{\\rtf", _EXPORT.format("a text in RTF")),
    (b"\x89PNG", _PICTURE.format("PNG")),
    (b"\xff\xd8\xff", _PICTURE.format("JPEG")),
    (b"GIF8", _PICTURE.format("GIF")),
    (b"II*\0", _PICTURE.format("TIFF")),
    (b"MM\0*", _PICTURE.format("TIFF")),
)

#: The same of parts of a zip archive. Source: ECMA-376 part 2 for those of Office.
_ARCHIVES: Sequence[tuple[str, str]] = (
    ("xl/workbook.bin", f"is a binary workbook (XLSB). {_SAVE}"),
    ("index/document.iwa", "is a Numbers sheet. In Numbers choose File > Export To > CSV."),
    ("index.zip", "is a Numbers sheet. In Numbers choose File > Export To > CSV."),
    ("word/document.xml", _EXPORT.format("a Word document")),
    ("ppt/presentation.xml", _EXPORT.format("a presentation")),
)

#: The same of what an OLE container holds, whose names are in UTF-16. Source: MS-CFB 2.6.4.
_CONTAINERS: Sequence[tuple[str, str]] = (
    ("EncryptedPackage", _LOCKED),
    ("WordDocument", _EXPORT.format("a Word document")),
    ("PowerPoint Document", _EXPORT.format("a presentation")),
    ("__properties_version1.0", _EXPORT.format("an Outlook message")),
)

#: Those that are text themselves, and what is in every other one: a header may begin with "ORC".
_OF_TEXT = (b"%PDF-", b"{\\rtf")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")

#: The first two records of SYLK, which a header such as "ID;Phone" is like.
_SYLK = re.compile(rb"ID;P\w*(?:;[NE])*\r?\n(?:[PBCFO];|N[NUEL];)")

#: Whether bytes are the start of a dBase file: version, date of change, records, length of header and record.
_DBF = re.compile(
    rb"[\x02\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f]", re.DOTALL
)
#: SheetJS marks no row of a DBF as there, and dbfread passes over them (0.18.5 and 2.0.7, observed).
_DBF_STEP = (
    "is a dBase table (DBF). Make CSV of it: pip install pandas dbfread, then: python -c 'import sys, pandas, dbfread; "
    "t = dbfread.DBF(sys.argv[1]); pandas.DataFrame(list(t) or list(t._iter_records(bytes(1)))).to_csv("
    '"leads.csv", index=False)\' {file}'
)


def format_of(source: Source, text: Text, /, *, of_list: bool = False) -> Format:
    """The format of a file.

    Args:
        source: The file.
        text: The same in the encoding it is taken to have.
        of_list: Whether any text will do, as entries are found wherever they stand.

    Raises:
        InputError: it is of a format that is not read; the message names it and says what to do.
    """
    starts = source.starts()
    if is_columnar(source):
        return "columnar"
    if starts.startswith(ARCHIVE):
        return _of_archive(source)
    if starts.startswith(_OLE):
        _check_container(source)
        return "excel"
    told = _refused(starts)
    if told is not None:
        raise _refusal(source, told)
    return _of_text(source, text, of_list=of_list)


def _refused(starts: bytes) -> str | None:
    """What to say of a file that is not read, by its first bytes; None for any other."""
    for magic, told in _REFUSED:
        if starts.startswith(magic) and (
            magic in _OF_TEXT or not magic.isascii() or _CONTROLS.search(starts)
        ):
            return told
    if _is_dbf(starts):
        return _DBF_STEP
    if _SYLK.match(starts):
        return f"is a sheet in SYLK. {_SAVE}"
    if starts[4:8] == b"ftyp":
        return _PICTURE.format("HEIC, or a film")
    if starts.startswith(b"RIFF") and starts[8:12] == b"WEBP":
        return _PICTURE.format("WEBP")
    return None


def _of_text(source: Source, text: Text, *, of_list: bool) -> Format:
    try:
        first = next(text.blocks(size=_TOP), b"")
    except UnreadableError:
        return "text"
    top = first.lstrip()
    if CARD.match(top):
        return "vcard"
    if _HTML.match(top):
        return "html"
    if top.startswith((b"<?xml", b"<Workbook")):
        if _FLAT in top and _MIMETYPE in top:
            return "ods"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in top:
            raise _refusal(source, f"is a workbook in XML (SpreadsheetML 2003). {_SAVE}")
        raise _refusal(source, "is XML. Export the leads as CSV, XLSX or JSON.")
    if re.match(rb"MIME-Version:.*?multipart/related", top, re.IGNORECASE | re.DOTALL):
        raise _refusal(source, f"is a web archive (MHTML). {_SAVE}")
    shown = first.lstrip(b"\r\n").decode("utf-8", "replace")
    if DRAWN.match(shown):
        return "drawn"
    if not of_list and (told := foreign_text(shown)) is not None:
        raise _refusal(source, told)
    return "json" if is_json(text) else "text"


def _of_archive(source: Source) -> Format:
    with archive_of(source, "begins like a workbook and is damaged. Save it anew.") as archive:
        names = [name.lower().replace("\\", "/") for name in archive.namelist()]
        if "xl/workbook.xml" in names:
            return "excel"
        kind = archive.read("mimetype")[:200] if "mimetype" in archive.namelist() else b""
    if kind.startswith(_MIMETYPE):
        return "ods"
    told = next((told for part, told in _ARCHIVES if part in names), None)
    raise _refusal(source, told or "is a zip archive. Unpack it, and name the file or folder in it.")


def _check_container(source: Source) -> None:
    """Refuse what is no workbook, by the names in the part of the file that lists what it holds."""
    with source.open() as file:
        head = file.read(512)
        size = 1 << min(int.from_bytes(head[30:32], "little"), 12)
        file.seek((int.from_bytes(head[48:52], "little") + 1) * size)
        listed = file.read(size)
    for name, told in _CONTAINERS:
        if name.encode("utf-16-le") in listed:
            raise _refusal(source, told)


def _is_dbf(starts: bytes) -> bool:
    """Whether the lengths at the start of a dBase file fit each other. Source: dBase III+ file header."""
    if not _DBF.match(starts) or len(starts) < 33:
        return False
    header, record = (int.from_bytes(starts[at : at + 2], "little") for at in (8, 10))
    return header >= 33 and record > 1 and b"\0" in starts[:32]


def _refusal(source: Source, told: str) -> InputError:
    return InputError(f"{source.name}: {told.replace('{file}', shlex.quote(source.name))}")
