"""Streams: standard input, pipes and devices, some of which never end."""

import contextlib
import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hygiene.errors import InputError, ListError
from hygiene.io.readers import Limits, open_leads, read_leads
from hygiene.io.readers.list_files import suppression_list
from hygiene.io.readers.streams import keep

DEVICES = [name for name in ("/dev/zero", "/dev/urandom") if Path(name).exists()]


def endless(path: Path, block: bytes, first: bytes = b"") -> threading.Thread:
    """A pipe into which the same is written until nobody reads it any more."""
    os.mkfifo(path)

    def write() -> None:
        with contextlib.suppress(BrokenPipeError), path.open("wb", buffering=0) as pipe:
            pipe.write(first)
            while True:
                pipe.write(block)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    return writer


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_is_refused_by_name(name):
    with pytest.raises(InputError, match=f"{name}: is a device, which has no end"):
        open_leads([name])
    with pytest.raises(ListError, match=f"{name}: is a device, which has no end"):
        suppression_list(name)


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_on_standard_input_ends_with_exit_code_3_and_one_line(name):
    with Path(name).open("rb") as device:
        run = subprocess.run(
            [sys.executable, "-m", "hygiene", "check", "-", "--no-dns"],
            stdin=device, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert (run.returncode, run.stdout) == (3, "")
    assert re.fullmatch(r"Error: <stdin>: is a device, which has no end .*\n", run.stderr)


def test_nothing_on_standard_input_is_an_empty_file():
    run = subprocess.run(
        [sys.executable, "-m", "hygiene", "check", "-", "--no-dns"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 3
    assert "<stdin>: is empty" in run.stderr


@pytest.mark.parametrize(
    ("first", "block", "found"),
    [
        (b"", b"\0" * 4096, "holds NUL bytes and is no text"),
        (b"", bytes(range(255)) * 16, "holds NUL bytes and is no text"),
        (b"email\na@x.example,", b"x" * 65536, "no line ends within 2,097,152 bytes"),
        (b"", b"a,b;c\t" * 10_000, "no line ends within 2,097,152 bytes"),
        (b'[{"email": "', b"x" * 65536, "no line ends within 2,097,152 bytes"),
        (b"email\n", b"a@x.example\n" * 5000, "gives more than 4,000,000 bytes; the limit is 4,000,000"),
        (b"\x1f\x8b\x08", b"x" * 65536, "gives more than 4,000,000 bytes; the limit is 4,000,000"),
    ],
)
def test_a_pipe_that_never_ends_is_refused(tmp_path, monkeypatch, first, block, found):
    monkeypatch.setattr("hygiene.io.readers.streams.RECORD_BYTES", 2 << 20)
    pipe = tmp_path / "pipe"
    writer = endless(pipe, block, first)

    with pytest.raises(InputError, match=f"pipe: {found}"):
        open_leads([pipe], limits={"size": 4_000_000})

    writer.join()


def test_a_stream_of_json_in_one_line_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr("hygiene.io.readers.streams.RECORD_BYTES", 1 << 20)
    text = "[" + ", ".join(f'{{"email": "a{at}@x.example"}}' for at in range(100_000)) + "]"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert len(text) > 2 << 20
    assert len(read_leads("-")) == 100_000


def test_text_of_utf_16_is_kept_as_it_is():
    kept, text = io.BytesIO(), "email\nĀnn@x.example\n".encode("utf-16-le")

    keep(io.BytesIO(text), kept, "<stdin>", Limits())

    assert kept.getvalue() == text
