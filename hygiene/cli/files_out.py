"""The files of a run: its report, and the folder of its results.

A run that sends nothing stops at the first file that cannot be written; after an import each is a warning.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hygiene.cli.flags import with_flags
from hygiene.cli.run import Run
from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.importing import Receipt

__all__ = ["write_files"]


def write_files(
    run: Run, out: str | None, cleaned: "CleanedLeads", receipt: "Receipt | None" = None, /
) -> None:
    """Write the report, and the result's files where a folder was named.

    Raises:
        UsageError: something cannot be written, and nothing was sent.
    """
    sent, written = receipt is not None, list[Path]()
    if run.options["report"]:
        with run.afterwards(sent=sent):
            _write_report(run, run.options["report"], cleaned, receipt)
            to_come = ", to be written again when the import is done" if not sent and _will_send(run) else ""
            run.note(f"wrote {run.options['report']}{to_come}")
    if out is None or run.streams:
        return
    with run.afterwards(sent=sent), _room(out):
        written += _write_results(run, out, cleaned, receipt)
    with run.afterwards(sent=sent):
        path = os.path.join(out, "report.html")  # noqa: PTH118 -- a name as it was given
        _write_report(run, path, cleaned, receipt)
        written.append(Path(path))
    if written:
        run.note(f"wrote {', '.join(path.name for path in written)} to {out}")


def _will_send(run: Run) -> bool:
    """Whether what is not sent yet is going to be."""
    return run.options.get("dry_run") is False


@contextmanager
def _room(out: str) -> Iterator[None]:
    """Say what to do where the folder takes no files."""
    try:
        yield
    except OSError as error:
        msg = f"--out {out}: {error.strerror or error}. Name a folder that can be written to and has room."
        raise UsageError(msg) from error


def _write_results(run: Run, out: str, cleaned: "CleanedLeads", receipt: "Receipt | None") -> list[Path]:
    """Write the leads with their verdicts, part after part, what became of those sent, and the summary."""
    from hygiene.io.writers import open_results

    fill, how = run.options["fill"], run.options["out_format"]
    with (
        open_results(
            out,
            format_=how,
            changes=cleaned.survey.settings.fields.are_any,
            fills=fill,
            rights=run.options["rights"],
        ) as results,
        run.progress("Writing") as progress,
    ):
        done = 0
        for part in cleaned.parts():
            results.add(**part._asdict(), fills=cleaned.fills if fill and not done else None)
            done += len(part.verdicts)
            if progress is not None:
                progress(done, len(cleaned))
        for name, rows in receipt.deliveries(cleaned).items() if receipt else ():
            results.put(name, rows)
        written = results.finish({**run.summary(cleaned, receipt), "results": {}})
    run.digests.update(results.digests)
    return written


def _write_report(run: Run, path: str, cleaned: "CleanedLeads", receipt: "Receipt | None") -> None:
    """Write the HTML report."""
    from hygiene.io.writers import atomic
    from hygiene.report.html import render

    page = render(
        cleaned,
        receipt,
        comparison=run.comparison(cleaned),
        show_addresses=run.options["show_addresses"],
        send_all=run.options.get("send_all", False),
        made=datetime.now(UTC),
        told=with_flags,
    )
    try:
        with atomic(path, rights=run.options["rights"]) as file:
            file.write(page)
    except OSError as error:
        msg = f"--report {path}: {error.strerror}. Name a file in a folder that can be written to."
        raise UsageError(msg) from error
