"""Spool: a cleaning that does not fit in memory says and writes what one in memory does, to the octet."""

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.arrow.text import text_column
from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.dedup.survivors import Keep
from hygiene.cleaning.pipeline import survey_frame, survey_rows
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.spill import FLOOR, Spill
from hygiene.cleaning.survey import survey
from hygiene.deliverability import DomainVerdict, KnownVerdicts
from hygiene.emulator import Emulator
from hygiene.errors import SpoolError
from hygiene.importing.journal import SqliteJournal
from hygiene.io.readers import open_leads
from hygiene.io.writers import open_results, write_results
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads

CELLS = [
    "ann@acme.example", "ANN@acme.example", " ann@acme.example", "Ann <a.nn+x@gmail.com>", "ann@gmail.com",
    "eve@null.example", "ida@flaky.example", "dnc@acme.example", "x@dnc.example", "z@blocked.example",
    "known@acme.example", "", "nobody", "info@mailinator.com", "jo@gmial.com", "a@x.example; b@x.example",
]  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(CELLS),
        st.sampled_from(["", "Ann", "Bob", "NULL"]),
        st.sampled_from(["", "Acme, Inc."]),
        st.sampled_from(["", "2026-01-02", "2026-02-03", "soon"]),
        st.sampled_from(["", "", "", "yes"]),
        st.sampled_from(["", "", "", ",,,,,,,"]),
    ),
    min_size=1,
    max_size=25,
).filter(
    lambda rows: any(cell for row in rows for cell in row)
)  # rows of delimiters alone are none at the end
DOMAINS = {
    "null.example": DomainVerdict("null_mx"),
    "flaky.example": DomainVerdict("dns_unknown", cause="servfail"),
}


def _settings(**changes: Any) -> Settings:
    given_: dict[str, Any] = {
        "suppress": [parse_list("dnc@acme.example\ndnc.example\nan.n@gmail.com\n", name="dnc.txt")],
        "blocklist": [parse_list("blocked.example\n", name="block.csv")],
        "known": [KnownLeads.from_cells("list 500", text_column(pd.Series(["Known@acme.example"])))],
        "resolver": KnownVerdicts(DOMAINS),
        **changes,
    }
    return Settings(**given_)


def _file(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    path = folder / "leads.csv"
    lines = [
        f'{cell},{name},"{company}",{seen},{out}{broken}' for cell, name, company, seen, out, broken in rows
    ]
    path.write_text("\n".join(["Email,First Name,Company,Seen,Unsubscribed", *lines, ""]), encoding="utf-8")
    return path


def _both(path: Path, chunk_rows: int, settings_: Settings) -> tuple[CleanedLeads, CleanedLeads]:
    with open_leads([path], chunk_rows=chunk_rows) as leads:
        frame = leads.frame()
        whole = CleanedLeads(survey_frame(frame, settings_), frame=frame)
        cut = CleanedLeads(survey(leads.chunks(), settings_, keeping=Spill(FLOOR)))
    return whole, cut


def _bytes(frames: Sequence[pd.DataFrame]) -> bytes:
    text = io.StringIO()
    for number, frame in enumerate(frames):
        frame.to_csv(text, header=number == 0)
    return text.getvalue().encode()


KEEPS = ["first", "last", "most-complete", "newest:Seen"]


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 3,
    deadline=None,
)
@given(
    rows=ROWS,
    size=st.integers(1, 9),
    keep=st.sampled_from(KEEPS),
    match=st.sampled_from(["exact", "person"]),
    fill=st.booleans(),
    accept=st.booleans(),
    review=st.sampled_from([(), ("near_suppressed",), ("placeholder_name",)]),
)
def test_spooled_chunks_of_any_size_give_the_same(
    tmp_path: Path,
    rows: list[Any],
    size: int,
    keep: str,
    match: Any,
    fill: bool,
    accept: bool,
    review: Sequence[str],
) -> None:
    dates = {row[3] for row in rows} - {""}
    assume(keep != "newest:Seen" or dates != {"soon"})
    chosen = _settings(keep=Keep.parse(keep), match=match, fill=fill, accept_unknown=accept, review=review)

    whole, cut = _both(_file(tmp_path, rows), size, chosen)

    assert len(cut.survey.chunks) == -(-len(whole) // size)
    assert cut.counts == whole.counts
    assert list(cut.counts.reasons) == list(whole.counts.reasons)
    assert (cut.predicted, cut.predicted_raw) == (whole.predicted, whole.predicted_raw)
    assert cut.prediction.range == whole.prediction.range
    assert cut.survey.examples == whole.survey.examples
    assert cut.survey.relations.largest(9) == whole.survey.relations.largest(9)
    assert cut.fill_rates == whole.fill_rates
    assert cut.fills.equals(whole.fills)
    assert cut.notes == whole.notes
    assert cut.forbidden().tolist() == whole.forbidden().tolist()
    chunks = list(cut.chunks())
    for name in ("ready", "withheld", "verdicts"):
        assert _bytes([getattr(chunk, name) for chunk in chunks]) == _bytes([getattr(whole, name)])
        assert getattr(cut, name).equals(getattr(whole, name))


@given(rows=ROWS, size=st.integers(1, 9), places=st.lists(st.integers(0, 24), max_size=6))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 3,
    deadline=None,
)
def test_rows_are_found_wherever_they_are_kept(
    tmp_path: Path, rows: list[Any], size: int, places: list[int]
) -> None:
    whole, cut = _both(_file(tmp_path, rows), size, _settings())
    positions = np.array([place % len(rows) for place in places], dtype=np.int64)

    leads, verdicts = cut.at(positions)

    assert leads.equals(whole.frame.iloc[positions])
    assert verdicts.equals(whole.verdicts.iloc[positions])
    assert cut.addresses(positions).equals(whole.addresses(positions))
    rising = np.unique(positions)
    assert cut.leads(rising).equals(whole.leads(rising))


