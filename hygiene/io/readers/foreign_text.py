"""Foreign texts: what is text and no table of leads, by how it begins, and what makes a table of it.

Dumps of databases, tables by the width of their columns, a value on each line, address books and calendars.
"""

import re
from collections.abc import Sequence

__all__ = ["foreign_text"]

_SAVE = "Open it in a spreadsheet program and save it as XLSX, or run: soffice --headless --convert-to xlsx {file}"

_SQL = (
    "is an SQL dump. Load it into its database and export the table: sqlite3 leads.db < {file}; "
    "sqlite3 -header -csv leads.db 'SELECT * FROM leads' > leads.csv, or in PostgreSQL: psql -f {file}; "
    "psql -c '\\copy leads to leads.csv csv header'"
)
_WIDTHS = (
    "is a table as a program prints it for people, its columns told apart by their width alone. Write it as CSV where "
    "it comes from: frame.to_csv('leads.csv', index=False) in pandas, sqlite3 -header -csv FILE.db "
    "'SELECT * FROM leads' > leads.csv"
)
_RECORDS = (
    "has a value of a lead on each line. Write the table as CSV where it comes from: psql -c "
    "'\\copy leads to leads.csv csv header', sqlite3 -header -csv FILE.db 'SELECT * FROM leads' > leads.csv, or "
    "mysql -B -e 'SELECT * FROM leads' NAME > leads.tsv"
)
_LDIF = (
    "is an address book in LDIF. Make JSON of it: python -c 'import json, re, sys; [print(json.dumps(dict(re.findall("
    'r"(?m)^(\\w+): (.*)$", e)))) for e in re.split(r"\\n\\s*\\n", open(sys.argv[1]).read().replace("\\n ", "")) '
    'if re.search("(?m)^mail: ", e)]\' {file} > leads.jsonl'
)
_YAML = (
    "is YAML. Make JSON of it: pip install pyyaml, then: python -c 'import json, sys, yaml; "
    "json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout, default=str)' {file} > leads.json"
)
_CALENDAR = "is a calendar (ICS), which holds events and no leads. Ask for the contacts, as CSV or vCard."

_ROWS = (
    "is rows of a table in HTML without the table. Put it around them: "
    "(echo '<table>'; cat {file}; echo '</table>') > leads.html"
)

#: How a dump begins, and a statement that one has: those of pg_dump, mysqldump and sqlite3 `.dump` (observed).
_DUMP = re.compile(r"(?i:--|/\*|(?:SET|PRAGMA|BEGIN|START|DROP|LOCK|USE|INSERT|REPLACE|CREATE|COPY|ALTER)\s)")
_STATEMENT = re.compile(
    r"^(?:(?:INSERT(?:\s+IGNORE)?|REPLACE)\s+INTO|CREATE\s+(?:TABLE|DATABASE|SCHEMA|TYPE|SEQUENCE|EXTENSION)"
    r"|ALTER\s+TABLE|COPY\s+\S.*\sFROM\s+stdin)[\s;]",
    re.IGNORECASE | re.MULTILINE,
)

_ITEM = r"[ \t]*-[ \t]+[\w \"'-]+:(?:[ \t].*)?\r?\n[ \t]+[\w \"'-]+:(?:\s|$)"

#: How others begin, and what to say of them: `{file}` stands for its name as a shell takes it. Sources: RFC 2849 for
#: LDIF, RFC 5545 for calendars; psql `\x`, MySQL `\G`, sqlite3 `.mode` (observed).
_BEGINNINGS: Sequence[tuple[str, str]] = (
    (r"BEGIN:VCALENDAR\s", _CALENDAR),
    (r"TABLE\r?\n0,1\r?\n\"", f"is a sheet in DIF. {_SAVE}"),
    (r"(?i:<tr[\s>])", _ROWS),
    (r"(?:version: 1\s+)?(?:#.*\r?\n)*dn::? ", _LDIF),
    (r"(?:---.*\r?\n)?(?:#.*\r?\n)*(?:[\w-]+:[ \t]*\r?\n)?" + _ITEM, _YAML),
    (r"-\[ [^\W\d_]+ 1 \]", _RECORDS),
    (r"\*{9,} 1\. [^\W\d_]+ \*{9,}", _RECORDS),
    (r"[\w .-]+ = .*(?:\r?\n[ \t]*[\w.-]+ = .*)+\r?\n\r?\n[ \t]*[\w.-]+ = ", _RECORDS),
    (r"=+(?:[ \t]+=+)+[ \t]*\r?\n", _WIDTHS),
    (r"[^\r\n,;|\t]*\r?\n-{2,}(?:[ \t]+-{2,})+[ \t]*\r?\n", _WIDTHS),
)

_KNOWN = [(re.compile(beginning), told) for beginning, told in _BEGINNINGS]

#: Lines that tell whether columns are told by their width, and blanks that stand between two columns of some row.
_LINES = 40


def foreign_text(top: str, /) -> str | None:
    """What to say of a text by its first lines; None for any that may be a table.

    Args:
        top: The first lines, from the first that is not blank.
    """
    bare = top.lstrip()
    if _DUMP.match(bare) and _STATEMENT.search(bare):
        return _SQL
    for beginning, told in _KNOWN:
        if beginning.match(bare):
            return told
    return _WIDTHS if _has_widths(top) else None


def _has_widths(top: str) -> bool:
    """Whether lines are as long as each other, and blanks stand at the same places of all of them, as pandas prints."""
    lines = [line for line in re.split("\r\n?|\n", top)[:_LINES] if line.strip()]
    if len(lines) < 2 or re.search("[,;|\t]", lines[0]) or "  " not in "".join(lines):
        return False
    header = lines[0].split()
    width = max(map(len, lines))
    blank = [all(at >= len(line) or line[at] == " " for line in lines) for at in range(width)]
    gaps = sum(blank[at] and not blank[at - 1] for at in range(1, width))
    return len(header) > 1 and gaps >= len(header) - 1 and all("@" in line for line in lines[1:])
