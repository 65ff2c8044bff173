"""Rules of the user's own: a name, a check of the whole frame, and the outcome of rows it is met by."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from hygiene.arrow.text import Mask
from hygiene.checks.import_string import load_object
from hygiene.display import counted
from hygiene.errors import InputError, UsageError, option

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
    check: Callable[[pd.DataFrame], "pd.Series[bool]"]
    outcome: Literal["invalid", "review"] = "invalid"

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name != self.name.lower():
            msg = f"rule name {self.name!r}: expected a lower-case word, for instance 'no_phone'."
            raise UsageError(msg)
        if self.outcome not in ("invalid", "review"):
            msg = f"rule {self.name}: outcome is {self.outcome!r}; expected 'invalid' or 'review'."
            raise UsageError(msg)

    def _asked(self, frame: pd.DataFrame) -> Mask:
        try:
            return _decided(self.check(_Leads(_with_texts(frame, _OPEN))))
        except (TypeError, ValueError):  # as of code that asks, cell by cell, for the truth of what is open
            return _decided(self.check(_with_texts(frame, _NAN)))

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            pickle.dumps(self.check)
        except (pickle.PicklingError, AttributeError, TypeError):  # a lambda, or a function within another
            return type(self), (self.name, _left_behind, self.outcome)
        return type(self), (self.name, self.check, self.outcome)

    def __call__(self, frame: pd.DataFrame) -> Mask:
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


def _left_behind(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Stand for a function that did not go to another process; a rule is refused before it is called."""
    raise NotImplementedError


class _Cells(pd.Series):
    """A column whose missing cells are left open also where pandas answers for them, or a function fails on them."""

    @property
    def _constructor(self) -> Any:
        return _Cells

    def isin(self, values: Any) -> Any:
        """Whether each cell is one of the values; open where it is missing, unless a value is."""
        found, missing = super().isin(values), self.isna()
        if not missing.any() or found[missing].any():
            return found
        return found.astype("boolean").mask(missing)

    def to_numpy(self, *how: Any, **named: Any) -> Any:
        """The cells as an array; truths beside open cells are NumPy's, as `~` makes numbers of Python's."""
        found = super().to_numpy(*how, **named)
        if found.dtype == object and isinstance(self.dtype, pd.BooleanDtype):
            found = np.array([cell if cell is pd.NA else np.bool_(cell) for cell in found], dtype=object)
        return found

    def map(self, func: Any = None, *how: Any, **named: Any) -> Any:
        """What a function makes of each cell."""
        return super().map(_sparing(func, pd.isna), *how, **named)

    def apply(self, func: Any, *how: Any, **named: Any) -> Any:
        """What a function makes of each cell."""
        return super().apply(_sparing(func, pd.isna), *how, **named)


class _Leads(pd.DataFrame):
    """A frame of such columns."""

    @property
    def _constructor_sliced(self) -> Any:
        return _Cells

    def apply(self, func: Any, axis: Any = 0, *how: Any, **named: Any) -> Any:  # type: ignore[override]
        """What a function makes of each row, or of each column."""
        by_row = axis in (1, "columns")
        return super().apply(_sparing(func, _any_missing) if by_row else func, axis, *how, **named)


def _sparing(func: Any, missing: Callable[[Any], bool]) -> Any:
    """A function that leaves open what it fails on for a missing cell."""
    if not callable(func):
        return func

    def spared(cell: Any, *how: Any, **named: Any) -> Any:
        try:
            return func(cell, *how, **named)
        except (TypeError, AttributeError, ValueError):
            if missing(cell) is True:
                return pd.NA
            raise

    return spared


def _any_missing(row: Any) -> bool:
    return bool(row.isna().any())


#: Text whose missing cells leave every comparison open, and text whose missing cells answer as NaN does.
_OPEN, _NAN = "string[pyarrow]", "str" if pd.__version__ >= "3" else "string[pyarrow_numpy]"


def _with_texts(frame: pd.DataFrame, dtype: Any) -> pd.DataFrame:
    """The frame with one dtype for all its text columns."""
    columns: list[Any] = [frame.iloc[:, at] for at in range(frame.shape[1])]
    texts = [at for at, cells in enumerate(columns) if _is_text(cells)]
    for at in texts:
        columns[at] = columns[at].astype(dtype)
    if not texts:
        return frame
    whole: pd.DataFrame = pd.concat(columns, axis=1, keys=range(len(columns)))
    return whole.set_axis(frame.columns, axis=1)


def _is_text(cells: pd.Series) -> bool:
    if isinstance(cells.dtype, pd.StringDtype):
        return True
    return pd.api.types.is_object_dtype(cells.dtype) and (
        pd.api.types.infer_dtype(cells, skipna=True) in ("string", "empty")
    )


def _decided(found: object) -> Mask:
    """What a rule says of each row; one that it cannot say it of, as the cell is missing, does not meet it."""
    if not isinstance(found, pd.Series):
        found = np.asarray(found)
        if found.dtype != object or found.ndim != 1:
            return np.asarray(found, dtype=bool)
        found = pd.Series(found)
    if found.dtype == object and any(isinstance(each, int) and each < 0 for each in found):
        raise TypeError  # a truth that was turned round as a number, since what is open stood beside it
    missing = found.isna().to_numpy()
    met = np.zeros(len(found), dtype=bool)
    met[~missing] = found[~missing].to_numpy(dtype=bool)
    return met


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
