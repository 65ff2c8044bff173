import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.address import validate
from hygiene.checks.address_flags import find_traits
from hygiene.checks.typos import suggest_domains
from hygiene.errors import ListError
from hygiene.lists.name_lists import PROVIDERS, RELAYS, NameList, TraitLists, built_in_lists, parse_names

LISTS = TraitLists(
    disposable=[NameList("throwaways", frozenset({"throwaway.example", "gmial.com", "yopmail.com"}))],
    free=[NameList("free", frozenset({"postbox.example", "gmail.com", "mail.com"}))],
    roles=[NameList("roles", frozenset({"info", "no-reply"}))],
)


def _traits(*cells, lists=LISTS):
    return find_traits(validate(pa.array(cells, pa.large_string())), lists)


def _codes(cell, lists=LISTS):
    return {code for code, rows in _traits(cell, lists=lists).reasons.items() if rows[0]}


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("ann@acme.example", set()),
        ("ann@throwaway.example", {"disposable"}),
        ("ann@a.b.throwaway.example", {"disposable"}),
        ("ann@notthrowaway.example", set()),
        ("ann@postbox.example", {"free_provider"}),
        ("ann@sub.postbox.example", set()),
        ("info@acme.example", {"role_account"}),
        ("INFO+fair@acme.example", {"role_account"}),
        ("No-Reply@acme.example", {"role_account"}),
        ("infos@acme.example", set()),
        ("my.info@acme.example", set()),
        ("info@throwaway.example", {"disposable", "role_account"}),
        ("\u0430nn@acme.example", {"mixed_script"}),
        ("ann@\u0430cme.example", {"mixed_script"}),
        ("ann@\u0430\u0441\u0435.example", {"mixed_script"}),
        ("\u0441\u043e\u0440\u0443@acme.example", {"mixed_script"}),
        ("\u0438\u0432\u0430\u043d@\u043f\u043e\u0447\u0442\u0430.example", set()),
        ("\u0438\u0432\u0430\u043d@acme.example", set()),
        ("j\u00f6rg@m\u00fcller.example", set()),
        ("info@box.local", set()),
        (None, set()),
    ],
)
def test_an_address_has_the_traits_that_the_lists_say(cell, codes):
    assert _codes(cell) == codes


def test_the_rule_names_list_and_entry():
    rules = _traits(
        "a@x.throwaway.example", "a@postbox.example", "INFO+x@acme.example", "a@acme.example", None
    ).rule

    assert rules.to_pylist() == [
        "throwaways:throwaway.example",
        "free:postbox.example",
        "roles:info",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("Jane@gmai.com", "Jane@gmail.com"),
        ("jane@hotmial.co.uk", "jane@hotmail.co.uk"),
        ("jane@yaho.com", "jane@yahoo.com"),
        ("jane@outlok.com", "jane@outlook.com"),
        ("jane@gmial.com", "jane@gmail.com"),
        ("jane@gmail.com", None),
        ("jane@mail.com", None),
        ("jane@yopmail.com", None),
        ("jane@postbx.example", "jane@postbox.example"),
        ("jane@acme.example", None),
        ("jane@sprintmail.com", None),
    ],
)
def test_a_typo_of_a_provider_is_suspected_and_never_of_a_domain_that_is_known(cell, meant):
    found = _traits(cell)

    assert found.suggestion.to_pylist() == [meant]
    assert found.reasons["typo_suspected"].tolist() == [meant is not None]


def _edits(a, b):
    """Optimal string alignment distance, written as its definition."""
    rows = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i, j] = min(
                rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            )
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(a), len(b)]


@given(
    st.lists(st.text("gmailoc.", min_size=1, max_size=12), min_size=1, max_size=12, unique=True),
    st.integers(1, 2),
)
def test_a_provider_is_suggested_up_to_as_many_edits_and_the_nearest_wins(names, edits):
    providers = ("gmail.com", "mail.co")

    found = suggest_domains(
        pa.array(names, pa.large_string()),
        providers=providers,
        known=pa.array(["gmail.co"], pa.large_string()),
        edits=edits,
    ).to_pylist()

    for name, meant in zip(names, found, strict=True):
        near = [_edits(provider, name) for provider in providers]
        if name == "gmail.co" or min(near) > edits:
            assert meant is None
        else:
            assert meant == providers[near.index(min(near))]


def test_no_public_provider_or_relay_service_is_disposable_by_default():
    lists = built_in_lists()

    for domain in (
        *PROVIDERS,
        *RELAYS,
        "aol.com",
        "gmx.de",
        "web.de",
        "proton.me",
        "fastmail.com",
        "mail.ru",
        "qq.com",
    ):
        assert "disposable" not in _codes(f"ann@{domain}", lists), domain
    assert _codes("ann@mailinator.com", lists) == {"disposable"}
    assert _codes("ann@gmail.com", lists) == {"free_provider"}
    assert _codes("ann@duck.com", lists) == set()
    assert _codes("sales@acme.example", lists) == {"role_account"}


def test_each_built_in_list_has_a_name_a_size_and_for_known_versions_a_date():
    for one in built_in_lists().each():
        assert one.name
        assert len(one.entries) > 100
        assert one.date is None or one.date.startswith("20")
    assert built_in_lists().roles[0].date is not None


def test_names_are_read_one_a_line():
    domains = parse_names("# ours\nA.example\n@b.example # why\n", name="F", kind="domain")
    names = parse_names("Info\n\n# x\nsales # y\n", name="F", kind="local_part", date="2026-01-01")

    assert domains.entries == {"a.example", "b.example"}
    assert (names.entries, names.date) == ({"info", "sales"}, "2026-01-01")
    with pytest.raises(ListError, match="no local part found"):
        parse_names("# nothing\n", name="F", kind="local_part")


