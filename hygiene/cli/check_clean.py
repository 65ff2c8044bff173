"""The verbs that look at a list and send nothing: check, clean."""

from typing import Any

import click

from hygiene.cli import options as shared
from hygiene.cli.destinations import check_results
from hygiene.cli.files_out import write_files
from hygiene.cli.help import Verb
from hygiene.cli.run import Run
from hygiene.errors import UsageError

__all__ = ["check", "clean"]


@click.command(cls=Verb)
@shared.cleaning
def check(**options: Any) -> None:
    """Look at a lead list: outcomes, reasons, predicted counts. Writes nothing but --report.

    \b
    hygiene check apollo-export.csv --suppress dnc.csv --report report.html
    cat leads.csv | hygiene check - --no-dns --max invalid=2% --format json
    """
    run = Run(options)
    with run.failing():
        check_results(options)
        cleaned = run.clean()
        write_files(run, None, cleaned)
    run.gate(cleaned)
    run.report(cleaned)


@click.command(cls=Verb)
@shared.cleaning
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    help="Folder for ready.csv, withheld.csv, verdicts.csv, summary.json, report.html; - is stdout, for ready rows.",
)
@shared.out_format
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Clean on the Dask cluster of tcp://HOST:8786, each file a part; --out then holds Parquet.",
)
def clean(scheduler: str | None, **options: Any) -> None:
    """Clean a lead list into a folder: what is ready, what is withheld and why.

    \b
    hygiene clean apollo-export.csv --suppress dnc.csv --out cleaned
    hygiene clean leads.csv --max invalid=2% --out - | psql -c "copy leads from stdin csv header"
    """
    if scheduler:
        from hygiene.cli.on_cluster import clean_there

        clean_there(options, scheduler)
        return
    run = Run(options)
    if run.streams and options["format_"] == "json":
        msg = (
            "--out - writes the leads to stdout, and --format json the summary: name a folder with --out, which "
            "holds summary.json too, or leave --format out."
        )
        raise UsageError(msg)
    with run.failing():
        check_results(options)
        cleaned = run.clean()
        write_files(run, options["out"], cleaned)
    run.gate(cleaned)
    run.report(cleaned)
    if run.streams:
        run.stream(cleaned)
