import re

import pyarrow as pa
import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hygiene.address import exact_key, explain, person_key, validate
from hygiene.address.repair import KINDS, tidied
from hygiene.address.validate import _PART
from hygiene.address.validate_cell import Singles


def _judge(*cells):
    return validate(pa.array(cells, pa.large_string()))


def _codes(found, row=0):
    return {name for name, rows in found.reasons.items() if rows[row]}


def _library(cell):
    """What email-validator itself says: normal form and A-labels, or None."""
    try:
        found = validate_email(cell, check_deliverability=False)
    except ValueError:
        return None
    return found.normalized, found.ascii_domain.lower()


def _assert_is_the_librarys(cells):
    """Accepted and normal form are the library's; what it refuses is refused, or repaired to what it takes."""
    found = _judge(*cells)
    columns = (found.address, found.domain, found.repaired)
    for row, (cell, address, domain, repaired) in enumerate(
        zip(cells, *(column.to_pylist() for column in columns), strict=True)
    ):
        wanted = _library(cell)
        codes = _codes(found, row)
        if "escape_debris" in codes:
            assert address is None
        elif wanted is not None:
            assert (address, domain, repaired, codes) == (*wanted, None, set()), repr(cell)
        elif address is None:
            assert len(codes) == 1, repr(cell)
        else:
            assert repaired, repr(cell)
            assert _library(address)[0] == address, repr(cell)


LABELS = st.sampled_from(
    ["acme", "ACME", "a", "b-c", "-a", "a-", "a--b", "xn--mller-kva", "xn--", "ab--cd", "m\u00fcller", "M\u00dcLLER",
     "\u043f\u043e\u0447\u0442\u0430", "1", "", "_a", "d" * 62, "d" * 63, "d" * 64, "d" * 65, "a b", "\u212aelvin",
     "\u0130z", "\u017fs", "\u05d0\u05d1", "a\u0301", "\u0301a", "a\uff0eb", "[127.0.0.1]", "a@b", "com\n"]
)  # fmt: skip
ENDS = st.sampled_from(
    ["example", "EXAMPLE", "com", "c", "1", "co1", "1c", "c-m", *SPECIAL_USE_DOMAIN_NAMES,
     *(name.upper() for name in SPECIAL_USE_DOMAIN_NAMES), "testing", "mytest", "", "xn--p1ai", "\u0440\u0444"]
)  # fmt: skip
LOCALS = st.one_of(
    st.sampled_from(
        ["jane", "Jane.Roe", "INFO", "Sales", "sales+x", "", ".a", "a.", "a..b", "a b", '"a b"', '"jane"', "j@ne",
         "a,b", "\u00e9", "e\u0301", "x" * 63, "x" * 64, "x" * 65, "\u00e9" * 64, "a\u200bb", "a<b", "o'hara", "a/b",
         "u00e4x", "20jane", "a\x00b", "\U0001f600"]
    ),
    st.from_regex(r"\A[a-zA-Z0-9.+_-]{1,12}\Z"),
)  # fmt: skip
DOMAINS = st.builds(lambda labels, end: ".".join([*labels, end]), st.lists(LABELS, max_size=3), ENDS)
SHAPED = st.builds("{}@{}".format, LOCALS, DOMAINS)
LOOSE = st.text(
    st.sampled_from(
        "ab1@@..-_ <>\"'(),;:|/%+\t\n\x00\u00a0\u00ad\u200b\u200d\ufeff\uff20\u3002\u00e4\u0130\u0301"
    ),
    max_size=12,
)


@settings(max_examples=settings.default.max_examples * 2)
@given(st.lists(st.one_of(SHAPED, LOOSE), min_size=1, max_size=20))
@example(["a@b.test ", "A@B.TEST", "a@test", "a@localhost.", "a@x.local.", "a@.test"])
def test_accepted_and_normal_form_are_those_of_email_validator(cells):
    _assert_is_the_librarys(cells)


