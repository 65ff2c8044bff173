"""How Instantly is believed to count leads in bulk, each rule with what it is known by.

Rules that are not named here are assumed, with the default of `ImportPolicy`.
"""

from collections.abc import Mapping
from typing import Final

from hygiene.policy import ImportPolicy, Label

__all__ = ["KNOWN", "POLICY", "WORKSPACE_POLICY"]

POLICY: Final = ImportPolicy(duplicate_scope="list", invalid_rows="uncounted")
#: The same where leads that are anywhere in the workspace are skipped.
WORKSPACE_POLICY: Final = ImportPolicy(duplicate_scope="account", invalid_rows="uncounted")

#: Rule to how it is known, and from what.
KNOWN: Final[Mapping[str, tuple[Label, str]]] = {
    "duplicate_scope": (
        "documented",
        "`skip_if_in_list`, `skip_if_in_campaign`, `skip_if_in_workspace` skip leads held there",
    ),
    "invalid_rows": ("documented", "`invalid_email_count` is a counter of its own, and the rest is taken"),
    "block_addresses": ("documented", "an entry of the block list is an address or a domain"),
    "block_domains": ("documented", "an entry of the block list is an address or a domain"),
}
