"""Leads of files and of frames: the same names, texts and places, whichever of the two they are."""

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.columns.leads import FramedLeads, as_leads, as_read
from hygiene.io.readers import open_leads

CSV = "E-mail,First Name,Note\nann@acme.example,Ann,\n\nbob@acme.example,,x\ncy@acme.example,Cy,a,b,c\n"


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(CSV)
    with open_leads([path]) as files:
        (leads,) = files.leads()
        return leads


def test_leads_of_files_and_the_frame_of_them_say_the_same(read):
    framed = FramedLeads(read.frame)

    assert len(framed) == len(read) == 3
    assert tuple(framed.columns) == tuple(read.columns)
    for name, texts in read.texts():
        assert framed[name].to_pylist() == texts.to_pylist()
    rows = np.array([2, 0])
    assert (
        framed.places(rows)
        == read.places(rows)
        == [f"{file}:{line}" for file, line in read.frame.index[rows]]
    )
    assert as_read(framed).frame.equals(read.frame)
    assert as_leads(read) is read
    assert as_read(read) is read


def test_leads_go_to_another_process_without_the_frame_that_was_made_of_them(read):
    frame = read.frame

    there = pickle.loads(pickle.dumps(read))

    assert "frame" not in vars(there)
    assert there.frame.equals(frame)


def test_columns_of_a_frame_are_read_by_their_place_where_two_share_a_name():
    leads = as_leads(pd.DataFrame([["a", "b"]], columns=["x", "x"]))

    assert [texts.to_pylist() for _, texts in leads.texts()] == [["a"], ["b"]]
    assert leads.alone("x") is None
    assert leads["x"].to_pylist() == ["a"]
    assert leads.places(np.array([0])) is None


LATE = """
import sys
from hygiene.cli.late_pandas import spare_pandas
spare_pandas()
import pyarrow as pa
pa.array(["a"])
assert "pandas" not in sys.modules
import hygiene, pandas as pd
emails = pd.Series(["ann@acme.example", None, float("nan")], dtype=object)
frame = pd.DataFrame({"email": emails, "size": [1.0, None, 3.0]})
cleaned = hygiene.clean(frame, resolver=None)
assert pa.array(frame["size"], from_pandas=True).null_count == 1
print(cleaned.verdicts.to_csv(index=False) + cleaned.ready.to_csv(index=False))
"""


def test_a_frame_is_judged_alike_where_arrow_was_kept_from_pandas():
    late = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True).stdout
    frame = pd.DataFrame(
        {"email": pd.Series(["ann@acme.example", None, float("nan")], dtype=object), "size": [1.0, None, 3.0]}
    )
    cleaned = hygiene.clean(frame, resolver=None)

    assert late == cleaned.verdicts.to_csv(index=False) + cleaned.ready.to_csv(index=False) + "\n"


MODULE = """
import pandas as pd
import pyarrow as pa
import pandera.pandas as pandera

assert pa.array(pd.Series([1.0, float("nan")]), from_pandas=True).null_count == 1
TEXTS = pa.array(pd.Series(["a", None]))

def never(frame):
    return frame["email"].isin(TEXTS.to_pylist())

class Model(pandera.DataFrameModel):
    email: str = pandera.Field(nullable=True)
"""


@pytest.mark.parametrize("option", ["--rule=own:never", "--schema=own:Model"])
def test_a_module_of_the_users_may_hand_pandas_to_arrow_as_it_is_imported(tmp_path, option):
    (tmp_path / "own.py").write_text(MODULE)
    (tmp_path / "leads.csv").write_text(CSV)

    run = subprocess.run(
        [sys.executable, "-m", "hygiene", "check", "leads.csv", "--no-dns", option],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
