"""The four numbers that an API answers. Source: docs/counting.md and the reference of `hygiene.ImportPolicy`."""

from dataclasses import dataclass, field
from typing import Any
from unicodedata import category


@dataclass
class Api:
    """A list as the API holds it, and the rules by which it counts.

    Attributes:
        policy: The rules.
        blocklist: Its entries.
        waived: Whether requests set ``ignoreGlobalBlockList``.
        members: Keys of the leads that the list holds, and what else counts as held.
    """

    policy: Any
    blocklist: list[str]
    waived: bool
    members: set[str] = field(default_factory=set)

    def hold(self, addresses: list[str], *, elsewhere: bool = False) -> None:
        """Have leads from before in the list, or in others of the account."""
        if self.policy.duplicate_scope == "account" or not elsewhere:
            self.members |= {self.key(address) for address in addresses}

    def import_all(self, cells: list[str | None], size: int) -> list[tuple[int, int, int, int]]:
        """Total, imported, duplicates and blocked of each request."""
        return [self.import_one(cells[start : start + size]) for start in range(0, len(cells), size)]

    def import_one(self, cells: list[str | None]) -> tuple[int, int, int, int]:
        """The same of one request."""
        rules = self.policy
        texts = [self.trimmed(cell or "") for cell in cells]
        if rules.invalid_rows == "reject_request" and not all(map(is_usable, texts)):
            return (0, 0, 0, 0)
        imported = duplicates = blocked = 0
        seen: set[str] = set() if rules.duplicate_scope == "request" else self.members
        for text in texts:
            if not is_usable(text):
                imported += rules.invalid_rows == "imported"
                blocked += rules.invalid_rows == "blocked"
                continue
            repeats, on_list = self.key(text) in seen, self.blocks(text)
            if on_list and not (repeats and rules.precedence == "duplicate"):
                blocked += 1
            elif repeats:
                duplicates += 1
            else:
                imported += 1
            if not on_list or rules.blocked_are_remembered:
                seen.add(self.key(text))
        return (len(texts), imported, duplicates, blocked)

    def trimmed(self, cell: str) -> str:
        """The address in a cell."""
        return cell.strip() if self.policy.strip_whitespace else cell

    def key(self, address: str) -> str:
        """What makes two addresses the same lead."""
        text = address.lower() if self.policy.fold_case else address
        local, domain = text.split("@")
        if self.policy.fold_plus_tag and local.split("+")[0]:
            local = local.split("+")[0]
        if self.policy.fold_gmail_dots and domain in ("gmail.com", "googlemail.com"):
            local, domain = local.replace(".", ""), "gmail.com"
        return f"{local}@{domain}"

    def blocks(self, address: str) -> bool:
        """Whether the block list acts on an address."""
        return bool(self.entries_on(address))

    def entries_on(self, address: str) -> set[str]:
        """Of which kinds the entries are that act on an address: `address`, `domain`."""
        rules = self.policy
        entries = {entry.lower() if rules.block_fold_case else entry for entry in self.blocklist}
        text = address.lower() if rules.block_fold_case else address
        domain = text.split("@")[1]
        labels = domain.split(".")
        above = (
            {".".join(labels[place:]) for place in range(1, len(labels))} if rules.block_subdomains else set()
        )
        kinds = set()
        if rules.block_addresses and text in entries and not (self.waived and rules.waive_covers == "all"):
            kinds.add("address")
        if rules.block_domains and not self.waived and ({domain} | above) & entries:
            kinds.add("domain")
        return kinds


def is_usable(text: str) -> bool:
    """Whether a text is what the API takes for an address."""
    local, at, domain = text.partition("@")
    return (
        bool(local and at)
        and "@" not in domain
        and not any(letter.isspace() or category(letter) == "Cc" for letter in text)
        and len(domain.split(".")) > 1
        and all(domain.split("."))
    )
