"""Sections of the HTML report: each a few tables made from one part of a result.

Every section is one function; a table holds at most `MOST_ROWS` rows, so that the page stays small
whatever came in.
"""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.arrow.value_counts import ValueCounts
from hygiene.cleaning.comparison import Comparison
from hygiene.cleaning.decide import relate_rows
from hygiene.display import counted, inert, mask_rule
from hygiene.outcomes import NOT_CHECKED, Counts, Outcome, meaning, reason
from hygiene.report.changes import changed_section
from hygiene.report.document import (
    MOST_ROWS,
    Cell,
    Content,
    Row,
    Section,
    Table,
    cut,
    left_out,
    number,
    share,
)
from hygiene.report.examples import shown_at
from hygiene.report.groups import AS_COLUMNS
from hygiene.report.made_with import policy_section, run_section, settings_section

__all__ = ["sections"]

#: Row numbers listed for one cluster of duplicates.
MEMBERS = 10
#: Batches shown though nothing is wrong with them.
QUIET_BATCHES = 100


def sections(content: Content, /) -> Iterator[Section]:
    """The sections of a report, in order."""
    makers: Sequence[Callable[[Content], Section | None]] = (
        _outcomes, _reasons, _groups, _batches, _fill_rates, changed_section, _domains, _clusters,
        _lists, settings_section, policy_section, run_section,
    )  # fmt: skip
    for make in makers:
        made = make(content)
        if made is not None:
            yield made


def _outcomes(content: Content) -> Section:
    tally = content.cleaned.counts
    rows = [
        (name.value, number(tally.outcomes[name]), share(tally.outcomes[name], tally.rows), meaning(name))
        for name in [Outcome.READY, *Outcome][:-1]
    ]
    text = "Every row ends in exactly one outcome. What did not run is not checked, and never counted as 0."
    return Section(
        "outcomes",
        "Outcomes",
        text,
        (Table("Rows by outcome", ("Outcome", "Rows", "Share", "Meaning"), tuple(rows)),),
    )


def _reasons(content: Content) -> Section:
    tally = content.cleaned.counts
    if not tally.reasons:
        return Section("reasons", "Reasons", "No row has a reason against it.")
    rows = [
        (code, number(count), share(count, tally.rows), reason(code).text, _examples(content, code))
        for code, count in tally.reasons.items()
    ]
    header = ("Reason", "Rows", "Share", "Meaning", "Examples")
    shown = "" if content.show_addresses else " Addresses are masked."
    text = f"A row may have several. Examples name row numbers, counted from 1 without the header.{shown}"
    return Section("reasons", "Reasons", text, (Table("Rows by reason", header, tuple(rows)),))


def _examples(content: Content, code: str) -> str:
    places = content.cleaned.survey.examples[code]
    leads = zip(places, shown_at(content.cleaned, places, content.shown), strict=True)
    return "; ".join(f"row {place + 1}: {lead}".rstrip(": ") for place, lead in leads)


def _groups(content: Content) -> Section | None:
    told = content.comparison
    if told is None:
        return None
    names = [name.value for name in [Outcome.READY, *Outcome][:-1]]
    outcomes: tuple[Row, ...] = tuple(
        (
            inert(group.name), number(group.tally.rows), number(group.leads),
            *(_with_share(group.tally.outcomes[name], group.tally.rows) for name in names),
            number(group.predicted.imported),
        )
        for group in told.groups
    )  # fmt: skip
    pairs = tuple(
        (f"{inert(pair.first)} and {inert(pair.second)}", number(pair.leads)) for pair in told.overlaps
    )
    header = ("Group", "Rows", "Leads", *(name.capitalize() for name in names), "Imports")
    tables = (
        Table("Outcomes of each group", header, outcomes),
        _reasons_of_groups(told),
        cut(Table("Leads that two groups both hold", ("Groups", "Leads"), pairs)),
    )
    text = f"Groups by {inert(told.by)}, each judged as if it had come alone; a lead is a distinct address."
    return Section("groups", "Sources compared", text, tuple(table for table in tables if table.rows))