def test_other_settings_and_parts_of_the_leads_are_judged_alike(tmp_path: Path) -> None:
    rows = [(cell, "Ann", "Acme", "", "", "") for cell in CELLS * 3]
    whole, cut = _both(_file(tmp_path, rows), 7, _settings())

    for changes in ({"known": None}, {"blocklist": None, "keep": Keep("last")}, {"review": ("disposable",)}):
        assert cut.again(**changes).verdicts.equals(whole.again(**changes).verdicts)
    some = np.arange(len(whole)) % 3 == 0
    parts = [CleanedLeads(survey_rows(each.survey, some)).verdicts for each in (cut, whole)]
    assert parts[0].equals(parts[1])
    assert cut.by("first_name").frame().equals(whole.by("first_name").frame())


@given(
    st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=20), max_size=8), st.integers(0, 200), st.booleans()
)
def test_rows_come_back_out_of_buckets_in_order_with_equal_keys_together(
    parts: list[list[int]], most: int, spilled: bool
) -> None:
    buckets = Partitions(2, open_file=io.BytesIO if spilled else None, most_octets=most)
    for number, part in enumerate(parts):
        buckets.add(np.array([[key, number] for key in part], dtype=np.uint64).reshape(-1, 2))

    found = [row for part in buckets.parts() for row in part.tolist()]

    given_ = [[key, number] for number, part in enumerate(parts) for key in part]
    assert found == sorted(given_, key=lambda row: row[0] >> 58)


def test_a_file_that_is_cleaned_within_a_bound_says_what_one_in_memory_does(tmp_path: Path) -> None:
    path = _file(tmp_path, [(cell, "Ann", "Acme", "", "", "") for cell in CELLS])

    whole, cut = hygiene.clean(path), hygiene.clean(path, memory=1, jobs=1)

    assert (cut.files, cut.sha256) == (whole.files, whole.sha256)
    assert [note for note in cut.notes if note not in whole.notes] == [Spill(1).note]
    assert "raised to 512 MiB" in str(Spill(1).note)
    assert cut.verdicts.equals(whole.verdicts)