@pytest.mark.parametrize("local", [1, 63, 64, 65, 100, 200])
def test_every_length_is_judged_as_the_library_judges_it(local):
    hosts = [
        ".".join(["d" * label] * count + ["example"])
        for label in (1, 50, 61, 62, 63, 64, 65)
        for count in (1, 2, 3, 4)
    ]
    fitted = ["x" * local + "@" + ("a" * 40 + ".") * 5 + "b" * pad + ".example" for pad in range(1, 60)]
    wide = ["x" * local + "@" + "\u00fc" * pad + ".example" for pad in range(30, 66)]

    _assert_is_the_librarys(["x" * local + "@" + host for host in hosts] + fitted + wide)


def test_totals_from_250_to_260_are_judged_as_the_library_judges_them():
    host = ".".join(["d" * 60] * 3) + ".example"

    for total in range(250, 261):
        _assert_is_the_librarys(
            [f"{'x' * (total - len(host) - 1)}@{host}", "\u00e9" * 20 + "@" + host + "a" * (total - 212)]
        )


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "missing_email"),
        ("", "missing_email"),
        ("  ", "missing_email"),
        ("\u200b\ufeff", "missing_email"),
        ("n/a", "no_at_sign"),
        ("jane.acme.example", "no_at_sign"),
        (".jane@acme.example", "bad_local_part"),
        ("ja..ne@acme.example", "bad_local_part"),
        ("\u00e9..\u00e9@acme.example", "bad_local_part"),
        ("j\u0000ne@acme.example", "bad_local_part"),
        ("\u00e9\u200d\u00e9@acme.example", "bad_local_part"),
        ('"ja ne"@acme.example', "bad_local_part"),
        ("@acme.example", "bad_local_part"),
        ("jane@acme", "bad_domain"),
        ("jane@-acme.example", "bad_domain"),
        ("jane@acme..example", "bad_domain"),
        ("jane@ab--cd.example", "bad_domain"),
        ("jane@\u00fc\u2028.example", "bad_domain"),
        ("jane@" + "d" * 64 + ".example", "bad_domain"),
        ("jane@[127.0.0.1]", "bad_domain"),
        ("jane@", "bad_domain"),
        ("j" * 300 + "@acme.example", "address_too_long"),
        ("jane@" + "a." * 130 + "example", "address_too_long"),
        ("jane@box.local", "special_use_domain"),
        ("jane@box.TEST", "special_use_domain"),
        ("jane@m\u00fcller.test", "special_use_domain"),
        ("%20jane@acme.example", "escape_debris"),
    ],
)
def test_a_refused_cell_has_one_reason(cell, code):
    found = _judge(cell)

    assert _codes(found) == {code}
    assert found.address.to_pylist() == found.domain.to_pylist() == found.repaired.to_pylist() == [None]


def test_the_librarys_own_words_are_there_on_demand():
    assert explain("jane@acme.example") is None
    assert "period" in explain("jane@acme")


def test_an_accepted_cell_gets_its_normal_form_and_ascii_domain():
    found = _judge("Jane@ACME.example", "jane@m\u00fcller.example", "INFO@acme.example")

    assert found.address.to_pylist() == ["Jane@acme.example", "jane@m\u00fcller.example", "info@acme.example"]
    assert found.domain.to_pylist() == ["acme.example", "xn--mller-kva.example", "acme.example"]
    assert found.host().dictionary_decode().to_pylist() == found.domain.to_pylist()
    assert found.reasons == {}


