"""One run of a verb that cleans: its options in, its result out."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli.console import progress, show
from hygiene.cli.endings import noted, unforeseen
from hygiene.cli.exit_codes import USAGE, exit_code
from hygiene.cli.flags import with_flags
from hygiene.cli.loaders import load_policy, make_resolver
from hygiene.errors import GateFailed, HygieneError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hygiene.cleaning.comparison import Comparison
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Progress, Receipt

__all__ = ["Run"]


@dataclass(frozen=True)
class Run:
    """One run of a verb that cleans: its options, how its result leaves, and the digests of the files it wrote."""

    options: dict[str, Any]
    digests: dict[str, str] = field(default_factory=dict)

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
            self._tell_programs(error, cleaned)
            raise
        except (click.ClickException, click.Abort):
            raise
        except Exception as error:
            known = unforeseen(error)
            self._tell_programs(known, cleaned)
            raise known from error

    def _tell_programs(self, error: HygieneError, cleaned: "CleanedLeads | None") -> None:
        if self.options["format_"] == "json" and exit_code(error) != USAGE:
            self.print_json(cleaned, error=with_flags(error))
        if self.options["format_"] == "github":
            self.annotate("error", getattr(error, "failures", [with_flags(error)]))
        if isinstance(error, GateFailed) and cleaned is not None:
            self._report(cleaned)
        elif self.options["format_"] == "github":
            self.add_job_summary(cleaned)

    def clean(self, **more: Any) -> "CleanedLeads":
        """The files of this run, cleaned as its options say; `more` are options that are no flags of a cleaning."""
        from hygiene.api import clean

        asking = "" if self.options["no_dns"] else ", domains asked"
        with self.progress(f"Reading and checking{asking}") as progress:
            resolver = None if self.options["no_dns"] else make_resolver(self.options, progress)
            given = {**self.given(), **more, "resolver": resolver}
            cleaned = clean(list(self.options["files"]), **given)
        for note in () if self.options["quiet"] else cleaned.notes:
            self.tell(with_flags(note))
        for warning in resolver.warnings if resolver else ():
            self.tell(f"warning: {with_flags(warning)}")
        self.comparison(cleaned)  # a column that is not there stops the run before it does anything
        return cleaned

    def given(self) -> dict[str, Any]:
        """The options of a cleaning as the library takes them: what names something that is loaded is loaded."""
        from hygiene.checks.custom_rules import load_rule
        from hygiene.options import CleanOptions

        default = {each.name: each.default for each in fields(CleanOptions)}
        options = {**self.options, "suppress": tuple(self.suppress)}
        given = {name: options[name] for name in shared.FIELDS if name in options}
        # on a command line an address is no list: whoever writes one there is told so
        given |= {name: tuple(map(Path, given[name])) for name in ("suppress", "blocklist", "known")}
        nobody = {name for name, value in given.items() if value == () and default[name] is None}
        return {
            **{name: value for name, value in given.items() if name not in nobody},
            "schema": _schema(options["schema"]),
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
            with self.afterwards(sent=receipt is not None):  # the last line holds the counts whatever happens
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
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self.tell(
                f"warning: GITHUB_STEP_SUMMARY {path}: {error.strerror}; the job's summary lacks this run."
            )

    def print_json(
        self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None, *, error: str | None = None
    ) -> None:
        """Print the summary on stdout."""
        # JSON has escapes of its own for what an encoding lacks
        plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
        click.echo(json.dumps(self.summary(cleaned, receipt, error=error), indent=2, ensure_ascii=plain))

    def summary(
        self, cleaned: "CleanedLeads | None", receipt: "Receipt | None" = None, *, error: str | None = None
    ) -> dict[str, Any]:
        """The summary of the run so far."""
        from hygiene.importing.summary import summarise

        told = summarise(
            cleaned,
            receipt=receipt,
            send_all=self.options.get("send_all", False),
            error=error or (with_flags(receipt.error) if receipt and receipt.error else None),
            comparison=self.comparison(cleaned) if cleaned else None,
        )
        return {**told, "results": self.digests} if self.digests else told

    @contextmanager
    def afterwards(self, *, sent: bool = True) -> Iterator[None]:
        """Where leads were sent, let what fails be a warning: what was done counts, whoever is told of it."""
        try:
            yield
        except Exception as error:  # told, whatever it is
            if not sent:
                raise
            self.tell(f"warning: {with_flags(error) if isinstance(error, HygieneError) else noted(error)}")

    def stream(self, cleaned: "CleanedLeads") -> None:
        """Write the leads that are ready on stdout, once all of them are there to be written."""
        from hygiene.io.writers.tables import Table

        with tempfile.TemporaryFile() as file:
            table = Table(file, "--out -", format_=self.options["out_format"])
            try:
                for part in cleaned.parts():
                    table.add(part.ready)
                table.close()
            finally:
                table.drop()
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()

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


def _schema(spec: str | None) -> Any:
    """The Pandera schema that an option names; None for none."""
    if not spec:
        return None
    from hygiene.checks.pandera_schema import load_schema

    return load_schema(spec)
