"""Tables as consoles draw them, and texts that are no table: read, or named with a step that works."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads
from hygiene.io.readers.foreign_text import foreign_text

ROWS = [["ann@birch.example", "Ann", 'Birch | "B" & Co'], ["bob@ever.example", "Bob", ""]]

#: As DuckDB 2.0, Polars 2.1, SQLite 3.40 and psql 15 draw them.
DUCKDB = """\
┌───────────────────┬────────────┬──────────────────┐
│       email       │ first_name │     company      │
│      varchar      │  varchar   │     varchar      │
├───────────────────┼────────────┼──────────────────┤
│ ann@birch.example │ Ann        │ Birch | "B" & Co │
│ bob@ever.example  │ Bob        │                  │
├───────────────────┴────────────┴──────────────────┤
│ 2 rows                                  3 columns │
└───────────────────────────────────────────────────┘
"""
POLARS = """\
shape: (2, 3)
┌───────────────────┬────────────┬──────────────────┐
│ email             ┆ first_name ┆ company          │
│ ---               ┆ ---        ┆ ---              │
│ str               ┆ str        ┆ str              │
╞═══════════════════╪════════════╪══════════════════╡
│ ann@birch.example ┆ Ann        ┆ Birch | "B" & Co │
│ bob@ever.example  ┆ Bob        ┆                  │
└───────────────────┴────────────┴──────────────────┘
"""
SQLITE = """\
╭───────────────────┬────────────┬──────────────────╮
│       email       │ first_name │     company      │
╞═══════════════════╪════════════╪══════════════════╡
│ ann@birch.example │ Ann        │ Birch | "B" & Co │
│ bob@ever.example  │ Bob        │                  │
╰───────────────────┴────────────┴──────────────────╯
"""
PSQL = """\
       email       │ first_name │     company
───────────────────┼────────────┼──────────────────
 ann@birch.example │ Ann        │ Birch | "B" & Co
 bob@ever.example  │ Bob        │
(2 Zeilen)

"""
PSQL_BORDER = """\
┌───────────────────┬────────────┬──────────────────┐
│       email       │ first_name │     company      │
├───────────────────┼────────────┼──────────────────┤
│ ann@birch.example │ Ann        │ Birch | "B" & Co │
│ bob@ever.example  │ Bob        │                  │
└───────────────────┴────────────┴──────────────────┘
(2 rows)
"""
DRAWN = {"duckdb": DUCKDB, "polars": POLARS, "sqlite": SQLITE, "psql": PSQL, "psql, border 2": PSQL_BORDER}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "leads.txt"
    path.write_bytes(text.encode())
    return path


def told(path: Path) -> str:
    with pytest.raises(InputError) as refused, open_leads([path]):
        pass
    return str(refused.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_a_table_that_is_drawn_with_box_characters_is_read(tmp_path, text, end):
    path = written(tmp_path, text.replace("\n", end))

    with open_leads([path]) as leads:
        assert leads.frame().to_numpy().tolist() == ROWS
        assert "as a console draws it" in leads.notes[0]
        first = text[: text.index("ann@")].count("\n") + 1
        assert leads.frame().index.get_level_values("line").tolist() == [first, first + 1]


@pytest.mark.parametrize("rule", ["-", "="])
def test_a_grid_with_a_rule_below_its_header_is_read(tmp_path, rule):
    """As Emacs, reStructuredText and Python's tabulate draw it."""
    line, below = "+-------------------+-----+\n", f"+{19 * rule}+{5 * rule}+\n"
    cells = "| email             | zip |\n", "| ann@birch.example | 017 |\n", "| bob@ever.example  |     |\n"
    path = written(tmp_path, f"{line}{cells[0]}{below}{cells[1]}{line}{cells[2]}{line}")

    with open_leads([path]) as leads:
        assert leads.frame().to_numpy().tolist() == [["ann@birch.example", "017"], ["bob@ever.example", ""]]


def test_a_row_of_a_drawn_table_with_a_bar_too_many_is_malformed(tmp_path):
    path = written(tmp_path, SQLITE.replace("Birch | ", "Birch │ "))

    with open_leads([path]) as leads:
        frame = leads.frame()

    assert frame["email"].tolist() == ["ann@birch.example", "bob@ever.example"]
    assert "Birch │" in frame["row_malformed"].tolist()[0]


@pytest.mark.parametrize(
    "change", [("│ bob@ever.example  │ Bob        │                  │", "│ ·  │ · │ · │"), ("company ", "…")]
)
def test_a_drawn_table_of_which_a_part_is_shown_is_refused(tmp_path, change):
    found = told(written(tmp_path, DUCKDB.replace(*change)))

    assert "alone. Write the whole one as CSV" in found


