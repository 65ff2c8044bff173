"""The verdict of every row. Source: README.md, docs/addresses.md, docs/lists.md and docs/files.md."""

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from email_validator import validate_email

from . import counting, mail
from .world import FREE, GMAIL, MARKS, ROLES, TAGGED, TRASH, TYPOS, Cell, World

#: Outcomes in order of precedence, and the reasons that lead to each; notes lead to none.
OUTCOME_OF = {
    "invalid": ["missing_", "no_at_sign", "bad_", "address_too_long", "special_use_domain", "escape_debris",
                "verifier_invalid"],
    "undeliverable": ["domain_not_found", "null_mx", "no_mail_host", "mail_host_unroutable"],
    "suppressed": ["suppressed_"],
    "blocked": ["blocked_"],
    "duplicate": ["duplicate_"],
    "review": ["verifier_risky"],
}  # fmt: skip
ORDER = [*OUTCOME_OF, "ready"]


@dataclass
class Row:
    """A row and what is said of it.

    Attributes:
        number: From 1.
        cell: Its email cell.
        cells: All its cells by column.
        addresses: The addresses of its email cell in their normal form; the first is used.
        domain: The domain of that as A-labels; '' for none.
        verdict: What DNS says of the domain; '' where it is not asked.
        reasons: All reasons and notes.
        duplicate_of: The row that stays in its place, `known`, or ''.
        cluster: The row that stays, where the lead has several.
        suggestion: What may have been meant.
    """

    number: int
    cell: Cell
    cells: dict[str, str]
    addresses: list[str] = field(default_factory=list)
    domain: str = ""
    verdict: str = ""
    reasons: set[str] = field(default_factory=set)
    duplicate_of: str = ""
    cluster: str = ""
    suggestion: str = ""

    @property
    def address(self) -> str:
        return self.addresses[0] if self.addresses else ""


@dataclass
class Judged:
    """What comes of a world.

    Attributes:
        world: The world.
        rows: Its rows.
        fills: Row, column and row of origin of each cell that was filled.
        ready: The cells of the leads that are ready, by column.
        predicted: The four numbers of each request that imports them.
        raw: Those of each request if the file were sent as it is, added up.
    """

    world: World
    rows: list[Row]
    fills: set[tuple[int, str, int]]
    ready: list[dict[str, str]]
    predicted: list[tuple[int, ...]]
    raw: tuple[int, ...]

    def outcome(self, row: Row) -> str:
        return outcome(row, self.world)


def judge(world: World, zone: dict[str, list[str]]) -> Judged:
    """Judge all rows of a world, and count."""
    rows = [
        Row(number, cell, {name: text or "" for name, text in cells.items()})
        for number, (cell, cells) in enumerate(zip(world.cells, world.rows, strict=True), start=1)
    ]
    for row in rows:
        look_at(row, world, zone)
    marked = opted_out(rows, world)
    for row in rows:
        suppress(row, marked, world)
        block(row, world)
        note(row, world)
        if row.address and key(row.address, world) in {key(normal(each), world) for each in world.known}:
            row.reasons.add("duplicate_of_known")
            row.duplicate_of = "known"
    if world.options["match"] == "person":
        pass_on(rows, world)
    fills: set[tuple[int, str, int]] = set()
    for same in sorted({key(row.address, world) for row in rows if row.address}):
        fills |= settle([row for row in rows if row.address and key(row.address, world) == same], world)
    ready = [filled(row, rows, fills) for row in rows if outcome(row, world) == "ready"]
    size = world.options["batch_leads"]
    predicted = api(world).import_all([lead["email"] for lead in ready], size)
    raw = added(api(world).import_all([cell.text for cell in world.cells], size))
    return Judged(world, rows, fills, ready, predicted, raw)


def api(world: World) -> counting.Api:
    """The list as the API holds it."""
    api = counting.Api(world.options["policy"], world.blocklist, world.options["waive_blocklist"])
    api.hold(world.known)
    return api


