"""Every entry of a cell, whatever stands around it: no spelling of a list hides somebody from the leads."""

import json

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene import address
from hygiene.errors import ListError
from hygiene.lists import match, parse_list
from hygiene.lists.entries import KINDS
from hygiene.lists.pieces import find_entries


def _found(cell):
    found = find_entries(pa.array([cell], pa.large_string()), hashes=True)
    return [
        f"{KINDS[kind]}:{text}"
        for kind, text in zip(found.kind.tolist(), found.text.to_pylist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("a@x.example; b@y.example", "ab"),
        ("a@x.example,b@y.example", "ab"),
        ("a@x.example ::: b@y.example", "ab"),
        ("a@x.example / b@y.example", "ab"),
        ("a@x.example/b@y.example", "ab"),
        ("a@x.example|b@y.example", "ab"),
        ("a@x.example b@y.example", "ab"),
        ("a@x.example\nb@y.example", "ab"),
        ("b@y.example <a@x.example>", "ab"),
        ('["a@x.example","b@y.example"]', "ab"),
        ('"Roe, Jane" <a@x.example>', "a"),
        ("Booking.com Team <a@x.example>", "a"),
        ("Email: a@x.example", "a"),
        ("E-Mail:a@x.example", "a"),
        ("mailto : a@x.example", "a"),
        ("mailto:a%40x.example?subject=b@y.example", "a"),
        ("smtp:a@x.example", "a"),
        ("- a@x.example", "a"),
        ("17. a@x.example", "a"),
        ("\u2022 a@x.example", "a"),
        ("a @ x.example", "a"),
        ("a@x.example (old: b@y.example)", "ab"),
        ("A\u200b@x.example.", "a"),
        ("\u201ca@x.example\u201d", "a"),
        ("a\uff20x.example\uff1bb@y.example", "ab"),
    ],
)
def test_every_address_of_a_cell_is_found(cell, people):
    whole = {"a": "address:a@x.example", "b": "address:b@y.example"}

    assert sorted(_found(cell)) == [whole[person] for person in people]


@pytest.mark.parametrize(
    ("cell", "domains"),
    [
        ("x.example, y.example", ["x.example", "y.example"]),
        ("x.example y.example", ["x.example", "y.example"]),
        ("- x.example", ["x.example"]),
        ("Domain: x.example", ["x.example"]),
        ("@x.example;*@y.example", ["x.example", "y.example"]),
        ("%@x.example", ["x.example"]),
        (".*@x.example", ["x.example"]),
        ("*.x.example", ["x.example"]),
        ("https://www.x.example/a?b=c@d", ["x.example"]),
        ("see the README", []),
        ("e.g. nobody at all", []),
    ],
)
def test_every_domain_of_a_cell_is_found(cell, domains):
    assert _found(cell) == [f"domain:{domain}" for domain in domains]


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ("sales*@x.example", ["sales@x.example", "sales.eu@x.example"]),
        ("sales%@x.example", ["sales@x.example", "sales.eu@x.example"]),
        ("sales.*@x.example", ["sales@x.example", "sales.eu@x.example"]),
        ("*eu@x.example", ["sales.eu@x.example"]),
        ("a*e@x.example", ["a*e@x.example"]),
    ],
)
def test_a_joker_in_a_local_part_is_matched_as_what_it_visibly_means(entry, fits):
    leads = ["sales@x.example", "sales.eu@x.example", "a*e@x.example", "sales@y.example", "sales@m.x.example"]
    rows, hosts = (pa.array(texts, pa.large_string()) for texts in (leads, [e.split("@")[1] for e in leads]))

    found = match([parse_list(entry, name="dnc")], address=rows, domain=hosts, subdomains=True)

    assert [lead for lead, hit in zip(leads, found.address.tolist(), strict=True) if hit] == fits


