"""Labelled leads for `people.py`: persons who are there once, some twice under another address, and strangers alike.

Made up throughout; given names are those of `hygiene.words`, all domains are reserved ones.
"""

import random
import string
from collections.abc import Iterator
from itertools import count

from hygiene.words.name_words import given_names
from hygiene.words.tables import read_rows

__all__ = ["COLUMNS", "leads"]

COLUMNS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "title",
    "phone",
    "linkedin",
    "city",
    "state",
    "country",
)
Lead = dict[str, str]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMMON = _words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson "
    "Thomas Taylor Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King "
    "Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Müller Schmidt Schneider "
    "Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Dubois Durand Leroy Moreau "
    "Rossi Russo Ferrari Bianchi Novak Kowalski Nowak Jansen Bakker Visser Nielsen Hansen Larsen Johansson "
    "Andersson Silva Santos Oliveira Patel"
)
STEMS = _words(
    "Hart Brad Wood Stan Lang Fair Nor Ash Black Whit Sand Kirch Stein Berg Lind Hol Wes Thorn Grun Alt"
)
ENDS = _words(
    "ley ford man well ton worth field mann bach hauer meier strom gren dahl by feld ner sen ski ovic"
)
TOWNS = _words(
    "Austin Boston Chicago Denver Dallas Seattle Portland Phoenix Atlanta Miami Leeds Bristol Cardiff Dublin "
    "Berlin Hamburg Munich Cologne Lyon Nantes Milan Turin Madrid Seville Porto Utrecht Aarhus Malmo Oslo Prague"
)
FIRMS = _words(
    "Birch Cedar Falcon Harbor Lumen Nimbus Orchid Pioneer Quartz Summit Tundra Velvet Willow Zenith Copper"
)
TRADES = _words(
    "Logistics Software Analytics Foods Media Energy Dental Robotics Studios Partners Finance Health"
)
FORMS = ("Inc", "LLC", "Ltd", "GmbH", "AG", "S.A.", "")
TITLES = (
    "CEO",
    "CFO",
    "Sales Manager",
    "Head of Marketing",
    "Engineer",
    "Account Executive",
    "Founder",
    "HR Manager",
)
#: Share of the cells of a column that are not filled.
BLANK = {
    "company": 0.06,
    "title": 0.15,
    "phone": 0.4,
    "linkedin": 0.45,
    "city": 0.2,
    "state": 0.4,
    "country": 0.2,
}
FREE = _words("gmail.com outlook.com yahoo.com gmx.de")


class Makers:
    """Everything that is drawn, from one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        ascii_names = sorted(name for name in given_names() if name.isascii() and len(name) > 2)
        self.givens = [name.title() for name, _ in read_rows("nicknames") if name.isascii()][:150]
        self.givens += [name.title() for name in self.draw.sample(ascii_names, 700)]
        rare = [stem + end for stem in STEMS for end in ENDS]
        self.surnames = [*COMMON, *self.draw.sample(rare, 380)]
        pairs = [f"{first} {trade}" for first in FIRMS for trade in TRADES]
        coined = [self.draw.choice("bcdfglmnprstv") + stem.lower() + end for stem in STEMS for end in ENDS]
        names = pairs + [f"{name.title()} {self.draw.choice(TRADES)}" for name in coined]
        self.firms = [self.firm(name) for name in self.draw.sample(names, 500)]
        self.serial = count(1)

    def firm(self, name: str) -> tuple[str, str, tuple[str, str, str], str]:
        """Its name, domain, place and number."""
        company = f"{name} {self.draw.choice(FORMS)}".strip()
        return company, name.replace(" ", "").lower() + ".example", self.town(), self.number()

    def weighted(self, names: list[str]) -> str:
        """One of a list of which the first are met more often, as in a directory."""
        return names[int(len(names) * self.draw.random() ** 2.2)]

    def town(self) -> tuple[str, str, str]:
        name = self.draw.choice(TOWNS)
        place = TOWNS.index(name)
        return name, f"S{place % 12:02d}", ("US", "GB", "DE", "FR")[place * 4 // len(TOWNS)]

    def number(self) -> str:
        return (
            f"+1 {self.draw.randint(201, 989)} {self.draw.randint(200, 999)} {self.draw.randint(1000, 9999)}"
        )

    def person(self) -> Lead:
        """Somebody at one of the firms; a third of the numbers are the firm's own."""
        first, last = self.weighted(self.givens), self.weighted(self.surnames)
        lead = dict.fromkeys(COLUMNS, "") | {
            "first_name": first,
            "last_name": last,
            "title": self.draw.choice(TITLES),
        }
        self.employ(lead)
        return self.with_page(lead)

    def with_page(self, lead: Lead) -> Lead:
        """A lead with a profile page of its own."""
        name = f"{lead['first_name']}-{lead['last_name']}".lower().replace(" ", "-").replace(".", "")
        return lead | {"linkedin": f"https://www.linkedin.com/in/{name}-{next(self.serial):x}"}

    def employ(self, lead: Lead) -> None:
        """Give somebody a firm, with its town, address and perhaps its number."""
        company, domain, town, board = self.draw.choice(self.firms)
        lead |= {"company": company, "phone": board if self.draw.random() < 0.35 else self.number()}
        lead |= dict(zip(("city", "state", "country"), town, strict=True))
        lead["email"] = self.address(lead, domain)

    def address(self, lead: Lead, domain: str) -> str:
        names = lead["first_name"], lead["last_name"]
        first, last = (name.lower().encode("ascii", "ignore").decode() or "x" for name in names)
        form = self.draw.choice(
            (f"{first}.{last}", f"{first[0]}{last}", first, f"{first}{last[0]}", f"{last}.{first}")
        )
        return f"{form.replace(' ', '')}@{domain}"

    def slip(self, text: str) -> str:
        """A letter left out, doubled, turned or hit beside."""
        place = self.draw.randrange(1, max(len(text) - 1, 2))
        kinds = (
            text[:place] + text[place + 1 :],
            text[:place] + text[place - 1] + text[place:],
            text[: place - 1] + text[place : place + 1] + text[place - 1 : place] + text[place + 1 :],
            text[:place] + self.draw.choice(string.ascii_lowercase) + text[place + 1 :],
        )
        return self.draw.choice(kinds)

    def blanked(self, lead: Lead) -> Lead:
        """A lead as a list has it: some cells are not filled."""
        return {name: "" if self.draw.random() < BLANK.get(name, 0) else cell for name, cell in lead.items()}


