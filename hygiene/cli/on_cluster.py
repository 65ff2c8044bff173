"""A cleaning on a Dask cluster, for `clean`: each file is a partition, read where it is worked on.

The folder holds Parquet, a file for each partition, and the summary; for the report one process holds too little.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from hygiene.cli.console import show
from hygiene.cli.flags import with_flags
from hygiene.cli.loaders import make_resolver
from hygiene.cli.run import Run
from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Receipt
    from hygiene.scale import ScaledLeads

__all__ = ["clean_there"]

#: Seconds after which a scheduler that does not answer is not there.
_CONNECT_S = 10
#: Options that say how one process works and what it writes.
_ELSEWHERE: Mapping[str, str] = {
    "memory": "--memory",
    "jobs": "--jobs",
    "report": "--report",
    "show_addresses": "--show-addresses",
    "out_format": "--out-format",
    "rights": "--mode",
}


def clean_there(options: dict[str, Any], address: str, /) -> None:
    """Clean files on the cluster of a scheduler into a folder that its workers see.

    Raises:
        HygieneError: as `hygiene.scale.clean`.
        UsageError: an option is for one process, no scheduler answers, or the folder holds results already.
    """
    _check(options)
    run = _ClusterRun(options)
    with run.failing(), _connected(address):
        cleaned = run.cleaned()
        written = cleaned.write(options["out"])
        summary = Path(options["out"]) / "summary.json"
        told = run.summary(cast("CleanedLeads", cleaned))
        _write_summary(summary, told)
        run.note(f"wrote {', '.join(path.name for path in (*written, summary))} to {options['out']}")
        shown = cast("CleanedLeads", cleaned)  # what is asked of it below it has as well
        run.gate(shown)
        run.report(shown)


def _check(options: Mapping[str, Any]) -> None:
    context = click.get_current_context()
    given = [
        flag
        for name, flag in _ELSEWHERE.items()
        if context.get_parameter_source(name) in {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
    ]
    given += ["--out -"] if options["out"] == "-" else []
    given += ["--format github"] if options["format_"] == "github" else []
    if given:
        msg = (
            f"{' and '.join(given)}: for one process; with --scheduler --out holds Parquet and summary.json. "
            "Leave it out, or leave --scheduler out."
        )
        raise UsageError(msg)


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Let a scheduler's cluster do the work meanwhile."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--scheduler needs Dask: pip install 'lead-hygiene[dask]'.") from error
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        msg = (
            f"--scheduler {address}: no Dask scheduler answers there ({type(error).__name__}). "
            "Start one with `dask scheduler`, and name the address that it prints, tcp://HOST:8786."
        )
        raise UsageError(msg) from error
    with client:
        yield


def _write_summary(path: Path, summary: Mapping[str, Any]) -> None:
    from hygiene.io.writers import atomic

    with atomic(path) as file:
        json.dump(summary, file, indent=2, ensure_ascii=False)
        file.write("\n")


@dataclass(frozen=True)
class _ClusterRun(Run):
    """A run whose leads are on a cluster."""

    def cleaned(self) -> "ScaledLeads":
        """The files, cleaned as the options say."""
        import hygiene.scale

        with self.progress("Reading and checking", total_known=False) as progress:
            resolver = None if self.options["no_dns"] else make_resolver(self.options, progress)
            given = {name: value for name, value in self.given().items() if name not in {"memory", "jobs"}}
            found = hygiene.scale.clean(list(self.options["files"]), **given, resolver=resolver)
        for note in () if self.options["quiet"] else found.notes:
            self.tell(with_flags(note))
        for warning in resolver.warnings if resolver else ():
            self.tell(f"warning: {with_flags(warning)}")
        if self.options["by"]:
            found.by(self.options["by"])  # a column that is not there stops the run before it does anything
        return found

    def summary(
        self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None, *, error: str | None = None
    ) -> dict[str, Any]:
        """The summary of the run so far."""
        if cleaned is None:
            return super().summary(None, receipt, error=error)
        told = cast("ScaledLeads", cleaned).summary(by=self.options["by"] or None)
        return {**told, "run": {**told["run"], "error": error}}

    def _report(self, cleaned: "CleanedLeads", receipt: "Receipt | None" = None) -> None:
        """Print the counts for people; nothing where a program reads JSON."""
        from hygiene.report.text import counts_alone, sentence

        del receipt
        if self.options["format_"] == "json":
            return
        show(counts_alone(cleaned, comparison=self.comparison(cleaned)))
        click.echo(sentence(cleaned))