_HOSTS = ("x.example", "birch-works.example", "müller.example")
_PEOPLE = [f"{name}@{host}" for name in ("ann", "Bob.Roe", "o'neil", "m+x", "jürgen") for host in _HOSTS]
_SPELLINGS = [
    "{}", " {} ", "<{}>", "Jane Roe <{}>", '"Roe, Jane" <{}>', "mailto:{}", "mailto : {}", "smtp:{}", "Email: {}",
    "'{}'", "\u201c{}\u201d", "({})", "[{}]", "{}.", "{};", "- {}", "3. {}", "\u2022 {}", "{} (asked)",
    "\ufeff{}\u200b", "Contact {} please",
]  # fmt: skip
_BETWEEN = ["; ", ",", " ", " | ", "/", " ::: ", "\n", " / ", ", "]

_SPELLED = st.builds(
    lambda spelling, person, upper: spelling.format(person.upper() if upper else person),
    st.sampled_from(_SPELLINGS),
    st.sampled_from(_PEOPLE),
    st.booleans(),
)
_CELLS = st.builds(
    lambda parts, between: between.join(parts),
    st.lists(_SPELLED, min_size=1, max_size=3),
    st.sampled_from(_BETWEEN),
)


def _named(cells):
    """The people whose address stands in cells, in whatever spelling."""
    text = " ".join(cells).lower()
    return {person.lower() for person in _PEOPLE if person.lower() in text}


def _write(path, cells):
    """A list with these cells, in the format that the ending says."""
    frame = pd.DataFrame({"who": "x", "Email": cells, "why": "asked"})
    match path.suffix:
        case ".txt":
            path.write_text("".join(cell.replace("\n", " ") + "\n" for cell in cells), encoding="utf-8")
        case ".csv":
            frame.to_csv(path, index=False)
        case ".tsv":
            path.write_bytes(
                b"Opt-outs\t\t\n\n" + frame.to_csv(index=False, sep="\t").encode("cp1252", "ignore")
            )
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".parquet":
            frame.to_parquet(path)
        case ".json":
            path.write_text(json.dumps(cells), encoding="utf-8")
        case ".jsonl":
            frame.to_json(path, orient="records", lines=True, force_ascii=False)


@pytest.mark.parametrize("ending", ["txt", "csv", "tsv", "xlsx", "parquet", "json", "jsonl"])
@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(cells=st.lists(_CELLS, min_size=1, max_size=6), lead=st.data())
def test_nobody_on_a_list_in_any_spelling_and_format_is_ever_ready(tmp_path_factory, ending, cells, lead):
    path = tmp_path_factory.mktemp("list") / f"dnc.{ending}"
    _write(path, cells)
    leads = [lead.draw(st.sampled_from(_SPELLINGS[:8])).format(person) for person in _PEOPLE]

    cleaned = hygiene.clean(pd.DataFrame({"email": leads}), suppress=path)

    assert not {text.lower() for text in cleaned.ready["email"]} & _named(cells)


_FRAGMENTS = [*"@ ;,/|<>:()\"'*%.\\-?\u00fc\u200b[]=+^$\uff20", "ann", "x.example", "y.example", "mailto:"]


@settings(max_examples=settings.default.max_examples * 3, deadline=None)
@given(
    st.sampled_from(["", "filler.example\nfiller.example\n", "email,why\n"]),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map("".join),
)
@example("", "ann@x.example<ann@y.example")
@example("", "'ann@x.example")
@example("", "ann%@x.example")
def test_what_a_cell_of_leads_gives_a_cell_of_a_list_forbids_or_the_run_stops(prefix, cell):
    judged = address.validate(pa.array([cell], pa.large_string()))
    lead = judged.address.to_pylist()[0]
    if lead is None:
        return

    try:
        rules = parse_list(f"{prefix}{cell}\n", name="dnc")
    except ListError:
        return
    found = match([rules], address=judged.address, domain=judged.domain, subdomains=True)

    assert found.address[0] or found.domain[0]
