"""Clean a file of sales leads, predict what an import API will answer, import it, explain every difference.

The names below are loaded on first use, so that importing the package costs next to nothing.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hygiene.api import (
        clean as clean,
    )
    from hygiene.api import (
        import_leads as import_leads,
    )
    from hygiene.api import (
        read as read,
    )
    from hygiene.checks.custom_rules import Rule as Rule
    from hygiene.cleaning.result import CleanedLeads as CleanedLeads
    from hygiene.deliverability import DomainVerdict as DomainVerdict
    from hygiene.errors import (
        GateFailed as GateFailed,
    )
    from hygiene.errors import (
        HygieneError as HygieneError,
    )
    from hygiene.errors import (
        InputError as InputError,
    )
    from hygiene.errors import (
        SinkError as SinkError,
    )
    from hygiene.errors import (
        UnknownOutcome as UnknownOutcome,
    )
    from hygiene.errors import (
        UsageError as UsageError,
    )
    from hygiene.importing import Receipt as Receipt
    from hygiene.importing.preflight import prepare as prepare
    from hygiene.lists.handed_over import Entries as Entries
    from hygiene.mailman import Mailman as Mailman
    from hygiene.outcomes import Counts as Counts
    from hygiene.outcomes import Outcome as Outcome
    from hygiene.policy import ImportPolicy as ImportPolicy
    from hygiene.prediction.predict import Prediction as Prediction
    from hygiene.prediction.predict import predict as predict
    from hygiene.prediction.reconcile import Reconciliation as Reconciliation
    from hygiene.resolver import Resolver as Resolver
    from hygiene.sinks import Sink as Sink
    from hygiene.smartlead import Smartlead as Smartlead
    from hygiene.version import __version__ as __version__
    from hygiene_schemas import (
        CleanLead as CleanLead,
    )
    from hygiene_schemas import (
        ImportLog as ImportLog,
    )
    from hygiene_schemas import (
        Lead as Lead,
    )
    from hygiene_schemas import (
        RuleEntry as RuleEntry,
    )
    from hygiene_schemas import (
        Verdict as Verdict,
    )

# what is logged is for the handlers of who uses the package; without one, Python would print warnings by itself
logging.getLogger("hygiene").addHandler(logging.NullHandler())

_HOME = {
    "__version__": "hygiene.version",
    "CleanLead": "hygiene_schemas",
    "CleanedLeads": "hygiene.cleaning.result",
    "Counts": "hygiene.outcomes",
    "DomainVerdict": "hygiene.deliverability",
    "Entries": "hygiene.lists.handed_over",
    "GateFailed": "hygiene.errors",
    "HygieneError": "hygiene.errors",
    "ImportLog": "hygiene_schemas",
    "ImportPolicy": "hygiene.policy",
    "InputError": "hygiene.errors",
    "Lead": "hygiene_schemas",
    "Outcome": "hygiene.outcomes",
    "Prediction": "hygiene.prediction.predict",
    "Receipt": "hygiene.importing",
    "Reconciliation": "hygiene.prediction.reconcile",
    "Resolver": "hygiene.resolver",
    "Rule": "hygiene.checks.custom_rules",
    "RuleEntry": "hygiene_schemas",
    "Sink": "hygiene.sinks",
    "SinkError": "hygiene.errors",
    "Mailman": "hygiene.mailman",
    "Smartlead": "hygiene.smartlead",
    "UnknownOutcome": "hygiene.errors",
    "UsageError": "hygiene.errors",
    "Verdict": "hygiene_schemas",
    "clean": "hygiene.api",
    "import_leads": "hygiene.api",
    "predict": "hygiene.prediction.predict",
    "prepare": "hygiene.importing.preflight",
    "read": "hygiene.api",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 -- strings all, sorted at run time


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'hygiene' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
