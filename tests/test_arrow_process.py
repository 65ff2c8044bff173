"""Arrow's own format, decoded by a process of its own: what comes back, and what becomes of us when that dies."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.errors import InputError, ListError
from hygiene.io.readers import open_leads, read_leads

EMAIL = pa.array(["ann@x.example", "bob@x.example", None])


def write_arrow(path: Path, table: pa.Table, compression: str | None = None) -> Path:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with (
        pa.OSFile(str(path), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as writer,
    ):
        writer.write_table(table)
    return path


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program in place of the interpreter that decodes."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))


def test_a_program_without_a_main_guard_reads_a_file_of_arrow_once(tmp_path):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    program = tmp_path / "program.py"
    program.write_text(
        f"import hygiene\nprint(len(hygiene.read({str(leads)!r})), flush=True)\n", encoding="utf-8"
    )

    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)

    assert (run.stdout, run.stderr, run.returncode) == ("3\n", "", 0)


def test_a_file_that_kills_its_decoder_is_refused_with_one_line(tmp_path, monkeypatch, run):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    stand_in(tmp_path, monkeypatch, "kill -SEGV $$")

    code, out, error = run("check", str(leads), "--no-dns")

    assert (code, out) == (3, "")
    assert error == (
        f"Error: {leads}: begins like a file of Arrow and cannot be read; it is damaged or cut off. "
        "Get a whole copy of it.\n"
    )


@settings(max_examples=settings.default.max_examples // 4)
@given(st.binary(max_size=60))
def test_any_bytes_that_begin_like_a_file_of_arrow_are_refused_or_a_frame(tmp_path_factory, octets):
    path = tmp_path_factory.mktemp("fuzz") / "leads.bin"
    path.write_bytes(b"ARROW1\0\0" + octets)

    try:
        frame = read_leads(path)
    except InputError:
        return

    assert frame.columns[0] == "email"


def test_a_list_that_kills_its_decoder_is_refused(tmp_path, monkeypatch):
    listed = write_arrow(tmp_path / "list.arrow", pa.table({"email": EMAIL}))
    stand_in(tmp_path, monkeypatch, "kill -SEGV $$")

    with pytest.raises(ListError, match="damaged or cut off"):
        hygiene.clean(read_leads_of(tmp_path), suppress=listed)


def read_leads_of(tmp_path: Path):
    path = tmp_path / "leads.csv"
    path.write_text("email\nann@x.example\n", encoding="utf-8")
    return read_leads(path)


def test_a_decoder_that_the_system_killed_may_have_been_too_large(tmp_path, monkeypatch):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    stand_in(tmp_path, monkeypatch, "kill -KILL $$")

    with pytest.raises(InputError, match=r"too large for the memory that is free\. Write it anew as Parquet"):
        read_leads(leads)


def test_without_an_interpreter_the_step_is_parquet(tmp_path, monkeypatch):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))

    with pytest.raises(
        InputError, match=r"gone cannot be started \(No such file.*Write the file anew as Parquet"
    ):
        read_leads(leads)


def test_the_decoder_gets_no_secret_of_the_environment(tmp_path, monkeypatch):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    monkeypatch.setenv("SMARTLEAD_API_KEY", "made-up")
    stand_in(tmp_path, monkeypatch, f"env > {tmp_path / 'env'}; exit 1")

    with pytest.raises(InputError):
        read_leads(leads)

    assert "PATH=" in (tmp_path / "env").read_text("utf-8")
    assert "made-up" not in (tmp_path / "env").read_text("utf-8")


def test_what_was_decoded_goes_with_the_reading(tmp_path, monkeypatch):
    leads = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL}))
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))

    with open_leads([leads]) as opened:
        during = [path.stat().st_mode & 0o777 for path in spool.rglob("*") if path.is_file()]
        rows = len(opened.frame())

    assert (rows, during, list(spool.iterdir())) == (3, [0o600], [])


def test_limits_hold_in_the_decoder_and_name_themselves(tmp_path):
    many = pa.table({"email": ["ann@x.example"] * 50, "none": pa.nulls(50)})
    path = write_arrow(tmp_path / "leads.arrow", many)

    for limits, found in (
        ({"rows": 49}, r"more than 49 rows; the limit is 49. Raise it with limits=\{'rows': N\}"),
        ({"columns": 1}, "it has 2 columns; the limit is 1"),
        ({"cell": 12}, "column 'email' holds a cell of more than 12 characters; the limit is 12"),
    ):
        with pytest.raises(InputError, match=found):
            open_leads([path], limits=limits)


@pytest.mark.parametrize("limit", ["ratio", "size"])
def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch, limit):
    monkeypatch.setattr("hygiene.io.readers.arrow_process.HARMLESS", 1000)
    many = pa.table({"email": ["ann@x.example"] * 100_000})
    path = write_arrow(tmp_path / "leads.arrow", many, "zstd")
    limits = {"ratio": 2} if limit == "ratio" else {"size": 100_000}

    with pytest.raises(InputError, match=rf"unpacks to more than [0-9,]+ bytes; .*limits=\{{'{limit}': N\}}"):
        open_leads([path], limits=limits)


def test_a_name_that_is_no_utf_8_is_decoded(tmp_path):
    path = tmp_path / b"le\xffads.arrow".decode("utf-8", "surrogateescape")
    write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL})).rename(path)

    assert read_leads(path)["email"].tolist() == ["ann@x.example", "bob@x.example", ""]
