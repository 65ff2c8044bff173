"""Header words: what canonical columns can be called, and what may stand beside those names.

Only the tables, in English; how headers are held against them is in `candidates`.
"""

import re
from collections.abc import Mapping

__all__ = [
    "ADDRESS_LINE",
    "ASKING",
    "BESIDE",
    "BESIDE_ANY",
    "CALLED",
    "CORES",
    "CREDENTIAL",
    "FILLING",
    "FIRM_RECORD",
    "LAST_ALONE",
    "LOOSE",
    "NOT_THE_LEADS",
    "NUMBER_HIGHER",
    "NUMBER_ONE",
    "OF_NAMES",
    "PEOPLE",
    "SPELLINGS",
    "UNFAMILIAR",
    "VOCABULARY",
    "WORST",
]

#: Rank of a column whose number is the first, and of one whose number is higher.
NUMBER_ONE, NUMBER_HIGHER = 3, 6

#: Rank of a header that merely ends in "email": taken last, and only where its cells hold an @.
UNFAMILIAR = 8

#: Rank of a word that makes a column custom.
WORST = 99

#: Words that have a plural of their own letters, and those whose plural only takes an s.
_IES = "compan|cit|countr|agenc"
_S = (
    "name|phone|website|title|organization|domain|firm|employer|position|profile|mobile|province|cell|number|link"
    "|url|business(?=es)"
)

#: Spellings brought to one, after case, camelCase and punctuation are gone.
SPELLINGS = (
    (re.compile(r"\be ?mails?\b"), "email"),
    (re.compile(r"\blinked in\b"), "linkedin"),
    (re.compile(r"\bli (?=profile|url|link\b)"), "linkedin "),
    (re.compile(r"\b(?:web|home) ?(?:site|page)\b"), "website"),
    (re.compile(r"\borganisation(s?)\b"), r"organization\1"),
    (re.compile(r"\b(?:telephone|tel)\b"), "phone"),
    (re.compile(r"\baddresses\b"), "address"),
    (re.compile(rf"\b({_IES})ies\b"), r"\1y"),
    (re.compile(rf"\b({_S})e?s\b"), r"\1"),
    (re.compile(r"\b(default|billing|shipping|delivery|mailing) address (?=[a-z])"), r"\1 "),
    (re.compile(r"^(?:attributes|properties|fields|data|payload|record) (?=\w)"), ""),
    (
        re.compile(
            r"^(?:profile |person |contact |user )?name (?=(?:given|family|first|last|full|display) name\b)"
        ),
        "",
    ),
    (re.compile(r"^profile (?=(?:given|family|first|last|full) name\b)"), ""),
    (re.compile(r"\bemail (.*) email\b"), r"email \1"),
    (re.compile(r"\b(\w{3,}) \1\b"), r"\1"),
    (re.compile(r"^email 1 (?=(?:(?:full|first|last) name|title|phone)$)"), ""),
    (re.compile(r"\bmax \d+ (?:signs?|characters?|chars|zeichen)\b"), ""),
    (re.compile(r"\b(?:text only|if applicable|if any)\b"), ""),
)

