"""What many tests need: a local API, a local name server, and files of leads."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hygiene.emulator import Emulator, ZoneServer
from hygiene.emulator.routes import Call, Reply

# Many tests start the program as a process, which takes twice as long where it is compiled every time. A process that
# may not write whole files is kept from it with `-B`: Python 3.11 keeps half a module then.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# `nohup` lets a process ignore that its terminal is closed, and so all that it starts; some tests close one.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

QUICK = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("here", max_examples=20, **QUICK)
settings.register_profile("long", max_examples=1000, **QUICK)  # pytest --hypothesis-profile=long
settings.load_profile("here")

ZONE = {
    "acme.example": ["MX 10 mx.acme.example."],
    "bolt.example": ["MX 10 mx.bolt.example."],
    "implicit.example": ["A 192.0.2.1"],
    "null.example": ["MX 0 ."],
    "hostless.example": ['TXT "parked"'],
    "flaky.example": ["SERVFAIL"],
    "shy.example": ["REFUSED"],
    "inside.example": ["MX 10 mx.inside.example."],
    "mx.acme.example": ["A 192.0.2.25"],
    "mx.bolt.example": ["AAAA 2001:db8::25"],
    "mx.inside.example": ["A 10.0.0.25"],
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what fetches packages, unless it is asked for by its marker."""
    asked = "orchestrators" in (config.option.markexpr or "")
    return True if collection_path.name == "orchestrators" and not asked else None


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders that are not there yet, one for each test; pytest's own are numbered by looking at all the others."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, _homes: Iterator[Path]) -> None:
    home = next(_homes)
    (home / "journal").mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("HYGIENE_JOURNAL", str(home / "journal" / "imports.sqlite"))
    monkeypatch.setenv("HYGIENE_PATIENCE_S", "0")
    for name in (
        "SMARTLEAD_API_KEY", "SMARTLEAD_API_KEY_FILE", "SMARTLEAD_BASE_URL", "HYGIENE_RESOLVER", "HYGIENE_YES",
        "INSTANTLY_API_KEY", "INSTANTLY_API_KEY_FILE", "INSTANTLY_BASE_URL",
        "MAILERLITE_API_KEY", "MAILERLITE_API_KEY_FILE", "MAILERLITE_BASE_URL",
        "MAILMAN_USER", "MAILMAN_PASSWORD", "MAILMAN_PASSWORD_FILE", "MAILMAN_BASE_URL",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module", params=["few", "many"])
def columns_are_made(request: pytest.FixtureRequest) -> Iterator[None]:
    """The two ways in which rows of text become columns; a test's own rows are nearly always few."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "many":
            patch.setattr("hygiene.io.readers.csv_piece._SMALL", 0)
        yield


@pytest.fixture
def api() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def mute() -> Callable[..., None]:
    """Let an API not say of some leads, or of all where none are named, whether they are unsubscribed."""

    def _mute(api: Emulator, *addresses: str) -> None:
        route = ("GET", "/leads/all")
        answer = api._routes.table[route]

        def muted(call: Call) -> Reply:
            reply = answer(call)
            for lead in reply.body["data"]["leads"]:
                if not addresses or lead["email"] in addresses:
                    del lead["is_unsubscribed"]
            return reply

        api._routes.table = {**api._routes.table, route: muted}

    return _mute


@pytest.fixture(scope="session")
def names() -> Iterator[ZoneServer]:
    with ZoneServer(ZONE) as running:
        yield running


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text file into the test's folder."""

    def _write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return _write


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command line in an empty folder; gives exit code, stdout, stderr."""
    from hygiene.cli import main

    monkeypatch.chdir(tmp_path)

    def _run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return _run
