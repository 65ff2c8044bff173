"""One run of a verb that cleans: its options in, its result out."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.console import progress, show
from hygiene.cli.exit_codes import USAGE, exit_code
from hygiene.cli.flags import with_flags
from hygiene.cli.loaders import load_policy, make_resolver
from hygiene.errors import GateFailed, HygieneError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hygiene.cleaning.comparison import Comparison
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Progress, Receipt

__all__ = ["Run"]


@dataclass(frozen=True)
class Run:
    """One run of a verb that cleans: its options, and how its result leaves."""

    options: dict[str, Any]

    @property
    def suppress(self) -> list[str]:
        """The suppression lists: those of the options and those of the profile, never one instead of the other."""
        profile = self.options.get("profile")
        return [*self.options["suppress"], *(profile.several("suppress") if profile else ())]

    @property
    def streams(self) -> bool:
        """Whether stdout takes the leads that are ready, so that all else goes to stderr."""
        return self.options.get("out") == "-"

    @contextmanager
    def failing(self, cleaned: "CleanedLeads | None" = None) -> Iterator[None]:
        """Print what a program reads of a run that an error ends: the summary, or an annotation.

        A limit that was passed is no reason to hide what was found: the whole result is shown.
        """
        try:
            yield
        except HygieneError as error:
            if self.options["format_"] == "json" and exit_code(error) != USAGE:
                self.print_json(cleaned, error=with_flags(error))
            if self.options["format_"] == "github":
                self.annotate("error", getattr(error, "failures", [with_flags(error)]))
            if isinstance(error, GateFailed) and cleaned is not None:
                self._report(cleaned)
            elif self.options["format_"] == "github":
                self.add_job_summary(cleaned)
            raise

    def clean(self, **more: Any) -> "CleanedLeads":
        """The files of this run, cleaned as its options say; `more` are options that are no flags of a cleaning."""
        from hygiene.api import clean

        asking = "" if self.options["no_dns"] else ", domains asked"
        with self.progress(f"Reading and checking{asking}") as progress:
            resolver = None if self.options["no_dns"] else make_resolver(self.options, progress)
            given = {**self._given(), **more, "resolver": resolver}
            cleaned = clean(list(self.options["files"]), **given)
        for note in () if self.options["quiet"] else cleaned.notes:
            self.tell(with_flags(note))
        for warning in resolver.warnings if resolver else ():
            self.tell(f"warning: {with_flags(warning)}")
        self.comparison(cleaned)  # a column that is not there stops the run before it does anything
        return cleaned

    def _given(self) -> dict[str, Any]:
        """The options of a cleaning as the library takes them: what names something that is loaded is loaded."""
        from hygiene.checks.custom_rules import load_rule
        from hygiene.checks.pandera_schema import load_schema
        from hygiene.options import CleanOptions

        default = {each.name: each.default for each in fields(CleanOptions)}
        options = {**self.options, "suppress": tuple(self.suppress)}
        given = {name: options[name] for name in shared.FIELDS if name in options}
        # on a command line an address is no list: whoever writes one there is told so
        given |= {name: tuple(map(Path, given[name])) for name in ("suppress", "blocklist", "known")}
        nobody = {name for name, value in given.items() if value == () and default[name] is None}
        return {
            **{name: value for name, value in given.items() if name not in nobody},
            "schema": load_schema(options["schema"]) if options["schema"] else None,
            "rules": [load_rule(spec) for spec in options["rules"]],
            "policy": load_policy(options["policy"]),
        }

    def comparison(self, cleaned: "CleanedLeads") -> "Comparison | None":
        """The sources side by side, where that was asked for."""
        return cleaned.by(self.options["by"]) if self.options["by"] else None

    def gate(self, cleaned: "CleanedLeads") -> None:
        """Warn of limits that only warn, then hold the list against those that fail.

        Limits stand in the configuration too; an option on the same name takes their place.
        """
        from hygiene.cli.config import load_gate

        limits = load_gate()
        try:
            cleaned.gate(max={**limits["warn"], **self.options["warn"]})
        except GateFailed as passed:
            for failure in passed.failures:
                self.tell(f"warning: {failure}")
            self.annotate("warning", passed.failures)
        with self.failing(cleaned):
            cleaned.gate(
                max={**limits["max"], **self.options["max_"]}, min={**limits["min"], **self.options["min_"]}
            )

    def report(self, cleaned: "CleanedLeads", receipt: "Receipt | None" = None) -> None:
        """Print the result on stdout."""
        if self.options["format_"] == "json":
            self.print_json(cleaned, receipt)
        else:
            self._report(cleaned, receipt)

    def _report(self, cleaned: "CleanedLeads", receipt: "Receipt | None" = None) -> None:
        """Print the result for people, or for a GitHub workflow; nothing where a program reads JSON."""
        from hygiene.report.text import sentence, tables

        if self.options["format_"] == "json":
            return
        comparison = self.comparison(cleaned)
        send_all = self.options.get("send_all", False)
        if self.options["format_"] == "github":
            from hygiene.report.github import annotations

            for line in annotations(cleaned, receipt):
                click.echo(line, err=self.streams)
            self.add_job_summary(cleaned, receipt)
        else:
            show(tables(cleaned, receipt, send_all=send_all, comparison=comparison), stderr=self.streams)
        click.echo(sentence(cleaned, receipt), err=self.streams)

    def annotate(self, level: str, texts: "Iterable[str]") -> None:
        """Print annotations for a GitHub workflow, where they were asked for."""
        if self.options["format_"] == "github":
            from hygiene.report.github import annotation

            for text in texts:
                click.echo(annotation(level, text), err=self.streams)

    def add_job_summary(self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None) -> None:
        """Add to the summary of the GitHub job that this runs in, if it does."""
        path = os.environ.get("GITHUB_STEP_SUMMARY")
        if not path or cleaned is None:
            return
        from hygiene.report.github import job_summary

        send_all = self.options.get("send_all", False)
        text = job_summary(cleaned, receipt, comparison=self.comparison(cleaned), send_all=send_all)
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)

    def print_json(
        self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None, *, error: str | None = None
    ) -> None:
        """Print the summary on stdout."""
        click.echo(json.dumps(self.summary(cleaned, receipt, error=error), indent=2, ensure_ascii=False))

    def summary(
        self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None, *, error: str | None = None
    ) -> dict[str, Any]:
        """The summary of the run so far."""
        from hygiene.importing.summary import summarise

        return summarise(
            cleaned,
            receipt=receipt,
            send_all=self.options.get("send_all", False),
            error=error or (with_flags(receipt.error) if receipt and receipt.error else None),
            comparison=self.comparison(cleaned) if cleaned else None,
        )

    def write(self, out: str | None, cleaned: "CleanedLeads", receipt: "Receipt | None" = None) -> None:
        """Write the report, and the result's files where a folder was named."""
        if self.options["report"]:
            self.write_report(self.options["report"], cleaned, receipt)
        if out is None or self.streams:
            return
        with self._room(out):
            written = [
                *self._write_results(out, cleaned, receipt),
                *self._write_deliveries(out, cleaned, receipt),
            ]
        self.write_report(os.path.join(out, "report.html"), cleaned, receipt, tell=False)  # noqa: PTH118 -- a name as it was given
        if not self.options["quiet"]:
            self.tell(f"wrote {', '.join(path.name for path in written)}, report.html to {out}")

    @contextmanager
    def _room(self, out: str) -> Iterator[None]:
        """Say what to do where the folder takes no files."""
        try:
            yield
        except OSError as error:
            msg = (
                f"--out {out}: {error.strerror or error}. Name a folder that can be written to and has room."
            )
            raise UsageError(msg) from error

    def stream(self, cleaned: "CleanedLeads") -> None:
        """Write the leads that are ready on stdout, once all of them are there to be written."""
        from hygiene.io.writers.tables import Table

        with tempfile.TemporaryFile() as file:
            table = Table(file, "--out -", format_=self.options["out_format"])
            try:
                for part in cleaned.chunks():
                    table.add(part.ready)
                table.close()
            finally:
                table.drop()
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()

    def _write_results(self, out: str, cleaned: "CleanedLeads", receipt: "Receipt | None") -> "list[Path]":
        """Write the leads with their verdicts, part after part, and the summary."""
        from hygiene.io.writers import open_results

        fill = self.options["fill"]
        with (
            open_results(out, format_=self.options["out_format"], fills=fill) as results,
            self.progress("Writing") as progress,
        ):
            done = 0
            for part in cleaned.chunks():
                results.add(**part._asdict(), fills=cleaned.fills if fill and not done else None)
                done += len(part.verdicts)
                if progress is not None:
                    progress(done, len(cleaned))
            return results.finish(self.summary(cleaned, receipt))

    def _write_deliveries(
        self, out: str, cleaned: "CleanedLeads", receipt: "Receipt | None"
    ) -> "Iterator[Path]":
        """Write what became of the leads that were sent, for the owner alone."""
        from hygiene.io.writers import write_csv

        for name, rows in receipt.deliveries(cleaned).items() if receipt else ():
            write_csv(rows, Path(out) / name, private=True, guard=True)
            yield Path(out) / name

    def write_report(
        self, path: str, cleaned: "CleanedLeads", receipt: "Receipt | None" = None, *, tell: bool = True
    ) -> None:
        """Write the HTML report."""
        from hygiene.io.writers import atomic
        from hygiene.report.html import render

        page = render(
            cleaned,
            receipt,
            comparison=self.comparison(cleaned),
            show_addresses=self.options["show_addresses"],
            send_all=self.options.get("send_all", False),
            made=datetime.now(UTC),
            told=with_flags,
        )
        try:
            with atomic(path) as file:
                file.write(page)
        except OSError as error:
            msg = f"--report {path}: {error.strerror}. Name a file in a folder that can be written to."
            raise UsageError(msg) from error
        if tell and not self.options["quiet"]:
            self.tell(f"wrote {path}")

    def tell(self, text: str) -> None:
        """Say something on stderr."""
        click.echo(text, err=True)

    def note(self, text: str) -> None:
        """Say something on stderr that quiet leaves out."""
        if not self.options["quiet"]:
            self.tell(text)

    def progress(self, label: str, *, total_known: bool = True) -> "AbstractContextManager[Progress | None]":
        """A bar on stderr, unless this run is quiet."""
        return nullcontext() if self.options["quiet"] else progress(label, total_known=total_known)
