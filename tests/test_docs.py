"""The documents: every block is run, and every verb, option, reason and exit code is in them."""

import importlib.util
import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

import click
import pytest
import yaml

import hygiene
from hygiene import sinks
from hygiene.address.repair import KINDS
from hygiene.cli import cli, config, exit_codes, main
from hygiene.cli.places import services
from hygiene.emulator import Emulator, ZoneServer
from hygiene.emulator.demo import sample_zone
from hygiene.outcomes import REASONS, Outcome

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = Path(hygiene.__file__).parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the settings that `hygiene emulate` prints."""
    with Emulator() as api, ZoneServer(sample_zone()) as names:
        api.create_list("First list")
        api.campaigns.create("First campaign")
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        monkeypatch.setenv("HYGIENE_RESOLVER", names.address)
        monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def _matches(shown: str, printed: str) -> bool:
    """Whether an output is as shown; a line of three dots stands for any lines."""
    lines = [
        re.escape(line.rstrip()) + "\n" if line != "..." else r"(?:.*\n)*?" for line in shown.splitlines()
    ]
    return (
        re.fullmatch("".join(lines), "".join(line.rstrip() + "\n" for line in printed.splitlines()))
        is not None
    )


def _run_console(text: str) -> None:
    for command, shown in re.findall(r"^\$ ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", text, flags=re.MULTILINE):
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(shlex.split(command)[1:])
        assert ended.value.code != exit_codes.USAGE, err.getvalue()
        out.flush()
        printed = out.buffer.getvalue().decode()
        assert _matches(shown, printed), printed + err.getvalue()


def _run_workflow(text: str) -> None:
    """Run the commands of a workflow that are ours; every other key must be there to be read."""
    jobs = yaml.safe_load(text).get("jobs", {})
    commands = [
        line for job in jobs.values() for step in job["steps"] for line in step.get("run", "").splitlines()
    ]
    for command in commands:
        if command.startswith("hygiene "):
            _run_console(f"$ {command}\n...\n")


#: Packages of databases, each of which a block of a page is run with where it is installed.
DRIVERS = ("sqlalchemy", "adbc_driver_sqlite", "adbc_driver_postgresql", "duckdb")


#: What `make orchestrators` runs blocks with.
ORCHESTRATORS = ("airflow", "dagster", "prefect")


def _is_there(driver: str) -> bool:
    """Whether a block can be run with a driver; the one of a server is run where there is one, in its own test."""
    return importlib.util.find_spec(driver) is not None and driver != "adbc_driver_postgresql"


def _run_tests(command: str, place: Path) -> None:
    """Run the tests of a page as its reader does, in a process of their own; none of them may be left out."""
    run = [sys.executable, "-m", *shlex.split(command), "-p", "no:cacheprovider"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # plugins of these tests are long to load
    ended = subprocess.run(run, cwd=place, env=alone, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert " passed" in ended.stdout


def _run_python(text: str, name: str, path: Path, namespace: dict[str, object]) -> None:
    program = compile(text, path.name, "exec")
    if name not in ORCHESTRATORS and (name not in DRIVERS or _is_there(name)):
        exec(program, namespace)


def _run_page(path: Path, place: Path) -> set[str]:
    """Run every block of a page; returns the kinds of blocks it has."""
    namespace: dict[str, object] = {}
    kinds = set()
    for kind, name, text in BLOCK.findall(path.read_text(encoding="utf-8")):
        kinds.add(kind)
        if kind in ("csv", "text") or (kind == "python" and name.endswith(".py")):
            (place / (name or "leads.csv")).parent.mkdir(exist_ok=True)
            (place / (name or "leads.csv")).write_text(text, encoding="utf-8")
        elif kind == "console" and name == "mailman":
            continue  # run in tests/mailman, where there is one
        elif kind == "console":
            _run_console(text)
        elif kind == "python" and name.endswith(".py") and name not in ORCHESTRATORS:
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        elif kind == "python":
            _run_python(text, name, path, namespace)
        elif kind == "yaml":
            _run_workflow(text)
        elif kind == "sh" and text.startswith("pytest "):
            _run_tests(text, place)
        else:
            assert kind in ("sh", "help", "signature", "sql")
    return kinds


def test_every_block_of_the_readme_runs_and_prints_what_it_shows(place):
    assert _run_page(ROOT / "README.md", place) == {"csv", "console", "python", "sh"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "docs").as_posix())
def test_every_block_of_the_documentation_runs(path, place, monkeypatch):
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "our_rules", raising=False)

    _run_page(path, place)


def test_the_reference_is_in_step_with_the_code():
    ran = subprocess.run(
        [sys.executable, ROOT / "docs" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_pages_and_notebooks_import_of_ours_is_in_the_reference():
    reference = (ROOT / "docs" / "reference" / "library.md").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *PAGES, *NOTEBOOKS]]
    found = re.findall(r"from (hygiene[\w.]*) import ([\w, ]+)", "\n".join(texts))
    names = {f"{module}.{name}" for module, listed in found for name in listed.split(", ")}

    assert names >= {"hygiene.sinks.Reply", "hygiene.emulator.sample_zone"}
    assert {name for name in names if f" `{name}`\n" not in reference} == set()


def test_all_that_a_sink_may_have_is_on_the_page_for_sinks():
    page = (ROOT / "docs" / "how-to" / "sinks.md").read_text(encoding="utf-8")

    assert {name for name in sinks.__all__ if f"`{name}`" not in page} == set()


def test_every_link_between_pages_leads_somewhere():
    for path in [*PAGES, *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    for path in PAGES:
        assert path.name == "index.md" or path.relative_to(ROOT / "docs").as_posix() in index


def test_the_pre_commit_hook_runs(place):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (place / "leads.csv").write_text("email\nnobody\nann@a.example\n", encoding="utf-8")

    _run_console(f"$ {hook['entry']} --max invalid=50% leads.csv\n...\n2 rows: 1 ready, 1 invalid.\n")


@pytest.mark.parametrize(
    ("path", "checked"),
    [
        ("data/leads-2026.csv", True),
        ("Leads.CSV", True),
        ("LEADS/march.Csv", True),
        ("march.csv", False),
        ("leads.csv.md", False),
        ("leads.xlsx", False),
    ],
)
def test_the_pre_commit_hook_checks_lead_files_in_capitals_or_not_and_no_workbooks(path, checked):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    assert bool(re.search(hook["files"], path)) is checked


def test_what_the_page_adds_to_the_pre_commit_hook_for_workbooks_is_of_the_extra():
    page = (ROOT / "docs" / "how-to" / "pipelines.md").read_text(encoding="utf-8")
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]

    [files] = re.findall(r"`files: ([^`]+)`", page)
    [packages] = re.findall(r"`additional_dependencies: \[([^]]+)\]`", page)

    assert all(re.search(files, name) for name in ("Leads.XLSX", "leads.csv"))
    assert set(packages.split(", ")) <= {each.partition(">=")[0] for each in extra["excel"]}


def test_the_pre_commit_hook_sees_all_files_at_once(place):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for name in ("leads-1.csv", "leads-2.csv"):
        (place / name).write_text("email\nann@a.example\n", encoding="utf-8")

    _run_console(f"$ {hook['entry']} leads-1.csv leads-2.csv\n...\n2 rows: 1 ready, 1 duplicate.\n")

    assert hook["require_serial"] is True


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The address of a clone of this repository, and its commit; a checkout without its history has none."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no clone")
    there = tmp_path_factory.mktemp("host") / "lead-hygiene"
    subprocess.run(["git", "clone", "--quiet", ROOT.as_uri(), there], check=True)
    commit = subprocess.run(
        ["git", "-C", there, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    return there, commit.stdout.strip()


def _told_to_install(clone):
    """What pages tell to install from git, of the clone."""
    there, commit = clone
    pages = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *PAGES])
    found = re.findall(r"git\+(https://[^\s\"'`]+)", pages)
    return {
        each.replace("https://git.example/lead-hygiene", there.as_uri()).replace("COMMIT", commit)
        for each in found
    }


def test_what_a_snippet_installs_is_this_project(clone, tmp_path):
    [address] = _told_to_install(clone)

    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
    ]
    ran = subprocess.run([*command, f"git+{address}"], capture_output=True, text=True, check=False)

    assert [path.name.partition("-")[0] for path in tmp_path.glob("*.whl")] == ["lead_hygiene"], ran.stderr


def test_the_pre_commit_snippet_names_a_hook_that_its_repository_has(clone):
    there, commit = clone
    page = (ROOT / "docs" / "how-to" / "pipelines.md").read_text(encoding="utf-8")
    told = [yaml.safe_load(text) for kind, _, text in BLOCK.findall(page) if kind == "yaml"]
    [repository] = [each for block in told for each in block.get("repos", ())]

    shown = [
        "git",
        "-C",
        there,
        "show",
        f"{repository['rev'].replace('COMMIT', commit)}:.pre-commit-hooks.yaml",
    ]
    hooks = yaml.safe_load(subprocess.run(shown, check=True, capture_output=True, text=True).stdout)

    assert repository["repo"] == "https://git.example/lead-hygiene"
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in hooks}


def test_every_kind_of_repair_is_documented():
    page = (ROOT / "docs" / "addresses.md").read_text(encoding="utf-8")
    table = page.partition("## Repairs")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `([a-z_]+)` \|", table.partition("---")[2], flags=re.MULTILINE) == list(KINDS)


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    [commands] = [text for kind, _, text in BLOCK.findall(README) if kind == "sh"]

    assert re.findall(r"^make (\w+)", commands, flags=re.MULTILINE) == ["demo"]
    assert set(re.findall(r"`make (\w+)`", README)) <= set(targets)


def test_the_readme_is_read_in_one_sitting_and_begins_with_the_problem_the_commands_and_the_counts():
    first = README.partition("## ")[0]

    assert len(README.splitlines()) < 150
    assert [kind for kind, _, _ in BLOCK.findall(first)] == ["sh", "csv", "console"]
    assert ". .venv/bin/activate" in first
    assert "as predicted." in first


def _reference(name: str) -> str:
    """A page of the reference, which `docs/reference.py` makes and README.md leads to."""
    assert f"(docs/reference/{name})" in README
    return (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


def test_every_reason_and_outcome_is_documented():
    words = set(re.findall(r"`([a-z_]+)`", _reference("reasons.md")))

    assert set(REASONS) - words == set()
    assert {outcome.value for outcome in Outcome} - words == set()


def test_every_verb_and_option_is_documented():
    page = _reference("options.md")

    for name, verb in cli.commands.items():
        assert f"`hygiene {name}" in README
        for option in verb.params:
            if isinstance(option, click.Option) and not option.hidden:
                row = rf"^\| `[^`]*{option.opts[-1]}\b[^`]*` \| [^|]*\b{name}\b[^|]* \| ."
                assert re.search(row, page, flags=re.MULTILINE), f"{name} {option.opts[-1]}"


def test_every_exit_code_is_documented():
    table = {
        int(code) for code in re.findall(r"^\| (\d+) \|", _reference("exit-codes.md"), flags=re.MULTILINE)
    }
    used = {code for _, code in exit_codes._CODES}
    used |= {
        exit_codes.DONE,
        exit_codes.USAGE,
        exit_codes.UNFINISHED,
        exit_codes.DIFFERS,
        exit_codes.INTERRUPTED,
    }
    ended = {128 + signal.SIGTERM, 128 + signal.SIGHUP}  # by `end_on_signals`

    assert table == used | ended


def test_every_setting_of_the_environment_is_documented():
    sources = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    read = set(re.findall(r"\b(?:HYGIENE_[A-Z_]+|[A-Z]+_USER)\b", sources))
    for service in services():
        read |= {service.key_variable, f"{service.key_variable}_FILE", service.url_variable}
    page = _reference("settings.md")

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, flags=re.MULTILINE)) == read
    for name in (*config._SINGLE, *config._SEVERAL, *config._LIMITS):
        assert re.search(rf"`(?:\[gate\.)?{name}\]?`", page), name


def test_every_file_of_a_format_that_is_kept_is_on_the_page_of_formats():
    page = _reference("formats.md")

    assert {
        path.name for path in (ROOT / "tests" / "data" / "formats").iterdir() if f"`{path.name}`" not in page
    } == set()


def test_the_newest_release_of_the_changelog_is_the_version():
    titles = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    releases = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)", title).groups() for title in titles[1:]]

    assert titles[0] == "Unreleased"
    assert releases[0][0] == hygiene.__version__
    assert releases == sorted(releases, key=lambda each: [*map(int, each[0].split("."))], reverse=True)
    assert [date.fromisoformat(day) for _, day in releases] == sorted(
        (date.fromisoformat(day) for _, day in releases), reverse=True
    )


def test_every_rule_of_the_policy_is_documented():
    from hygiene.policy import RULES

    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    assert {name for name in RULES if f"| `{name}` |" not in page} == set()


def test_every_verdict_and_cause_of_a_look_up_is_documented():
    from typing import get_args

    from hygiene.deliverability import CAUSES, VerdictCode

    page = (ROOT / "docs" / "deliverability.md").read_text(encoding="utf-8")
    assert {word for word in get_args(VerdictCode) if f"| `{word}` |" not in page} == set()
    assert {word for word, meaning in CAUSES.items() if f"| `{word}` | {meaning} |" not in page} == set()
