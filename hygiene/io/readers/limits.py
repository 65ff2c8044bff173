"""Limits: how much of a file is taken before it is refused, and by what word each limit is raised."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from numbers import Integral

from hygiene.arguments import check_kind
from hygiene.errors import InputError, UsageError, option

__all__ = ["HARMLESS", "Limits", "limits_of"]

#: Bytes that a compressed file may unpack to whatever its ratio: a small bomb does no harm.
HARMLESS = 64 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one input file.

    Attributes:
        cell: Characters of a cell; the default is that of Python's csv module.
        columns: Columns of a header.
        rows: Rows of all files together.
        size: Bytes that a compressed file may unpack to, or a stream may give.
        ratio: How many times its own size a compressed file may unpack to; small files are spared.
        nesting: Levels of lists and objects within one JSON record.
    """

    cell: int = 131_072
    columns: int = 5_000
    rows: int = 10_000_000
    size: int = 4 << 30
    ratio: int = 200
    nesting: int = 20

    def refuse(self, name: str, where: str, found: str) -> InputError:
        """The error of a file that passes a limit."""
        limit = getattr(self, name)
        return InputError(
            f"{where}: {found}; the limit is {limit:,}.",
            f"Raise it with {option('limits', key=name, value='N')}.",
        )


def limits_of(given: Mapping[str, int] | None, /) -> Limits:
    """The limits, some of them set by name.

    Raises:
        UsageError: there is no such limit, or it is below 1.
    """
    check_kind("limits", given, Mapping, "numbers by name, such as limits={'cell': 200_000}")
    names = [field.name for field in fields(Limits)]
    for name, limit in (given or {}).items():
        if name not in names or not isinstance(limit, Integral) or int(limit) < 1:
            msg = f"limit {name}={limit}: expected a whole number from 1 up for one of {', '.join(names)}."
            raise UsageError(msg)
    return Limits(**(given or {}))
