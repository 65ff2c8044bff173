"""Clean a file of sales leads, predict what an import API will answer, import it, explain every difference.

The names below are loaded on first use, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hygiene.version import __version__

if TYPE_CHECKING:
    from hygiene.api import clean, import_leads, read
    from hygiene.checks.custom_rules import Rule
    from hygiene.cleaning.result import CleanedLeads
    from hygiene.deliverability import DomainVerdict
    from hygiene.errors import GateFailed, HygieneError, InputError, SinkError, UnknownOutcome, UsageError
    from hygiene.importing import Receipt
    from hygiene.importing.preflight import prepare
    from hygiene.outcomes import Counts, Outcome
    from hygiene.policy import ImportPolicy
    from hygiene.prediction.predict import Prediction, predict
    from hygiene.prediction.reconcile import Reconciliation
    from hygiene.resolver import Resolver
    from hygiene.sinks import Sink
    from hygiene.smartlead import Smartlead
    from hygiene_schemas import CleanLead, ImportLog, Lead, RuleEntry, Verdict

_HOME = {
    "CleanLead": "hygiene_schemas",
    "CleanedLeads": "hygiene.cleaning.result",
    "Counts": "hygiene.outcomes",
    "DomainVerdict": "hygiene.deliverability",
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

__all__ = [  # noqa: PLE0604 -- strings all, sorted at run time
    "__version__",
    *sorted(_HOME),
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'hygiene' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
