"""Small made-up worlds: leads, lists and options, drawn from a seed."""

import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd

import hygiene

COLUMNS = ["email", "first_name", "company", "phone", "Source", "Last touch", "ZB Status"]
#: Dates as docs/lists.md has them, in different orders of text and time, and cells that are none.
DATES = [
    "2026-01-05", "2026-03-01", "2026/03/31", "2026-02-03T14:30:00Z", "2026-02-03 14:29", "1767225600", "1769904000",
    "1769904000001", "", "soon", "03/04/2026", "20260331",
]  # fmt: skip
#: Columns that mark opt-outs: what suppresses, and what does not.
MARKS = {
    "Unsubscribed": (["true", "yes", "x", "1", "TRUE", "2026-01-05"], ["", "false", "no", "0"]),
    "Email Opt Out": (["true", "Yes", "1"], ["", "FALSE", "No"]),
    "Bounced": (["mailbox full", "true", "3"], ["", "0", "false"]),
    "Subscribed": (["false", "no", "0", "never"], ["", "true", "yes", "1"]),
    "GDPR consent": (["withdrawn", "declined", "no"], ["", "yes", "true"]),
    "Marketing status": (["unsubscribed", "hard bounced", "do not contact"], ["", "subscribed"]),
}
#: Mailbox providers, of which docs/lists.md says what they ignore; what is before `@` at the others is a person.
GMAIL, TAGGED = ("gmail.com", "googlemail.com"), ("outlook.com", "icloud.com", "fastmail.com", "proton.me")
FIRMS = [f"{name}.example" for name in (
    "acme", "birchworks", "evergate", "hillside", "lumenorchard", "northlist", "quickleads", "rivalry", "stonebrook",
    "mail.acme", "news.evergate", "deep.mail.acme", "müllerwerke",
)]  # fmt: skip
TRASH, FREE = ["trashcan.example", "wegwerf.example"], ["freepost.example", "gmail.com", "outlook.com"]
ROLES = ["info", "sales"]
#: Domains one or two letters from those of public providers.
TYPOS = {
    "gmial.com": "gmail.com",
    "gmail.co": "gmail.com",
    "outlok.com": "outlook.com",
    "freeposst.example": FREE[0],
}
DOMAINS = [*FIRMS, *GMAIL, *TAGGED, *TRASH, "bin.trashcan.example", "freepost.example", *TYPOS]
LOCALS = ["ann", "bob", "jane.doe", "janedoe", "jane.doe+fair", "j.a.n.e", "info", "sales+fair", "ann+news"]
#: What is not repaired, and the reason.
REFUSED = {
    "": "missing_email", "  ": "missing_email", "nobody": "no_at_sign", "ann..lund@acme.example": "bad_local_part",
    ".ann@acme.example": "bad_local_part", "ann@acme": "bad_domain", "ann@-acme.example": "bad_domain",
    "ann@box.local": "special_use_domain", "%20jane@acme.example": "escape_debris",
    "jane AT acme DOT example": "no_at_sign", "jane@acme,example": "bad_domain",
    f"{'x' * 64}@{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 60}.example": "address_too_long",
}  # fmt: skip
#: Those of which the pages say what is suggested.
SUGGESTED = dict.fromkeys(
    ["%20jane@acme.example", "jane AT acme DOT example", "jane@acme,example"], "jane@acme.example"
)
#: How a cell wraps an address, and what the repair is called.
WRAPPED = {
    "\u00a0{}": "white_space", "{}\u2003": "white_space", "\u200b{}": "invisible", "{}\ufeff": "invisible",
    "mailto:{}": "scheme", "mailto:{}?subject=Hi": "scheme", "smtp:{}": "scheme", "<{}>": "brackets",
    "Jane Doe <{}>": "display_name", '"Doe, Jane" <{}>': "display_name", "Jane Doe ({})": "display_name",
    "'{}'": "quotes", '"{}"': "quotes", "{};": "punctuation", "{},": "punctuation", "{}.": "punctuation",
}  # fmt: skip
DIVIDERS = ["; ", ";", ", ", " | ", "/", " ::: ", "\n", " "]


