"""Options that name a column take its name and its header alike, in memory, in chunks, of frames and on Dask."""

import pandas as pd
import pytest

import hygiene
from hygiene.errors import InputError, UsageError

ROWS = {
    "E-mail": ["a@acme.example", "b@acme.example", "a@acme.example"],
    "Company Name": ["Acme", "", "Acme"],
    "Phone Number": [
        "2026-01-01",
        "2026-01-02",
        "2026-01-03",
    ],  # a column that is called otherwise, with dates
}
COLUMNS = {"phone": "Phone Number"}


@pytest.fixture(params=["frame", "file", "chunks"])
def cleaned(request, write):
    def clean(**options):
        frame = pd.DataFrame(ROWS)
        if request.param == "frame":
            return hygiene.clean(frame, resolver=None, columns=COLUMNS, **options)
        memory = {"memory": 10**9} if request.param == "chunks" else {}
        path = write("leads.csv", frame.to_csv(index=False))
        return hygiene.clean(path, resolver=None, columns=COLUMNS, **memory, **options)

    return clean


@pytest.mark.parametrize("name", ["company", "Company Name"])
def test_a_required_column_is_named_by_its_header_too(cleaned, name):
    assert cleaned(require=[name]).counts.reasons["missing_company"] == 1


@pytest.mark.parametrize("name", ["phone", "Phone Number"])
def test_the_column_of_dates_is_named_by_its_header_too(cleaned, name):
    outcomes = cleaned(keep=f"newest:{name}").verdicts["outcome"].tolist()

    assert outcomes == ["duplicate", "ready", "ready"]


@pytest.mark.parametrize("name", ["company", "Company Name"])
def test_sources_are_compared_by_a_header_too(cleaned, name):
    assert [group.name for group in cleaned().by(name).groups] == ["Acme", "(blank)"]


def test_a_frame_on_dask_takes_headers_too():
    dd = pytest.importorskip("dask.dataframe")
    from hygiene import scale

    frame = dd.from_pandas(pd.DataFrame(ROWS), npartitions=2)
    leads = scale.clean(frame, columns=COLUMNS, require=["Company Name"], keep="newest:Phone Number")

    assert leads.counts.reasons["missing_company"] == 1
    assert leads.counts.outcomes["duplicate"] == 1


def test_a_header_that_is_a_column_of_its_own_in_another_file_stays_that_column(write):
    first = write("a.csv", "email,company name\na@acme.example,Acme\n")
    second = write("b.csv", "email,company,company name\nb@acme.example,Birch,\n")

    cleaned = hygiene.clean([first, second], resolver=None, require=["company name"])

    assert cleaned.counts.reasons["missing_company_name"] == 2


def test_a_required_column_that_is_not_there_is_told_with_a_step_that_works(cleaned):
    with pytest.raises(InputError, match="Use the name of one of those") as refused:
        cleaned(require=["Firm"])

    assert "company" in str(refused.value)
    assert cleaned(require=["company"]).counts.reasons["missing_company"] == 1


def test_another_header_is_still_no_column(cleaned):
    with pytest.raises(UsageError, match="no such column"):
        cleaned().by("Firm")


@pytest.mark.parametrize(
    "flags", [["--require", "Company Name"], ["--by", "Company Name"], ["--keep", "newest:Phone Number"]]
)
def test_the_command_line_takes_headers_too(run, write, flags):
    path = write("leads.csv", pd.DataFrame(ROWS).to_csv(index=False))

    code, _, err = run("check", path, "--no-dns", *flags)

    assert code in {0, 1}, err
