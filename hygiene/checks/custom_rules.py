"""Rules of the user's own: a name, a check of the whole frame, and the outcome of rows it is met by."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hygiene.arrow.text import Mask
from hygiene.checks.import_string import load_object
from hygiene.display import counted
from hygiene.errors import InputError, UsageError, option

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Rule", "load_rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A user's own rule; its reason is ``rule_<name>``.

    Attributes:
        name: Lower-case word for the reason code.
        check: Frame in, boolean Series out, True where the rule is met by a row that is *not* fine. Text columns are
            `string` however the leads were stored, and where a missing cell leaves it open the rule is not met.
        outcome: What such a row becomes.
    """

    name: str
    check: "Callable[[pd.DataFrame], pd.Series[bool]]"
    outcome: Literal["invalid", "review"] = "invalid"

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name != self.name.lower():
            msg = f"rule name {self.name!r}: expected a lower-case word, for instance 'no_phone'."
            raise UsageError(msg)
        if self.outcome not in ("invalid", "review"):
            msg = f"rule {self.name}: outcome is {self.outcome!r}; expected 'invalid' or 'review'."
            raise UsageError(msg)

    def _asked(self, frame: "pd.DataFrame") -> Mask:
        from hygiene.checks.rule_frames import decided, with_nan, with_open_cells

        try:
            return decided(self.check(with_open_cells(frame)))
        except (TypeError, ValueError):  # as of code that asks, cell by cell, for the truth of what is open
            return decided(self.check(with_nan(frame)))

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            pickle.dumps(self.check)
        except (pickle.PicklingError, AttributeError, TypeError):  # a lambda, or a function within another
            return type(self), (self.name, _left_behind, self.outcome)
        return type(self), (self.name, self.check, self.outcome)

    def __call__(self, frame: "pd.DataFrame") -> Mask:
        """True where the rule holds against a row, by position.

        Raises:
            InputError: the rule failed or gave something else than one boolean a row.
        """
        if not len(frame):
            return np.zeros(0, dtype=bool)
        if self.check is _left_behind:
            msg = f"rule {self.name} came from another process, where its function had no name: hand it over again."
            raise UsageError(msg)
        try:
            found = self._asked(frame)
        except Exception as error:  # noqa: BLE001 -- a user's code may raise anything; its text may hold cells
            msg = f"rule {self.name} failed with {type(error).__name__}; try it on the frame alone."
            raise InputError(msg) from None
        if found.shape != (len(frame),):
            rows = counted(len(frame), "row")
            msg = f"rule {self.name} gave shape {found.shape}; expected one boolean for each of {rows}."
            raise InputError(msg)
        return found


def _left_behind(frame: "pd.DataFrame") -> "pd.Series[bool]":
    """Stand for a function that did not go to another process; a rule is refused before it is called."""
    raise NotImplementedError


def load_rule(spec: str, /) -> Rule:
    """The rule that ``module:name`` names: a `Rule`, or a function, which makes rows `invalid`.

    Raises:
        UsageError: it cannot be loaded, or is neither.
    """
    found = load_object(spec, parameter="rules")
    if isinstance(found, Rule):
        return found
    if not callable(found):
        msg = f"{option('rules', [spec])}: a {type(found).__name__}; expected a hygiene.Rule or a function of a frame."
        raise UsageError(msg)
    return Rule(name=spec.partition(":")[2].lower(), check=found)
