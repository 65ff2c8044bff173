"""Nicknames: which given names may be those of one person."""

from functools import cache

from hygiene.words.tables import read_rows

__all__ = ["are_one_name", "name_groups"]


def are_one_name(first: str, second: str, /) -> bool:
    """Whether two given names, folded, may be short forms of the same one."""
    if first == second:
        return True
    known = _of_short()
    return (first in known or second in known) and not _formal(first).isdisjoint(_formal(second))


def _formal(name: str) -> frozenset[str]:
    """The whole names that a name may stand for, itself among them."""
    return _of_short().get(name, frozenset()) | {name}


@cache
def _of_short() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, shorts in read_rows("nicknames"):
        for short in shorts.split():
            found.setdefault(short, set()).add(name)
    return {short: frozenset(names) for short, names in found.items()}


@cache
def name_groups() -> dict[str, str]:
    """Each name of the table and one that stands for all that hang together with it by short forms."""
    group: dict[str, str] = {}
    for name, shorts in read_rows("nicknames"):
        names = [name, *shorts.split()]
        roots = {group.get(each, each) for each in names}
        root = min(roots)
        for each in [*names, *(known for known, of in group.items() if of in roots)]:
            group[each] = root
    return group
