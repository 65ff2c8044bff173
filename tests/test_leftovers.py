"""What killed runs leave is removed by the next; rights of what is written; devices and pipes."""

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from hygiene.errors import AuthError
from hygiene.http.listings import Page
from hygiene.io.leftovers import Scratch, sweep
from hygiene.io.readers.sources import Spools
from hygiene.io.writers import atomic, open_results, write_csv, write_results, write_xlsx
from hygiene.pulling.snapshot import LEADS, pull

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights, locks and devices are POSIX")

FRAME = pd.DataFrame({"email": ["ann@acme.example"]})
TABLES = {"ready": FRAME, "withheld": FRAME, "verdicts": FRAME}


def killed(program, folder):
    """Run a program that kills itself where it says so."""
    text = f"import os, signal\ndef die(): os.kill(os.getpid(), signal.SIGKILL)\n{program}"
    ran = subprocess.run(
        [sys.executable, "-c", text], cwd=folder, check=False, env={**os.environ, "TMPDIR": os.fspath(folder)}
    )
    assert ran.returncode == -signal.SIGKILL


def rights_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_drafts_of_a_killed_run_are_removed_by_the_next_whatever_its_format(tmp_path):
    killed(
        """
import pandas as pd
from hygiene.io.writers import open_results
frame = pd.DataFrame({"email": ["ann@acme.example"]})
with open_results("out", format_="parquet", fills=True) as results:
    results.add(ready=frame, withheld=frame, verdicts=frame, fills=frame)
    die()
""",
        tmp_path,
    )
    out = tmp_path / "out"
    (out / ".notes.txt.0123456789ab.tmp").write_text("of another program")
    assert len(names_in(out)) == 5

    write_results(out, **TABLES, summary={})

    assert names_in(out) == [
        ".notes.txt.0123456789ab.tmp",
        "ready.csv",
        "summary.json",
        "verdicts.csv",
        "withheld.csv",
    ]


def test_a_draft_of_a_killed_run_beside_one_file_is_removed_by_the_next(tmp_path):
    killed("from hygiene.io.writers import atomic\nwith atomic('a (1).html') as file: die()", tmp_path)
    assert len(names_in(tmp_path)) == 1

    with atomic(tmp_path / "a (1).html") as file:
        file.write("new")

    assert names_in(tmp_path) == ["a (1).html"]


def test_what_a_living_run_writes_is_left_to_it(tmp_path):
    with open_results(tmp_path) as one:
        one.add(**TABLES)
        write_results(tmp_path, **TABLES, summary={"run": 2})

        one.finish({"run": 1})

    assert names_in(tmp_path) == ["ready.csv", "summary.json", "verdicts.csv", "withheld.csv"]
    assert '"run": 1' in (tmp_path / "summary.json").read_text()


def test_runs_that_begin_and_end_at_once_do_not_take_each_others_drafts(tmp_path):
    def write_often(number):
        for _ in range(20):
            with atomic(tmp_path / "one.txt") as file:
                file.write(str(number))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write_often, range(6)))

    assert names_in(tmp_path) == ["one.txt"]
    assert (tmp_path / "one.txt").read_text() in set("012345")


@pytest.mark.parametrize(
    "program",
    [
        "from hygiene.io.readers.sources import Spools\nspools = Spools()\nspools.new()[1].write(b'x')\ndie()",
        """
import pandas as pd
from hygiene.io.writers import open_table
with open_table('a.xlsx', format_='xlsx') as table:
    table.add(pd.DataFrame({'a': ['x'] * 9}))
    die()
""",
    ],
)
def test_temporary_folders_of_a_killed_run_are_removed_by_the_next_whether_it_needs_one_or_not(
    tmp_path, monkeypatch, program
):
    killed(program, tmp_path)
    [left] = tmp_path.glob("lead-hygiene-*.tmp")
    assert rights_of(left) == 0o700
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))

    spools = Spools()
    assert list(tmp_path.glob("lead-hygiene-*.tmp")) == []
    path, file = spools.new()
    file.close()

    assert list(tmp_path.glob("lead-hygiene-*.tmp")) == [path.parent]
    spools.close()
    assert not path.parent.exists()


