"""The files of a run are known as one set: their digests stand in its summary, and what differs is noted."""

import hashlib
import json

import pytest

LEADS = "email\nann@acme.example\nnot an address\n"


@pytest.fixture
def cleaned(run, write, tmp_path):
    write("leads.csv", LEADS)
    run("clean", "leads.csv", "--no-dns", "--out", "out")
    return tmp_path / "out"


def test_the_summary_holds_the_digest_of_every_file_written_with_it(cleaned):
    told = json.loads((cleaned / "summary.json").read_text(encoding="utf-8"))["results"]

    files = [path for path in cleaned.iterdir() if path.name not in {"summary.json", "report.html"}]
    assert told == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert set(told) == {"ready.csv", "withheld.csv", "verdicts.csv", "changes.csv"}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_standard_output_tells_what_summary_json_holds(run, write, tmp_path, ending):
    write("leads.csv", LEADS)

    _, out, _ = run(
        "clean", "leads.csv", "--no-dns", "--out", "out", "--out-format", ending, "--format", "json"
    )

    assert json.loads(out) == json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert f"ready.{ending}" in json.loads(out)["results"]


def test_without_files_there_are_no_digests(run, write):
    write("leads.csv", LEADS)

    _, out, _ = run("check", "leads.csv", "--no-dns", "--format", "json")

    assert "results" not in json.loads(out)


def test_what_an_import_sent_is_in_the_set(run, write, api, tmp_path, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    write("leads.csv", LEADS)

    code, _, _ = run(
        "import", "leads.csv", "--list", api.create_list("A"), "--no-dns", "--yes", "--out", "out"
    )

    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["results"]
    assert code == 0
    assert set(told) >= {"ready.csv", "sent.csv", "rejected.csv", "unknown.csv"}
    assert told["sent.csv"] == hashlib.sha256((tmp_path / "out" / "sent.csv").read_bytes()).hexdigest()


def test_results_as_they_were_written_are_read_without_a_note(run, cleaned):
    _, _, told = run("check", "out/ready.csv", "out/withheld.csv", "--no-dns")

    assert "summary.json" not in told


def test_a_result_that_was_edited_is_read_as_it_is_and_noted(run, cleaned):
    withheld = cleaned / "withheld.csv"
    withheld.write_bytes(withheld.read_bytes().replace(b"not an address", b"bob@acme.example"))

    code, out, told = run("check", "out/withheld.csv", "--no-dns")

    assert code == 0
    assert out.endswith("1 row: 1 ready.\n")
    assert (
        "out/withheld.csv: not as it was written with the summary.json beside it; it is read as it is."
        in told
    )


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"schema": "other/1", "results": {"ready.csv": "ab"}}',
        '{"schema": "hygiene.summary/1"}',
    ],
)
def test_a_summary_of_something_else_says_nothing(run, cleaned, summary):
    (cleaned / "summary.json").write_text(summary, encoding="utf-8")

    code, _, told = run("check", "out/ready.csv", "--no-dns")

    assert code == 0
    assert "summary.json" not in told


def test_results_in_a_folder_of_leads_are_left_out_and_named(run, write, tmp_path):
    (tmp_path / "in").mkdir()
    write("in/leads.csv", LEADS)
    run("clean", "in/leads.csv", "--no-dns", "--out", "in")

    code, out, err = run("check", "in", "--no-dns", "--format", "json")

    assert code == 0
    assert json.loads(out)["input"]["rows"] == 2
    assert "in: results of a run are left out: 'changes.csv', 'ready.csv', 'report.html'" in err


def test_a_folder_of_nothing_but_results_is_refused_with_what_to_name(run, cleaned):
    code, _, err = run("check", "out", "--no-dns")

    assert code == 3
    assert "results of a run are left out" in err
    assert "Name one to read it." in err
