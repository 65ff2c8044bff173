"""GNU Mailman 3 over its REST API: subscribe leads to a mailing list, read its members and who is banned.

`client` holds the calls, `subscribing` one request of one lead, what its answer means and how Mailman counts, `bans`
who may not subscribe, `place` how Mailman is reached and named. Requests and their failures are the room `http`'s.
"""

from typing import TYPE_CHECKING

from hygiene.version import later

if TYPE_CHECKING:
    from hygiene.mailman.client import Mailman as Mailman

__all__ = ["Mailman"]

__getattr__ = later(__name__, Mailman="client")
