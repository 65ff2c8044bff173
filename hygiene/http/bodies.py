"""Bodies: what is posted to an API, and an import that is written and not sent yet.

No address shows in a repr, and so in no traceback. How the fields of one API are called the room of that API says.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from hygiene.columns.mapping import CANONICAL
from hygiene.http.answers import Answer
from hygiene.http.transport import Letter, Transport
from hygiene.sinks import Reply

__all__ = ["Body", "WrittenImport", "nested"]


class Body(dict[str, object]):
    """What is posted; its repr shows nothing of it, so that no traceback's locals do."""

    def __repr__(self) -> str:
        return f"<{len(self)} fields>"


def nested(
    lead: Mapping[str, str], rename: Mapping[str, str], /, *, taken: Collection[str], under: str
) -> Body:
    """A lead as an API is sent it that takes some fields by name and all others in an object of their own.

    Args:
        lead: Its fields, by column; a custom one with the name of a canonical one gives way to it.
        rename: Column to the API's field.
        taken: The fields that it takes by name.
        under: What the object of the others is called.
    """
    canonical_last = sorted(lead.items(), key=lambda pair: pair[0] in CANONICAL)
    named = {rename.get(name, name): cell for name, cell in canonical_last}
    own = Body({name: cell for name, cell in named.items() if name in taken})
    custom = Body({name: cell for name, cell in named.items() if name not in taken})
    return Body({**own, under: custom}) if custom else own


@dataclass(frozen=True, slots=True)
class WrittenImport:
    """An import request that is written and not sent yet; see `hygiene.sinks.Written`."""

    wire: Transport = field(repr=False)
    letter: Letter
    read: Callable[[Answer], Reply] = field(repr=False)

    def send(self, *, meanwhile: Callable[[], None] | None = None) -> Reply:
        """Send it; the counts it is answered with."""
        return self.read(self.wire.send(self.letter, meanwhile=meanwhile))
