"""Firm or person: whether a column that is merely called "name" or "title" names the firms of the leads.

A firm is known by its legal form, by words of trades, and by its own domain; a person by a given name or by the
address. Where the cells tell little, the columns beside them do. Nothing here splits or changes a name.
"""

import re
from collections.abc import Iterable, Sequence

from hygiene.words.name_words import (
    FIRM_WORDS,
    LEADING_FORMS,
    LEGAL_FORMS_JOINED,
    SALUTATIONS,
    given_names,
    legal_forms,
)
from hygiene.words.spelling import folded

__all__ = ["are_firms", "are_positions", "are_salutations", "is_firm", "is_person"]

#: Share of the cells that must be names of firms, and of people, before the cells alone decide (assumed: chosen on
#: made-up cells, not measured on real files).
_FIRMS, _PEOPLE = 0.25, 0.15
#: Most words of a person's name, and most signs of one that is written without spaces.
_NAME_WORDS, _NAME_SIGNS = 5, 4
#: Shortest piece of a domain or local part that counts as the same name.
_SAME = 4
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_POSITION = re.compile(
    r"\b(?:manager|director|head|chief|officer|president|vp|ceo|cto|cfo|coo|cmo|founder|owner|partner|engineer|lead"
    r"|consultant|specialist|assistant|analyst|executive|coordinator|sales|leiter|leiterin|geschaftsfuhrer|directeur"
    r"|co-?founder|coach|recruiter|recruiting|recruitment|developer|designer|architect|attorney|lawyer|accountant|realtor"
    r"|broker|advisor|adviser|strategist|entrepreneur|investor|marketer|marketing|journalist|speaker|trainer|therapist"
    r"|physician|scientist|researcher|administrator|supervisor|representative|technician|controller|treasurer|secretary"
    r"|freelancer?|expert|evangelist|mentor|ciso|cio|cro|chro|svp|evp|avp|hr|human resources|business development|buyer"
    r"|geschaftsfuhrerin|inhaber|inhaberin|vertrieb|einkauf|berater|beraterin|entwickler|prokurist|prokuristin|vorstand"
    r"|geschaftsleitung|abteilungsleiter|sachbearbeiter|directrice|fondateur|fondatrice|gerant|gerante|pdg|commercial"
    r"|ingenieur|consultante|fundador|fundadora|directora|diretor|diretora|socio|socia|gestor|gestora|coordenador"
    r"|coordinador|coordinadora|analista|vendedor|comercial|titolare|amministratore|responsabile|fondatore|consulente"
    r"|eigenaar|directeur|zaakvoerder|prezes|dyrektor|wlasciciel|specjalista|reditel|jednatel|obchodni|saljare|agare"
    r"|daglig leder|eier|toimitusjohtaja|muduru|kurucu|responsable|gerente|jefe|jefa|direttore|direttrice|kierownik"
    r"|manager|mudur|директор|менеджер|руководитель|основатель|специалист|инженер)\b"
)


def are_firms(names: Sequence[str], addresses: Sequence[str], /, *, beside: bool, contact: bool) -> bool:
    """Whether a column names firms.

    Args:
        names: Its cells.
        addresses: The email cells of the same rows.
        beside: Whether a column beside it stands in lists of firms: a street, a registration number.
        contact: Whether a column beside it names a person.
    """
    rows = [(name, address) for name, address in zip(names, addresses, strict=True) if name.strip()]
    if not rows:
        return False
    firms = sum(is_firm(name, address) for name, address in rows) / len(rows)
    people = sum(is_person(name, address) for name, address in rows) / len(rows)
    if contact:
        return people < 1 - _FIRMS or firms > people
    return (firms > people and firms >= _FIRMS) or (beside and people < _PEOPLE)


def is_firm(name: str, address: str = "", /) -> bool:
    """Whether a cell names a firm, by its words or by the domain of its address."""
    joined = name.replace(" ", "")
    if any(form in joined for form in LEGAL_FORMS_JOINED):
        return True
    text = folded(name)
    words = _WORD.findall(re.sub(r"(?<=\w)[.'\u2019\"\u05f4](?=\w)|\.", "", text))
    ends = {words[-1], "".join(words[-2:]), "".join(words[-3:])} if len(words) > 1 else set[str]()
    if ends & legal_forms() or (len(words) > 1 and words[0] in LEADING_FORMS):
        return True
    if not FIRM_WORDS.isdisjoint(words) or re.search(
        r"&|\+|\b(?:und|and|et|y|e) (?:co|sohne|sons|fils|hijos|figli)\b", text
    ):
        return True
    domain = re.sub(r"[^a-z0-9]", "", address.lower().rpartition("@")[2].partition(".")[0])
    letters = re.sub(r"[^a-z0-9]", "", text)
    return len(domain) >= _SAME and (
        letters.startswith(domain) or (len(letters) >= _SAME and domain.startswith(letters))
    )


def is_person(name: str, address: str = "", /) -> bool:
    """Whether a cell names a person, by a given name or by the local part of its address."""
    if any(form in name for form in LEGAL_FORMS_JOINED) or re.search(r"[\d&@/]", name):
        return False
    if _UNSPACED.search(name):
        return len(name.replace(" ", "")) <= _NAME_SIGNS
    words = [word for word in _WORD.findall(folded(name)) if word not in SALUTATIONS]
    if not 0 < len(words) <= _NAME_WORDS or not FIRM_WORDS.isdisjoint(words) or words[-1] in legal_forms():
        return False
    local = _WORD.findall(address.partition("@")[0].lower())
    return not given_names().isdisjoint(words) or (len(words) > 1 and not {*local}.isdisjoint(words))


def are_positions(cells: Iterable[str], /) -> bool:
    """Whether cells name the positions of people."""
    filled = [folded(cell) for cell in cells if cell.strip()]
    return sum(_POSITION.search(cell) is not None for cell in filled) >= _FIRMS * max(len(filled), 1)


def are_salutations(cells: Iterable[str], /) -> bool:
    """Whether cells say how a person is called to: Mr., Frau, Dr."""
    filled = [cell for cell in cells if cell.strip()]
    words = [_WORD.findall(folded(cell).replace(".", "")) for cell in filled]
    return bool(words) and all(each and SALUTATIONS.issuperset(each) for each in words)
