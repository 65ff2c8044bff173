"""What the pages show of orchestrators, run by these themselves, each in an environment of its own.

`make orchestrators` runs them; they fetch packages from the index, and are no part of `make test`.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from hygiene.emulator import Emulator, ZoneServer

pytestmark = pytest.mark.orchestrators

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOOD = "email\nann@birchworks.example\nbo@birchworks.example\n"
BAD = f"{GOOD}nobody\n"
#: Lost answers in a row after which an import stops, unfinished.
LOST = 3
_ZONE = {"birchworks.example": ["MX 10 mx.birchworks.example"], "mx.birchworks.example": ["A 192.0.2.1"]}


def _block(page: str, name: str) -> str:
    """The block of a page that has this name."""
    [text] = [
        text for _, named, text in BLOCK.findall((HOW_TO / page).read_text(encoding="utf-8")) if named == name
    ]
    return text


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> Callable[..., Path]:
    """The folder of programs of a new environment with some packages and this project in it."""

    def make(*packages: str) -> Path:
        home = tmp_path_factory.mktemp("environment") / "venv"
        subprocess.run(["sh", ROOT / "requirements" / "venv.sh", sys.executable, home], check=True)
        uv = shutil.which("uv")
        pip = (
            [uv, "pip", "install", "--python", home / "bin/python"]
            if uv
            else [home / "bin/python", "-m", "pip", "install"]
        )
        ran = subprocess.run([*pip, "--quiet", *packages, ROOT], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return home / "bin"

    return make


@pytest.fixture
def place(tmp_path):
    """A folder with leads in it, an API and a name server; `run` runs a program there that reaches both."""
    with Emulator() as api, ZoneServer(_ZONE) as names:
        list_id = api.create_list("Leads", list_id=1)
        settings = {
            "SMARTLEAD_BASE_URL": api.base_url,
            "SMARTLEAD_API_KEY": api.api_key,
            "HYGIENE_RESOLVER": names.address,
            "HYGIENE_JOURNAL": str(tmp_path / "imports.sqlite"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "HOME": str(tmp_path),
        }

        def run(programs: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
            path = f"{programs}{os.pathsep}{os.environ['PATH']}"
            kept = {
                name: os.environ[name] for name in os.environ if not name.startswith(("HYGIENE_", "PYTHON"))
            }
            return subprocess.run(
                [programs / command[0], *command[1:]],
                cwd=tmp_path, env={**kept, **settings, "PATH": path, **more},
                capture_output=True, text=True, check=False,
            )  # fmt: skip

        (tmp_path / "leads.csv").write_text(GOOD, encoding="utf-8")
        yield SimpleNamespace(folder=tmp_path, api=api, run=run, members=lambda: sorted(api.members(list_id)))


@pytest.fixture(scope="module")
def dagster(environment) -> Path:
    return environment("dagster==1.13.29")


_RUN_DAGSTER = """
import sys
from repository import definitions

job = definitions.resolve_implicit_global_asset_job_def()
ran = job.execute_in_process(raise_on_error=False)
print("done", ran.success, sorted(each.asset_key.to_user_string() for each in ran.get_asset_materialization_events()))
"""


@pytest.mark.parametrize(("leads", "done"), [(GOOD, "True ['imported', 'leads']"), (BAD, "False ['leads']")])
def test_dagster_runs_what_comes_after_a_blocking_check_only_where_it_passes(dagster, place, leads, done):
    (place.folder / "leads.csv").write_text(leads, encoding="utf-8")
    (place.folder / "repository.py").write_text(_block("orchestrators.md", "dagster"), encoding="utf-8")
    (place.folder / "run.py").write_text(_RUN_DAGSTER, encoding="utf-8")

    ran = place.run(
        dagster, "python", "run.py", DAGSTER_HOME=str(place.folder), DAGSTER_DISABLE_TELEMETRY="1"
    )

    assert f"done {done}" in ran.stdout, ran.stderr
    assert place.members() == (["ann@birchworks.example", "bo@birchworks.example"] if leads == GOOD else [])


@pytest.fixture(scope="module")
def airflow(environment) -> Path:
    return environment("apache-airflow==3.3.2")


def _airflow(place, programs: Path) -> tuple[str, str]:
    """Run the page's DAG once; the end state of its task and how often it was tried, and what was logged."""
    home = place.folder / "airflow"
    (home / "dags").mkdir(parents=True)
    (home / "dags" / "leads.py").write_text(_block("orchestrators.md", "airflow"), encoding="utf-8")
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    }
    told = [
        place.run(programs, "airflow", *command, **settings)
        for command in (["db", "migrate"], ["dags", "reserialize"], ["dags", "test", "leads"])
    ]
    with sqlite3.connect(home / "airflow.db") as database:
        rows = database.execute("select state, try_number from task_instance").fetchall()
    database.close()
    log = "\n".join(each.stdout + each.stderr for each in told)
    assert len(rows) == 1, log
    return rows[0], log