def _reasons_of_groups(told: Comparison) -> Table:
    """A column for each of a few groups, and else a row."""
    title = "Reasons of each group"
    if len(told.groups) <= AS_COLUMNS:
        by_code: tuple[Row, ...] = tuple(
            (
                code,
                *(_with_share(group.tally.reasons.get(code, 0), group.tally.rows) for group in told.groups),
            )
            for code in told.reasons
        )
        return Table(title, ("Reason", *(inert(group.name) for group in told.groups)), by_code)
    by_group: tuple[Row, ...] = tuple(
        (inert(group.name), ", ".join(f"{code} {count:,}" for code, count in group.tally.reasons.items()))
        for group in told.groups
        if group.tally.reasons
    )
    return Table(title, ("Group", "Reasons"), by_group)


def _with_share(count: int | None, rows: int) -> Cell:
    if not count or not rows:
        return number(count)
    return Cell(f"{count:,} ({count / rows:.1%})", count)


def _batches(content: Content) -> Section | None:
    if content.receipt is None:
        return None
    batches = content.receipt.batches
    loud = [each for each in batches if each.drift is None or any(each.drift.as_dict().values())]
    quiet = [each for each in batches if each not in loud][:QUIET_BATCHES]
    chosen = sorted([*loud[:QUIET_BATCHES], *quiet], key=lambda each: each.batch)
    names = list(Counts().as_dict())
    rows = tuple(
        (
            Cell(f"{each.batch}", each.batch), number(each.rows), each.state, number(each.attempts),
            *(_beside(getattr(each.predicted, name), getattr(each.reported, name, None)) for name in names),
        )
        for each in chosen
    )  # fmt: skip
    header = ("Batch", "Rows", "State", "Attempts", *names)
    left = len(batches) - len(chosen)
    text = (
        f"{counted(len(batches), 'request', ',')} to {inert(content.receipt.sink)}, {len(loud):,} of them "
        "not as predicted."
    )
    more = f"{left:,} more {'batch is' if left == 1 else 'batches are'} not shown." if left else ""
    return Section(
        "batches",
        "Batches",
        text,
        (Table("Requests of the import, counts as predicted / reported", header, rows, more),),
    )


def _beside(predicted: int | None, reported: int | None) -> Cell:
    texts = ("?" if count is None else f"{count:,}" for count in (predicted, reported))
    return Cell(" / ".join(texts), reported)


def _fill_rates(content: Content) -> Section:
    rates = content.cleaned.fill_rates
    rows = tuple((name, Cell(f"{rate:.1%}", rate)) for name, rate in rates.items() if rate is not None)
    missing = ", ".join(name for name, rate in rates.items() if rate is None)
    text = f"No such column: {missing}." if missing else "Every canonical column is there."
    return Section(
        "filled",
        "Filled cells",
        text,
        (Table("Share of rows that fill a column", ("Column", "Filled"), rows),),
    )


def _domains(content: Content) -> Section:
    cleaned = content.cleaned
    found = ValueCounts()
    for texts in cleaned.survey.texts():
        found.add(texts.domain)
    verdicts = cleaned.survey.domains.items()
    asked = cleaned.survey.settings.resolver is not None
    dead, unknown = (
        found.among(
            pa.array([name for name, verdict in verdicts if str(verdict) in codes], pa.large_string())
        )
        for codes in (_DEAD, ("dns_unknown",))
    )

    def table(caption: str, counted: ValueCounts) -> Table:
        pairs = counted.most(MOST_ROWS)
        rows = tuple((inert(name), number(rows), _dns(content, name)) for name, rows in pairs)
        return Table(caption, ("Domain", "Rows", "DNS"), rows, left_out(len(counted)))

    tables = [table("Most frequent domains", found)]
    tables += [table("Domains that accept no mail", dead)] if dead else []
    tables += [table("Domains that DNS did not decide", unknown)] if unknown else []
    text = f"{len(found):,} domains; " + (
        f"{len(dead):,} accept no mail, {len(unknown):,} are unknown." if asked else "DNS was not checked."
    )
    return Section("domains", "Domains", text, tuple(tables))


