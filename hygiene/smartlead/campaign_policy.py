"""How a campaign is believed to count what is added to it, each rule with what it is known by.

Rules that are not named here are as for a list, and assumed.
"""

from collections.abc import Mapping
from typing import Final

from hygiene.policy import ImportPolicy, Label

__all__ = ["CAMPAIGN_POLICY", "KNOWN"]

CAMPAIGN_POLICY: Final = ImportPolicy(duplicate_scope="list", invalid_rows="uncounted")

#: Rule to how it is known, and from what.
KNOWN: Final[Mapping[str, tuple[Label, str]]] = {
    "duplicate_scope": (
        "observed",
        "`already_added_to_campaign` counts leads that the campaign holds, apart from repeats",
    ),
    "invalid_rows": (
        "observed",
        "an unusable address is counted in `invalid_email_count` alone, with status 200",
    ),
    "block_addresses": ("documented", "the block list holds addresses and domains"),
    "block_domains": ("documented", "the block list holds addresses and domains"),
    "fold_case": ("observed", "clients fold case before they send, and look ids up in lower case too"),
    "fold_plus_tag": ("observed", "one tool relies on tags being leads of their own"),
    "unreadable_lists": ("observed", "`bounce_count` is a counter of its own, and no route reads that list"),
}