def test_airflow_tries_an_unfinished_import_again_and_ends_it(airflow, place):
    for _ in range(LOST):
        place.api.fail_next(drop="before")

    (state, tries), log = _airflow(place, airflow)

    assert (state, tries) == ("success", 2), log
    assert place.members() == ["ann@birchworks.example", "bo@birchworks.example"]


def test_airflow_tries_nothing_again_that_was_refused(airflow, place):
    place.folder.joinpath("leads.csv").unlink()

    (state, tries), log = _airflow(place, airflow)

    assert (state, tries) == ("failed", 1), log
    assert "hygiene ended with exit code 3" in log
    assert place.members() == []


@pytest.fixture(scope="module")
def prefect(environment) -> Path:
    return environment("prefect==3.9.1")


def _prefect(place, programs: Path) -> subprocess.CompletedProcess[str]:
    (place.folder / "flow.py").write_text(_block("orchestrators.md", "prefect"), encoding="utf-8")
    settings = {"PREFECT_HOME": str(place.folder / "prefect"), "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true"}
    patient = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300"}
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", **patient}
    return place.run(programs, "python", "flow.py", **settings, **quiet)


def test_prefect_tries_an_unfinished_import_again_and_ends_it(prefect, place):
    for _ in range(LOST):
        place.api.fail_next(drop="before")

    ran = _prefect(place, prefect)

    assert ran.returncode == 0, ran.stderr
    assert "Retry 1/3" in ran.stderr
    assert place.members() == ["ann@birchworks.example", "bo@birchworks.example"]


def test_prefect_tries_nothing_again_that_was_refused(prefect, place):
    place.folder.joinpath("leads.csv").unlink()

    ran = _prefect(place, prefect)

    assert ran.returncode == 1
    assert "hygiene ended with exit code 3" in ran.stderr
    assert "Retry 1/3" not in ran.stderr


@pytest.fixture(scope="module")
def dbt(environment) -> Path:
    """The newest dbt-core of the index alone: 1.12 fetches a part of itself from elsewhere while it is installed."""
    return environment("dbt-core==1.11.16", "dbt-duckdb==1.11.1")


_PROJECT = {
    "dbt_project.yml": "name: leads\nversion: 1.0.0\nprofile: leads\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": "leads: {target: dev, outputs: {dev: {type: duckdb, path: leads.duckdb, threads: 1}}}\n",
}


@pytest.mark.parametrize(("leads", "code"), [(GOOD, 0), (BAD, 1)])
def test_dbt_builds_verdicts_and_fails_where_too_many_are_invalid(dbt, place, leads, code):
    model, check = "models/lead_verdicts.py", "tests/few_are_invalid.sql"
    blocks = {name: _block("orchestrators.md", name) for name in (model, check)}
    for name, text in {**_PROJECT, **blocks, "seeds/leads.csv": leads}.items():
        (place.folder / name).parent.mkdir(exist_ok=True)
        (place.folder / name).write_text(text, encoding="utf-8")

    ran = place.run(dbt, "dbt", "build", "--profiles-dir", ".")

    query = "select outcome from lead_verdicts order by row"
    show = f"import duckdb; print(duckdb.connect('leads.duckdb').sql('{query}').fetchall())"
    held = place.run(dbt, "python", "-c", show)
    assert ran.returncode == code, ran.stdout
    assert held.stdout.count("ready") == 2, held.stderr
    assert held.stdout.count("invalid") == code


@pytest.fixture(scope="module")
def pre_commit(environment) -> Path:
    return environment("pre-commit==4.7.0")


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The repository that a hook is of."""
    there: Path = tmp_path_factory.mktemp("host") / "lead-hygiene"
    subprocess.run(["git", "clone", "--quiet", ROOT.as_uri(), there], check=True)
    return there


@pytest.fixture(scope="module")
def hooks(tmp_path_factory) -> str:
    """Where pre-commit keeps the environments of hooks, once for all repositories."""
    return str(tmp_path_factory.mktemp("hooks"))


@pytest.mark.parametrize(("leads", "code"), [(GOOD, 0), (BAD, 1)])
def test_pre_commit_holds_the_lead_files_of_a_repository_to_a_limit(
    pre_commit, place, clone, hooks, leads, code
):
    shown = subprocess.run(
        ["git", "-C", clone, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    page = (HOW_TO / "pipelines.md").read_text(encoding="utf-8")
    [told] = [
        text for kind, _, text in BLOCK.findall(page) if kind == "yaml" and "repos" in yaml.safe_load(text)
    ]
    told = told.replace("https://git.example/lead-hygiene", clone.as_uri()).replace(
        "COMMIT", shown.stdout.strip()
    )
    (place.folder / ".pre-commit-config.yaml").write_text(told.replace("50%", "20%"), encoding="utf-8")
    (place.folder / "leads.csv").write_text(leads, encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "leads.csv", ".pre-commit-config.yaml"]):
        subprocess.run(["git", *command], cwd=place.folder, check=True)

    ran = place.run(pre_commit, "pre-commit", "run", "--all-files", PRE_COMMIT_HOME=hooks)

    assert ran.returncode == code, ran.stdout + ran.stderr
    assert ("invalid is 1 of 3 rows" in ran.stdout) is bool(code)
