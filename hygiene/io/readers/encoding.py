"""Encoding: the text of a file as UTF-8 bytes, whatever it was saved as.

The encoding is never guessed from letters: a byte order mark tells, else it is UTF-8, else, where the
first byte that is not ASCII is no UTF-8, Windows-1252, which is said. Line breaks stay as they are.
"""

import codecs
import itertools
from collections.abc import Iterator

from hygiene.errors import InputError, UsageError, option
from hygiene.io.readers.sources import BLOCK, Digest, Source

__all__ = ["Text", "UnreadableError", "byte_order_mark", "check_encoding", "from_fallback"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_FALLBACK = "cp1252"


class UnreadableError(Exception):
    """A byte that is no text.

    Attributes:
        before: Text of the block as far as the byte, in UTF-8.
        found: What was found, for people.
    """

    def __init__(self, before: bytes, found: str) -> None:
        super().__init__(found)
        self.before = before
        self.found = found

    def on_line(self, name: str, line: int, /) -> InputError:
        """The error for people."""
        step = f"Save it as CSV in UTF-8, or name its encoding with {option('encoding')}."
        return InputError(f"{name}: line {line} holds {self.found}.", step)


def check_encoding(name: str | None, /) -> str | None:
    """The name of a text encoding in one spelling.

    Raises:
        UsageError: there is no such encoding.
    """
    if name is None:
        return None
    try:
        "".encode(name)  # codecs.lookup would let through encodings of bytes as bytes
        return codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError) as error:
        msg = f"{option('encoding', name)}: there is no such encoding; expected for instance utf-8, utf-16 or cp1252."
        raise UsageError(msg) from error


class Text:
    """A file's text.

    Attributes:
        source: The file.
        fell_back: Whether it was read as Windows-1252 for want of anything else.
    """

    def __init__(self, source: Source, encoding: str | None = None) -> None:
        self.source = source
        self.fell_back = False
        self._encoding = encoding

    def blocks(self, digest: Digest | None = None, /, *, size: int = BLOCK) -> Iterator[bytes]:
        """The text as UTF-8 without its byte order mark, a block at a time.

        Raises:
            UnreadableError: a byte is no text in this encoding, or is NUL.
        """
        raw = self.source.blocks(digest, size=size)
        first = next(raw, b"")
        mark, encoding = byte_order_mark(first, self._encoding)
        recoder = _Recoder(encoding)
        for block in itertools.chain([first[len(mark) :]], raw, [None]):
            text = recoder.feed(block or b"", final=block is None)
            self.fell_back = self.fell_back or recoder.fell_back
            if b"\0" in text:
                raise UnreadableError(text[: text.index(b"\0")], "a NUL byte")
            if text:
                yield text

    def lines(self, digest: Digest | None = None, /) -> Iterator[bytes]:
        """The text's lines with the line feed that ends each; nothing else ends one.

        Raises:
            UnreadableError: as above; `before` has the lines that were not given yet.
        """
        parts: list[bytes] = []
        try:
            for block in self.blocks(digest):
                first, *others = block.split(b"\n")
                parts.append(first)
                for other in others:
                    yield b"".join(parts) + b"\n"
                    parts = [other]
        except UnreadableError as error:
            raise UnreadableError(b"".join([*parts, error.before]), error.found) from None
        if rest := b"".join(parts):
            yield rest


def from_fallback(data: bytes, /) -> bytes | None:
    """All of a text that is Windows-1252 for want of anything else, as UTF-8; None where it is not that."""
    recoder = _Recoder(None)
    try:
        text = recoder.feed(data, final=True)
    except UnreadableError:
        return None
    return text if recoder.fell_back and b"\0" not in text else None


def byte_order_mark(first: bytes, named: str | None = None, /) -> tuple[bytes, str | None]:
    """The byte order mark and the encoding it tells; a named encoding of another family overrules it."""
    for mark, encoding in _MARKS:
        if first.startswith(mark) and (named is None or named[:6] == encoding[:6]):
            return mark, encoding
    return b"", named


class _Recoder:
    """Turns bytes of an encoding into UTF-8; of None it finds out.

    The fall-back may be decided far into a file: all before its first byte that is not ASCII reads the same.
    """

    def __init__(self, encoding: str | None) -> None:
        self.fell_back = False
        self._certain = encoding is not None
        self._encoding = encoding or "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._rest = b""

    def feed(self, block: bytes, *, final: bool) -> bytes:
        """The next text.

        Raises:
            UnreadableError: a byte is no text in this encoding.
        """
        if self._encoding != "utf-8":
            return self._decode(block, final=final)
        if not self._rest and block.isascii():
            return block
        data = self._rest + block
        try:
            used = codecs.utf_8_decode(data, "strict", final)[1]
        except UnicodeDecodeError as error:
            if self._certain or not data[: error.start].isascii():
                raise UnreadableError(data[: error.start], "a byte that is not UTF-8") from None
            self.fell_back = True
            self._encoding = _FALLBACK
            self._decoder = codecs.getincrementaldecoder(_FALLBACK)()
            return self._decode(data, final=final)
        # Once a character beyond ASCII was UTF-8, all of the file is held to be.
        self._certain = self._certain or used > 0
        self._rest = data[used:]
        return data[:used]

    def _decode(self, block: bytes, *, final: bool) -> bytes:
        try:
            return self._decoder.decode(block, final).encode("utf-8", "replace")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self._encoding, "replace")
            found = f"a byte that is not {self._encoding.upper()}"
            raise UnreadableError(before.encode("utf-8", "replace"), found) from None