def again(make: Makers, lead: Lead) -> Lead:
    """The same person under another address."""
    draw, twin = make.draw, dict(lead)
    domain = lead["email"].partition("@")[2]
    kind = draw.choice(("typo", "nickname", "married", "moved", "private", "form"))
    if kind == "moved":
        return moved(make, lead)
    renamed(make, twin, kind)
    twin["email"] = make.address(
        twin, draw.choice(FREE) if kind == "private" or draw.random() < 0.4 else domain
    )
    if twin["email"] == lead["email"]:
        twin["email"] = f"{twin['first_name'].lower()}{draw.randint(1, 99)}@{draw.choice(FREE)}"
    if draw.random() < 0.3:
        twin["phone"] = make.number()
    if draw.random() < 0.2:
        twin["company"] = twin["company"].rpartition(" ")[0] or twin["company"]
    return twin


def renamed(make: Makers, twin: Lead, kind: str) -> None:
    """Write the name as it is written another time."""
    shorts = {name: short.split() for name, short in read_rows("nicknames")}
    if kind == "typo":
        name = make.draw.choice(("first_name", "last_name"))
        twin[name] = make.slip(twin[name])
    elif kind == "nickname" and twin["first_name"].lower() in shorts:
        twin["first_name"] = make.draw.choice(shorts[twin["first_name"].lower()]).title()
    elif kind == "married":
        name = make.weighted(make.surnames)
        twin["last_name"] = make.draw.choice((name, f"{twin['last_name']}-{name}"))


def moved(make: Makers, lead: Lead) -> Lead:
    """The same person at another firm, often in the same town or with the same number."""
    draw, twin = make.draw, dict(lead)
    make.employ(twin)
    if draw.random() < 0.7:
        twin |= {name: lead[name] for name in ("city", "state", "country")}
    if draw.random() < 0.5:
        twin["phone"] = lead["phone"]
    if draw.random() < 0.5:
        twin["title"] = draw.choice(TITLES)
    return twin


def stranger(make: Makers, lead: Lead) -> Lead:
    """Somebody else who looks like a lead: of the same name, family, first name or firm."""
    draw, other = make.draw, make.person()
    kind = draw.choice(("namesake", "family", "first name", "near", "son"))
    work = ("company", "city", "state", "country")
    domain = lead["email"].partition("@")[2]
    if kind in {"namesake", "son"}:
        other |= {name: lead[name] for name in ("first_name", "last_name")}
        if kind == "son":
            other["last_name"] += draw.choice((" Jr.", " II", " Jr"))
            other |= {name: lead[name] for name in work}
        at = domain if kind == "son" else other["email"].partition("@")[2]
        other["email"] = make.address(other, at)
        return make.with_page(other)
    other |= {name: lead[name] for name in work}
    if kind == "family":
        other["last_name"] = lead["last_name"]
    elif kind == "first name":
        other["first_name"] = lead["first_name"]
    else:
        near = [
            name for name in make.givens if name != lead["first_name"] and name[:3] == lead["first_name"][:3]
        ]
        other |= {"last_name": lead["last_name"], "first_name": draw.choice(near or make.givens)}
    if any(firm[3] == lead["phone"] for firm in make.firms) and draw.random() < 0.7:
        other["phone"] = lead["phone"]
    other["email"] = make.address(other, domain)
    return make.with_page(other)


def leads(size: int = 5000, *, seed: int = 7) -> Iterator[tuple[Lead, int]]:
    """Leads and the number of the person that each is of, shuffled; no address is there twice."""
    make = Makers(seed)
    found: dict[str, tuple[Lead, int]] = {}
    number = 0
    while len(found) < size:
        number += 1
        lead = make.person()
        some = [(lead, number)]
        if make.draw.random() < 0.22:
            some += [(again(make, lead), number) for _ in range(make.draw.choice((1, 1, 1, 2)))]
        if make.draw.random() < 0.22:
            number += 1
            some.append((stranger(make, lead), number))
        for each, person in some:
            if each["email"] not in found:
                found[each["email"]] = (make.blanked(each), person)
    rows = list(found.values())[:size]
    make.draw.shuffle(rows)
    yield from rows
