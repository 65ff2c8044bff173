"""The demo: sample leads, a local API and a local name server, everything on this machine.

The loop itself is the one that `check`, `clean` and `import` run; nothing here counts or judges.
"""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from hygiene.emulator.dns_server import ZoneServer
from hygiene.emulator.emulator import Emulator
from hygiene.errors import UsageError
from hygiene.small_file import read_small

__all__ = ["Stage", "read_zone", "sample_zone", "stage"]

#: Bytes of a zone file: a million domains.
_ZONE = 64 << 20


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's surroundings while they are up.

    Attributes:
        leads: The sample's lead file.
        verified: Another one, with a verifier's verdicts in the column "ZB Status".
        export: Another one, from a CRM that notes who opted out.
        suppress: The sample's suppression list.
        disposable: The sample's list of disposable domains.
        free: The sample's list of public mail providers.
        api: The local API.
        names: The local name server.
        list_id: A list that holds some of the leads already.
        audit_id: Another such list, for the import that sends everything.
    """

    leads: Path
    verified: Path
    export: Path
    suppress: Path
    disposable: Path
    free: Path
    api: Emulator
    names: ZoneServer
    list_id: int
    audit_id: int


@contextmanager
def stage() -> Iterator[Stage]:
    """Start the local API and name server with the sample's contents; stop them afterwards."""
    with ExitStack() as open_now:
        folder = open_now.enter_context(as_file(files("hygiene.emulator") / "sample"))
        names = open_now.enter_context(ZoneServer(read_zone(folder / "zone.toml")))
        api = open_now.enter_context(Emulator())
        api.block(line.split(",")[0] for line in _lines(folder / "blocklist.csv"))
        members = _lines(folder / "members.csv")
        yield Stage(
            leads=folder / "leads.csv",
            verified=folder / "verified.csv",
            export=folder / "crm-export.csv",
            suppress=folder / "suppress.csv",
            disposable=folder / "disposable.txt",
            free=folder / "free.txt",
            api=api,
            names=names,
            list_id=api.create_list("Demo list", members=members),
            audit_id=api.create_list("Demo list for the audit", members=members),
        )


def read_zone(path: Path, /) -> dict[str, list[str]]:
    """A zone file: a TOML table of domain to records.

    Raises:
        UsageError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(read_small(path, most=_ZONE))
    except OSError as error:
        msg = f"{path}: {error.strerror}."
        raise UsageError(msg) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path}: not TOML: {error}."
        raise UsageError(msg) from error


def sample_zone() -> dict[str, list[str]]:
    """The sample's zone."""
    with as_file(files("hygiene.emulator") / "sample") as folder:
        return read_zone(folder / "zone.toml")


def _lines(path: Path) -> list[str]:
    """The lines under the header."""
    return path.read_text(encoding="utf-8").splitlines()[1:]
