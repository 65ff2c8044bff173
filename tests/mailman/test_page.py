"""The page on Mailman: every command on it prints what it shows, on a real one."""

import re
import shlex
from pathlib import Path

import pytest

pytestmark = pytest.mark.mailman

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "mailman.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ hygiene ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", re.MULTILINE)


def test_every_command_of_the_page_prints_what_it_shows(place, run, write):
    assert place.ask("POST", "/lists", fqdn_listname="spring@lists.example").status_code == 201
    place.subscribe("spring@lists.example", "bob@evergate.example")
    place.ban("cid@birchworks.example", "spring@lists.example")
    blocks = {kind: text for kind, _, text in BLOCK.findall(PAGE.read_text("utf-8"))}
    write("leads.csv", blocks["csv"])
    commands = COMMAND.findall(blocks["console"])

    assert len(commands) == 3
    for command, shown in commands:
        code, out, err = run(*shlex.split(command))
        lines = [re.escape(line) if line != "..." else r"(?:.*\n)*?.*" for line in shown.splitlines()]

        assert code == 0, err
        assert re.fullmatch("\n".join(lines), out.rstrip("\n")), out + err