@pytest.mark.parametrize(
    ("given", "octets"),
    [("1GB", 10**9), ("512 MiB", 1 << 29), ("1.5g", 3 * 10**9 // 2), (" 700m ", 700 * 10**6), (1e9, 10**9)],
)
def test_a_bound_is_written_as_on_the_command_line_or_as_a_number(given: str | float, octets: int) -> None:
    spool = Spill(given)

    assert (spool.key_octets, spool.note) == ((octets - FLOOR) // 8, None)


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx"])
def test_files_of_results_are_the_same_to_the_octet(tmp_path: Path, format_: Any) -> None:
    rows = [
        (cell, "Ann", "Acme", "", "", ",,," if place == 5 else "") for place, cell in enumerate(CELLS * 3)
    ]
    whole, cut = _both(_file(tmp_path, rows), 7, _settings(fill=True))
    tables = {name: getattr(whole, name) for name in ("ready", "withheld", "verdicts")}

    at_once = write_results(tmp_path / "whole", **tables, summary={}, format_=format_, fills=whole.fills)
    with open_results(tmp_path / "cut", format_=format_, fills=True) as results:
        for number, part in enumerate(cut.chunks()):
            results.add(**part._asdict(), fills=cut.fills if number == 0 else None)
        in_parts = results.finish({})

    assert len(cut.survey.chunks) > 1
    assert [path.read_bytes() for path in in_parts] == [path.read_bytes() for path in at_once]


def test_an_import_of_spooled_leads_is_resumed_like_any_other(api: Emulator, tmp_path: Path) -> None:
    rows = [(f"lead{number % 28}@acme.example", "Ann", "Acme", "", "", "") for number in range(30)]
    found = {}
    for place, cleaned in enumerate(_both(_file(tmp_path, rows), 4, _settings())):
        list_id = api.create_list(f"list {place}")
        with (
            SqliteJournal(tmp_path / f"{place}.sqlite") as journal,
            hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink,
        ):
            api.fail_next(after=2, status=401, body={"message": "no"})
            first = hygiene.import_leads(cleaned, sink, journal=journal, batch_leads=5)
            receipt = hygiene.import_leads(cleaned, sink, journal=journal, batch_leads=5)
        states = [[batch.state for batch in each.batches] for each in (first, receipt)]
        deliveries = {name: frame.to_csv() for name, frame in receipt.deliveries(cleaned).items()}
        found[place] = (api.members(list_id), states, receipt.predicted, receipt.reported, deliveries)

    assert found[0] == found[1]
    assert len(found[1][0]) == 28


@pytest.mark.parametrize("limit", [20_000, 200_000])
def test_a_disk_that_is_full_ends_the_run_with_what_to_do(tmp_path: Path, limit: int) -> None:
    path = _file(
        tmp_path, [(f"lead{number}@acme.example", "Ann", "Acme", "", "", "") for number in range(2000)]
    )
    program = f"""
import resource
from hygiene.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
main(["check", {str(path)!r}, "--no-dns", "--memory", "1"])
"""

    ran = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "a temporary file cannot be written" in ran.stderr
    assert "TMPDIR" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_buckets_whose_file_is_full_say_so() -> None:
    with contextlib.ExitStack() as files:
        buckets = Partitions(
            2, open_file=lambda: files.enter_context(Path("/dev/full").open("wb", buffering=0)), most_octets=0
        )

        with pytest.raises(SpoolError, match="No space left"):
            buckets.add(np.ones((5, 2), dtype=np.uint64))


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [(["check", "-", "--no-dns"], True), (["clean", "leads.csv", "--no-dns", "--out", "full"], False),
     (["clean", "leads.csv", "--no-dns", "--out", "full", "--out-format", "xlsx"], False)],
    ids=["standard input", "csv", "xlsx"],
)  # fmt: skip
def test_a_disk_that_is_full_elsewhere_is_said_too(
    tmp_path: Path, arguments: list[str], *, stdin: bool
) -> None:
    path = _file(
        tmp_path, [(f"lead{number}@acme.example", "Ann", "Acme", "", "", "") for number in range(2000)]
    )
    program = f"""
import resource
from hygiene.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
main({arguments!r})
"""

    with path.open("rb") as leads:
        ran = subprocess.run(
            [sys.executable, "-B", "-c", program], stdin=leads if stdin else None, capture_output=True, text=True,
            check=False, cwd=tmp_path,
        )  # fmt: skip

    assert ran.returncode == 2
    assert "File too large" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not [left for left in tmp_path.rglob("*") if left.is_file() and left != path]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_terminated_leaves_no_half_file(tmp_path: Path, number: int) -> None:
    _file(tmp_path, [("ann@acme.example", "Ann", "Acme", "", "", "")])
    program = f"""
import os
from hygiene.cli import main
from hygiene.io.writers.outputs import Results
Results.finish = lambda *_: os.kill(os.getpid(), {number})
main(["clean", "leads.csv", "--no-dns", "--out", "out"])
"""

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, cwd=tmp_path)

    assert ran.returncode == 128 + number
    assert list((tmp_path / "out").iterdir()) == []


def test_a_spooled_result_may_be_asked_by_several_threads(tmp_path: Path) -> None:
    rows = [(f"lead{number}@acme.example", "Ann", "Acme", "", "", "") for number in range(20)]
    whole, cut = _both(_file(tmp_path, rows), 5, _settings())

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda row: str(cut.explain(row)), [row % 20 + 1 for row in range(60)]))

    assert told == [str(whole.explain(row % 20 + 1)) for row in range(60)]


def test_a_file_whose_name_is_not_utf_8_is_read_under_a_name_that_can_be_shown(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"N\xff.csv")  # noqa: PTH118 -- octets
    Path(os.fsdecode(path)).write_text("email\nann@acme.example\n", encoding="ascii")

    cleaned = hygiene.clean(os.fsdecode(path))

    assert cleaned.verdicts["source"].tolist() == cleaned.frame.index.get_level_values("source").tolist()
    assert cleaned.files[0].endswith("N\\xff.csv")