@dataclass
class Cell:
    """A cell of the email column, and what stands in it.

    Attributes:
        text: The cell.
        typed: The addresses in it as they are typed; empty where it is refused.
        reason: Why it is refused.
        repaired: What a repair takes away.
        suggestion: The address that is suggested where it is refused; None where no page says.
    """

    text: str | None
    typed: list[str] = field(default_factory=list)
    reason: str = ""
    repaired: set[str] = field(default_factory=set)
    suggestion: str | None = ""


@dataclass
class World:
    """Leads, lists and options.

    Attributes:
        cells: The cells of the email column.
        rows: The cells of all columns, by name.
        suppressed: Entries of the suppression list as (kind, name, text): `address`, `domain`, `begins` or `hash`.
        blocklist: Entries of the block list.
        known: Addresses of the known leads as they stand in their file.
        options: Further options of `hygiene.clean`.
        rule: Outcome of a rule of our own, that the company begins with "Test"; '' for none.
        asks: Whether DNS is asked.
        as_file: Whether the leads are handed over as a file.
        mark: The column that marks opt-outs; '' for none.
    """

    cells: list[Cell]
    rows: list[dict[str, str | None]]
    suppressed: list[tuple[str, str, str]]
    blocklist: list[str]
    known: list[str]
    options: dict[str, Any]
    rule: str
    asks: bool
    as_file: bool
    mark: str


def draw_world(draw: Random) -> World:
    """A world, the same for the same state of the generator."""
    domains = draw.sample(DOMAINS, draw.randint(1, 5))
    pool = [f"{draw.choice(LOCALS)}@{draw.choice(domains)}" for _ in range(draw.randint(2, 8))]
    cells = [draw_cell(pool, draw) for _ in range(draw.randint(1, 14))]
    as_file = draw.random() < 0.4
    if as_file:
        for cell in cells:
            cell.text = cell.text or ""
    has = {name: draw.random() < 0.7 for name in COLUMNS[1:]} | {"Source": True}
    mark = draw.choice(["", *MARKS])
    rows = [draw_row(cell, has, mark, draw) for cell in cells]
    if has["Last touch"]:
        rows[0]["Last touch"] = "2026-01-05"  # a column of dates has one
    return World(
        cells=cells,
        rows=rows,
        suppressed=[draw_entry(pool, domains, draw) for _ in range(draw.choice([0, 0, 1, 2, 3]))],
        blocklist=[draw_blocked(pool, domains, draw) for _ in range(draw.choice([0, 0, 1, 2, 3]))],
        known=[spelled(draw.choice(pool), draw) for _ in range(draw.choice([0, 0, 1, 2]))],
        options=draw_options(has, draw),
        rule=draw.choice(["", "", "review", "invalid"]) if has["company"] else "",
        asks=draw.random() < 0.7,
        as_file=as_file,
        mark=mark,
    )


def draw_cell(pool: list[str], draw: Random) -> Cell:
    """A cell with one of the addresses of a pool, mostly."""
    typed = spelled(draw.choice(pool), draw)
    match draw.choices(["plain", "wrapped", "several", "refused", "missing"], [60, 15, 10, 12, 3])[0]:
        case "plain":
            return Cell(typed, [typed])
        case "wrapped":
            wrapping, repaired = draw.choice(list(WRAPPED.items()))
            return Cell(wrapping.format(typed), [typed], repaired={repaired})
        case "several":
            all_typed = [typed, *(spelled(draw.choice(pool), draw) for _ in range(draw.randint(1, 2)))]
            return Cell(draw.choice(DIVIDERS).join(all_typed), all_typed, repaired={"first_of_several"})
        case "refused":
            text, reason = draw.choice(list(REFUSED.items()))
            return Cell(text, reason=reason, suggestion=SUGGESTED.get(text))
    return Cell(None, reason="missing_email")


def spelled(address: str, draw: Random) -> str:
    """An address in other letters, now and then."""
    return draw.choice([address, address, address, address.upper(), address.title(), address.capitalize()])


