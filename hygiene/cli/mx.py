"""The verb that looks domains up: mx."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.flags import with_flags
from hygiene.cli.help import Verb
from hygiene.cli.loaders import make_resolver
from hygiene.cli.run import Run
from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.deliverability import DomainVerdict

__all__ = ["mx"]

#: The shape of what ``--format json`` prints; a breaking change is a new number.
SCHEMA = "hygiene.mx/1"


@click.command(cls=Verb)
@click.argument("domains", nargs=-1, required=True, metavar="DOMAIN...")
@shared.asking
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
)
@click.option("-q", "--quiet", is_flag=True, help="No notes, no progress.")
def mx(domains: Sequence[str], **options: Any) -> None:
    """Say of each domain whether it takes mail: verdict, cause, hosts, TTL, and if that was known from before.

    \b
    hygiene mx acme.example bolt.example
    cut -d@ -f2 addresses.txt | hygiene mx - --format json
    """
    from hygiene.deliverability import CAUSES

    run = Run(options)
    asked = list(dict.fromkeys(_domains(domains)))
    with run.progress("Looking up") as progress:
        resolver = make_resolver(options, progress)
        found = resolver.look_up(asked)
    for warning in resolver.warnings:
        run.tell(f"warning: {with_flags(warning)}")
    if options["format_"] == "json":
        told = {"schema": SCHEMA, "domains": [_as_dict(domain, found[domain]) for domain in asked]}
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo("\n".join(_lines(found)))
        for cause in dict.fromkeys(verdict.cause for verdict in found.values() if verdict.cause):
            run.note(f"{cause}: {CAUSES[cause]}")


def _domains(given: Sequence[str]) -> Iterator[str]:
    """The domains as A-labels; ``-`` stands for those on standard input, one a line."""
    import pandas as pd

    from hygiene.address import validate
    from hygiene.arrow.text import text_column
    from hygiene.report.text import inert

    names = [line for text in given for line in (sys.stdin if text == "-" else [text])]
    named = [name.strip().rstrip(".") for name in names if name.strip()]
    judged = validate(text_column(pd.Series([f"mx@{name}" for name in named], dtype="str")))
    for name, domain in zip(named, judged.domain.to_pylist(), strict=True):
        if domain is None:
            raise UsageError(f"{inert(name)!r}: expected a domain that can take mail, for instance acme.com.")
        yield domain


def _as_dict(domain: str, verdict: "DomainVerdict") -> dict[str, Any]:
    return {
        "domain": domain,
        "verdict": verdict.code,
        "cause": verdict.cause or None,
        "hosts": list(verdict.hosts),
        "notes": list(verdict.notes),
        "ttl_s": verdict.ttl_s,
        "cached": verdict.cached,
    }


def _lines(found: "Mapping[str, DomainVerdict]") -> Iterator[str]:
    """One line a domain, in columns."""
    rows = [
        (
            domain,
            verdict.code,
            " ".join([verdict.cause, *verdict.notes]).strip() or "-",
            f"{verdict.ttl_s or 0} s",
            "cached" if verdict.cached else "fresh",
            " ".join(verdict.hosts),
        )
        for domain, verdict in found.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
