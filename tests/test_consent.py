"""A verb that sends asks at a terminal; off one it wants --yes, and does nothing at all without."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

LEADS = "email\nann@acme.example\nbob@acme.example\n"
VERBS = {
    "import": ("import", "leads.csv", "--no-dns", "--report", "report.html", "--out", "out"),
    "probe": ("probe", "--domain", "own.example", "--out", "policy.toml"),
}


@pytest.fixture(params=VERBS)
def command(request, api, write, monkeypatch):
    """A verb that would send, off a terminal."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    write("leads.csv", LEADS)
    return (*VERBS[request.param], "--list", str(api.create_list("Spring")))


def posts(api):
    return [path for method, path, _ in api.requests if method == "POST"]


def files(tmp_path):
    """What there is in the folder of the run, and where the journal would be."""
    folders = tmp_path, Path(os.environ["HYGIENE_JOURNAL"]).parent
    return tuple(sorted(path.name for path in folder.iterdir()) for folder in folders)


@pytest.mark.parametrize("setting", [None, "", "0", "true", "yes", "01", " 1"])
def test_off_a_terminal_nothing_is_asked_of_the_api_or_written(
    run, command, api, tmp_path, monkeypatch, setting
):
    if setting is not None:
        monkeypatch.setenv("HYGIENE_YES", setting)

    code, out, err = run(*command)

    assert (code, out) == (2, "")
    assert "--yes" in err
    assert "--dry-run" in err
    assert ("HYGIENE_YES is set, but not to 1" in err) == bool(setting)
    assert api.requests == []
    assert files(tmp_path) == (["leads.csv"], [])


def test_a_question_that_nobody_sees_is_not_asked(run, command, api, monkeypatch):
    terminal = io.StringIO("y\n")
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)  # while stderr goes elsewhere

    code, _, err = run(*command)

    assert code == 2
    assert "Send them?" not in err
    assert api.requests == []


def test_without_standard_input_nobody_can_be_asked(run, command, api, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    code, _, _ = run(*command)

    assert (code, api.requests) == (2, [])


def test_yes_sends(run, command, api):
    code, _, err = run(*command, "--yes")

    assert code == 0, err
    assert posts(api)


def test_the_setting_that_is_1_says_yes(run, command, api, monkeypatch):
    monkeypatch.setenv("HYGIENE_YES", "1")

    code, _, err = run(*command)

    assert code == 0, err
    assert posts(api)


def test_a_dry_run_needs_no_yes_and_sends_nothing(run, command, api):
    code, _, err = run(*command, "--dry-run")

    assert code == 0
    assert "nothing was sent." in err
    assert api.requests
    assert posts(api) == []


def test_a_dry_run_of_a_probe_shows_the_plan_and_leaves_no_file(run, api, tmp_path, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)

    code, out, err = run(*VERBS["probe"], "--list", api.create_list("A"), "--with-blocklist", "--dry-run")

    assert (code, out) == (0, "")
    assert "block-list entries, taken off again at the end" in err
    assert files(tmp_path) == ([], [])


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
@pytest.mark.parametrize("command", ["probe"], indirect=True)
def test_on_a_terminal_a_probe_shows_its_plan_and_asks(command, api, tmp_path, answer, code):
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from hygiene.cli import main; main()", *command]
    with subprocess.Popen(
        program, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path
    ) as running:
        os.close(theirs)
        shown = b""
        while b"Send them?" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{answer}\n".encode())
        running.stdout.read()
    os.close(ours)

    assert running.returncode == code
    assert b"those that are imported stay there for good" in shown
    assert bool(posts(api)) == (code == 0)