#: Verdicts that say for good that no mail is accepted.
_DEAD = ("null_mx", "domain_not_found", "no_mail_host")


def _dns(content: Content, domain: str) -> str:
    verdict = content.cleaned.survey.domains.get(domain)
    if verdict is None:
        return NOT_CHECKED
    return f"{verdict} ({verdict.cause})" if getattr(verdict, "cause", "") else str(verdict)


def _related(content: Content) -> Iterator[dict[str, pa.Array]]:
    """What rows are to lists and to other rows, chunk by chunk."""
    found = content.cleaned.survey
    return (relate_rows(chunk, found.related(number)) for number, chunk in enumerate(found))


def _clusters(content: Content) -> Section:
    relations = content.cleaned.survey.relations
    repeats, found = relations.repeats, relations.largest(MOST_ROWS)
    rows = []
    stays = shown_at(content.cleaned, [cluster.stays for cluster in found], content.shown)
    for cluster, lead in zip(found, stays, strict=True):
        replaced = cluster.replaced
        text = ", ".join(str(place + 1) for place in replaced[:MEMBERS])
        text += f" and {len(replaced) - MEMBERS:,} more" if len(replaced) > MEMBERS else ""
        size = Cell(f"{len(replaced) + 1:,}", len(replaced) + 1)
        rows.append((lead, size, number(cluster.stays + 1), text, ", ".join(cluster.kinds)))
    stand = "stands" if repeats.clusters == 1 else "stand"
    text = f"{counted(repeats.clusters, 'lead', ',')} {stand} in the input more than once, in "
    text += f"{counted(int(repeats.among.sum()), 'row', ',')} too many. "
    if content.cleaned.survey.settings.known is None:
        text += "Known leads were not checked."
    else:
        of_known = (pc.equal(related["duplicate_of"], "known") for related in _related(content))
        count = sum(int(mask(rows).sum()) for rows in of_known)
        text += f"{counted(count, 'further row', ',')} {'is a lead' if count == 1 else 'are leads'} the API holds."
    header = ("Lead", "Rows", "Stays", "Duplicate rows", "Match")
    table = Table(
        "Clusters of rows for one lead, the largest first", header, tuple(rows), left_out(repeats.clusters)
    )
    return Section("duplicates", "Duplicates", text, (table,) if rows else ())


def _lists(content: Content) -> Section:
    settings = content.cleaned.survey.settings
    hits = ValueCounts()
    for related in _related(content):
        hits.add(related["matched_rule"])
    by_list: dict[str, int] = {}
    for rule, count in hits.pairs():
        name = str(rule).rsplit(":", 2)[0]
        by_list[name] = by_list.get(name, 0) + int(count)
    kinds = (("suppression list", settings.suppress), ("block list", settings.blocklist))
    lists = [
        (inert(rules.name), kind, number(len(rules)), number(by_list.get(rules.name, 0)))
        for kind, given in kinds
        for rules in given or ()
    ]
    lists += [(f"no {kind}", kind, number(None), number(None)) for kind, given in kinds if given is None]
    entries = tuple(
        (inert(str(rule)) if content.show_addresses else mask_rule(str(rule)), number(int(count)))
        for rule, count in hits.most(MOST_ROWS)
    )
    tables = (
        Table(
            "Lists, and rows they were the first to match", ("List", "Kind", "Entries", "Rows"), tuple(lists)
        ),
        Table("Entries that matched", ("List : line : entry", "Rows"), entries, left_out(len(hits))),
    )
    text = "A suppression list is ours and forbids; a block list is the API's own. A row counts for its first match."
    return Section("lists", "Lists", text, tuple(table for table in tables if table.rows))