REPAIRS = [
    ("jane@acme.example", None),
    (" jane@acme.example\t\r\n", "white_space"),
    ("\u00a0jane@acme.example\u2003\u3000", "white_space"),
    ("\ufeffjane@acme.example\u200b", "invisible"),
    ("\u202ajane@acme.example\u202c", "invisible"),
    ("ja\u00adne@ac\u200dme.example", "invisible"),
    ("mailto:jane@acme.example", "scheme"),
    ("MAILTO: jane%40acme.example?subject=Hello%20you", "scheme"),
    ("SMTP:jane@acme.example", "scheme"),
    ("<jane@acme.example>", "brackets"),
    ("(jane@acme.example)", "brackets"),
    ("[jane@acme.example]", "brackets"),
    ("Jane Doe <jane@acme.example>", "display_name"),
    ('"Doe, Jane" <jane@acme.example>', "display_name"),
    ("Doe, Jane <jane@acme.example>", "display_name"),
    ("Jane Doe (jane@acme.example)", "display_name"),
    ('"jane@acme.example"', "quotes"),
    ("'jane@acme.example'", "quotes"),
    ("\u201cjane@acme.example\u201d", "quotes"),
    ("jane@acme.example.", "punctuation"),
    ("jane@acme.example,", "punctuation"),
    ("jane@acme.example;", "punctuation"),
    ("jane@acme.example>", "punctuation"),
    ("<jane@acme.example", "punctuation"),
    ("jane@acme.example)", "punctuation"),
    ("(jane@acme.example", "punctuation"),
    ("jane\uff20acme.example", "at_sign"),
    ("  Jane <mailto:jane@acme.example>;", "white_space;punctuation;display_name;scheme"),
    ("jane@acme.example; jane@acme.example", "first_of_several"),
]


@pytest.mark.parametrize(("cell", "kinds"), REPAIRS)
def test_what_is_certain_is_repaired_and_said(cell, kinds):
    found = _judge(cell)

    assert found.address.to_pylist() == ["jane@acme.example"]
    assert found.domain.to_pylist() == ["acme.example"]
    assert found.repaired.to_pylist() == [kinds]
    assert found.reasons == {}


def test_every_kind_of_repair_is_tested():
    assert {kind for _, kinds in REPAIRS for kind in (kinds or "").split(";") if kind} == set(KINDS)


@pytest.mark.parametrize("between", ["; ", ",", " | ", "|", " / ", "/", " ::: ", " ", "\n", ";;", "\uff1b"])
def test_of_several_addresses_the_first_good_one_is_used_and_the_others_kept(between):
    found = _judge(between.join(["jane@", "Jane@acme.example", "Bob <bob@bolt.example>", "cal@acme.example"]))

    assert found.address.to_pylist() == ["Jane@acme.example"]
    assert _codes(found) == {"several_addresses"}
    assert found.repaired.to_pylist() == ["first_of_several"]
    others = found.others[0].as_py().split(";")
    assert {"jane@", "bob@bolt.example", "cal@acme.example"} >= set(others) >= {"cal@acme.example"}
    assert "bob@bolt.example" in others


@pytest.mark.parametrize(
    "cell",
    [
        *("{}/ {}", "{} /{}", "{}& {}", "{}- {}", "- {}\n- {}", "1. {} 2. {}", "{} / {} /", "n/a; {}; {}"),
        *("{}<br/>{}", "{}&nbsp;{}", "{}&amp;{}", "{}\u2022 {}", "\u2022 {}\n\u2022 {}", "{}\u060c {}"),
        *("{}\u00a6{}", "{}\u30fb{}"),
    ],
)
def test_what_divides_addresses_belongs_to_none_of_them(cell):
    found = _judge(cell.format("ann@acme.example", "bob@bolt.example"))

    assert found.address.to_pylist() == ["ann@acme.example"]
    assert "bob@bolt.example" in found.others[0].as_py().split(";")


def test_lists_hear_an_address_of_several_that_is_not_good_for_the_words_beside_it():
    found = _judge("ann@acme.example (left in May), bob@bolt.example")

    assert found.address.to_pylist() == ["bob@bolt.example"]
    assert found.others.to_pylist() == ["ann@acme.example"]


