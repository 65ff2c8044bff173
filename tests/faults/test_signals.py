"""Signals of all kinds, at any moment, to real processes: nothing is left that a second run does not settle."""

import os
import pty
import signal
import subprocess
import sys
import time

import pytest

import hygiene

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals there that hang up"),
]

EMAILS = [f"lead{row}@acme.example" for row in range(8)]


def command(*arguments):
    return [sys.executable, "-m", "hygiene", *map(str, arguments)]


@pytest.fixture
def shell(api, tmp_path, monkeypatch, write):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    monkeypatch.chdir(tmp_path)
    write("leads.csv", "email\n" + "".join(f"{email}\n" for email in EMAILS))
    return tmp_path


def import_to(list_id, *more):
    return command("import", "leads.csv", "--list", list_id, "--no-dns", "--batch-size", "2", "--yes", *more)


def blocked(api):
    with hygiene.Smartlead(api_key=api.api_key, base_url=api.base_url) as account:
        return list(account.blocked())


def wait_for(met, process):
    while not met():
        assert process.poll() is None
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_probe_that_is_ended_takes_its_entries_off_the_block_list(api, shell, number):
    for _ in range(8):
        api.fail_next(delay_s=0.5)
    probe = command(
        "probe", "--list", api.create_list("A"), "--domain", "own.example", "--with-blocklist",
        "--out", "policy.toml", "--yes",
    )  # fmt: skip

    with subprocess.Popen(probe, stderr=subprocess.DEVNULL) as running:
        wait_for(lambda: blocked(api), running)
        running.send_signal(number)
        running.send_signal(signal.SIGHUP)  # a terminal that closes often says so twice

    assert running.returncode in {128 + number, 128 + signal.SIGHUP}
    assert blocked(api) == []


def test_an_import_whose_terminal_is_closed_ends_its_batch_and_goes_on_later(api, shell):
    list_id = api.create_list("A")
    api.fail_next(after=1, delay_s=30)
    ours, theirs = pty.openpty()
    takes = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
    with subprocess.Popen(  # whoever leads a session and opens a terminal has it for its own
        [sys.executable, "-c", takes, *import_to(list_id)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    ) as running:  # fmt: skip
        os.close(theirs)
        wait_for(lambda: len(api.members(list_id)) == 4, running)
        os.close(ours)
        api.go_on()
    again = subprocess.run(import_to(list_id), capture_output=True, check=False)

    assert running.returncode != -signal.SIGHUP
    assert again.returncode == 0
    assert sorted(api.members(list_id)) == EMAILS


def test_under_nohup_a_closed_terminal_ends_nothing(api, shell):
    list_id = api.create_list("A")
    api.fail_next(after=1, delay_s=30)
    with subprocess.Popen(
        ["nohup", *import_to(list_id)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        wait_for(lambda: len(api.members(list_id)) == 4, running)
        running.send_signal(signal.SIGHUP)
        api.go_on()

    assert running.returncode == 0
    assert sorted(api.members(list_id)) == EMAILS
