"""Scale: a Dask frame gets the verdicts that the same rows get on one machine, wherever they lie."""

from collections.abc import Iterator

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

import hygiene
import hygiene.scale
from hygiene.columns.mapping import MALFORMED
from hygiene.deliverability import DomainVerdict, KnownVerdicts
from hygiene.emulator import Emulator
from hygiene.errors import GateFailed, InputError, UsageError
from hygiene.importing.summary import summarise
from hygiene.lists import parse_list

CELLS = [
    "ann@acme.example", "ANN@acme.example", " ann@acme.example", "a.nn+crm@gmail.com", "ann@gmail.com",
    "bob@acme.example", "bob@bolt.example", "eve@null.example", "ida@flaky.example", "dnc@acme.example",
    "d.n.c@gmail.com", "x@dnc.example", "y@sub.dnc.example", "z@blocked.example", "known@acme.example",
    "k.nown@gmail.com", "mailto:ann@acme.example", "info@bolt.example", "", None, "nobody", "jo@box.local",
    "ann@acme.example; bob@bolt.example",
]  # fmt: skip
ANSWERS = KnownVerdicts(
    {
        name: DomainVerdict(code)
        for name, code in {
            "acme.example": "accepts",
            "bolt.example": "accepts",
            "gmail.com": "accepts",
            "null.example": "null_mx",
            "flaky.example": "dns_unknown",
        }.items()
    }
)
LISTS = {
    "dnc.txt": "dnc@acme.example\ndnc.example\ndnc@gmail.com\n",
    "block.csv": "email_or_domain\nblocked.example\n",
    "known.csv": "email\nknown@acme.example\nknown@gmail.com\n",
}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Client]:
    """Two processes."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", scheduler_port=0
        ) as processes,
        Client(processes, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def lists(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lists")
    for name, text in LISTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {"suppress": folder / "dnc.txt", "blocklist": folder / "block.csv", "known": folder / "known.csv"}


def _leads(rows: int = 300) -> pd.DataFrame:
    """Leads of which many are the same, with dates, gaps, opt-out marks and malformed rows."""
    draw = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "E-mail": draw.choice(np.array(CELLS, dtype=object), rows),
            "First Name": draw.choice(["Ann", "Bob", ""], rows),
            "Company": draw.choice(["Acme", ""], rows),
            "Updated": draw.choice(["2026-01-02", "2025-11-30", ""], rows),
            "Unsubscribed": draw.choice(["no", "no", "no", "no", "no", "no", "no", "no", "no", "yes"], rows),
            "number": np.arange(1, rows + 1),
            MALFORMED: draw.choice(np.array([None] * 20 + ["ann@acme.example,x"], dtype=object), rows),
        }
    )


def _same(found: hygiene.scale.ScaledLeads, wanted: hygiene.CleanedLeads) -> None:
    """Hold a result against that of one machine, verdict by verdict and cell by cell."""
    for name in ("verdicts", "ready", "withheld"):
        here, there = getattr(found, name).compute(), getattr(wanted, name)
        assert list(here.columns) == list(there.columns) == list(getattr(found, name).columns)
        by = "number" if name == "ready" else "row"
        here = here.sort_values(by).reset_index(drop=True).astype(object)
        there = there.sort_values(by).reset_index(drop=True).astype(object)
        pd.testing.assert_frame_equal(here.where(here.notna(), None), there.where(there.notna(), None))
    assert found.counts == wanted.counts
    assert found.notes == wanted.notes
    assert found.columns == wanted.columns
    assert len(found) == len(wanted)
    assert found.predicted == wanted.predicted
    assert found.predicted_raw == wanted.predicted_raw
    assert found.prediction.range == wanted.prediction.range
    assert found.summary() == summarise(wanted)
    here, there = (
        each.sort_values(["row", "column"]).astype(object) for each in (found.fills.compute(), wanted.fills)
    )
    assert here.to_numpy().tolist() == there.to_numpy().tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "keep", "match", "shuffled"),
    [
        (1, "first", "exact", False),
        (2, "last", "person", False),
        (7, "first", "person", True),
        pytest.param(7, "most-complete", "person", True, marks=pytest.mark.long),
        pytest.param(7, "newest:Updated", "person", True, marks=pytest.mark.long),
    ],
)
def test_two_processes_give_the_verdicts_of_one_machine(cluster, lists, parts, keep, match, shuffled):
    leads = _leads()
    options = {
        "resolver": ANSWERS,
        "keep": keep,
        "match": match,
        "fill": match == "person",
        "review": ["role_account", "near_suppressed"],
        **lists,
    }
    given_ = leads.sample(frac=1, random_state=3) if shuffled else leads

    with cluster.as_current():
        frame = dd.from_pandas(given_, npartitions=parts, sort=False)
        found = hygiene.scale.clean(frame, order="number" if shuffled else None, **options)

        _same(found, hygiene.clean(leads, **options))
        assert found.verdicts.npartitions == parts


@pytest.mark.parametrize("parts", [1, 3])
def test_a_row_that_another_ones_mark_forbids_stands_for_nobody(parts):
    cells = ["bob@bolt.example", "ann@acme.example; bob@bolt.example", "ann@acme.example"]
    leads = pd.DataFrame({"email": cells, "number": [1, 2, 3], "opt out": ["yes", "", ""]})

    with dask.config.set(scheduler="synchronous"):
        found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=parts, sort=False), resolver=ANSWERS)

    assert found.verdicts.compute()["outcome"].tolist() == ["suppressed", "suppressed", "ready"]


@settings(max_examples=settings.default.max_examples // 5)
@given(
    st.lists(st.sampled_from(CELLS), max_size=12),
    st.integers(1, 7),
    st.sampled_from(["first", "last", "most-complete"]),
    st.sampled_from(["exact", "person"]),
    st.randoms(use_true_random=False),
)
def test_no_cut_and_no_shuffle_changes_a_verdict(cells, parts, keep, match, random):
    leads = pd.DataFrame({"email": pd.Series(cells, dtype=object), "number": range(1, len(cells) + 1)})
    leads["company"] = [random.choice(["", "", "Acme", " Bolt "]) for _ in cells]
    leads["opt out"] = [random.choice(["", "", "yes"]) for _ in cells]
    shuffled = leads.sample(frac=1, random_state=random.randrange(1000))
    options = {"resolver": ANSWERS, "keep": keep, "match": match, "accept_unknown": True, "fill": True}
    options["suppress"] = parse_list(LISTS["dnc.txt"], name="dnc")

    with dask.config.set(scheduler="synchronous"):
        frame = dd.from_pandas(shuffled, npartitions=parts, sort=False)
        found = hygiene.scale.clean(frame, order="number", **options)

        _same(found, hygiene.clean(leads, **options))


class _Broken(hygiene.Rule):
    """A rule whose error tells cells."""

    def __call__(self, frame):
        if not len(frame):
            return np.zeros(0, dtype=bool)
        raise ValueError(", ".join(frame["email"].dropna()))


def _logged(client: Client) -> str:
    return "\n".join(line for lines in client.get_worker_logs().values() for _, line in lines)


@pytest.mark.slow
def test_the_cluster_holds_what_was_found_and_no_longer_than_the_result(cluster):
    with cluster.as_current():
        found = hygiene.scale.clean(dd.from_pandas(_leads(), npartitions=3))

        assert len([keys for keys in cluster.has_what().values() if keys]) == 2
        assert found.counts.rows == 300


@pytest.mark.slow
def test_an_error_on_a_worker_is_ours_and_tells_no_address_anywhere(cluster):
    frame = dd.from_pandas(_leads(), npartitions=3)
    with cluster.as_current(), pytest.raises(InputError) as raised:
        hygiene.scale.clean(frame, rules=[_Broken("broken", len)])

    assert str(raised.value).startswith("partition 1 cannot be cleaned: ValueError")
    assert "@" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert "@" not in _logged(cluster)


def _other_each_time(part: int) -> pd.DataFrame:
    return _leads().sample(frac=1).reset_index(drop=True)


@pytest.mark.slow
def test_leads_that_are_others_when_they_are_read_again_get_no_verdict(cluster, tmp_path):
    with cluster.as_current():
        found = hygiene.scale.clean(dd.from_map(_other_each_time, [1, 2], meta=_leads(0)))

        assert len(found.verdicts.compute()) == 600
        with pytest.raises(InputError, match=r"partition \d: read again it holds other rows"):
            found.ready.compute()
        with pytest.raises(InputError, match="read again it holds other rows"):
            found.write(tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []
    assert "@" not in _logged(cluster)


@pytest.fixture
def here():
    """No cluster."""
    with dask.config.set(scheduler="synchronous"):
        yield


def _frame(cells, parts=2, **columns):
    leads = pd.DataFrame({"email": pd.Series(cells, dtype=object), **columns})
    return dd.from_pandas(leads, npartitions=parts, sort=False)


def test_a_frame_that_cannot_be_computed_is_an_error_without_its_text(here):
    def read(part):
        raise ValueError("ann@acme.example")

    frame = dd.from_map(read, [1], meta=pd.DataFrame({"email": ["a"]}))

    with pytest.raises(InputError, match="cannot be computed: ValueError") as raised:
        hygiene.scale.clean(frame)
    assert "@" not in str(raised.value)


def test_a_partition_with_other_columns_is_an_error(here):
    def read(part):
        return pd.DataFrame({"email": ["ann@acme.example"], **({"city": ["Ulm"]} if part == 2 else {})})

    frame = dd.from_map(read, [1, 2], meta=read(1))

    with pytest.raises(InputError, match="partition 2: 2 columns, which are not the 1"):
        hygiene.scale.clean(frame)


def test_what_is_written_is_what_one_process_imports(here, tmp_path, lists):
    options = {"suppress": lists["suppress"], "blocklist": lists["blocklist"]}
    found = hygiene.scale.clean(dd.from_pandas(_leads(), npartitions=3, sort=False), **options)

    ready, withheld, verdicts = found.write(tmp_path / "out")

    with (
        Emulator() as api,
        hygiene.Smartlead(
            list_id=api.create_list("Leads"), base_url=api.base_url, api_key=api.api_key
        ) as sink,
    ):
        receipt = hygiene.import_leads(hygiene.clean(ready), sink)
    assert receipt.reported == found.predicted
    assert receipt.reported.total_leads == found.counts.outcomes["ready"]
    assert len(pd.read_parquet(withheld)) == 300 - found.counts.outcomes["ready"]
    pd.testing.assert_frame_equal(
        pd.read_parquet(verdicts), hygiene.clean(_leads(), **options).verdicts, check_dtype=False
    )


def test_what_is_changed_is_told_and_written_as_by_one_process(here, tmp_path):
    emails = [f"lead{row}@acme.example" for row in range(300)]
    firsts = [" Ann " if row % 3 else "ROBERT" for row in range(300)]
    frame = pd.DataFrame({"email": emails, "first_name": firsts, "number": range(300)})
    options = {"tidy": ["names"]}
    found = hygiene.scale.clean(dd.from_pandas(frame, npartitions=3, sort=False), **options)
    one = hygiene.clean(frame, **options)

    found.write(tmp_path)

    written = pd.read_parquet(tmp_path / "changes")
    assert len(written) == 300
    pd.testing.assert_frame_equal(written, one.changes, check_dtype=False)
    pd.testing.assert_frame_equal(
        found.changes.compute().reset_index(drop=True), one.changes, check_dtype=False
    )
    assert found.changed_columns == one.changed_columns


def test_where_nothing_is_done_to_cells_no_changes_are_written(here, tmp_path):
    found = hygiene.scale.clean(_frame([" ann@acme.example"]), mend=False)

    found.write(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["ready", "verdicts", "withheld"]
    assert found.changed_columns == {}


def test_nothing_is_written_beside_what_is_there(here, tmp_path):
    found = hygiene.scale.clean(_frame(["ann@acme.example"]))
    found.write(tmp_path)

    with pytest.raises(UsageError, match="ready and withheld and verdicts and changes is there already"):
        found.write(tmp_path)


def test_no_file_is_written_for_a_partition_without_rows(here, tmp_path):
    found = hygiene.scale.clean(_frame(["ann@acme.example", "bob@acme.example", "nobody", ""], parts=4))

    ready, *_ = found.write(tmp_path)

    assert [path.name for path in sorted(ready.iterdir())] == ["part-00000.parquet", "part-00001.parquet"]


def test_places_of_leads_that_were_read_are_told(here, write):
    write("one.csv", "email\nann@acme.example\nbob@acme.example\n")
    write("two.csv", "email\nann@acme.example\n")
    folder = write("three.csv", "email\nnobody\n").parent
    names = [str(folder / f"{name}.csv") for name in ("one", "two", "three")]

    found = hygiene.scale.clean(dd.from_map(hygiene.read, names))

    told = found.verdicts.compute()
    assert told["source"].tolist() == [names[0], names[0], names[1], names[2]]
    assert told["line"].tolist() == [2, 3, 2, 2]
    assert told["duplicate_of"].tolist()[2] == "1"


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([1, 2, 2], "gives 1 row a number that another row has"),
        ([0, 1, 2], "numbers 1 of 2 rows"),
        (["1", "two", None], "numbers 1 of 2 rows"),
        ([1.5, 2.5, 3.5], "numbers 0 of 2 rows"),
    ],
)
def test_rows_that_are_not_numbered_are_an_error(here, numbers, message):
    frame = _frame(["ann@acme.example", "bob@acme.example", ""], number=numbers)

    with pytest.raises(InputError, match=message):
        hygiene.scale.clean(frame, order="number")


def test_row_numbers_may_have_gaps(here):
    frame = _frame(["ann@acme.example"] * 3, number=["30", "7", " 12 "])

    told = hygiene.scale.clean(frame, order="number").verdicts.compute()

    assert told["row"].tolist() == [30, 7, 12]
    assert told["duplicate_of"].fillna("").tolist() == ["7", "", "7"]


class _Strict(pa.DataFrameModel):
    email: str = pa.Field(unique=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"likely": True}, "likely=True compares rows of all partitions"),
        ({"schema": _Strict}, "unique values, which a partition cannot show"),
        ({"schema": _Strict.to_schema()}, "unique values, which a partition cannot show"),
        ({"order": "number"}, "expected one such column; there are email"),
        ({"keep": "best"}, "expected first, last"),
        ({"match": "Person"}, "match='Person': expected 'exact' or 'person'"),
        ({"max_list_age": "1d"}, "expected a datetime.timedelta"),
        ({"review": ["nothing"]}, "that is no note"),
    ],
)
def test_what_cannot_be_had_of_partitions_is_refused(here, options, message):
    with pytest.raises(UsageError, match=message):
        hygiene.scale.clean(_frame(["ann@acme.example"]), **options)


def test_dates_of_all_partitions_are_counted(here):
    frame = _frame(["ann@acme.example"] * 3, Seen=["01/02/2026", "soon", "2026-01-01"])

    cleaned = hygiene.scale.clean(frame, keep="newest:Seen")

    assert "newest:Seen': 2 of 3 filled cells" in cleaned.notes[-1]
    with pytest.raises(UsageError, match="newest:Seen': none of the 2 filled cells"):
        hygiene.scale.clean(frame.partitions[:-1], keep="newest:Seen")


def test_a_missing_column_is_told_before_any_partition_is_examined(here):
    with pytest.raises(InputError, match="required column 'company' is missing"):
        hygiene.scale.clean(_frame(["ann@acme.example"]), require=["company"])


def test_other_frames_are_refused():
    with pytest.raises(
        UsageError, match=r"takes a Dask frame and got a DataFrame; hygiene\.clean takes others"
    ):
        hygiene.scale.clean(_leads())


def test_without_dask_the_next_step_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "dask.dataframe", None)

    with pytest.raises(UsageError, match=r"pip install 'lead-hygiene\[dask\]'"):
        hygiene.scale.clean(_leads())


def test_rules_and_schemas_see_a_partition_at_a_time(here):
    seen = []

    def long(frame):
        seen.append(len(frame))
        return frame["email"].str.len() > 20

    rule = hygiene.Rule("long", long, outcome="review")
    found = hygiene.scale.clean(_frame(["ann@acme.example", "somebody.else@acme.example"]), rules=[rule])

    assert found.counts.reasons == {"rule_long": 1}
    assert set(seen) == {1}


def test_gates_hold_all_partitions(here):
    found = hygiene.scale.clean(_frame(["ann@acme.example", "nobody", "no one", ""]))

    found.gate(max={"invalid": 3}, min={"ready": 0.25})
    with pytest.raises(GateFailed, match="invalid is 3 rows, at most 2 rows allowed"):
        found.gate(max={"invalid": 2})
    with pytest.raises(UsageError, match="limit on suppressed: it was not checked"):
        found.gate(max={"suppressed": 0})


def test_a_result_tells_counts_and_no_address(here):
    found = hygiene.scale.clean(_frame(["ann@acme.example", "nobody"]))

    assert repr(found) == "<ScaledLeads 2 rows in 2 partitions: 1 invalid, 1 ready>"


def test_predictions_follow_the_size_of_a_request(here):
    found = hygiene.scale.clean(_frame(["ann@acme.example", "bob@acme.example", "nobody"]), batch_leads=2)

    assert len(found.prediction.batches) == 1
    assert [batch.total_leads for batch in found.predict(batch_leads=1).batches] == [1, 1]


def test_many_rows_go_to_many_buckets(here, lists, monkeypatch):
    monkeypatch.setattr("hygiene.scale.tasks.BUCKET_ROWS", 20)
    leads, options = _leads(), {"keep": "last", "match": "person", **lists}

    found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=3, sort=False), **options)

    _same(found, hygiene.clean(leads, **options))


def test_what_the_api_holds_is_predicted_with(here, write):
    known = write("known.csv", "email\nann@acme.example\n")

    found = hygiene.scale.clean(_frame(["Ann@acme.example", "bob@acme.example"]), known=known)

    assert found.predicted_raw == hygiene.Counts(2, 1, 1, 0)
    assert found.predicted == hygiene.Counts(1, 1, 0, 0)


def _groups(told) -> dict:
    return {
        group.name: (group.tally, group.leads, group.predicted)
        for group in sorted(told.groups, key=lambda group: group.name)
    }


@pytest.mark.parametrize("by", ["Company", "updated", "provider", "file"])
def test_sources_are_compared_as_on_one_machine(here, lists, by):
    leads = _leads()
    options = {"resolver": ANSWERS, "fill": True, **lists}
    frame = dd.from_pandas(leads.sample(frac=1, random_state=3), npartitions=3, sort=False)

    found = hygiene.scale.clean(frame, order="number", **options).by(by)

    wanted = hygiene.clean(leads, **options).by(by)
    assert _groups(found) == _groups(wanted)
    assert found.overlaps == wanted.overlaps
    assert [group.tally.rows for group in found.groups] == [group.tally.rows for group in wanted.groups]


def test_files_are_compared_where_the_leads_were_read(here, write):
    one = write("one.csv", "email\nann@acme.example\nbob@acme.example\n")
    two = write("two.csv", "email\nann@acme.example\n")

    found = hygiene.scale.clean(dd.from_map(hygiene.read, [str(one), str(two)]))

    assert found.summary(by="file")["comparison"]["groups"][0]["group"] == str(one)
    assert [(pair.first, pair.second, pair.leads) for pair in found.by("file").overlaps] == [
        (str(one), str(two), 1)
    ]


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("city", "no such column; there are email"),
        ("provider", "DNS says who takes the mail"),
        ("email", r"1\d\d different values; expected at most 100"),
    ],
)
def test_what_is_no_source_is_refused(here, by, message):
    found = hygiene.scale.clean(_frame([f"a{number}@acme.example" for number in range(120)], parts=2))

    with pytest.raises(UsageError, match=message):
        found.by(by)


def test_a_row_is_explained_as_on_one_machine(here):
    leads = _leads()
    found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=4, sort=False), resolver=ANSWERS)
    wanted = hygiene.clean(leads, resolver=ANSWERS)

    for row in (1, 76, 150, 300):
        assert found.explain(row) == wanted.explain(row)
    assert found.explain(np.int64(2), show_addresses=True) == wanted.explain(2, show_addresses=True)
    with pytest.raises(UsageError, match="row 301: no row has that number"):
        found.explain(301)
    with pytest.raises(UsageError, match="expected a row number"):
        found.explain("ann@acme.example")


def test_a_row_is_explained_under_the_number_that_a_column_gives_it(here):
    frame = _frame(["ann@acme.example", "nobody"], parts=2, number=[20, 7])

    told = hygiene.scale.clean(frame, order="number").explain(7)

    assert told.sentences[0] == "Row 7."
    assert told.sentences[-1] == "It is withheld as invalid."


def test_states_of_one_partition_decide_how_all_are_written(here):
    cells = [f"ann{number}@acme.example" for number in range(4)]
    leads = pd.DataFrame({"email": cells, "country": ["DE", "de ", "TX", "IL"]})
    options = {"tidy": ["places"]}

    found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=2, sort=False), **options)

    wanted = hygiene.clean(leads, **options)
    assert found.ready.compute()["country"].tolist() == wanted.ready["country"].tolist()
    assert found.verdicts.compute()["changes"].tolist() == wanted.verdicts["changes"].tolist()
    assert found.summary() == summarise(wanted)


def test_cells_are_filled_from_rows_of_other_partitions_and_then_mended(here, tmp_path):
    cells = {"company": ["", " Acme&amp;Co ", "Bolt"], "opt out": ["", "no", "no"]}
    leads = pd.DataFrame({"email": ["ann@acme.example"] * 3, **cells})

    found = hygiene.scale.clean(dd.from_pandas(leads, npartitions=3, sort=False), fill=True)

    assert found.ready.compute()["company"].tolist() == ["Acme&Co"]
    assert found.fills.compute().to_numpy().tolist() == [[1, "company", 2]]
    assert found.verdicts.compute()["changes"].tolist() == [1, 0, 0]
    ready, *_ = found.write(tmp_path)
    assert pd.read_parquet(ready)["opt out"].tolist() == [""]
    assert found.summary()["passes"]["duplicates"]["filled"] == 1
    assert found.summary()["changes"]["company"]["cells"] == 1


def _files(write) -> list[str]:
    one = "E-mail,Firm\nann@acme.example, Acme \nbob@acme.example,\n"
    two = "email;City\nANN@acme.example;Ulm\nnobody;Bonn;too;many\ncy@bolt.example;Ulm\n"
    return [str(write("one.csv", one)), str(write("two.csv", two))]


def test_files_are_cleaned_as_on_one_machine(here, write):
    files = _files(write)
    options = {"require": ["Firm"], "fill": True}

    found = hygiene.scale.clean(files, **options)

    wanted = hygiene.clean(files, **options)
    told, expected = (
        each.reset_index(drop=True).astype(object) for each in (found.verdicts.compute(), wanted.verdicts)
    )
    pd.testing.assert_frame_equal(told.where(told.notna(), None), expected.where(expected.notna(), None))
    summary = summarise(wanted)
    assert found.summary() == {**summary, "input": {**summary["input"], "sha256": None}}
    assert found.ready.compute().drop(columns=MALFORMED, errors="ignore").to_dict(
        "list"
    ) == wanted.ready.to_dict("list")


def test_files_are_named_as_they_were_given(here, write, monkeypatch):
    monkeypatch.chdir(write("leads.csv", "email\nann@acme.example\n").parent)

    found = hygiene.scale.clean("leads.csv")

    assert found.files == ("leads.csv",)
    assert found.explain(1).sentences[0] == "Row 1, line 2 of leads.csv."


def test_standard_input_is_refused(here):
    with pytest.raises(UsageError, match="name files that every worker sees"):
        hygiene.scale.clean(["-"])
