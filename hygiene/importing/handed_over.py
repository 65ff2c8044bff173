"""Handed over: whether what an import is given are cleaned leads and a sink, said before anything is read of them."""

import os

from hygiene.cleaning.result import CleanedLeads
from hygiene.errors import UsageError

__all__ = ["check_handed_over"]

#: What an import reads of every sink (`hygiene.sinks.Sink`).
_OF_A_SINK = ("batch_leads", "name", "policy", "send")


def check_handed_over(cleaned: object, sink: object, /) -> None:
    """Make sure that these are cleaned leads and a sink.

    Raises:
        UsageError: one is something else; no cell, path or key of it is shown.
    """
    if not isinstance(cleaned, CleanedLeads):
        path = isinstance(cleaned, str | os.PathLike)
        step = "what hygiene.clean made of the file" if path else "what hygiene.clean gave, whole"
        msg = f"the leads are {_kind(cleaned)}; hand over {step}: cleaned = hygiene.clean(...)."
        raise UsageError(msg)
    missing = (
        _OF_A_SINK if isinstance(sink, type) else [name for name in _OF_A_SINK if not hasattr(sink, name)]
    )
    if missing:
        msg = (
            f"the sink is {_kind(sink)}, without {', '.join(missing)}; "
            "hand over one such as hygiene.Smartlead(list_id=500)."
        )
        raise UsageError(msg)


def _kind(given: object) -> str:
    return f"the class {given.__name__}" if isinstance(given, type) else f"of type {type(given).__name__}"
