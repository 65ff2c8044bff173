"""Gates: limits a list has to keep, and which of them it passed.

Counting is done elsewhere; what happens after a failed gate is the caller's to say.
"""

from collections.abc import Mapping

from hygiene.errors import GateFailed, UsageError
from hygiene.verdict import REASONS, Outcome

__all__ = ["check_gate", "parse_limit"]

#: Prefixes of reason codes whose rest the user's own columns and rules make up.
_FAMILIES = ("missing_", "schema_", "rule_")


def parse_limit(text: str, /) -> tuple[str, int | float]:
    """The name and limit of ``NAME=LIMIT``: ``1`` is a row, ``2%`` or ``0.02`` a share of the input rows.

    Raises:
        UsageError: not that form, or the name is neither an outcome nor a reason.
    """
    name, equals, limit = text.partition("=")
    try:
        share = float(limit.removesuffix("%")) / (100 if limit.endswith("%") else 1)
        value = int(limit) if limit.isdigit() else share
    except ValueError:
        value = -1
    if not equals or not (value >= 0 and (isinstance(value, int) or value <= 1)):
        msg = f"limit {text!r}: expected NAME=LIMIT, for instance invalid=2%, invalid=0.02 or invalid=10 (rows)."
        raise UsageError(msg)
    _check_name(name)
    return name, value


def _check_name(name: str) -> None:
    if name not in REASONS and name not in set(Outcome) and not name.startswith(_FAMILIES):
        msg = f"limit on {name!r}: expected an outcome ({', '.join(Outcome)}) or a reason code."
        raise UsageError(msg)


def check_gate(
    counts: Mapping[str, int],
    /,
    *,
    rows: int,
    max: Mapping[str, int | float],  # noqa: A002 -- the word of the gate
    min: Mapping[str, int | float],  # noqa: A002 -- the word of the gate
) -> None:
    """Hold counts against limits.

    Args:
        counts: Rows by outcome and by reason; a name that is not there counts 0.
        rows: Input rows, the whole that shares are of.
        max: Most rows (int) or share (float) by name.
        min: Fewest rows (int) or share (float) by name.

    Raises:
        GateFailed: naming every limit that was passed and its figure.
        UsageError: a name is neither an outcome nor a reason.
    """
    failures = []
    for limits, word, sign in ((max, "at most", 1), (min, "at least", -1)):
        for name, limit in limits.items():
            _check_name(name)
            found = counts.get(name, 0)
            allowed = limit if isinstance(limit, int) else limit * rows
            if (found - allowed) * sign > 0:
                failures.append(f"{name} is {_figure(found, rows, limit)}, {word} {_limit(limit)} allowed")
    if failures:
        raise GateFailed(failures)


def _figure(found: int, rows: int, limit: int | float) -> str:
    return (
        f"{found} rows" if isinstance(limit, int) else f"{found} of {rows} rows ({found / max(rows, 1):.2%})"
    )


def _limit(limit: int | float) -> str:
    return f"{limit} rows" if isinstance(limit, int) else f"{limit:.2%}"
