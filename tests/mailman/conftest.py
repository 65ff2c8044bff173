"""A real GNU Mailman on free ports of this machine, in a folder of its own, with its REST API and no mail."""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

#: Names the environment that Mailman is installed in; `.ci/run` makes one from requirements/mailman.txt.
VARIABLE = "HYGIENE_MAILMAN"
#: Seconds within which it has to answer.
STARTED_S = 60.0
#: All that Mailman runs beside its REST API, which alone is needed.
RUNNERS = (
    "archive",
    "bounces",
    "command",
    "digest",
    "in",
    "lmtp",
    "nntp",
    "out",
    "pipeline",
    "retry",
    "task",
    "virgin",
)

CONFIGURATION = """\
[mailman]
layout: here
site_owner: owner@birchworks.example
[paths.here]
var_dir: {folder}/var
[webservice]
hostname: 127.0.0.1
port: {rest}
admin_user: {user}
admin_pass: {password}
[mta]
incoming: mailman.mta.null.NullMTA
lmtp_port: {lmtp}
smtp_port: {smtp}
"""


@dataclass(frozen=True)
class Server:
    """A Mailman that runs; it is asked over HTTP, and by nothing of ours."""

    url: str
    user: str
    password: str

    def ask(self, method: str, path: str, **form: str) -> httpx.Response:
        """One request."""
        return httpx.request(
            method, f"{self.url}{path}", auth=(self.user, self.password), data=form or None, timeout=60
        )

    def create_list(self, members: Sequence[str] = ()) -> str:
        """The address of a new list with these members."""
        name = f"l{secrets.token_hex(6)}@lists.example"
        assert self.ask("POST", "/lists", fqdn_listname=name).status_code == 201
        for each in members:
            assert self.subscribe(name, each).status_code == 201
        return name

    def subscribe(self, name: str, address: str) -> httpx.Response:
        """Make an address a member."""
        return self.ask(
            "POST", "/members", list_id=name.replace("@", "."), subscriber=address, pre_verified="true",
            pre_confirmed="true", pre_approved="true", send_welcome_message="false",
        )  # fmt: skip

    def members(self, name: str) -> list[str]:
        """Who is a member of a list."""
        entries = self.ask("GET", f"/lists/{name}/roster/member").json().get("entries", [])
        return sorted(each["email"] for each in entries)

    def ban(self, entry: str, name: str = "") -> None:
        """Ban an address or a pattern from a list, or from every list, where no pattern does already."""
        path = f"/lists/{name.replace('@', '.')}/bans" if name else "/bans"
        answer = self.ask("POST", path, email=entry)
        assert answer.status_code == 201 or "already banned" in answer.text

    def unban(self, entry: str) -> None:
        """Take a ban from every list back."""
        assert self.ask("DELETE", f"/bans/{quote(entry, safe='')}").status_code == 204


def _free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture(scope="session")
def mailman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Mailman that has the domain lists.example."""
    home = os.environ.get(VARIABLE)
    if not home:
        pytest.skip(f"{VARIABLE} names no environment with Mailman; `bash .ci/run` makes one")
    folder = tmp_path_factory.mktemp("mailman")
    rest, lmtp, smtp = _free_ports(3)
    user, password = "restadmin", secrets.token_hex(12)
    told = CONFIGURATION.format(folder=folder, rest=rest, lmtp=lmtp, smtp=smtp, user=user, password=password)
    told += "".join(f"[runner.{each}]\nstart: no\n" for each in RUNNERS)
    (folder / "mailman.cfg").write_text(told)
    with (folder / "start.log").open("wb") as log:
        # what it starts keeps its pipes open; a session of its own lets all of it be ended by one id
        master = subprocess.Popen(
            [Path(home, "bin", "master"), "--force", "-C", folder / "mailman.cfg"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
        )  # fmt: skip
    server = Server(f"http://127.0.0.1:{rest}/3.1", user, password)
    try:
        _wait_for(server, master, folder / "start.log")
        assert server.ask("POST", "/domains", mail_host="lists.example").status_code == 201
        yield server
    finally:
        master.terminate()
        try:
            master.wait(20)
        finally:
            _end_group(master.pid)


def _wait_for(server: Server, master: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTED_S
    while True:
        try:
            if server.ask("GET", "/system/versions").status_code == 200:
                return
        except httpx.TransportError:
            if master.poll() is not None or time.monotonic() > until:
                pytest.fail(f"Mailman does not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)


def _end_group(number: int) -> None:
    """End what is left of the processes that the master started."""
    try:
        os.killpg(number, 9)
    except ProcessLookupError:
        return


@pytest.fixture
def place(mailman: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The same, with the variables set that the command line reads."""
    monkeypatch.setenv("MAILMAN_BASE_URL", mailman.url)
    monkeypatch.setenv("MAILMAN_USER", mailman.user)
    monkeypatch.setenv("MAILMAN_PASSWORD", mailman.password)
    return mailman
