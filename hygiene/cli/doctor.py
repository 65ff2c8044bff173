"""The verb that looks at the surroundings of a run: doctor."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

import click

from hygiene.cli import options as shared
from hygiene.cli import places
from hygiene.cli.credentials import is_set
from hygiene.cli.exit_codes import DONE, exit_code
from hygiene.cli.flags import with_flags
from hygiene.cli.help import Verb
from hygiene.display import counted
from hygiene.errors import HygieneError, JournalLost, UsageError

__all__ = ["doctor"]

#: Lowest Python that the package installs on.
LEAST_PYTHON = (3, 11)
#: Packages that a run needs, and those that an extra brings.
NEEDED = ("email-validator", "dnspython", "pandas", "pyarrow", "pandera", "httpx", "jinja2", "rich")
EXTRAS = ("matplotlib",)
#: A domain that any resolver can answer for. RFC 2606 reserves it.
ASKED = "example.com"


@click.command(cls=Verb)
@places.to_option("A list to look for")
@places.place_option("A Smartlead list to look for.")
@click.option(
    "--resolver", "resolvers", multiple=True, metavar="HOST[:PORT]", help="Name server to ask. Repeatable."
)
@click.option("--no-dns", is_flag=True, help="Do not ask DNS about domains.")
@shared.journal
@shared.insecure
@shared.no_key
def doctor(
    to: str | None,
    list_id: int | None,
    resolvers: Sequence[str],
    journal: str | None,
    *,
    no_dns: bool,
    insecure: bool,
) -> int:
    """Check all that a run needs: Python, packages, settings, DNS, the journal, the key, the list.

    Everything is looked at, whatever is wrong before it; the exit code is that of the first thing that is wrong.

    \b
    hygiene doctor
    hygiene doctor --to smartlead:list=500
    """
    checks: dict[str, Callable[[], str]] = {"Python": _python, "packages": _packages, "settings": _settings}
    if not no_dns:
        checks["DNS"] = lambda: _dns(resolvers)
    checks["journal"] = lambda: _journal(journal)
    codes = [_show(name, check) for name, check in checks.items()]
    return next((code for code in (*codes, *_api(to, list_id, insecure=insecure)) if code), DONE)


def _show(name: str, check: Callable[[], str]) -> int:
    """Print what a check found; returns the exit code that stands for it."""
    try:
        click.echo(f"ok    {name}: {check()}")
    except HygieneError as error:
        click.echo(f"FAIL  {name}: {with_flags(error)}")
        return exit_code(error)
    return DONE


def _python() -> str:
    if sys.version_info < LEAST_PYTHON:
        msg = f"{python_version()}; expected 3.11 or later."
        raise UsageError(msg)
    return python_version()


def _packages() -> str:
    missing = [name for name in NEEDED if not _version(name)]
    if missing:
        msg = f"{', '.join(missing)} missing; install lead-hygiene anew."
        raise UsageError(msg)
    return ", ".join(
        f"{name} {_version(name)}" for name in ("lead-hygiene", *NEEDED, *EXTRAS) if _version(name)
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _dns(resolvers: Sequence[str]) -> str:
    from hygiene.deliverability import CAUSES
    from hygiene.resolver import Resolver

    verdict = Resolver(nameservers=resolvers or None).look_up([ASKED])[ASKED]
    if verdict.code == "dns_unknown":
        why = f"{CAUSES[verdict.cause]} ({verdict.cause})"
        msg = f"{ASKED}: {why}. Name a server that answers with --resolver HOST[:PORT]."
        raise UsageError(msg)
    return "a name server answers"


def _settings() -> str:
    from hygiene.cli.config import load_defaults, load_gate

    names = [*load_defaults(), *(f"gate.{word}" for word, limits in load_gate().items() if limits)]
    return ", ".join(names) or "none in hygiene.toml or pyproject.toml"


def _journal(named: str | None) -> str:
    from hygiene.importing.journal import SqliteJournal, default_path

    path = Path(named) if named else default_path()
    if not path.exists():
        return f"{path} is made by the first import, and {_written_beside(path)} takes files"
    with SqliteJournal(path, must_exist=True) as journal:
        try:
            journal.try_write()
        except JournalLost as error:
            msg = f"{path}: cannot be written ({error.__cause__}). Make room for it, or name another with --journal."
            raise UsageError(msg) from error
        return f"{path} was written to, and remembers {counted(len(journal.imports()), 'import')}"


def _written_beside(path: Path) -> Path:
    """The folder that a new journal would stand in, or be made in, where a file was written and removed again."""
    folder = next(each for each in path.absolute().parents if each.exists())
    try:
        with tempfile.TemporaryDirectory(dir=folder) as made:
            Path(made, path.name).write_bytes(bytes(1))
    except OSError as error:
        msg = f"{path}: {folder} takes no file ({error.strerror}). Name another with --journal."
        raise UsageError(msg) from error
    return folder


def _api(to: str | None, list_id: int | None, *, insecure: bool) -> Iterator[int]:
    """Look at the keys that are set, or at the one place that was named; a key is needed only where an API is asked."""
    if to is not None or list_id is not None:
        yield from _look(places.chosen(to, list_id), insecure=insecure)
        return
    there = [service for service in places.services() if is_set(service)]
    for service in there:
        yield from _look(places.account_of(service), insecure=insecure)
    if not there:
        variables = ", ".join(service.key_variable for service in places.services())
        click.echo(f"--    key: not set; only import, lists, pull and probe need it ({variables})")


def _look(place: places.Chosen, *, insecure: bool) -> Iterator[int]:
    """Look at a key, and at the list that is named."""

    def key() -> str:
        with place.account().open(insecure=insecure) as account:
            held = counted(sum(each.kind in {"", "list"} for each in account.lists("")), "list")
            return f"account {account.account} holds {held} at {account.base_url}"

    def found() -> str:
        from hygiene.display import inert

        with place.open(insecure=insecure) as account:
            target = account.describe()
        size = "of unknown size" if target.size is None else counted(target.size, "lead")
        return f"{target.id} {inert(target.name)!r}, {size}"

    yield (code := _show("key", key))
    if code and place.arguments:
        click.echo("--    list: not looked for without the key")
    elif place.arguments:
        yield _show("list", found)
