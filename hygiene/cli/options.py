"""Options that verbs share."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import param_types

if TYPE_CHECKING:
    from hygiene.cli.config import Profile

__all__ = [
    "FIELDS",
    "asking",
    "cleaning",
    "client",
    "hush",
    "insecure",
    "journal",
    "loudness",
    "no_key",
    "out_format",
    "profile",
    "rights",
    "together",
]


def together(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Several options as one decorator."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def _or_before(context: click.Context, option: click.Parameter, given: Any) -> Any:
    """The option's value, else what it was given before the verb."""
    return given or context.find_root().params.get(option.name or "") or given


def hush() -> None:
    """Let the logger be silent again."""
    import logging

    logger = logging.getLogger("hygiene")
    logger.handlers[:] = [logging.NullHandler()]
    logger.setLevel(logging.NOTSET)


def _speak(context: click.Context, option: click.Parameter, given: int) -> int:
    """Let the logger speak on stderr as loud as asked for."""
    import logging

    level = _or_before(context, option, given)
    if level:
        from hygiene.errors import Note

        logger = logging.getLogger("hygiene")
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        handler.addFilter(lambda record: not isinstance(record.msg, Note))  # a verb tells notes by itself
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO if level == 1 else logging.DEBUG)
    return int(level)


#: How much is said on stderr; the same words are taken before the verb and after it.
loudness = together(
    click.option("-q", "--quiet", is_flag=True, callback=_or_before, help="No notes, no progress."),
    click.option("-v", "--verbose", count=True, callback=_speak, help="Say more on stderr; -vv still more."),
)

client = click.option(
    "--client",
    type=click.IntRange(min=0),
    metavar="ID",
    help="Client whose entries of the block list count beside those of no client.",
)

insecure = click.option(
    "--insecure",
    is_flag=True,
    help="Take an http:// base URL off this machine too: all on the way read the key.",
)

no_key = click.option("--api-key", expose_value=False, hidden=True, callback=param_types.refuse_key)

#: What every verb that asks DNS takes.
asking = together(
    click.option(
        "--resolver",
        "resolvers",
        multiple=True,
        metavar="HOST[:PORT]",
        help="Name server to ask. Repeatable.",
    ),
    click.option(
        "--dns-cache", metavar="F", help="File that keeps DNS answers; in the user's cache folder by default."
    ),
    click.option("--no-dns-cache", is_flag=True, help="Neither use nor keep DNS answers of other runs."),
    click.option(
        "--dns-rate",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="At most N questions a second.",
    ),
    click.option(
        "--dns-window",
        type=click.IntRange(min=1),
        metavar="N",
        help="At most N questions unanswered at a time.",
    ),
    click.option(
        "--dns-timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="S",
        help="Seconds for one question, all tries together; 5 by default.",
    ),
    click.option(
        "--dns-deadline",
        type=click.FloatRange(min=0, min_open=True),
        metavar="S",
        help="Seconds for all look-ups; what is undecided then is unknown.",
    ),
)

#: What verbs that write results take.
out_format = click.option(
    "--out-format",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    default="csv",
    show_default=True,
    help="Format of the files in --out; summary.json stays JSON.",
)

rights = click.option(
    "--mode",
    "rights",
    default="0600",
    show_default=True,
    callback=param_types.rights,
    metavar="OCTAL",
    help="Who may read what is written: 0640 is the group too.",
)


def _take_profile(context: click.Context, _: click.Parameter, given: str | None) -> "Profile | None":
    """Let the configuration give what neither an option nor the environment does."""
    if context.default_map is not None:
        return None
    from hygiene.cli.config import load_defaults, load_profile

    profile = load_profile(given) if given else None
    found = dict(profile.values if profile else load_defaults())
    if profile:
        found |= {each: profile.several(each) for each in ("blocklist", "known")}
    for name, option in (("list", "list_id"), ("client_id", "client")):
        if name in found:
            found[option] = found.pop(name)
    found.pop("suppress", None)  # added to those of the options, see `Run.suppress`
    context.default_map = found
    return profile


