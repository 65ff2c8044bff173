"""The verb that looks at the surroundings of a run: doctor."""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

import click

from hygiene.cli import options as shared
from hygiene.cli.exit_codes import DONE, exit_code
from hygiene.errors import HygieneError, UsageError

__all__ = ["doctor"]

#: Lowest Python that the package installs on.
LEAST_PYTHON = (3, 11)
#: Packages that a run needs, and those that an extra brings.
NEEDED = ("email-validator", "dnspython", "pandas", "pyarrow", "pandera", "httpx", "jinja2", "rich")
EXTRAS = ("matplotlib",)
#: A domain that any resolver can answer for. RFC 2606 reserves it.
ASKED = "example.com"


@click.command()
@click.option("--list", "list_id", type=click.IntRange(min=1), metavar="ID", help="A lead list to look for.")
@click.option(
    "--resolver", "resolvers", multiple=True, metavar="HOST[:PORT]", help="Name server to ask. Repeatable."
)
@click.option("--no-dns", is_flag=True, help="Do not ask DNS about domains.")
@shared.no_key
def doctor(list_id: int | None, resolvers: Sequence[str], no_dns: bool) -> int:  # noqa: FBT001 -- click hands options over by name
    """Check what a run needs: Python, packages, DNS, the journal, the key, the list.

    \b
    hygiene doctor
    hygiene doctor --list 500
    """
    checks: dict[str, Callable[[], str]] = {"Python": _python, "packages": _packages}
    if not no_dns:
        checks["DNS"] = lambda: _dns(resolvers)
    checks["journal"] = _journal
    code = DONE
    for name, check in checks.items():
        code = code or _show(name, check)
    return _api(list_id) or code


def _show(name: str, check: Callable[[], str]) -> int:
    """Print what a check found; returns the exit code that stands for it."""
    try:
        click.echo(f"ok    {name}: {check()}")
    except HygieneError as error:
        click.echo(f"FAIL  {name}: {error}")
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
    from hygiene.resolver import Resolver

    verdict = Resolver(nameservers=resolvers or None).look_up([ASKED])[ASKED]
    if verdict.code == "dns_unknown":
        msg = f"{ASKED}: {verdict.cause}. Name a server that answers with --resolver HOST[:PORT]."
        raise UsageError(msg)
    return "a name server answers"


def _journal() -> str:
    from hygiene.importing.journal import SqliteJournal, default_path

    path = default_path()
    if not path.exists():
        return f"{path} is made by the first import"
    with SqliteJournal(path, must_exist=True) as journal:
        return f"{path} remembers {len(journal.imports())} imports"


def _api(list_id: int | None) -> int:
    """Look at the key and the list; a key that is not set is needed only to import."""
    import os

    if list_id is None and not any(os.environ.get(f"SMARTLEAD_API_KEY{more}") for more in ("", "_FILE")):
        click.echo("--    key: not set; only import and lists need it (SMARTLEAD_API_KEY)")
        return DONE
    return next((code for code in (_show(*check) for check in _api_checks(list_id)) if code), DONE)


def _api_checks(list_id: int | None) -> Iterator[tuple[str, Callable[[], str]]]:
    from hygiene.display import inert
    from hygiene.smartlead import Smartlead

    def key() -> str:
        with Smartlead() as account:
            return (
                f"account {account.account} holds {len(list(account.lists('')))} lists at {account.base_url}"
            )

    def found() -> str:
        with Smartlead(list_id=list_id) as account:
            target = account.describe()
        return f"{target.id} {inert(target.name)!r}, {target.size} leads"

    yield "key", key
    if list_id is not None:
        yield "list", found
