"""MailerLite over HTTP: leads into a group by an import that is handed in and asked about, and what the account holds.

`client` holds the calls, `replies` what the answers mean, `place` where it is, how its groups are named and how it is
believed to count. Requests and their failures are the room `http`'s.
"""

from typing import TYPE_CHECKING

from hygiene.version import later

if TYPE_CHECKING:
    from hygiene.mailerlite.client import MailerLite as MailerLite

__all__ = ["MailerLite"]

__getattr__ = later(__name__, MailerLite="client")
