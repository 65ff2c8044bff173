"""The verb that measures how an API counts: probe."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import consent
from hygiene.cli import options as shared
from hygiene.cli.destinations import check_file
from hygiene.cli.endings import course
from hygiene.cli.exit_codes import DIFFERS, DONE, UNFINISHED
from hygiene.cli.flags import with_flags
from hygiene.cli.help import Verb
from hygiene.cli.signals import Stopping
from hygiene.display import counted
from hygiene.errors import ListNotFound, SinkError, UsageError

if TYPE_CHECKING:
    from hygiene.http.retry import Pause
    from hygiene.prediction.probe.checkpoint import FileCheckpoint
    from hygiene.prediction.probe.experiments import Bench, Own
    from hygiene.prediction.probe.findings import Found
    from hygiene.prediction.probe.runner import Probe
    from hygiene.sinks import LeadList
    from hygiene.smartlead import Smartlead

__all__ = ["probe"]

_ID = click.IntRange(min=1)


@click.command(cls=Verb)
@click.option("--list", "list_id", type=_ID, required=True, metavar="ID", help="An empty scratch list.")
@click.option("--second-list", type=_ID, metavar="ID", help="Another, to see whether the account remembers.")
@click.option(
    "--domain", required=True, metavar="D", help="A domain of your own: all leads are made up there."
)
@click.option("--gmail", metavar="YOU@gmail.com", help="A Gmail address of your own, for dotted spellings.")
@click.option(
    "--with-blocklist", is_flag=True, help="Also put entries on the block list, and take them off again."
)
@click.option("--used-list", is_flag=True, help="The lists may hold leads already.")
@click.option("--out", required=True, metavar="F", help="Policy to write, as TOML.")
@click.option("--state", metavar="F", help="Notebook, to resume with; beside --out where not named.")
@click.option("--dry-run", is_flag=True, help="Look at the lists, show the plan, send nothing.")
@consent.yes
@shared.no_key
@click.option("-q", "--quiet", is_flag=True, help="No notes.")
def probe(**options: Any) -> int:
    """Measure how the API counts, with a few designed imports to a scratch list.

    \b
    hygiene probe --list 501 --domain own.example --out policy.toml
    hygiene probe --list 501 --second-list 502 --domain own.example --with-blocklist --out policy.toml
    """
    from hygiene.prediction.probe.experiments import Bench, Own
    from hygiene.smartlead import Smartlead

    consent.need_consent(options)
    ids = [each for each in (options["list_id"], options["second_list"]) if each is not None]
    if len(set(ids)) < len(ids):
        msg = "--second-list is the first one again; expected another list"
        raise UsageError(msg)
    _refuse_device(options["out"], options["state"])
    options["state"] = options["state"] or f"{options['out']}.state"
    for flag in ("out", "state"):
        check_file(f"--{flag}", options[flag])
    own = Own.checked(options["domain"], options["gmail"], token=f"hp{secrets.token_hex(4)}")
    bench = Bench(gmail=own.gmail is not None, second=len(ids) > 1, blocklist=options["with_blocklist"])
    pause = Stopping(_silent if options["quiet"] else _tell).pause
    with ExitStack() as stack:
        sinks = [stack.enter_context(Smartlead(list_id=each, pause=pause)) for each in ids]
        return _measure(bench, own, sinks, options, pause)


def _refuse_device(out: str, state: str | None) -> None:
    """Refuse to keep the notebook beside a device or pipe."""
    from hygiene.io.writers.in_place import is_in_place

    if is_in_place(out) and state is None:
        msg = f"--out {out} is no file, so that no notebook can stand beside it. Name one with --state F."
        raise UsageError(msg)


def _measure(
    bench: "Bench", own: "Own", sinks: "Sequence[Smartlead]", options: "Mapping[str, Any]", pause: "Pause"
) -> int:
    from hygiene.prediction.probe.runner import Probe

    notebook = _open_notebook(bench, own, sinks, Path(options["state"]))
    own = replace(own, token=notebook.token)
    probe_ = Probe(
        bench,
        own,
        lists=sinks,
        editor=sinks[0] if bench.blocklist else None,
        notebook=notebook,
        pause=partial(_slow_down, pause),
        tell=_silent if options["quiet"] else _tell,
    )
    if not options["dry_run"]:
        probe_.clear()
    _check_lists(sinks, may_be_used=options["used_list"] or notebook.resumed)
    _show_plan(bench, own, notebook, sinks)
    if options["dry_run"]:
        _tell("dry run: nothing was sent.")
        return DONE
    if not options["yes"]:
        consent.ask()
    return _run(probe_, notebook, sinks, options)


def _run(
    probe_: "Probe", notebook: "FileCheckpoint", sinks: "Sequence[Smartlead]", options: "Mapping[str, Any]"
) -> int:
    """Ask all that is left to be asked, and write what it tells; the exit code."""
    course().begun = True
    kept = f"What was answered is kept in {options['state']}; to go on from it, run the same command again."
    try:
        found = probe_.run()
    except SinkError as error:
        if not (notebook.answers or notebook.entries):
            raise  # nothing was taken
        _tell(f"Error: unfinished: {with_flags(error)} {kept}")
        return UNFINISHED
    requests = sum(sink.requests for sink in sinks)
    try:
        _write(Path(options["out"]), found, sinks)
    except UsageError as error:
        _report(found, requests, "not written")
        _tell(f"Error: unfinished: {error} {kept}")
        return UNFINISHED
    notebook.close()
    return _report(found, requests, f"wrote {options['out']}")


def _slow_down(pause: "Pause", seconds: float) -> None:
    pause(seconds, "the API asks to slow down")


def _open_notebook(bench: "Bench", own: "Own", sinks: "Sequence[Smartlead]", path: Path) -> "FileCheckpoint":
    from hygiene.prediction.probe.checkpoint import FileCheckpoint

    about: dict[str, object] = {"account": sinks[0].account, "api": sinks[0].base_url, "domain": own.domain}
    about |= {
        "lists": [sink.list_id for sink in sinks],
        "gmail": bench.gmail,
        "with_blocklist": bench.blocklist,
    }
    return FileCheckpoint(path, about=about, token=own.token)


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _silent(_: str) -> None:
    """Say nothing."""


def _check_lists(sinks: "Sequence[Smartlead]", *, may_be_used: bool) -> None:
    """Refuse lists that are not there, or that hold leads."""
    there: dict[int | str, LeadList] = {found.id: found for found in sinks[0].lists()}
    for sink in sinks:
        found = there.get(sink.list_id or 0)
        if found is None:
            msg = f"{sink.name}: no such list. See the account's lists with: hygiene lists"
            raise ListNotFound(msg)
        if found.size != 0 and not may_be_used:
            held = "? leads" if found.size is None else counted(found.size, "lead")
            msg = (
                f"{sink.name} holds {held}. A probe leaves leads of "
                "its own in the list for good: make a scratch list (hygiene lists --create NAME), or say "
                "--used-list."
            )
            raise UsageError(msg)


def _show_plan(bench: "Bench", own: "Own", notebook: "FileCheckpoint", sinks: "Sequence[Smartlead]") -> None:
    """Say what is about to happen, and what of it lasts."""
    from hygiene.prediction.probe.runner import most_leads

    imports, leads = most_leads(bench)
    where = " and ".join(f"list {sink.list_id}" for sink in sinks)
    _tell(
        f"account {sinks[0].account}: at most {counted(imports, 'import')} to {where}, chosen one after another"
    )
    whom = f"made-up addresses at {own.domain}" + (
        ", two spellings of your Gmail address" if own.gmail else ""
    )
    _tell(f"at most {counted(leads, 'lead')}, {whom}; those that are imported stay there for good")
    if bench.entries:
        entries = ", ".join(own.write(entry) for entry in bench.entries)
        _tell(f"block-list entries, taken off again at the end: {entries}")
        _tell("while they stand they act on every campaign; nobody else has an address there")
    if notebook.answers:
        _tell(f"resuming: {counted(len(notebook.answers), 'import')} answered already")


def _write(out: Path, found: "Found", sinks: "Sequence[Smartlead]") -> None:
    from datetime import UTC, datetime

    from hygiene.io.writers import atomic

    lines = [f"Measured {datetime.now(UTC):%Y-%m-%d} on account {sinks[0].account} at {sinks[0].base_url}."]
    try:
        with atomic(out, rights=None) as file:
            file.write(found.policy.to_toml(evidence=[*lines, *found.evidence()], because=found.because))
    except OSError as error:
        msg = f"--out {out}: {error.strerror}."
        raise UsageError(msg) from error


def _report(found: "Found", requests: int, written: str) -> int:
    from hygiene.policy import RULES, as_toml

    for name in RULES:
        click.echo(f"{found.policy.label(name):10}  {name} = {as_toml(found.policy, name)}")
    if found.staying is None:
        staying = "an unknown number of leads stay"
    else:
        staying = f"{counted(found.staying, 'lead')} {'stays' if found.staying == 1 else 'stay'}"
    click.echo(
        f"{counted(len(found.answers), 'import')}, {counted(requests, 'request')} in all: "
        f"{counted(len(found.policy.measured), 'rule')} measured, {staying}; {written}."
    )
    if found.fits:
        return DONE
    click.echo(
        f"Error: {found.contradiction}. No policy fits these answers, so nothing is marked as measured.",
        err=True,
    )
    return DIFFERS