LEADS = "Email,First Name,Role\nann@acme.example,Ann,CEO\nbob@acme.example,Bob,CFO\n"
README = "# Names\n\nA list that people keep, by hand.\n\nSee the page for more\nThanks\n"


@pytest.mark.parametrize("kind", ["domain", "local_part"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n<!DOCTYPE html>\n<p>info</p>\n", "F: line 2 begins a page in HTML or XML"),
        ('# x\n["mailinator.com",\n"info"]\n', "F: line 2 begins JSON"),
        ('{"a": "info"}', "F: line 1 begins JSON"),
        (LEADS, r"F: line 1 has the columns of leads \(email and first_name\)"),
        (README, "F: (no domain found, and 3 lines that hold none: lines 3, 5, 6|line 3 has 2 columns)"),
        ("a@x.example\nb@x.example\n", "2 lines that hold none: lines 1, 2"),
        ("- info\n- two words\n- three of them\n", "that hold none: lines "),
        ("# nothing\n", r"F: no (domain|local part) found\."),
    ],
)
def test_what_is_visibly_no_list_of_names_is_refused_with_lines_and_the_next_step(kind, text, says):
    with pytest.raises(ListError, match=says) as raised:
        parse_names(text, name="F", kind=kind)
    assert "one a line with # before comments, or a CSV column called" in str(raised.value)
    assert "@" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mailinator.com\r\n\r\nYopmail.com # x\r\n", "one entry a line; 2 domains taken."),
        ("domain\nmailinator.com\nyopmail.com\n", "CSV, column 'domain'; 2 domains taken."),
        ("Domain,Company\nmailinator.com,M\nyopmail.com,Y\n", "CSV, column 'Domain'; 2 domains taken."),
        (
            "Known domains\nmailinator.com\nyopmail.com\n",
            "one entry a line; 2 domains taken; line 1 taken for a header.",
        ),
        (
            "a@mailinator.com\nmailinator.com\nyopmail.com\n",
            "one entry a line; 2 domains taken; 1 line left: line 1.",
        ),
    ],
)
def test_domains_are_found_in_every_form_and_no_line_is_dropped_unsaid(text, told):
    found = parse_names(text, name="F", kind="domain")

    assert found.entries == {"mailinator.com", "yopmail.com"}
    assert found.note == f"F: {told}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Info\r\n\r\nno-reply@ # x\r\n", "one entry a line; 2 local parts taken."),
        ('"info"\n"no-reply"\n', "one entry a line; 2 local parts taken."),
        ("role\ninfo\nno-reply\n", "one entry a line; 2 local parts taken; line 1 taken for a header."),
        ("Role names\ninfo\nno-reply\n", "one entry a line; 2 local parts taken; line 1 taken for a header."),
        ('What;Local part\n"a; b";info\nx;no-reply\n', "CSV, column 'Local part'; 2 local parts taken."),
        (
            "info\nsales@acme.example\nno-reply\nAnn Lund\n",
            "one entry a line; 2 local parts taken; 2 lines left: lines 2, 4.",
        ),
    ],
)
def test_local_parts_are_found_in_every_form_and_no_line_is_dropped_unsaid(text, told):
    found = parse_names(text, name="F", kind="local_part")

    assert found.entries == {"info", "no-reply"}
    assert found.note == f"F: {told}"


@pytest.mark.parametrize("word", ["customer.service", "b\u00fcro", "o'hara", "a+b", "1"])
def test_what_may_stand_before_an_at_is_a_local_part(word):
    assert parse_names(f"{word}\n", name="F", kind="local_part").entries == {word}


@pytest.mark.parametrize("word", ["a b", "a@b", ".a", "a..b", "a,b", "<p>", "---", "{", "x" * 65, "a:"])
def test_what_may_not_is_none(word):
    with pytest.raises(ListError):
        parse_names(f"{word}\n", name="F", kind="local_part")


def test_typos_are_told_of_short_lists_alone():
    short = TraitLists(free=[NameList("s", frozenset({"postbox.example", "gmx.example"}))])
    long = TraitLists(free=[NameList("l", frozenset(f"postbox{number}.example" for number in range(100)))])

    assert short.mistyped() == (*PROVIDERS, "postbox.example")
    assert long.mistyped() == PROVIDERS


@given(
    st.sets(
        st.sampled_from(["a", "hr", "info", "no-reply", "Ank\u00e4ufe".lower(), "x.y", "press"]), min_size=1
    ),
    st.lists(st.from_regex(r"\A(a|HR|hr2|Info|no-reply|ank\u00e4ufe|x.y|pres)(\+[a-z]+)?@acme\.example\Z")),
)
def test_a_role_is_a_local_part_on_the_list_whatever_its_case_and_tag(entries, cells):
    lists = TraitLists(
        roles=[NameList("own", frozenset(entries)), NameList("more", frozenset({"info", "a"}))]
    )

    found = _traits(*cells, lists=lists)

    for row, cell in enumerate(cells):
        name = cell.partition("@")[0].partition("+")[0].lower()
        named = "own" if name in entries else "more" if name in {"info", "a"} else None
        assert found.reasons["role_account"][row] == (named is not None)
        assert found.rule[row].as_py() == (named and f"{named}:{name}")


def test_the_nearest_domain_above_on_a_list_names_the_rule():
    lists = TraitLists(
        disposable=[
            NameList("one", frozenset({"b.example", "a.b.example", "trash"})),
            NameList("two", frozenset({"x.a.b.example"})),
        ]
    )

    rules = _traits("j@x.a.b.example", "j@c.b.example", "j@my.trash", "j@example.com", lists=lists).rule

    assert rules.to_pylist() == ["one:a.b.example", "one:b.example", "one:trash", None]
