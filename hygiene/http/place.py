"""Places: how a place to import to is named in words, and which sink that is.

A room of an API says in its module ``place`` what it has; a name is read here without loading any client.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hygiene.http.service import Service

__all__ = ["Place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kind of place to import to.

    Attributes:
        scheme: What a name of it starts with, up to the colon.
        form: What follows the colon, for people.
        pattern: What follows the colon; its named groups are arguments of the sink.
        numbers: Those of them that are whole numbers.
        service: The API.
        sink: Module and class of the sink, with a colon between. It takes the arguments of the pattern, and by keyword
            `api_key`, `base_url`, `policy`, `rate`, `pause` and `insecure`, each of which may be None or left out.
        options: Further arguments that a command line may give it.
        pulls: What `hygiene pull` can read of it: ``leads``, ``blocklist``, ``unsubscribed``.
        example: What may follow the colon, where the form does not show it.
    """

    scheme: str
    form: str
    pattern: str
    service: Service
    sink: str
    numbers: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    pulls: tuple[str, ...] = ("leads", "blocklist")
    example: str = ""

    @property
    def name(self) -> str:
        """How one is named, for people."""
        return f"{self.scheme}:{self.form}"

    def read(self, rest: str, /) -> Mapping[str, Any] | None:
        """Arguments of the sink that follow from what is behind the colon; None where it is not of this form."""
        found = re.fullmatch(self.pattern, rest)
        if found is None:
            return None
        return {name: int(text) if name in self.numbers else text for name, text in found.groupdict().items()}

    def open(self, **arguments: Any) -> Any:
        """The sink."""
        module, _, name = self.sink.partition(":")
        return getattr(import_module(module), name)(**arguments)
