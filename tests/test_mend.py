"""Mend: what nobody meant to write goes, what somebody meant stays, and nothing dangerous comes of it."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.fields.mend import mend, mend_text

#: A cell, the cell as it was meant, and the rule.
MENDED = [
    (" Ann ", "Ann", "white_space"),
    ("  Bob\u00a0\u00a0", "Bob", "white_space"),
    ("Ann  Mary", "Ann Mary", "white_space"),
    ("Ann\u00a0Mary", "Ann Mary", "white_space"),
    ("Ann\tMary\n", "Ann Mary", "white_space"),
    ("\u3000山田", "山田", "white_space"),
    ("\u3164", "", "white_space"),
    (" +49 30 123456", "+49 30 123456", "white_space"),
    ("\ufeffAnn", "Ann", "invisible"),
    ("An\u200bn", "Ann", "invisible"),
    ("An\u00adn", "Ann", "invisible"),
    ("\u200eJohn", "John", "invisible"),
    ("\u202a+1 415 555 0101\u202c", "+1 415 555 0101", "invisible"),
    ("Ann\u200d", "Ann", "invisible"),
    ("Ann\x00", "Ann", "invisible"),
    ("Ann\U000e0041", "Ann", "invisible"),
    ('"Acme"', "Acme", "quotes"),
    ("'Acme'", "Acme", "quotes"),
    ("\u201cAcme\u201d", "Acme", "quotes"),
    ("\u201eAcme\u201c", "Acme", "quotes"),
    ("«Ромашка»", "Ромашка", "quotes"),
    ('"Acme ""Best"" Inc"', 'Acme "Best" Inc', "quotes"),
    ('"""Acme"""', "Acme", "quotes"),
    ('" Acme "', "Acme", "quotes;white_space"),
    ("AT&amp;T", "AT&T", "entity"),
    ("O&#39;Neil", "O'Neil", "entity"),
    ("O&#x27;Neil", "O'Neil", "entity"),
    ("Jos&eacute;", "José", "entity"),
    ("AT&amp;amp;T", "AT&T", "entity"),
    ("&nbsp;Ann", "Ann", "entity;white_space"),
    ("M\u00c3\u00bcller", "Müller", "mojibake"),
    ("Jos\u00c3\u00a9", "José", "mojibake"),
    ("S\u00c3\u00a3o Paulo", "São Paulo", "mojibake"),
    ("\u00c3\u2026se", "Åse", "mojibake"),
    ("\u00c5\u017eahin", "Şahin", "mojibake"),
    ("\u00c4\u0152EZ", "ČEZ", "mojibake"),
    ("\u00c3\u2030lodie", "Élodie", "mojibake"),
    ("\u00c3\u0089lodie", "Élodie", "mojibake"),
    ("Acme\u00e2\u201e\u00a2", "Acme™", "mojibake"),
    ("O\u00e2\u20ac\u2122Neil", "O’Neil", "mojibake"),
    ("Müller \u00e2\u20ac\u201c Söhne", "Müller – Söhne", "mojibake"),
    ("M\u00c3\u0192\u00c2\u00bcller", "Müller", "mojibake"),
    ("\u00d0\u02dc\u00d0\u00b2\u00d0\u00b0\u00d0\u00bd", "Иван", "mojibake"),
    ("\u00e6\u2014\u00a5\u00e6\u0153\u00ac", "日本", "mojibake"),
    ("Bucure\u00c8\u2122ti", "București", "mojibake"),
    ("Nguy\u00e1\u00bb\u2026n", "Nguyễn", "mojibake"),
    ("M\u0102\u013dller", "Müller", "mojibake"),
]

#: Cells that are as they were meant, however odd they look.
LEFT = [
    "Ann", "", "Jean-Luc", "Müller", "São Tomé", "Ærø", "İbrahim", "Ελένη", "Ольга", "山田\u3000太郎", "김 민준",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "क्\u200dष", "\u200fשלום", "\u061cمحمد",
    "👩\u200d💻", "❤\ufe0f", "CAFÉ®", "CAFFÈ™", "AMANHÃ…", "MAMÁ»",
    "l'été”…", "GRÖßE", "VOILÀ…", "'t Hooft", '"A" and "B"', 'Acme "Best"', '12"', "'n' Roll", "AT&T", "A & B; C",
    "&lt;b&gt;", "&#60;b", "&#0;", "&#61;1+1", "&equals;1", '"=1+1"', " =HYPERLINK(x)", "'=1+1", "=1+1", "&bogus;",
    "R&D;", "http://a.example/?a=1&b=2", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\u0420\u0420\u0406\u0420\u00b0",
]  # fmt: skip

#: Texts of the signs that the rules are about.
SIGNS = st.lists(
    st.sampled_from(
        "ab É\u00c3\u00a9\u00c2\u00e2\u20ac\u2122\u00a0\u200b\u200d\u200f\u202e\"'“”«»&;#=+-@<>\t\n\x00"
    )
    | st.sampled_from(["&amp;", "&lt;", "&#61;", "&quot;", "&nbsp;", "  "])
    | st.text(max_size=2),
    max_size=12,
).map("".join)


def column(*texts):
    return pa.array(texts, pa.large_string())


@pytest.mark.parametrize(("cell", "meant", "rule"), MENDED)
def test_a_cell_is_mended(cell, meant, rule):
    assert mend_text(cell) == (meant, rule)


@pytest.mark.parametrize("cell", LEFT)
def test_a_cell_that_is_meant_is_left(cell):
    assert mend_text(cell) == (cell, "")


def test_several_lines_stay_where_a_cell_may_have_them():
    assert mend_text(" a  b\n\nc ", lines=True)[0] == "a b\n\nc"


def test_a_column_says_which_cells_changed_by_which_rule():
    found = mend(column("Ann", " Ann ", None, "AT&amp;T", " Ann "))

    assert found.cells.to_pylist() == ["Ann", "Ann", None, "AT&T", "Ann"]
    assert found.rules.to_pylist() == [None, "white_space", None, "entity", "white_space"]
    assert found.changed == 3


def test_a_text_of_ten_thousand_signs_is_left():
    found = mend(column(" " + "a" * 10_000))

    assert found.changed == 0


@given(st.lists(SIGNS | st.none(), max_size=4))
def test_the_whole_column_says_what_one_cell_says(texts):
    found = mend(column(*texts))

    each = [(None, "") if text is None else mend_text(text) for text in texts]
    assert found.cells.to_pylist() == [text for text, _ in each]
    assert found.rules.to_pylist() == [rule or None for _, rule in each]


def test_a_part_of_a_column_is_told_by_its_own_octets():
    cells = column(" a", "b", "c ", None, "d  e", "f").slice(1, 4)

    assert mend(cells).cells.to_pylist() == ["b", "c", None, "d e"]


@given(SIGNS)
def test_mending_twice_changes_nothing(text):
    once, _ = mend_text(text)

    assert mend_text(once) == (once, "")


@given(SIGNS)
def test_nothing_dangerous_comes_of_it(text):
    mended, rule = mend_text(text)

    assert (rule == "") == (mended == text)
    if mended != text:
        assert all(mended.count(sign) <= text.count(sign) for sign in "<>")
        assert not any(sign < " " or "\x7f" <= sign < "\xa0" for sign in mended)
        assert mended[:1] not in {"=", "@"} or text.startswith(("=", "@"))


@given(SIGNS)
def test_marks_from_right_to_left_stay(text):
    mended, _ = mend_text(text)

    assert mended.count("\u200f") == text.count("\u200f")
