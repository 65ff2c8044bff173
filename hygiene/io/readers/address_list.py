"""Address lists: texts of addresses one after the other, as people copy them out of a mail program.

`Ann Lund <ann@birch.example>; Bob Roe <bob@evergate.example>`: each address is a lead, with the name before it. What
is no address is a malformed row. Lists of one bare address a line are read as any text without a header.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hygiene.io.readers.batch import Batch, batch_of_rows, first_rows
from hygiene.io.readers.encoding import Text, UnreadableError
from hygiene.io.readers.limits import Limits
from hygiene.io.readers.sources import Digest

__all__ = ["AddressList", "is_address_list"]

#: Rows of a batch, and lines that tell whether a text is such a list.
_ROWS, _SAMPLE_LINES = 20_000, 100

#: Bytes of a text that it is looked at in.
_TOP = 1 << 20

#: An address, and one with a name before it. Source: RFC 5322 3.4; a bare comma is part of a name between semicolons.
_ADDRESS = r"[^\s<>;,:\"|@]+@[^\s<>;,:\"|@]+"
_ENTRY = (
    rf"(?:{_ADDRESS}|(?:\"(?:[^\"\\]|\\.)*\"|'[^'\"<>;]*'|[^\"<>;,@\t|]*)\s*<\s*(?:mailto:)?{_ADDRESS}\s*>)"
)
_WIDE = _ENTRY.replace(";,@", ";@")
_NAMED = re.compile(rf"\s*(?P<name>.*?)\s*<?\s*(?:mailto:)?(?P<address>{_ADDRESS})\s*>?\s*", re.DOTALL)
_LINES = {
    divider: (re.compile(rf"\s*{entry}\s*(?:{divider}\s*{entry}\s*)*{divider}?\s*"), re.compile(entry))
    for divider, entry in ((",", _ENTRY), (";", _WIDE))
}


def is_address_list(text: Text, /) -> bool:
    """Whether the first lines of a text are addresses alone, some of them several on a line or with a name."""
    try:
        top = next(text.blocks(size=_TOP), b"").decode("utf-8", "replace")
    except UnreadableError:
        return False
    lines = [line for line in re.split(r"\r\n|\r|\n", top)[:_SAMPLE_LINES] if line.strip()]
    if len(top.encode()) >= _TOP and len(lines) > 1:
        lines.pop()  # it may be cut off
    entries = [_entries(line) for line in lines]
    several = any(each and (len(each) > 1 or each[0][1]) for each in entries)
    return several and all(each is not None for each in entries)


@dataclass(frozen=True, slots=True)
class AddressList:
    """A text of addresses."""

    text: Text
    limits: Limits
    header: Sequence[str] = ("email", "full name")
    notes: Sequence[str] = field(default=("is a list of addresses; each of them is a lead.",))

    def sample(self, rows: int, /) -> list[list[str]]:
        """The first rows."""
        return first_rows(self._batches(rows), rows)

    def batches(self, digest: Digest | None = None, /) -> Iterator[Batch]:
        """All rows."""
        return self._batches(_ROWS, digest)

    def _batches(self, size: int, digest: Digest | None = None) -> Iterator[Batch]:
        leads = self._leads(digest)
        while part := list(itertools.islice(leads, size)):
            rows = [[address, name] for _, address, name, _ in part]
            malformed = {at: raw for at, (_, _, _, raw) in enumerate(part) if raw is not None}
            yield batch_of_rows(rows, [number for number, _, _, _ in part], len(self.header), malformed)

    def _leads(self, digest: Digest | None) -> Iterator[tuple[int, str, str, str | None]]:
        """Number, address and name of each lead; the raw text of a line that is none."""
        number = 0
        for line in self._lines(digest):
            entries = _entries(line)
            for address, name in [("", "")] if entries is None else entries:
                number += 1
                if max(len(address), len(name), len(line) if entries is None else 0) > self.limits.cell:
                    found = f"entry {number} is longer than {self.limits.cell:,} characters"
                    raise self.limits.refuse("cell", self.text.source.name, found)
                yield number, address, name, line if entries is None else None

    def _lines(self, digest: Digest | None) -> Iterator[str]:
        rest, number = b"", 1
        try:
            for block in self.text.blocks(digest):
                *lines, rest = re.split(rb"\r\n|\r|\n", rest + block)
                number += len(lines)
                yield from (line.decode() for line in lines if line.strip())
        except UnreadableError as error:
            raise error.on_line(self.text.source.name, number + error.before.count(b"\n")) from None
        if rest.strip():
            yield rest.decode()


def _entries(line: str) -> list[tuple[str, str]] | None:
    """The addresses of a line with their names; None for one that is something else."""
    for whole, entry in _LINES.values():
        if whole.fullmatch(line):
            found = (_NAMED.fullmatch(each) for each in entry.findall(line))
            return [(each["address"], _bare(each["name"])) for each in found if each]
    return None


def _bare(name: str) -> str:
    """A name without its quotes."""
    quoted = len(name) > 1 and name.startswith(('"', "'")) and name.endswith(name[0])
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if quoted else name
