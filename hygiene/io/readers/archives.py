"""Archives: zip files that workbooks and spreadsheets come in, opened so that whatever is wrong with one is a refusal.

What is in them is read elsewhere.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from hygiene.errors import InputError
from hygiene.io.readers.limits import HARMLESS, Limits
from hygiene.io.readers.sources import Source

__all__ = ["ARCHIVE", "archive_of", "check_unpacked"]

#: First bytes of an archive. Source: APPNOTE.TXT 4.3.7, of a file in it.
ARCHIVE = b"PK\x03\x04"

#: What zipfile raises for what is damaged (observed with Python 3.11): names that are no text, places before the
#: file's start, parts that are missing, a compression unknown to it, and where a password is asked for.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, MemoryError, OSError,
    ValueError, OverflowError, LookupError, NotImplementedError, RuntimeError,
)  # fmt: skip


@contextmanager
def archive_of(source: Source, found: str, /) -> Iterator[zipfile.ZipFile]:
    """The archive that a file is.

    Args:
        source: The file.
        found: What is said of a damaged one, with the next step.

    Raises:
        InputError: it is damaged or locked.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            yield archive
    except _DAMAGE as error:
        raise InputError(f"{source.name}: {found}") from error


def check_unpacked(source: Source, archive: zipfile.ZipFile, limits: Limits, /) -> None:
    """Refuse an archive that unpacks to more than is held.

    Raises:
        InputError: it does.
    """
    packed = sum(member.compress_size for member in archive.infolist())
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > limits.size:
        raise limits.refuse("size", source.name, f"unpacks to {unpacked:,} bytes")
    if unpacked > max(HARMLESS, packed * limits.ratio):
        found = f"unpacks to more than {limits.ratio:,} times its own size"
        raise limits.refuse("ratio", source.name, found)
