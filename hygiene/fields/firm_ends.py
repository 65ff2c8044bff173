"""Firm ends: what stands behind a company's name and is no part of it.

An earlier or trading name, a slogan, an owner, a department, a branch, the number of a store. By shapes and words;
legal forms are looked at elsewhere.
"""

import re
from functools import cache

from hygiene.fields.legal_forms import is_form, is_telling
from hygiene.fields.name_parts import Cell, drop_pictures
from hygiene.words.tables import read_words

__all__ = ["KEYWORDS", "drop_ends", "kept"]

#: Words by which a name may have such an end where no sign stands in it; each pattern below that needs no sign has one.
_FORMER = "formerly|previously|vormals|ehemals|anciennement|precedentemente|fka"
KEYWORDS = frozenset(
    f"{_FORMER}|as|under|als|unter|dba|hodn|inh|inhaber|inhaberin|attn|atf|capital|di".split("|")
)
_MARKS = re.compile("[\u00ae\u2122\u00a9\u2120]")
_FORMERLY = re.compile(
    rf"[\s,;(\[\-\u2013]+(?:{_FORMER}|f/k/a|f\.k\.a\.)(?=[\s:]).*$",
    re.IGNORECASE,
)
#: The name that is traded under. Source: general knowledge of registers' usage (assumed).
_TRADING_AS = re.compile(
    r"^.{2,}?(?:[\s,;(\-\u2013]+(?:d/?b/?a|d\.b\.a\.?|doing business as|trading (?:as|under)|t/as?|o/a|operating as"
    r"|h\.?o\.?d\.?n\.?|handelnd unter|firmierend als)"
    r"|\s*[,;(\-\u2013]\s*(?:nome fantasia|nombre comercial|nom commercial|enseigne))[\s:]+(.{2,}?)\)?$",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"\s*[,\u2013\u2014-]\s+(?:an?\s.+\s(?:company|group|brand|business|subsidiary|corporation)"
    r"|(?:an?\s)?(?:part|member|division|subsidiary|trading name|brand|trademark) of\s.+)$",
    re.IGNORECASE,
)
#: A sentence behind a dash or colon: three words or more, one of them of those that no name is made of.
_SLOGAN = re.compile(
    r"(?:\s+[-\u2013\u2014]|:)\s+(?=(?:\S+\s+){2,}\S+$)(?=.*\b(?:your|our|we|you|us|is|are|where|since|making|for|that|to"
    r"|ihre?n?|wir|unsere?|votre|nos|tu|su|il|sua)\b).+$",
    re.IGNORECASE,
)
#: What stands behind a legal form and a comma or dash: a place or a part of the company.
_BRANCH = re.compile(r"^(.*\S)\s(\S+?)(?:,\s*|\s+[\u2013\u2014-]\s+)(?:[^\W\d_][\w.'\u2019-]*\s?){1,3}$")
#: A town behind a form of those countries where it is written so, and behind a German one.
_TOWN = re.compile(
    r"^(.*\S\s(?:d\.?\s?o\.?\s?o\.?|DOO|a\.d\.|GmbH|s\.r\.o\.))\s(?!za\s)(?:[A-ZČĆŠŽĐÁÉÍÓÖÜ][^\W\d_]+)(?:\s[A-ZČĆŠŽĐ][^\W\d_]+)?$"
)
#: The partners of an Italian company behind its form: Bar Sport s.n.c. di Rossi Elena & C.
_PARTNERS = re.compile(r"^(.*\S\s(?:s\.?\s?n\.?\s?c\.?|s\.?\s?a\.?\s?s\.?))\s+di\s\S.*$", re.IGNORECASE)
_OWNER = re.compile(
    r"[\s,;(]+(?:Inh(?:aber(?:in)?)?\b[.:]?|vl\.|v/|Prop(?:rietor|\.)?:|Prop\.|attn\b\.?:?|c/o|z\. ?Hd\.|ATF"
    r"|as trustee for)\s*\S.*$"
    r"|\s+au capital de\s.*$",
    re.IGNORECASE,
)
#: The number of a store; that of a union, a lodge or a school is part of its name.
_STORE = re.compile(
    r"(?<!local)(?<!lodge)(?<!post)(?<!chapter)(?<!school)(?<!district)(?<!station)(?<!company)(?<!union)(?<!route)(?<!ups)"
    r"(?:\s*[,\u2013\u2014-])?\s+(?:store\s*(?:#|no\.?|nr\.?)?|#"
    r"|(?:shop|restaurant|location|outlet|filiale|loja|tienda|franchise)\s*(?:#|no\.?|nr\.?|n[º°]\.?))\s*\d{1,6}$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:\s*[,\u2013\u2014-])?\s+(?:since|depuis|seit|desde|dal|sinds|sedan|siden|anno)\s+\d{4}$",
    re.IGNORECASE,
)
_STROKE = re.compile(r"\s*\|.*$|\s+::.*$|\s+[\u2022\u00b7]\s.*$")


def drop_ends(cell: Cell, country: str = "", /) -> None:
    """Take off what is no part of the name, and before a name that is traded under what stands there."""
    cell.set(kept(_MARKS.sub("", cell.text).rstrip(" ,;"), cell.text), "mark")
    cell.set(drop_pictures(cell.text), "mark")
    said = _TRADING_AS.match(cell.text)
    if said:
        cell.set(kept(said[1], cell.text), "trading_as")
    branch = _BRANCH.match(cell.text)
    form = branch and (
        is_telling(branch[2])
        or is_form(branch[2], branch[1].split(), country, behind_comma=False, shouted=False)
    )
    if branch and form and not is_telling(cell.text.split()[-1]):
        cell.set(f"{branch[1]} {branch[2]}", "brackets")
    for pattern in (_TOWN, _PARTNERS):
        behind = pattern.match(cell.text)
        if behind:
            cell.set(behind[1], "brackets")
    for pattern, rule in (
        (_FORMERLY, "formerly"),
        (_OWNER, "formerly"),
        (_STORE, "brackets"),
        (_department(), "brackets"),
        (_STROKE, "slogan"),
        (_PART_OF, "slogan"),
        (_SLOGAN, "slogan"),
        (_SINCE, "slogan"),
    ):
        if pattern.search(cell.text):
            cell.set(kept(pattern.sub("", cell.text), cell.text), rule)


@cache
def _department() -> re.Pattern[str]:
    """A department, an office or a country behind a comma or dash."""
    office = "|".join(map(re.escape, sorted(read_words("firm_parts", kind="office"), key=len, reverse=True)))
    alone = read_words("firm_parts", kind="department") | read_words("firm_parts", kind="place")
    return re.compile(
        rf"\s*(?:,|\s[-\u2013\u2014])\s+(?:(?:[^\W\d_]+\s+){{0,2}}(?:{office})|(?:{office})\b(?:\s+\S+){{0,3}}"
        rf"|{'|'.join(map(re.escape, sorted(alone)))})$",
        re.IGNORECASE,
    )


def kept(new: str, old: str, /) -> str:
    """The new text without what it ends in, where it is still a name."""
    new = re.sub(r"\s+", " ", new).strip(" ,;\u2013\u2014-") if new != old else new
    return new if sum(map(str.isalnum, new)) > 1 else old