def draw_row(cell: Cell, has: dict[str, bool], mark: str, draw: Random) -> dict[str, str | None]:
    """The cells of a row."""
    made = {
        "email": cell.text,
        "first_name": draw.choice(["Ann", "Bob", "Jane", "", ""]),
        "company": draw.choice(["Birch & Works", "Evergate", "Test GmbH", "", ""]),
        "phone": draw.choice(["+14155550101", "+49 30 901820", "", ""]),
        "Source": draw.choice(["fair", "webinar", "referral"]),
        "Last touch": draw.choice(DATES),
        "ZB Status": draw.choice(["valid", "valid", "", "invalid", "catch-all", "hmm"]),
    }
    row = {name: made[name] for name in COLUMNS if name == "email" or has[name]}
    if mark:
        row[mark] = draw.choice(MARKS[mark][draw.random() > 0.1])
    return row


def draw_entry(pool: list[str], domains: list[str], draw: Random) -> tuple[str, str, str]:
    """An entry of a suppression list: its kind, what it names, and how it is written."""
    address = draw.choice(pool)
    local, _, domain = address.partition("@")
    firms = [each for each in domains if each in FIRMS] or ["elsewhere.example"]
    match draw.choice(["address", "address", "domain", "begins", "hash"]):
        case "address":
            text = draw.choice(["{}", "<{}>", "mailto:{}", "Email: {}", "{} # asked us"]).format(
                spelled(address, draw)
            )
            return ("address", address, text)
        case "begins" if domain in FIRMS:
            start = local[:2] if local[:2].isalpha() else local[:1]
            return ("begins", f"{start}@{domain}", f"{start}{draw.choice(['*', '%', '.*'])}@{domain}")
        case "hash" if domain.isascii():
            made = draw.choice([hashlib.md5, hashlib.sha1, hashlib.sha256])(
                address.lower().encode()
            ).hexdigest()
            return ("hash", address, made)
    firm = draw.choice(firms)
    way = draw.choice(["{}", "@{}", "*@{}", "*.{}", "%@{}", "https://www.{}:8080/jobs", "{}."])
    return ("domain", firm, way.format(draw.choice([firm, firm.upper()])))


def draw_blocked(pool: list[str], domains: list[str], draw: Random) -> str:
    """An entry of the API's block list."""
    named = draw.choice([draw.choice(pool), draw.choice(domains), draw.choice(domains).split(".", 1)[1]])
    return draw.choice([named, named, named.upper(), named.title()])


def draw_options(has: dict[str, bool], draw: Random) -> dict[str, Any]:
    """Options of a cleaning."""
    keeps = ["first", "last", "most-complete"] + ["newest:Last touch"] * has["Last touch"]
    made: dict[str, Any] = {
        "keep": draw.choice(keeps),
        "match": draw.choice(["exact", "exact", "person"]),
        "fill": draw.random() < 0.4,
        "accept_unknown": draw.random() < 0.3,
        "review": draw.sample(
            [
                "disposable",
                "free_provider",
                "role_account",
                "several_addresses",
                "near_suppressed",
                "typo_suspected",
            ],
            draw.choice([0, 0, 1, 2]),
        ),
        "require": [name for name in ("first_name", "company") if has[name] and draw.random() < 0.15],
        "suppression_columns": draw.random() < 0.8,
        "trust_columns": ["ZB Status"] * (has["ZB Status"] and draw.random() < 0.5),
        "waive_blocklist": draw.random() < 0.2,
        "batch_leads": draw.choice([1, 2, 3, 400]),
        "policy": draw_policy(draw),
    }
    return made


def draw_policy(draw: Random) -> hygiene.ImportPolicy:
    """Counting rules, the defaults mostly."""
    rules: dict[str, list[Any]] = {
        "fold_case": [True, False], "strip_whitespace": [True, False], "fold_plus_tag": [False, True],
        "fold_gmail_dots": [False, True], "duplicate_scope": ["list", "request", "account"],
        "block_addresses": [True, False], "block_domains": [True, False], "block_subdomains": [False, True],
        "block_fold_case": [True, False], "blocked_are_remembered": [False, True], "waive_covers": ["all", "domains"],
        "precedence": ["blocked", "duplicate"],
        "invalid_rows": ["uncounted", "reject_request", "blocked", "imported"],
    }  # fmt: skip
    return hygiene.ImportPolicy(
        **{
            name: draw.choice(values[1:]) if draw.random() < 0.25 else values[0]
            for name, values in rules.items()
        }
    )


