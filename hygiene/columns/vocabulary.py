"""Header words: what canonical columns can be called, and what may stand beside those names.

Only the tables; how headers are held against them is in `columns`.
"""

import re
from collections.abc import Mapping

__all__ = [
    "BESIDE",
    "BESIDE_ANY",
    "CORES",
    "CREDENTIAL",
    "NOT_THE_LEADS",
    "NUMBER_HIGHER",
    "NUMBER_ONE",
    "SPELLINGS",
    "UNFAMILIAR",
    "VOCABULARY",
    "WORST",
]

#: Rank of a column whose number is 1, and of one whose number is higher.
NUMBER_ONE, NUMBER_HIGHER = 3, 6

#: Rank of a header that merely ends in "email": taken last, and only where its cells hold an @.
UNFAMILIAR = 8

#: Rank of a word that makes a column custom.
WORST = 99

#: Spellings brought to one, after case, camelCase and punctuation are gone.
SPELLINGS = (
    (re.compile(r"\be ?mails?\b"), "email"),
    (re.compile(r"\blinked in\b"), "linkedin"),
    (re.compile(r"\b(?:web|home) ?(?:site|page)\b"), "website"),
    (re.compile(r"\borganisation\b"), "organization"),
    (re.compile(r"\b(?:telephone|tel)\b"), "phone"),
    (re.compile(r"\baddresses\b"), "address"),
)


def _ranks(levels: Mapping[int, str]) -> dict[str, int]:
    return {name.strip(): rank for rank, names in levels.items() for name in names.split(",")}


#: What a canonical column can be called; a lower rank is the better name.
CORES: Mapping[str, Mapping[str, int]] = {
    "email": _ranks({0: "email, email address, email id, mail, mail address"}),
    "first_name": _ranks({0: "first name", 1: "given name, forename, fname", 2: "first"}),
    "last_name": _ranks({0: "last name", 1: "surname, family name, lname", 2: "last"}),
    "full_name": _ranks({0: "full name", 1: "name", 3: "display name"}),
    "company": _ranks(
        {0: "company name, company", 1: "organization name, organization, company account"}
        | {2: "account name, employer, employer name, business name", 3: "company name for email"}
    ),
    "title": _ranks({0: "job title", 1: "title", 2: "position, job position", 3: "designation, job role"}),
    "phone": _ranks(
        {0: "phone, phone number", 1: "contact number", 2: "office number, direct dial"}
        | {3: "mobile, mobile number, cell, cell number"}
    ),
    "website": _ranks({0: "website, website url", 1: "company url, website address"}),
    "linkedin": _ranks({0: "linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin link"}),
    "city": _ranks({0: "city, city town", 1: "town"}),
    "state": _ranks({0: "state, state region, state province", 1: "province", 2: "region"}),
    "country": _ranks({0: "country, country region", 1: "country name"}),
}

#: Words that may stand beside those, with the rank that they bring; any other word makes a column custom.
BESIDE_ANY = _ranks(
    {0: "value, your, primary, main, current, required, optional"}
    | {1: "person, contact, lead, prospect, recipient, subscriber, member"}
    | {6: "secondary, tertiary, second, third, alternate, alternative, additional"}
)
_BESIDE_PLACE = _ranks(
    {1: "mailing, address, location", 2: "home", 3: "work, business, office", 5: "other"}
    | {7: "company, corporate, organization, account, hq, headquarters"}
)
BESIDE: Mapping[str, Mapping[str, int]] = {
    "email": _ranks(
        {1: "customer, client, user", 2: "work, business, professional, office, corporate"}
        | {4: "other, company, organization, account", 5: "personal, private, home"}
    ),
    "company": _ranks({1: "associated", 3: "cleaned"}),
    "title": _ranks({1: "organization", 2: "company"}),
    "phone": _ranks(
        {2: "work, direct, business, office", 3: "mobile, cell", 4: "personal, other", 5: "home"}
        | {7: "company, corporate, organization, account, hq"}
    ),
    "website": _ranks({1: "company, organization, account, business, work"}),
    "city": _BESIDE_PLACE,
    "state": _BESIDE_PLACE,
    "country": _BESIDE_PLACE,
}

#: A word beside "email" that makes it someone else's address, or no address at all.
NOT_THE_LEADS = re.compile(
    r"owner|manager|assistant|supervisor|rep|sender|referrer|creator|by|invalid|bounced|unsubscribed|opted|opt"
    r"|out|previous|former|old|last|sent|domain|parent"
)

#: What may follow a name after a comma without being a first name.
CREDENTIAL = re.compile(r"jr|sr|ii|iii|iv|phd|md|mba|cpa|pmp|esq|dds|rn|msc|bsc|cfa")

#: Words that run-together headers are made of, longest first. The short ones (as "li" or "hq") would
#: be found inside other words.
VOCABULARY = sorted(
    {word for cores in CORES.values() for core in cores for word in core.split() if len(word) > 3}
    | {word for words in (BESIDE_ANY, *BESIDE.values()) for word in words if len(word) > 3}
    | {"job", "url"},
    key=lambda word: (-len(word), word),
)
