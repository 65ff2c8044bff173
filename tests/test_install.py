"""The environment of make: pip comes from the package index where Python lacks it, and what is missing is said."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

REQUIREMENTS = Path(__file__).parents[1] / "requirements"
WHEEL = "pip-1.2-py3-none-any.whl"


def stand_in():
    """A wheel that says what it is run with, in the place of pip."""
    octets = BytesIO()
    with ZipFile(octets, "w") as archive:
        archive.writestr("pip/__main__.py", "import sys\nprint('pip', *sys.argv[1:-1])\n")
    return octets.getvalue()


class Index(ThreadingHTTPServer):
    """A package index that has one wheel, for those who know the password."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Page)
        self.wheel, self.password = stand_in(), None
        self.address = f"127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        told = self.headers.get("Authorization", "").removeprefix("Basic ")
        if self.server.password and base64.b64decode(told).decode() != self.server.password:
            return self.send_error(401)
        pages = {
            "/simple/pip/": f'<a href="pip-1.1-py3-none-any.whl">a</a><a href="../files/{WHEEL}#x">b</a>'.encode(),
            f"/simple/files/{WHEEL}": self.server.wheel,
        }
        if (path := self.path.partition("#")[0]) not in pages:
            return self.send_error(404)
        self.send_response(200)
        self.end_headers()
        return self.wfile.write(pages[path])

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def index():
    with Index() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get_pip(index, tmp_path):
    """Run it without settings of this machine but those that are given."""
    wanted = tmp_path / "pip.txt"
    wanted.write_text(f"pip==1.2 \\\n    --hash=sha256:{hashlib.sha256(index.wheel).hexdigest()}\n")

    def run(**settings):
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")}
        given = {**kept, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), **settings}
        program = [sys.executable, REQUIREMENTS / "get_pip.py", wanted]
        return subprocess.run(program, env=given, capture_output=True, text=True, check=False)

    return run


def test_pip_comes_from_the_index_that_is_set(index, get_pip):
    ran = get_pip(PIP_INDEX_URL=f"http://{index.address}/simple/")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "pip install --quiet --no-index\n", "")


def test_the_index_may_be_set_in_a_file_and_want_a_password(index, get_pip, tmp_path):
    index.password = "me:p@ss"
    (tmp_path / "config" / "pip").mkdir(parents=True)
    settings = tmp_path / "config" / "pip" / "pip.conf"

    settings.write_text(f"[global]\nindex-url = http://{index.address}/simple\n")
    without = get_pip()
    settings.write_text(f"[global]\nindex-url = http://me:p%40ss@{index.address}/simple\n")
    ran = get_pip()

    assert (without.returncode, ran.returncode) == (1, 0), ran.stderr
    assert "Unauthorized" in without.stderr


def test_a_wheel_with_another_hash_is_not_run(index, get_pip):
    index.wheel += b" "

    ran = get_pip(PIP_INDEX_URL=f"http://{index.address}/simple")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "does not have the hash that is wanted" in ran.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/simple", "nowhere", "http://[", "http://127.0.0.1:x/"])
def test_an_index_that_cannot_be_asked_is_one_line(get_pip, url):
    ran = get_pip(PIP_INDEX_URL=url)

    assert ran.returncode == 1
    assert ran.stderr.startswith("pip could not be fetched: ")
    assert ran.stderr.count("\n") == 1


def stub(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path):
    """A machine with a shell, its tools and one Python, and a copy of what makes the environment."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "rm", "uname"):
        (tools / name).symlink_to(f"/usr/bin/{name}" if Path(f"/usr/bin/{name}").exists() else f"/bin/{name}")
    copy = tmp_path / "checkout"
    (copy / "requirements").mkdir(parents=True)
    (copy / "pyproject.toml").touch()
    for path in REQUIREMENTS.iterdir():
        (copy / "requirements" / path.name).write_bytes(path.read_bytes())

    def run(python, **settings):
        stub(tools, "python3", python)
        program = ["sh", copy / "requirements" / "install.sh", "run"]
        given = {"PATH": str(tools), "HOME": str(tmp_path), **settings}
        return subprocess.run(program, env=given, capture_output=True, text=True, check=False), copy

    return run


@pytest.mark.skipif(os.name == "nt", reason="make and sh are needed")
@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        ("case $* in *print*) echo 3.12;; *'import venv'*) exit 1;; esac", "cannot make environments"),
        ("case $* in *print*) echo 3.9;; *) exit 1;; esac", "Python 3.9 is too old"),
        ("exit 127", "There is no Python on PATH"),
    ],
)
def test_what_is_missing_is_said_with_the_line_that_mends_it(bare, lacks, says):
    ran, _ = bare(lacks)

    assert ran.returncode == 1
    assert says in ran.stderr
    assert "install" in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="make and sh are needed")
def test_without_ensurepip_and_without_an_index_no_half_environment_is_left(bare):
    without = f"case $* in *ensurepip*) exit 1;; *) exec '{sys.executable}' \"$@\";; esac"

    ran, copy = bare(without, PIP_INDEX_URL="http://127.0.0.1:9/simple")

    assert ran.returncode == 1
    assert "pip could not be fetched" in ran.stderr
    assert "install" in ran.stderr.splitlines()[-1]
    assert not (copy / ".venv").exists()


@pytest.mark.skipif(os.name == "nt", reason="make and sh are needed")
def test_without_ensurepip_the_environment_gets_the_pip_of_the_index(bare, index):
    without = f"case $* in *ensurepip*) exit 1;; *) exec '{sys.executable}' \"$@\";; esac"
    wanted = f"pip==1.2 --hash=sha256:{hashlib.sha256(index.wheel).hexdigest()}\n"
    _, copy = bare("exit 1")
    (copy / "requirements" / "pip.txt").write_text(wanted)

    ran, _ = bare(without, PIP_INDEX_URL=f"http://{index.address}/simple")

    assert "pip install --quiet --no-index\n" in ran.stdout


@pytest.mark.skipif(os.name == "nt", reason="make and sh are needed")
def test_an_environment_that_uv_makes_gets_pip_too(bare, tmp_path):
    stub(tmp_path / "bin", "uv", 'echo "uv $*"; exit 1')

    ran, _ = bare("exit 1")

    assert re.search(r"^uv venv .*--seed ", ran.stdout, re.MULTILINE)