@dataclass
class Sending:
    """Cells that are sent as they are, and what the API knows.

    Attributes:
        cells: The email cells, in sending order.
        blocklist: Entries of the block list.
        known: Addresses that the list holds.
        elsewhere: Addresses that other lists of the account hold.
        batch_leads: Leads a request.
        waived: Whether the block list is waived.
        policy: The counting rules.
    """

    cells: list[str | None]
    blocklist: list[str]
    known: list[str]
    elsewhere: list[str]
    batch_leads: int
    waived: bool
    policy: hygiene.ImportPolicy


def draw_sending(draw: Random) -> Sending:
    """Cells of every kind that the rules tell apart, and some that they do not mention."""
    domains = ["acme.example", "mail.acme.example", "gmail.com", "googlemail.com", "example"]
    locals_ = ["ann", "ann+x", "+x", "a.nn", "an.n+y", "Ann", "ANN+X", "ann++", "."]
    pool = [f"{draw.choice(locals_)}@{draw.choice(domains)}" for _ in range(draw.randint(2, 6))]
    odd = [None, "", " ", "ann", "@acme.example", "ann@", "a@b@acme.example", "ann@acme..example", "ann@acme.example.",
           "ann@.example", "a nn@acme.example", "ann\t@acme.example", "ann\x00@acme.example", "<ann@acme.example>",
           "ann@acme.example; bob@acme.example", "mailto:ann@acme.example", "\u200bann@acme.example"]  # fmt: skip
    around = ["{}", "{}", "{}", "{}", " {}", "{}\n", "\u00a0{}", "{}\u3000"]
    usable = [each for each in pool if "." in each.split("@")[1]]
    return Sending(
        cells=[
            draw.choice(odd)
            if draw.random() < 0.15
            else draw.choice(around).format(spelled(draw.choice(pool), draw))
            for _ in range(draw.randint(0, 16))
        ],
        blocklist=[
            draw.choice(["{}", "{}", "{}", " {}", "@{}", "*.{}"]).format(
                spelled(draw.choice([*pool, *domains]), draw)
            )
            for _ in range(draw.choice([0, 1, 2]))
        ],
        known=[spelled(draw.choice(usable), draw) for _ in range(draw.choice([0, 1, 2])) if usable],
        elsewhere=[spelled(draw.choice(usable), draw) for _ in range(draw.choice([0, 1])) if usable],
        batch_leads=draw.choice([1, 2, 3, 100]),
        waived=draw.random() < 0.3,
        policy=draw_policy(draw),
    )


def write(world: World, folder: Path) -> dict[str, Any]:
    """Arguments of `hygiene.clean` for a world, the leads under `leads`; the lists are files in a folder."""
    given = dict(world.options, leads=pd.DataFrame(world.rows), **_traits(folder))
    if world.as_file:
        given["leads"] = folder / "leads.csv"
        with given["leads"].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(world.rows[0]))
            writer.writeheader()
            writer.writerows(world.rows)
    for name, header, entries in (
        ("suppress", "", [text for *_, text in world.suppressed]),
        ("blocklist", "email_or_domain", world.blocklist),
        ("known", "email", world.known),
    ):
        if entries:  # the first in a list of its own
            parts = [entries[:1], entries[1:]] if entries[1:] else [entries]
            given[name] = [
                _listed(folder / f"{name}{place}.txt", [header] * bool(header) + part)
                for place, part in enumerate(parts)
            ]
    if world.rule:
        given["rules"] = [
            hygiene.Rule(
                "no_test", lambda frame: frame["company"].str.startswith("Test "), outcome=world.rule
            )
        ]
    return given


def _traits(folder: Path) -> dict[str, Path]:
    lists = {"disposable": TRASH, "free": FREE, "roles": ROLES}
    return {name: _listed(folder / f"{name}.txt", entries) for name, entries in lists.items()}


def _listed(path: Path, entries: list[str]) -> Path:
    path.write_text("\n".join(entries) + "\n", encoding="utf-8")
    return path
