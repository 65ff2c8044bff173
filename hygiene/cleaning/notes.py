"""Notes: what is to be said of a cleaning beside its verdicts, a sentence each."""

from collections.abc import Iterator, Mapping

from hygiene.cleaning.settings import Settings
from hygiene.columns.dates import Dated
from hygiene.columns.opt_outs import ColumnMarks
from hygiene.errors import Note, option
from hygiene.lists.messages import counted

__all__ = ["notes_on"]


def notes_on(
    settings: Settings, marks: Mapping[str, ColumnMarks], dated: Dated, reasons: Mapping[str, int], /
) -> tuple[str, ...]:
    """Sentences about lists, near misses, the suppression columns, and dates that were not understood."""
    rules = [*(settings.suppress or ()), *(settings.blocklist or ())]
    lists = [*(each.note for each in rules), *(leads.note for leads in settings.known or ())]
    lists += [names.note for names in settings.traits.each()]
    columns = [Note(text) for name, marked in marks.items() for text in _told(name, marked.of_note)]
    return (
        *filter(None, lists),
        *_near(reasons.get("near_suppressed", 0)),
        *columns,
        *dated.notes(settings.keep.column),
    )


def _near(rows: int) -> list[str]:
    """A sentence about rows that would be suppressed by person, where there are any."""
    if not rows:
        return []
    are = f"{counted(rows, 'row')} {'is' if rows == 1 else 'are'}"
    text = (
        f"{are} at the mailbox of a suppressed address in another spelling (near_suppressed): "
        f"{option('match', 'person')} withholds them, {option('review', ['near_suppressed'])} sets them aside."
    )
    return [Note(text)]


def _told(name: str, marked: ColumnMarks) -> Iterator[str]:
    """What is to be said of an opt-out column."""
    if not marked.known:
        return
    column, rows = f"suppression column {name!r}", counted(marked.rows, "row")
    settle = option("suppression_column", [name], value=f'"{name}"')
    if marked.telephone:
        if marked.rows:
            told = f"column {name!r} is about the telephone alone: {rows} marked, none suppressed"
            yield f"{told} ({settle} does)."
        return
    if marked.rows or not marked.unread:
        leave = option("suppression_columns", given=False)
        told = f"{column}: {rows} marked, their addresses are suppressed on every row" if marked.rows else ""
        yield f"{told or f'{column}: no row marked'} ({leave} to leave it out)."
    if marked.unmet:
        yield f"{column}: no cell is {' or '.join(map(repr, marked.unmet))}; see that it is spelled as in the file."
    if marked.unread:
        values = option("suppression_column", [f"{name}=VALUE,..."], value=f'"{name}=VALUE,..."')
        shown = f"{', '.join(marked.values)}{' and the like' if marked.unread > len(marked.values) else ''}"
        unread = counted(marked.unread, "row")
        yield f"{column}: {unread} not understood and not suppressed ({shown}); {values} settles it."