profile = click.option(
    "--profile",
    is_eager=True,
    callback=_take_profile,
    metavar="NAME",
    help="Account, list and lists of [profile.NAME] in hygiene.toml.",
)

journal = click.option(
    "--journal", envvar="HYGIENE_JOURNAL", metavar="F", help="Where imports are remembered."
)

#: The options of a cleaning, each field of `hygiene.options.CleanOptions` with its flags, in the order of the help.
#: Batches and the waiving of the block list are an import's, which has flags of its own for them.
FIELDS: Mapping[str, Callable[..., Any]] = {
    "suppress": click.option(
        "--suppress", multiple=True, metavar="F", help="Suppression list, ours: never sent. Repeatable."
    ),
    "blocklist": click.option(
        "--blocklist", multiple=True, metavar="F", help="Snapshot of the API's block list. Repeatable."
    ),
    "known": click.option(
        "--known", multiple=True, metavar="F", help="Leads the API holds already. Repeatable."
    ),
    "match": click.option(
        "--match",
        type=click.Choice(["exact", "person"]),
        default="exact",
        show_default=True,
        help="Which rows are the same lead: by address, or by what is known of mailbox providers.",
    ),
    "keep": click.option(
        "--keep",
        default="first",
        show_default=True,
        metavar="RULE",
        help="Row of a lead that stays: first, last, most-complete, newest:COLUMN.",
    ),
    "likely": click.option(
        "--likely",
        is_flag=True,
        help="Note rows likely of one person under two addresses (same_person_suspected).",
    ),
    "fill": click.option(
        "--fill", is_flag=True, help="The row that stays takes blank cells from those it replaces."
    ),
    "mend": click.option(
        "--no-mend",
        "mend",
        is_flag=True,
        callback=param_types.negated,
        help="Send cells as they are: with their white space, entities, quotes and mojibake.",
    ),
    "tidy": click.option(
        "--tidy",
        default="",
        callback=param_types.names,
        metavar="KIND,...",
        help="Write names, companies, phones, places, links (or all) as a mail wants them.",
    ),
    "region": click.option(
        "--region", metavar="CODE", help="Country of phone numbers whose row says none: GB."
    ),
    "suppression_columns": click.option(
        "--no-suppression-columns",
        "suppression_columns",
        is_flag=True,
        callback=param_types.negated,
        help="Opt-out marks in the leads' own columns do not count.",
    ),
    "suppression_column": click.option(
        "--suppression-column",
        "suppression_column",
        multiple=True,
        metavar="HEADER[=VALUE,...]",
        help="A column of the leads that marks opt-outs, and the values that do. Repeatable.",
    ),
    "max_list_age": click.option(
        "--max-list-age",
        callback=param_types.age,
        metavar="AGE",
        help="Refuse a suppression list written longer ago: 12h, 30d, 8w.",
    ),
    "allow_empty_list": click.option(
        "--allow-empty-list", is_flag=True, help="A suppression list without entries is meant so."
    ),
    "all_rows": click.option(
        "--all-rows",
        is_flag=True,
        help="Take every row of a suppression list, whatever its opt-out columns say.",
    ),
    "lead_domains": click.option(
        "--lead-domains",
        is_flag=True,
        help="Forbid the domains of web addresses in a suppression list that looks like leads.",
    ),
    "allow_broad_rules": click.option(
        "--allow-broad-rule",
        "allow_broad_rules",
        multiple=True,
        metavar="DOMAIN",
        help="A public suffix or mailbox provider that a suppression list may forbid. Repeatable.",
    ),
    "client": client,
    "columns": click.option(
        "--column",
        "columns",
        multiple=True,
        callback=param_types.pairs,
        metavar='NAME="HEADER"',
        help="Where a column is, for instance email='E-mail'.",
    ),
    "encoding": click.option("--encoding", metavar="NAME", help="Encoding of text files, such as cp1252."),
    "delimiter": click.option(
        "--delimiter", metavar="C", help="Delimiter of text files: a character, or tab."
    ),
    "header_row": click.option(
        "--header-row", type=click.IntRange(min=1), metavar="N", help="Line of the header."
    ),
    "no_header": click.option(
        "--no-header", is_flag=True, help="The first row is a lead: name columns by what they hold."
    ),
    "sheet": click.option("--sheet", metavar="NAME", help="Sheet of a workbook."),
    "visible_rows": click.option(
        "--visible-rows", is_flag=True, help="Leave out rows that are hidden in a workbook."
    ),
    "limits": click.option(
        "--limit",
        "limits",
        multiple=True,
        callback=param_types.numbers,
        metavar="NAME=N",
        help="Raise a limit on input: cell, columns, rows, size, ratio, nesting.",
    ),
    "memory": click.option(
        "--memory",
        default="1GB",
        show_default=True,
        callback=param_types.octets,
        metavar="SIZE",
        help="Memory to stay within; what does not fit goes to temporary files.",
    ),
    "jobs": click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Parts of the input worked on at once; the processors there are by default.",
    ),
    "trust_columns": click.option(
        "--trust-column",
        "trust_columns",
        multiple=True,
        metavar="HEADER",
        help="Honour a verifier's verdicts. Repeatable.",
    ),
    "require": click.option(
        "--require",
        default="",
        callback=param_types.names,
        metavar="NAME,...",
        help="Columns that must not be blank.",
    ),
    "schema": click.option("--schema", metavar="MODULE:MODEL", help="Your own Pandera schema."),
    "rules": click.option(
        "--rule", "rules", multiple=True, metavar="MODULE:NAME", help="Your own rule. Repeatable."
    ),
    "review": click.option(
        "--review",
        multiple=True,
        metavar="NOTE",
        help="Withhold rows with it, for instance disposable. Repeatable.",
    ),
    "disposable": click.option(
        "--disposable", multiple=True, metavar="F", help="Disposable domains, in place of ours. Repeatable."
    ),
    "free": click.option(
        "--free", multiple=True, metavar="F", help="Public providers, in place of ours. Repeatable."
    ),
    "roles": click.option(
        "--roles", multiple=True, metavar="F", help="Role names, in place of ours. Repeatable."
    ),
    "resolver": together(
        click.option("--no-dns", is_flag=True, help="Do not ask DNS about domains."), asking
    ),
    "accept_unknown": click.option(
        "--accept-unknown", is_flag=True, help="Leads whose domain DNS does not decide are ready."
    ),
    "policy": click.option("--policy", metavar="F", help="The API's counting rules, as TOML."),
}

#: What every verb that cleans takes.
cleaning = together(
    click.argument("files", nargs=-1, required=True, metavar="FILE..."),
    *FIELDS.values(),
    click.option(
        "--max",
        "max_",
        multiple=True,
        callback=param_types.limits,
        metavar="NAME=LIMIT",
        help="Fail above it: invalid=2% or duplicate=10.",
    ),
    click.option(
        "--min",
        "min_",
        multiple=True,
        callback=param_types.limits,
        metavar="NAME=LIMIT",
        help="Fail below it: ready=80%.",
    ),
    click.option(
        "--warn", multiple=True, callback=param_types.limits, metavar="NAME=LIMIT", help="Warn above it."
    ),
    click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json", "github"]),
        default="text",
        help="What stdout holds.",
    ),
    click.option("--by", metavar="COLUMN|file|provider", help="Compare the sources that a column names."),
    click.option("--report", "report", metavar="F.html", help="Write the report as one HTML file."),
    click.option("--show-addresses", is_flag=True, help="Show addresses in the report; masked otherwise."),
    rights,
    no_key,
    profile,
    loudness,
)