def added(counts: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The numbers of all requests together."""
    return tuple(map(sum, zip((0, 0, 0, 0), *counts, strict=True)))


def look_at(row: Row, world: World, zone: dict[str, list[str]]) -> None:
    """What the row itself says."""
    if row.cell.reason:
        row.reasons.add(row.cell.reason)
    row.addresses = list(dict.fromkeys(normal(typed) for typed in row.cell.typed))
    if len(row.addresses) > 1:
        row.reasons.add("several_addresses")
    row.reasons |= {f"missing_{name}" for name in world.options["require"] if not row.cells[name].strip()}
    if world.options["trust_columns"]:
        said = row.cells["ZB Status"]
        row.reasons |= {"verifier_invalid"} if said == "invalid" else set()
        row.reasons |= {"verifier_risky"} if said not in ("invalid", "valid", "") else set()
    if world.rule and row.cells["company"].startswith("Test "):
        row.reasons.add("rule_no_test")
    if row.address:
        row.domain = a_labels(row.address.split("@")[1])
    if row.domain and world.asks:
        row.verdict = mail.judge(row.domain, zone)
        if not row.verdict.startswith("accepts"):
            row.reasons.add(row.verdict)


@cache
def normal(address: str) -> str:
    """The normal form that email-validator gives an address."""
    return validate_email(address, check_deliverability=False).normalized


def a_labels(domain: str) -> str:
    return domain.encode("idna").decode("ascii").lower()


def key(address: str, world: World) -> str:
    """What makes two rows the same lead."""
    return person(address) if world.options["match"] == "person" else address.lower()


def person(address: str) -> str:
    """The mailbox behind an address, as far as it is known what providers ignore."""
    local, domain = address.lower().split("@")
    if domain in (*GMAIL, *TAGGED):
        local = local.split("+")[0]
    if domain in GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def spellings(address: str) -> set[str]:
    """How the mailbox of an address may be written where a hash was made of it, as far as that can be tried."""
    local, domain = address.lower().split("@")
    if domain in GMAIL:
        return {person(address), local.split("+")[0] + "@gmail.com"}
    return {person(address)} if domain in TAGGED else set()


def opted_out(rows: list[Row], world: World) -> set[str]:
    """Keys of the addresses that a column of the leads marks."""
    if not world.options["suppression_columns"]:
        return set()
    return {key(address, world) for row in rows if is_marked(row, world) for address in row.addresses}


def is_marked(row: Row, world: World) -> bool:
    """Whether a column of the leads says of this row that nobody must write there."""
    heard = world.mark and world.options["suppression_columns"]
    return bool(heard) and row.cells[world.mark] in MARKS[world.mark][0]


def suppress(row: Row, marked: set[str], world: World) -> None:
    """What forbids to send a row: our lists, and the leads' own columns."""
    if is_marked(row, world) or any(key(address, world) in marked for address in row.addresses):
        row.reasons.add("suppressed_column")
    for address in row.addresses:
        row.reasons |= {f"suppressed_{kind}" for kind in entries_for(address, world)}
    by_list = {"suppressed_address", "suppressed_domain", "suppressed_hash"} & row.reasons
    named = {person(normal(name)) for kind, name, _ in world.suppressed if kind == "address"}
    hashed = {name.lower() for kind, name, _ in world.suppressed if kind == "hash"}
    near = [person(address) in named or hashed & spellings(address) for address in row.addresses]
    if not by_list and any(near):
        row.reasons.add("near_suppressed")


def entries_for(address: str, world: World) -> set[str]:
    """Of which kinds the entries of our lists are that name an address: `address`, `domain`, `hash`."""
    local, domain = address.lower().split("@")
    by_person = world.options["match"] == "person"
    kinds = set()
    for kind, name, _ in world.suppressed:
        start, _, host = name.partition("@")
        if kind == "domain" and ("." + a_labels(domain)).endswith("." + a_labels(name)):
            kinds.add("domain")
        if kind == "hash" and (address.lower() == name or (by_person and name.lower() in spellings(address))):
            kinds.add("hash")
        if kind == "address" and key(address, world) == key(normal(name), world):
            kinds.add("address")
        if kind == "begins" and domain == host and local.startswith(start):
            kinds.add("address")
    return kinds


def pass_on(rows: list[Row], world: World) -> None:
    """Have a suppressed address of one row of a person suppress the others."""
    entries = {"suppressed_address", "suppressed_hash"}
    named = {key(row.address, world) for row in rows if row.address and row.reasons & entries}
    for row in rows:
        if row.address and key(row.address, world) in named and not row.reasons & entries:
            row.reasons.add("suppressed_address")


def block(row: Row, world: World) -> None:
    """What the API's own block list says, its entries read as those of all lists are: without case."""
    if row.address:
        rules = replace(world.options["policy"], block_fold_case=True)
        api = counting.Api(rules, world.blocklist, world.options["waive_blocklist"])
        row.reasons |= {f"blocked_{kind}" for kind in api.entries_on(row.address)}


def note(row: Row, world: World) -> None:
    """Traits of the address."""
    if not row.address:
        return
    local, domain = row.address.lower().split("@")
    if any(("." + domain).endswith("." + each) for each in TRASH):
        row.reasons.add("disposable")
    if domain in FREE:
        row.reasons.add("free_provider")
    if local.split("+")[0] in ROLES:
        row.reasons.add("role_account")
    if domain in TYPOS:
        row.reasons.add("typo_suspected")
        row.suggestion = row.address.split("@")[0] + "@" + TYPOS[domain]


def outcome(row: Row, world: World) -> str:
    """The outcome of the highest reason."""
    leads_to = {name: list(starts) for name, starts in OUTCOME_OF.items()}
    leads_to["review"] += world.options["review"]
    if not world.options["accept_unknown"]:
        leads_to["review"].append("dns_unknown")
    if world.rule:
        leads_to[world.rule].append("rule_no_test")
    for name, starts in leads_to.items():
        if any(reason.startswith(tuple(starts)) for reason in row.reasons):
            return name
    return "ready"


def settle(cluster: list[Row], world: World) -> set[tuple[int, str, int]]:
    """Let one row of a lead stay, and give the cells that it takes from the others."""
    best = max(ORDER.index(outcome(row, world)) for row in cluster)
    stays = min(
        (row for row in cluster if ORDER.index(outcome(row, world)) == best),
        key=lambda row: preference(row, world),
    )
    givers = [row for row in cluster if row is not stays and outcome(row, world) == "ready"]
    others = sorted((row for row in cluster if row is not stays), key=lambda row: preference(row, world))
    for row in cluster if others else ():
        row.cluster = str(stays.number)
    for row in others:
        row.reasons.add("duplicate_in_file")
        row.duplicate_of = str(stays.number)
    fills: set[tuple[int, str, int]] = set()
    if not world.options["fill"] or outcome(stays, world) != "ready":
        return fills
    never = ("email", world.mark, "ZB Status")
    for column, text in stays.cells.items():
        given = [row.number for row in others if row in givers and row.cells[column].strip()]
        if not text.strip() and column not in never and given:
            fills.add((stays.number, column, given[0]))
    return fills


def preference(row: Row, world: World) -> tuple[float, int]:
    """Which row of a lead is better: the lesser."""
    match world.options["keep"]:
        case "first":
            return (0, row.number)
        case "last":
            return (0, -row.number)
        case "most-complete":
            return (-sum(bool(text.strip()) for text in row.cells.values()), row.number)
    return (-dated(row.cells["Last touch"]), row.number)


def dated(text: str) -> float:
    """When a cell says that it was, in seconds since 1970; long ago where it does not say."""
    if text.isdecimal():
        return {10: float(text or 0), 13: float(text or 0) / 1000}.get(len(text), -math.inf)
    try:
        return datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return -math.inf


def filled(row: Row, rows: list[Row], fills: set[tuple[int, str, int]]) -> dict[str, str]:
    """The cells of a lead as it is sent."""
    taken = {column: rows[giver - 1].cells[column] for number, column, giver in fills if number == row.number}
    return {**row.cells, **taken, "email": row.address}