def test_a_cell_as_long_as_a_spreadsheet_holds_is_searched_to_its_end():
    cell = "jane@acme.example\nbob@bolt.example".rjust(32_767, "-").replace("-jane", "\njane")

    found = _judge(cell, "-" + cell)

    assert found.address.to_pylist() == ["jane@acme.example", None]
    assert found.others.to_pylist() == ["bob@bolt.example", None]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("jane AT acme DOT example", "jane@acme.example"),
        ("jane[at]acme.example", "jane@acme.example"),
        ("jane (at) acme (dot) example", "jane@acme.example"),
        ("jane@acme,example", "jane@acme.example"),
        ("jane @ acme.example", "jane@acme.example"),
        ("jane@@acme.example", "jane@acme.example"),
        ("jane@acme..example", "jane@acme.example"),
        (".jane@acme.example", "jane@acme.example"),
        ("jane@acme.example (left in May)", "jane@acme.example"),
        ("n/a, jane@acme.example", "jane@acme.example"),
        ("%20jane@acme.example", "jane@acme.example"),
        ("u003ejane@acme.example", "jane@acme.example"),
        ("%3C%22jane@acme.example", "jane@acme.example"),
        ("U0022Jane@acme.example", "Jane@acme.example"),
        ("<%20jane@acme.example>", "jane@acme.example"),
        ("%20@acme.example", None),
        ("jane@acme", None),
        ("jane", None),
        ("a@b.test", None),
        ("meet me at noon", None),
    ],
)
def test_what_only_looks_repairable_is_invalid_with_a_suggestion(cell, meant):
    found = _judge(cell)

    assert found.address.to_pylist() == [None]
    assert found.suggestion.to_pylist() == [meant]