SQL = "CREATE TABLE leads(email text, name text);\nINSERT INTO leads VALUES('ann@birch.example','Ann');\n"
DUMPS = [
    SQL,
    f"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{SQL}COMMIT;\n",
    "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nINSERT INTO `leads` VALUES (1,'ann@birch.example');\n",
    "--\n-- PostgreSQL database dump\n--\n\nSET x = 0;\n\nCOPY public.leads (email) FROM stdin;\nann@birch.example\n",
]
WIDTHS = [
    "email              name\n-----------------  ----\nann@birch.example  Ann \n",
    "            email name\nann@birch.example  Ann\n bob@ever.example  Bob\n",
    "               email  name\n0  ann@birch.example   Ann\n1   bob@ever.example   Bob\n",
    "=================  ====\nemail              name\n=================  ====\nann@birch.example  Ann\n",
]
RECORDS = [
    "email = ann@birch.example\n name = Ann\n\nemail = bob@ever.example\n name = Bob\n",
    "-[ RECORD 1 ]----\nemail | ann@birch.example\nname  | Ann\n",
    "-[ DATENSATZ 1 ]-\nemail | ann@birch.example\n",
    "********* 1. row *********\nemail: ann@birch.example\n",
]
HTML_ROWS = "<TR><TH>email</TH></TR>\n<TR><TD>ann@birch.example</TD></TR>\n"
FOREIGN = {
    **dict.fromkeys(DUMPS, "is an SQL dump"),
    **dict.fromkeys(WIDTHS, "by their width alone"),
    **dict.fromkeys(RECORDS, "a value of a lead on each line"),
    "BEGIN:VCALENDAR\nATTENDEE;CN=Ann:mailto:ann@birch.example\nEND:VCALENDAR\n": "is a calendar",
    'TABLE\n0,1\n"Sheet"\nVECTORS\n0,2\n""\n': "is a sheet in DIF",
    HTML_ROWS: "is rows of a table in HTML",
}
LDIF = (
    "dn: cn=Ann Lund,mail=ann@birch.example\nobjectclass: person\ngivenName: Ann\nmail: ann@birch.exa\n mple\n"
    "o: Birch\n\ndn: cn=nobody\ncn: nobody\n\ndn: cn=Bob\nmail: bob@ever.example\n"
)
YAML = "- email: ann@birch.example\n  name: Ann\n- email: bob@ever.example\n"


@pytest.mark.parametrize(("text", "what"), FOREIGN.items())
def test_a_text_that_is_no_table_is_named(tmp_path, text, what):
    assert what in told(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "email,note\nann@birch.example,INSERT INTO x\n",
        "-- leads of May --\nemail,name\nann@birch.example,Ann\n",
        "Set,email\n1,ann@birch.example\n",
        "a = b\nemail,name\nann@birch.example,Ann\n",
        "email name\nann@birch.example Ann\n",
        "email\n-----\nann@birch.example\n",
        "dn,email\n1,ann@birch.example\n",
        "TABLE\n0,1\n",
    ],
)
def test_a_table_that_begins_like_one_is_none(text):
    assert foreign_text(text) is None


@pytest.mark.parametrize(("text", "addresses"), [(LDIF, 2), (HTML_ROWS, 1)])
def test_the_command_that_is_told_makes_leads_of_it(tmp_path, text, addresses):
    path = written(tmp_path, text)
    command = re.search(r": ([^:]*(?:python -c|\(echo).*)$", told(path), re.DOTALL)[1]
    command = command.replace("python -c", f"{sys.executable} -c")

    subprocess.run(command, shell=True, check=True, cwd=tmp_path)

    made = next(each for each in tmp_path.iterdir() if each != path)
    with open_leads([made]) as leads:
        assert leads.frame()["email"].str.contains("@").sum() == addresses


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not there")
def test_a_dump_becomes_leads_by_the_commands_that_are_told(tmp_path):
    path = written(tmp_path, SQL)
    load = re.search(r"(sqlite3 leads\.db.*?leads\.csv),", told(path))[1]

    subprocess.run(load, shell=True, check=True, cwd=tmp_path)

    with open_leads([tmp_path / "leads.csv"]) as leads:
        assert leads.frame()["email"].tolist() == ["ann@birch.example"]


def test_yaml_is_named_with_what_makes_json_of_it(tmp_path):
    assert "is YAML. Make JSON of it: pip install pyyaml" in told(written(tmp_path, YAML))
