"""The import API's counting rules as data: which there are, what each takes, and how it is written.

Nothing here counts; `prediction` and the local API do, each in its own way.
"""

from hygiene.policy.import_policy import RULES, ImportPolicy, Label, as_toml, choices, is_seldom
from hygiene.policy.rule_values import USABLE, Value, is_pattern

__all__ = [
    "RULES",
    "USABLE",
    "ImportPolicy",
    "Label",
    "Value",
    "as_toml",
    "choices",
    "is_pattern",
    "is_seldom",
]
