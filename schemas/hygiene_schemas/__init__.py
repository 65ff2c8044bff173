"""The shapes that lead-hygiene promises: Pandera models, and the two JSON documents beside them.

The models are loaded on first use, so that reading a JSON document does not load pandas.
"""

from typing import TYPE_CHECKING, Any

from hygiene_schemas.documents import openapi, summary_schema

if TYPE_CHECKING:
    from hygiene_schemas.models import CleanLead, ImportLog, Lead, RuleEntry, Verdict

__all__ = ["CleanLead", "ImportLog", "Lead", "RuleEntry", "Verdict", "openapi", "summary_schema"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from hygiene_schemas import models

        return getattr(models, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
