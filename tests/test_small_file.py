"""Small files that a user names: what has no end, or is no small file, is refused in one line; a pipe is read."""

import os
import threading
from pathlib import Path

import pytest

from hygiene.emulator import read_zone
from hygiene.errors import JournalError, UsageError
from hygiene.importing.journal.key_file import KeyFile
from hygiene.prediction.probe.checkpoint import FileCheckpoint
from hygiene.small_file import SMALL, NotSmallError, check_small, read_small

pytestmark = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a system without devices")

DEVICE = "/dev/zero: is a device, which holds no text. Name a file."


@pytest.fixture
def leads(write):
    return write("leads.csv", "email\nann@firm.example\n")


def test_a_policy_that_is_a_device_or_too_long_is_refused(run, leads, tmp_path):
    (tmp_path / "long.toml").write_bytes(b"#" * (SMALL + 1))

    endless = run("clean", leads, "--no-dns", "--out", "out", "--policy", "/dev/zero")
    long = run("clean", leads, "--no-dns", "--out", "out", "--policy", "long.toml")

    assert endless == (2, "", f"Error: --policy {DEVICE}\n")
    assert long[:2] == (2, "")
    assert "--policy long.toml: holds more than 1,048,576 bytes" in long[2]
    assert len(long[2].splitlines()) == 1


def test_a_key_file_that_is_a_device_is_refused(run, monkeypatch):
    monkeypatch.delenv("SMARTLEAD_API_KEY", raising=False)
    monkeypatch.setenv("SMARTLEAD_API_KEY_FILE", "/dev/zero")

    code, out, err = run("lists")

    assert (code, out, err) == (2, "", f"Error: SMARTLEAD_API_KEY_FILE: {DEVICE}\n")


@pytest.mark.parametrize("name", ["hygiene.toml", "pyproject.toml"])
def test_a_configuration_that_leads_to_a_device_is_refused(run, leads, tmp_path, name):
    (tmp_path / name).symlink_to("/dev/zero")

    code, out, err = run("clean", leads, "--no-dns", "--out", "out")

    assert (code, out) == (2, "")
    assert f"{name}: is a device" in err
    assert len(err.splitlines()) == 1


def test_certificates_that_are_a_device_are_refused(run, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_API_KEY", "k1-secret")
    monkeypatch.setenv("SMARTLEAD_BASE_URL", "https://api.example/v1")
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/zero")

    code, _, err = run("lists")

    assert code == 2
    assert "SSL_CERT_FILE: /dev/zero: is a device" in err


def test_a_zone_that_is_a_device_or_no_toml_is_refused(run, write):
    code, out, err = run("emulate", "--zone", "/dev/zero")

    assert (code, out, err) == (2, "", f"Error: {DEVICE}\n")
    with pytest.raises(UsageError, match=r"zone\.toml: not TOML"):
        read_zone(write("zone.toml", "a ="))


def test_a_key_of_a_journal_that_is_a_device_is_refused(tmp_path):
    (tmp_path / "journal.key").symlink_to("/dev/zero")

    with pytest.raises(JournalError, match=r"journal\.key: not the secret of a journal"):
        KeyFile(tmp_path / "journal").read()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
@pytest.mark.parametrize("text", [b"a\r\nb\n", b"x" * SMALL, b"x" * (SMALL + 1)])
def test_a_pipe_is_read_as_far_as_a_small_file_goes(tmp_path, text):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def fill():
        try:
            pipe.write_bytes(text)
        except BrokenPipeError:
            assert len(text) > SMALL

    writer = threading.Thread(target=fill)
    writer.start()
    if len(text) > SMALL:
        with pytest.raises(NotSmallError, match="holds more than"):
            read_small(pipe)
    else:
        assert read_small(pipe) == text.decode().replace("\r\n", "\n")
    writer.join()


def test_the_empty_device_is_an_empty_file_and_others_are_looked_at_without_reading(tmp_path):
    assert read_small(Path(os.devnull)) == ""
    with pytest.raises(NotSmallError):
        check_small(Path("/dev/zero"))
    with pytest.raises(FileNotFoundError):
        check_small(tmp_path / "nowhere")


def test_a_notebook_that_is_a_device_is_refused_by_its_name(tmp_path):
    path = tmp_path / "probe.json"
    path.symlink_to("/dev/zero")

    with pytest.raises(UsageError, match=r"probe\.json: is a device"):
        FileCheckpoint(path, about={}, token="hp1")


@pytest.mark.parametrize("where", ["/dev/zero", "folder"])
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("check", "leads.csv", "--dns-cache"), "Name another file with --dns-cache F"),
        (("emulate", "--database"), "Name another file."),
        (("history", "--journal"), "Name another with --journal."),
    ],
)
def test_a_database_is_kept_in_a_file(run, tmp_path, monkeypatch, where, command, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text("email\nann@acme.example\n")
    (tmp_path / "folder").mkdir()

    code, _, err = run(*command, where)

    assert code == 2
    assert f"{where}: is no file, and a database is kept in one. {told}" in err
    assert list((tmp_path / "folder").iterdir()) == []
    assert [path.name for path in Path("/dev").glob("zero*")] == ["zero"]


def test_a_database_of_the_emulator_that_is_something_else_is_refused(run, tmp_path):
    other = tmp_path / "leads.csv"
    other.write_text("email\nann@acme.example\n" * 40)

    code, _, err = run("emulate", "--database", other)

    assert code == 2
    assert f"--database {other}: file is not a database. Name another file." in err
