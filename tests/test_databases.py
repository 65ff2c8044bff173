"""The page on databases is true of a PostgreSQL server too, where one can be started and its driver is installed."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "databases.md").read_text(encoding="utf-8")

TABLE = """
    create table leads (
        id integer primary key, email text, phone bigint, emails text[], crm jsonb, created_at timestamptz);
    insert into leads values
        (11, 'ann@birchworks.example', 14155550100, '{al@birchworks.example}', '{"plan": "pro"}', '2026-03-01'),
        (12, 'ANN@birchworks.example', null, '{}', null, null),
        (13, 'nobody', 493012345678, null, '{}', null);
"""


def _program(name):
    """A program of PostgreSQL, which Debian keeps off the PATH."""
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    return None if found is None else str(Path(found).resolve().parent / name)


@pytest.fixture
def server():
    """The address of a server of its own, on a socket in a folder."""
    pytest.importorskip("adbc_driver_postgresql")
    initdb, serve = _program("initdb"), _program("pg_ctl")
    if initdb is None or serve is None:
        pytest.skip("PostgreSQL is not there")
    if os.getuid() == 0 and "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        pytest.skip("there is no user that PostgreSQL could run as")
    folder = Path(
        tempfile.mkdtemp()
    )  # whose path is short enough for a socket, and which another user may enter
    if os.getuid() == 0:  # as which PostgreSQL does not run
        shutil.chown(folder, "postgres")
    user = {"user": "postgres"} if os.getuid() == 0 else {}
    data = ["-D", str(folder / "data")]
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, **user}
    try:
        subprocess.run(
            [initdb, *data, "--auth=trust", "--username=hygiene", "--no-sync"], check=True, **quiet
        )
        start = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run(
            [serve, *data, "-w", "-o", start, "-l", str(folder / "log"), "start"], check=True, **quiet
        )
        try:
            yield f"postgresql:///postgres?host={folder}&user=hygiene"
        finally:
            subprocess.run([serve, *data, "-m", "immediate", "-w", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
def test_leads_of_postgresql_get_their_verdicts_in_a_table(server, monkeypatch):
    from adbc_driver_postgresql import dbapi

    monkeypatch.setenv("DATABASE_URL", server)
    [code] = re.findall(
        r"^```python adbc_driver_postgresql\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL
    )
    with closing(dbapi.connect(server, autocommit=True)) as connection, connection.cursor() as cursor:
        for statement in TABLE.split(";")[:-1]:
            cursor.execute(statement)
        namespace = {}

        exec(compile(f"import hygiene\n{code}", "databases.md", "exec"), namespace)

        cursor.execute("select id, outcome from verdicts order by id")
        assert cursor.fetchall() == [(11, "ready"), (12, "duplicate"), (13, "invalid")]
    ready = namespace["cleaned"].to_arrow("ready").to_pylist()
    assert [(lead["phone"], lead["second_email"], lead["plan"]) for lead in ready] == [
        (14155550100, "al@birchworks.example", "pro")
    ]
