"""`hygiene clean --scheduler`: the same counts from the workers of a cluster, and folders of Parquet."""

import json

import pandas as pd
import pytest
from distributed import LocalCluster


@pytest.fixture(scope="module")
def scheduler():
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address="127.0.0.1:0",
        protocol="tcp", scheduler_port=0,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@pytest.fixture
def files(write) -> list[str]:
    one = write("one.csv", "email,company\nann@acme.example, Acme \nnobody,Bolt\n")
    two = write("two.csv", "email,company\nANN@acme.example,\nbob@acme.example,Bolt\n")
    return [str(one), str(two)]


def test_files_are_cleaned_on_a_cluster_into_folders(scheduler, files, tmp_path, run):
    out = tmp_path / "out"

    code, stdout, stderr = run(
        "clean", *files, "--no-dns", "--fill", "--by", "file", "--scheduler", scheduler, "--out", str(out)
    )

    assert code == 0
    assert "4 rows: 2 ready, 1 invalid, 1 duplicate." in stdout
    assert f"wrote ready, withheld, verdicts, summary.json to {out}" in stderr
    assert pd.read_parquet(out / "ready")["company"].tolist() == ["Acme", "Bolt"]
    told = json.loads((out / "summary.json").read_text())
    assert told["input"]["files"] == files
    assert [group["rows"] for group in told["comparison"]["groups"]] == [2, 2]
    assert (out / "summary.json").stat().st_mode & 0o777 == 0o600


def test_the_summary_is_that_of_one_process(scheduler, files, tmp_path, run):
    _, there, _ = run(
        "clean",
        *files,
        "--no-dns",
        "--format",
        "json",
        "--scheduler",
        scheduler,
        "--out",
        str(tmp_path / "a"),
    )
    _, here, _ = run("clean", *files, "--no-dns", "--format", "json", "--out", str(tmp_path / "b"))

    found, wanted = json.loads(there), json.loads(here)
    wanted.pop("results")
    wanted["input"]["sha256"] = None
    assert found == wanted


def test_a_limit_that_is_passed_fails_the_run_and_shows_what_was_found(scheduler, files, tmp_path, run):
    code, stdout, stderr = run(
        "clean",
        *files,
        "--no-dns",
        "--max",
        "invalid=0",
        "--scheduler",
        scheduler,
        "--out",
        str(tmp_path / "out"),
    )

    assert code == 1
    assert "4 rows: 2 ready" in stdout
    assert "invalid is 1 row" in stderr


@pytest.mark.parametrize(
    "given",
    [
        ["--report", "r.html"],
        ["--jobs", "2"],
        ["--out-format", "csv"],
        ["--format", "github"],
        ["--memory", "1GB"],
    ],
)
def test_what_is_for_one_process_is_refused(files, tmp_path, run, given):
    code, _, stderr = run(
        "clean", *files, *given, "--scheduler", "tcp://127.0.0.1:1", "--out", str(tmp_path / "out")
    )

    assert code == 2
    assert f"{given[0]}" in stderr
    assert "Leave it out, or leave --scheduler out." in stderr


@pytest.mark.parametrize("address", ["nowhere", "tcp://[::1"])
def test_an_address_that_is_none_is_told(files, tmp_path, run, address):
    code, _, stderr = run("clean", *files, "--no-dns", "--scheduler", address, "--out", str(tmp_path / "out"))

    assert code == 2
    assert f"--scheduler {address}: no Dask scheduler answers there" in stderr