#: Questions for somebody's name that have no word for it.
CALLED = re.compile(
    r"\b(?:wie hei(?:ss|\u00df)(?:en sie|t du)|comment vous appelez vous|comment t appelles tu"
    r"|c[o\u00f3]mo (?:se llama|te llamas)"
    r"|come (?:ti chiami|si chiama)|hoe heet (?:u|je)|como (?:voc\u00ea )?se chama"
    r"|hvad hedder du|vad heter du|hva heter du)\b"
)
#: What begins a question, the language's accents gone. A question for yes or no begins with none of these.
ASKING = re.compile(
    r"\b(?:what|which|whats|please (?:enter|provide|type|tell us|give us|share|fill in|state)"
    r"|(?:enter|provide|type in|tell us)(?= your\b)"
    r"|wie (?:lautet|lauten|ist|heisst)|was ist|(?:in |bei |fur )?welche[rsnm]?|bitte (?:geben sie|gib|nennen sie)"
    r"|(?:dans |pour )?quel(?:le)?s?|veuillez (?:saisir|indiquer|entrer)"
    r"|(?:en |para )?(?:cual(?:es)?|que(?= empresa))|qual|quale|wat is|(?:bij )?welke?"
    r"|(?:vul|voer) (?:hier )?(?=uw|je))\b"
)
#: What stands around the thing that a question asks for.
FILLING = re.compile(
    r"\b(?:travaillez vous|travailles tu|arbeiten sie|trabaja|lavora"
    r"|(?:that |where )?(?:do |can |may |should )?(?:you|we|i) (?:currently |best )?"
    r"(?:work|live|reside|represent|reach|contact|call|email|use|send|own|run)(?: you| it)?"
    r"|to (?:reach|contact|call|email) you|are you (?:currently )?(?:based|located|from|with|in|working)"
    r"|(?:for|at|in|on|with|by)$|(?:for|at|in|on|with|by) (?=(?:for|at|in|on|with|by)$)"
    r"|is|are|was|the|your|you|of|a|an|best|and|please|here|below|current|ihre?[mnr]?|deine?[mnr]?|der|die|das|ein"
    r"|est|sont|votre|vos|ton|ta|tes|es|son|tu|tus|su|sus|e|o|os|seu|sua|teu|tua|il|la|le|el|tuo|lo|uw|je|jouw|in)\b"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _ranks(levels: Mapping[int, str]) -> dict[str, int]:
    return {name.strip(): rank for rank, names in levels.items() for name in names.split(",")}


#: What a canonical column can be called; a lower rank is the better name.
CORES: Mapping[str, Mapping[str, int]] = {
    "email": _ranks({0: "email, email address, email id, mail, mail address, address email", 1: "mailbox"}),
    "first_name": _ranks(
        {
            0: "first name, name first, full name first name, name first name",
            1: "given name, name given, forename, fname",
            2: "first",
        }
    ),
    "last_name": _ranks(
        {
            0: "last name, name last, full name last name, name last name",
            1: "surname, family name, name family, lname",
            2: "last",
        }
    ),
    "full_name": _ranks(
        {
            0: "full name, first last name, first name last name, name surname, first name surname, company contact,"
            "business contact, account contact, organization contact",
            1: "name, name formatted",
        }
        | {2: "contact person, decision maker, company decision maker", 3: "display name"}
    ),
    "company": _ranks(
        {0: "company name, company"}
        | {1: "organization name, organization, company account, name company, name business"}
        | {
            2: "company organization, name organization, name firm, firm, firm name, org, org name, account name"
        }
        | {3: "employer, employer name, business name, company name for email, business, agency, agency name"}
        | {4: "tenant, tenant name, office name, legal name, trading name, trade name, store name, shop name"}
        | {
            5: "practice name, clinic name, hotel name, restaurant name, office, workplace, institution,"
            "school name, church name, venue name, hospital name"
        }
        | {6: "brokerage, brokerage name, law firm"}
    ),
    "title": _ranks(
        {0: "job title", 1: "title", 2: "position, job position, position title"}
        | {3: "designation, job role, role, occupation", 4: "job, profession"}
    ),
    "phone": _ranks(
        {0: "phone, phone number, phone no", 1: "contact number, contact no", 2: "office number, direct dial"}
        | {3: "mobile, mobile number, mobile no, cell, cell number, cellphone, landline"}
    ),
    "website": _ranks(
        {0: "website, website url", 1: "company url, website address, web, web address, web url, www"}
    ),
    "linkedin": _ranks(
        {0: "linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin link"}
        | {1: "linkedin profile link, url linkedin, linkedin page, linkedin account, linkedin public url"}
    ),
    "city": _ranks(
        {
            0: "city, city town, town city",
            1: "town, city name",
            2: "municipality, locality, city town village locality, post town",
        }
    ),
    "state": _ranks(
        {0: "state, state region, state province, province state, state province region"}
        | {
            1: "province, state name, province name",
            2: "region, prefecture",
            3: "county, state county, state code, province code",
        }
    ),
    "country": _ranks(
        {0: "country, country region", 1: "country name, country region name", 2: "country code, nation"}
    ),
}

#: Names that are only one where nothing but a word that tells of whom stands before them: "last contact" is a date.
LAST_ALONE = frozenset({"first", "last"})

#: Words for a person, which makes what stands before them no firm's name: "company contact".
PEOPLE = _words(
    "contact person lead prospect recipient subscriber member invitee attendee maker registrant participant guest"
    " respondent applicant candidate donor customer client buyer employee"
)

#: Words that may stand beside those, with the rank that they bring; any other word makes a column custom.
BESIDE_ANY = _ranks(
    {
        0: "value, your, primary, main, current, required, optional, recommended, preferred, best, final, or, and, of"
    }
    | {
        1: "person, contact, lead, prospect, recipient, subscriber, member, invitee, attendee, decision, maker"
    }
    | {
        2: "registrant, participant, guest, respondent, applicant, candidate, donor, customer, client, employee, agent,"
        "attorney, poc, key"
    }
    | {3: "billing, default"}
    | {4: "buyer, purchaser, payer, shipping, delivery"}
    | {6: "secondary, tertiary, second, third, alternate, alternative, additional"}
)
_BESIDE_PLACE = _ranks(
    {1: "mailing, address, location", 3: "work, business, office", 4: "home", 5: "other"}
    | {7: "company, corporate, organization, account, hq, headquarters, reg, registered"}
)
BESIDE: Mapping[str, Mapping[str, int]] = {
    "email": _ranks(
        {
            0: "enter, valid",
            1: "customer, client",
            2: "work, business, professional, office, corporate, find, user",
        }
        | {4: "other, company, organization, account", 5: "personal, private, home", 6: "confirm, repeat"}
    ),
    "first_name": {"given": 1, "user": 2},
    "last_name": {"family": 1, "user": 2},
    "company": _ranks({1: "associated", 2: "legal", 3: "cleaned"}),
    "title": _ranks({1: "organization", 2: "company, work, business"}),
    "phone": _ranks(
        {
            2: "work, direct, business, office, international",
            3: "mobile, cell",
            4: "personal, other",
            5: "home",
        }
        | {7: "company, corporate, organization, account, hq"}
    ),
    "website": _ranks({1: "company, organization, account, business, work", 5: "personal, other"}),
    "city": _BESIDE_PLACE,
    "state": _BESIDE_PLACE,
    "country": _BESIDE_PLACE,
}

#: Headers that tell little by themselves, so that the cells decide: words of which one must be there, and all that may.
LOOSE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "linkedin": (
        _words("url link profile social"),
        _words("url link profile social page network media linkedin contact person"),
    ),
    "website": (
        _words("url site domain link"),
        _words(
            "url link site domain website web www root name company organization account business primary work"
        ),
    ),
    "phone": (_words("sms whatsapp"), _words("sms whatsapp number mobile phone contact")),
    "full_name": (
        _words(
            "contact ceo founder customer client account invitee attendee registrant participant guest member agent"
            " attorney lawyer principal poc realtor"
        ),
        _words(
            "contact ceo founder customer client account invitee attendee registrant participant guest member agent"
            " attorney lawyer principal poc realtor person key main primary company business name"
        ),
    ),
}

#: A word beside "email" that makes it someone else's address, or no address at all.
NOT_THE_LEADS = re.compile(
    r"owner|manager|assistant|supervisor|rep|sender|referrer|creator|by|invalid|bounced|unsubscribed|opted|opt"
    r"|out|previous|former|old|last|sent|domain|parent|emergency|guardian|spouse|reply|from|salesperson"
)

#: Words with which "name" may be a person's or a firm's; beside any other it is the one that the word says.
OF_NAMES = frozenset({"name", "display", "customer", "client", "lead", "prospect", "account", "current", "default",
    "billing", "main", "primary", "required", "the", "buyer", "recipient"})  # fmt: skip

#: Words of headers that stand in lists of firms: where it is, how it is registered, how a map lists it.
FIRM_RECORD = _words(
    "street category categories categoryname rating reviews review stars siren siret naf ape vat ustid hrb kvk ein cnpj"
    " cif nif nip regon krs ico dic inn ogrn abn acn duns registration rechtsform handelsregister strasse anschrift rue"
    " adresse calle via indirizzo direccion endereco morada straat ulica industry branche employees placeid"
)

#: The words of a header that is a postal address and nothing else.
ADDRESS_LINE = _words("address full line formatted business postal 1 2")

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