@pytest.mark.parametrize("characters", [120, 300, 1_900, 2_100, 30_000])
@pytest.mark.parametrize(
    "cell", ["{} jane@acme.example", "jane@acme.example {}", "{} (jane@acme.example) {}"]
)
def test_an_address_in_prose_is_suggested_however_long_it_is(cell, characters):
    found = _judge(cell.replace("{}", ("say no " * characters)[: characters // cell.count("{}") - 30]))

    assert found.address.to_pylist() == [None]
    assert found.suggestion.to_pylist() == ["jane@acme.example"]


@pytest.mark.parametrize(
    "cell", ["u0012345@acme.example", "20jane@acme.example", "u00e4x@acme.example", "50%off@acme.example"]
)
def test_what_may_be_a_users_number_is_no_debris(cell):
    assert _judge(cell).address.to_pylist() == [cell]


@pytest.mark.parametrize(
    "cell",
    [
        "x" * 65_536,
        "\u00e9" * 65_536,
        "x@" * 32_768,
        "a@b.example;" * 5_000,
        " " * 65_536 + "@",
        "<" * 65_536,
        "\u200b" * 65_536 + "a",
    ],
)
def test_a_very_long_cell_is_refused_without_being_searched(cell):
    found = _judge(cell)

    assert found.address.to_pylist() == [None]
    assert len(_codes(found)) == 1


@given(st.lists(st.one_of(SHAPED, LOOSE), max_size=8))
def test_a_cell_is_judged_alike_wherever_it_stands(cells):
    many = _judge(*cells, *cells)

    for row, cell in enumerate([*cells, *cells]):
        alone = _judge(cell)
        for name in ("address", "domain", "repaired", "suggestion", "others"):
            assert getattr(many, name)[row] == getattr(alone, name)[0]
        assert _codes(many, row) == _codes(alone)


WRAPPINGS = st.sampled_from(
    ["{}", " {} ", "<{}>", "Jane <{}>", "J\u00fcrgen Doe <{}>", '"Doe, J" <{}>', " <{}>", "\u00a0<{}>", "mailto:{}",
     "SMTP:{}", "mailto:<{}>", "Re: <{}>", "{};", "{}..", "{}.,", "<{}>;", "<{}", "{}>", "mailto:{};",
     "a@b.example <{}>", "\t<{}>\n", "\u200b{}", "{}\ufeff", " \u200b{}", "\u200b {}", "\u200d{}", "%20{}", "%3C%22{}",
     " %20{}", "%2{}"]
)  # fmt: skip
BETWEEN = st.sampled_from(
    ["; ", ";", ", ", "|", " | ", "/", " / ", "/ ", " /", " ", "  ", "\n", " ::: ", ";;", " and ", " " * 250]
)
WRAPPED = st.builds(lambda shape, cell: shape.format(cell), WRAPPINGS, SHAPED)
PAIRS = st.builds(lambda one, between, other: one + between + other, WRAPPED, BETWEEN, WRAPPED)
AT_WORDS = st.builds(
    lambda cell, at: cell.replace("@", at), SHAPED, st.sampled_from([" at ", " AT ", "..@", ".@", ""])
)


@given(st.lists(st.one_of(WRAPPED, PAIRS, AT_WORDS), max_size=12))
@example(
    ["info@acme.example/ jane@bolt.example", " jane@acme.example /a@b.example", "a@b.example;a@b.example"]
)
@example(["x" * 62 + "..@acme.example", "jane..@acme.example", ".jane.@acme.example", "INFO..@acme.example"])
@example(
    ["jane at acme.example", "jane at acme", "info AT x.test", "jane@acme", "jane@localhost", "x" * 65 + "@a"]
)
def test_what_is_decided_by_column_is_decided_alike_one_by_one(cells):
    found = _judge(*cells)
    wanted = Singles().judge(cells)

    for name in ("address", "domain", "repaired", "suggestion", "others"):
        assert getattr(found, name).to_pylist() == wanted[name].to_pylist()
    assert [_codes(found, row) for row in range(len(cells))] == [
        {code} - {None} for code in wanted["code"].to_pylist()
    ]


def test_rows_keep_their_place_across_slices():
    cells = ["a@acme.example", None, "<b@acme.example>", "nobody", "c@x.test"] * (_PART // 2)

    found = _judge(*cells)

    assert found.address.to_pylist() == ["a@acme.example", None, "b@acme.example", None, None] * (_PART // 2)
    assert {code: int(rows.sum()) for code, rows in found.reasons.items()} == dict.fromkeys(
        ["missing_email", "no_at_sign", "special_use_domain"], _PART // 2
    )
    assert found.reasons["no_at_sign"].reshape(-1, 5).all(axis=0).tolist() == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_a_column_without_cells_is_judged():
    assert len(_judge().address) == 0


@given(LOOSE)
def test_what_tidying_changes_the_library_refuses(cell):
    text, kinds = tidied(cell)

    assert (text != cell) == bool(kinds)
    if kinds:
        assert _library(cell) is None


@pytest.mark.parametrize(
    "cell", ["\u0646\u200c\u0647@acme.example", "jane@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example"]
)
def test_joiners_between_letters_of_other_scripts_stay(cell):
    assert tidied(cell) == (cell, ())


def test_the_exact_key_folds_case_as_python_does_and_nothing_else():
    keys = exact_key(
        pa.array(["Jane.Roe+x@acme.example", None, "\u0130@m\u00fcller.example"], pa.large_string())
    )

    assert keys.to_pylist() == ["jane.roe+x@acme.example", None, "i\u0307@m\u00fcller.example"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("J.a.n.e+News@gmail.com", "jane@gmail.com"),
        ("jane@googlemail.com", "jane@gmail.com"),
        ("j.ane+x@outlook.com", "j.ane@outlook.com"),
        ("j.ane+x@hotmail.com", "j.ane@hotmail.com"),
        ("j.ane+x@icloud.com", "j.ane@icloud.com"),
        ("j.ane+x@fastmail.com", "j.ane@fastmail.com"),
        ("j.ane+x@proton.me", "j.ane@proton.me"),
        *(
            (f"j.ane+x@{domain}", f"j.ane+x@{domain}")
            for domain in ("yahoo.com", "gmx.de", "web.de", "tuta.com", "qq.com", "acme.example")
        ),
        ("+x@outlook.com", "+x@outlook.com"),
        (None, None),
    ],
)
def test_the_person_key_knows_what_each_provider_ignores(address, key):
    domain = None if address is None else re.sub(".*@", "", address)

    keys = person_key(pa.array([address], pa.large_string()), pa.array([domain], pa.large_string()))

    assert keys.to_pylist() == [key]