def test_a_temporary_folder_in_use_is_left_and_goes_with_its_owner(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    one, other = Scratch(), Scratch()

    assert one.path.exists()
    other.close()
    path = one.path
    del one
    assert not path.exists()


def test_a_link_or_a_pipe_of_such_a_name_is_not_followed_and_not_waited_for(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "link.tmp").symlink_to(tmp_path / "kept")
    os.mkfifo(tmp_path / "pipe.tmp")

    sweep(tmp_path, re.compile(r".*\.tmp"))

    assert names_in(tmp_path) == ["kept", "link.tmp", "pipe.tmp"]


# rights


def test_results_are_their_owners_alone_in_a_new_folder_of_the_same_kind(tmp_path):
    before = os.umask(0)
    try:
        paths = write_results(tmp_path / "a" / "out", **TABLES, summary={}, fills=FRAME)
    finally:
        os.umask(before)

    assert {rights_of(path) for path in paths} == {0o600}
    assert [rights_of(tmp_path / "a"), rights_of(tmp_path / "a" / "out")] == [0o700, 0o700]


def test_a_folder_that_is_there_keeps_its_rights(tmp_path):
    tmp_path.chmod(0o755)

    paths = write_results(tmp_path, **TABLES, summary={})

    assert rights_of(tmp_path) == 0o755
    assert {rights_of(path) for path in paths} == {0o600}


def test_rights_that_are_given_hold_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        with open_results(tmp_path / "out", rights=0o640) as results:
            results.add(**TABLES)
            paths = results.finish({})
    finally:
        os.umask(before)

    assert {rights_of(path) for path in paths} == {0o640}
    assert rights_of(tmp_path / "out") == 0o750


def test_every_file_of_a_verb_has_the_rights_that_its_command_says(run, tmp_path, write):
    write("leads.csv", "email\nann@acme.example\n")

    run("clean", "leads.csv", "--no-dns", "--out", "mine", "--report", "mine.html")
    run("clean", "leads.csv", "--no-dns", "--out", "ours", "--report", "ours.html", "--mode", "0640")
    codes = [
        run("check", "leads.csv", "--no-dns", "--mode", mode)[0]
        for mode in ("640", "0400", "0999", "1640", "rw")
    ]

    assert {rights_of(path) for path in [*(tmp_path / "mine").iterdir(), tmp_path / "mine.html"]} == {0o600}
    assert {rights_of(path) for path in [*(tmp_path / "ours").iterdir(), tmp_path / "ours.html"]} == {0o640}
    assert [rights_of(tmp_path / name) for name in ("mine", "ours")] == [0o700, 0o750]
    assert codes == [0, 2, 2, 2, 2]


def test_the_pages_so_far_of_a_snapshot_are_their_owners_alone(tmp_path):
    part = tmp_path / "leads.csv.part"
    part.touch(0o644)

    def pages(start):
        yield Page([{"email": "ann@acme.example"}], 1)
        raise AuthError("no")

    with pytest.raises(AuthError):
        pull(pages, tmp_path / "leads.csv", columns=LEADS, origin="leads")

    assert b"ann@acme.example" in part.read_bytes()
    assert rights_of(part) == 0o600


def test_a_snapshot_has_the_rights_that_its_command_says(run, api, tmp_path, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    list_id = api.create_list("A", members=["ann@acme.example"])

    code, _, _ = run("pull", "leads", "--list", list_id, "--out", "mine.csv")
    run("pull", "leads", "--list", list_id, "--out", "ours.csv", "--mode", "0640")

    assert code == 0
    assert [rights_of(tmp_path / name) for name in ("mine.csv", "ours.csv")] == [0o600, 0o640]


# devices and pipes


def test_a_device_is_written_to_and_stays(tmp_path):
    null = Path(os.devnull).stat()

    with atomic(os.devnull) as file:
        file.write("x")
    write_csv(FRAME, os.devnull)

    assert Path(os.devnull).stat()[:3] == null[:3]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_pipe_gets_what_a_file_would_hold_and_stays(tmp_path, write):
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()

    write(FRAME, pipe)
    reader.join()
    write(FRAME, tmp_path / "file")

    assert found == [(tmp_path / "file").read_bytes()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_error_writes_nothing_to_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    with pytest.raises(UnicodeEncodeError):
        write_csv(pd.DataFrame({"a": ["whole", "\ud800"]}, dtype=object), pipe)

    assert os.read(reader, 9) == b""
    os.close(reader)


@pytest.mark.parametrize(
    ("name", "through"),
    [
        ("/dev/stdout", "a file"),
        ("/dev/stdout", "a pipe"),
        ("/dev/fd/1", "a pipe"),
        ("/proc/self/fd/1", "a file"),
    ],
)
def test_standard_output_is_written_where_it_stands(tmp_path, write, name, through):
    if not Path(name).exists():
        pytest.skip("no such name here")
    write("leads.csv", "email\nann@acme.example\n")
    program = [sys.executable, "-m", "hygiene", "check", "leads.csv", "--no-dns", "-q", "--report", name]

    if through == "a pipe":
        out = subprocess.run(program, cwd=tmp_path, stdout=subprocess.PIPE, check=True, text=True).stdout
    else:
        with (tmp_path / "out").open("w") as file:
            file.write("before\n")
            file.flush()
            subprocess.run(program, cwd=tmp_path, stdout=file, check=True)
        out = (tmp_path / "out").read_text()
        assert out.startswith("before\n")

    assert "</html>" in out
    assert out.endswith("1 row: 1 ready.\n")
