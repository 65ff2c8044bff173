"""Services: what an API is called, in messages and in the names of its settings."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An API that leads are imported to.

    Attributes:
        title: Its name, for people.
        prefix: What the names of its variables start with: of ``MAILMAN``, ``MAILMAN_BASE_URL`` says where it is.
        credential: What it is reached with: its variable is ``MAILMAN_PASSWORD``, or ``..._API_KEY``.
        url: Where it is; empty where everybody runs one of their own.
        rate: Requests that may go out, such as ``8/s,48/m``, where it is not on this machine.
        without_key: A sentence for somebody who has no key; empty for none.
    """

    title: str
    prefix: str
    credential: Literal["API key", "password"] = "API key"
    url: str = ""
    rate: str = "none"
    without_key: str = ""

    @property
    def key_variable(self) -> str:
        """The variable that holds its key; with ``_FILE`` behind it, the one that names a file that does."""
        return f"{self.prefix}_{self.credential.replace(' ', '_').upper()}"

    @property
    def url_variable(self) -> str:
        """The variable that says where it is."""
        return f"{self.prefix}_BASE_URL"
