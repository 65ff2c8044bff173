"""Schema: which rows a Pandera model refuses, and why.

Each check gives its own mask over all rows. Pandera's own verdict is not used: it stops at the frame, its
rows go by index label, and its message holds the failing values. Of a schema the columns and the checks
count, not the index, the order of the columns, or checks that only warn.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np
import pandas as pd

from hygiene.arrow.text import Mask, is_blank, text_column
from hygiene.checks.coercion import fit_type
from hygiene.checks.import_string import load_object
from hygiene.checks.masks import Masks, reason_code
from hygiene.checks.pydantic_rows import columns_of, model_of, refused_cells
from hygiene.checks.required import demand, listed
from hygiene.errors import InputError, UsageError, option

if TYPE_CHECKING:
    from pandera.pandas import Check, Column, DataFrameModel, DataFrameSchema
    from pydantic import BaseModel

__all__ = ["check_schema", "load_schema"]

#: The rows that `DataFrame.duplicated` spares, by Pandera's words for the rows that fail.
_SPARED: Mapping[str, Literal["first", "last", False]] = {
    "exclude_first": "first",
    "exclude_last": "last",
    "all": False,
}


def check_schema(frame: pd.DataFrame, schema: "type[DataFrameModel] | DataFrameSchema", /) -> dict[str, Mask]:
    """The rows that a schema refuses, one mask a reason, by position.

    A cell that is null or blank text is `missing_<column>` where the column may not be null, and is handed
    to no check (but those with `ignore_na=False`). A cell that cannot be made the declared type is
    `schema_<column>_dtype`. Every other failure is `schema_<column>_<check>`; for checks of whole rows the
    column is `frame`, and rows with a cell of the wrong type are left out. Where the schema's dtype is a
    `PydanticModel`, each row goes to the model, and what fails is named by Pydantic's words for errors,
    `schema_<column>_<error>`. Coerced values and the results of parsers are seen by the checks alone.
    `unique` looks at this frame only.

    Returns:
        Reason code to mask, True where the row fails. Every check that ran is there.

    Raises:
        InputError: a required column is missing, or the frame as a whole fails a check.
        UsageError: it is no Pandera schema for pandas, or a check or parser of it raises.
    """
    built = _built(schema)
    built.get_backend(frame)  # registers what runs the checks, which Pandera does when it validates
    table = _parsed(frame.set_axis(pd.RangeIndex(len(frame)), axis="index"), built.parsers, "frame")
    masks = Masks(len(frame))
    model = model_of(built)
    if model is not None:
        _check_rows(table, model, masks)
        _refuse_extra(table, columns_of(model, list(table.columns)), built)
    checked, by_row = table.copy(deep=False), bool(built.checks or built.unique)
    for name, column in _columns(table, built) if model is None else ():
        cells = _check_column(table, name, column, built, masks)
        if by_row:
            checked[name] = cells.whole()
    if "email" in table.columns:
        masks.note("missing_email", is_blank(text_column(table["email"])))
    if by_row:
        _check_frame(checked if masks.fits.all() else checked[masks.fits], built, masks)
    return dict(masks)


def load_schema(spec: str, /) -> "type[DataFrameModel] | DataFrameSchema":
    """The Pandera model or schema that ``module:name`` names; the working directory is searched first.

    Raises:
        UsageError: it cannot be loaded, or is no Pandera schema for pandas.
    """
    found = load_object(spec, parameter="schema")
    if not _is_schema(found):
        msg = f"{option('schema', spec)}: a {type(found).__name__}, which is no Pandera schema for pandas."
        raise UsageError(msg)
    return cast("type[DataFrameModel] | DataFrameSchema", found)


def _is_schema(value: object) -> bool:
    from pandera.pandas import DataFrameModel, DataFrameSchema

    if isinstance(value, type):
        return issubclass(value, DataFrameModel) and value is not DataFrameModel
    return isinstance(value, DataFrameSchema)


def _built(schema: object) -> "DataFrameSchema":
    if not _is_schema(schema):
        msg = f"{schema!r} is no Pandera schema: give a pandera.pandas DataFrameModel or DataFrameSchema."
        raise UsageError(msg)
    if not isinstance(schema, type):
        return schema  # type: ignore[return-value]
    try:
        return schema.to_schema()  # type: ignore[attr-defined, no-any-return]
    except Exception as error:
        msg = f"schema {schema.__name__} cannot be built: {error}"
        raise UsageError(msg) from error


def _columns(table: pd.DataFrame, schema: "DataFrameSchema") -> Iterator[tuple[str, "Column"]]:
    """The columns that are there, each with what the schema says of it."""
    declared = set()
    for pattern, column in schema.columns.items():
        names = [pattern] if pattern in table.columns else []
        if column.regex:
            names = [name for name in table.columns if re.match(pattern, str(name))]
        if not names and column.required and not schema.add_missing_columns:
            demand(table.columns.tolist(), pattern)
        for name in names:
            demand(table.columns.tolist(), name)
            declared.add(name)
            yield name, column
    _refuse_extra(table, declared, schema)


def _refuse_extra(table: pd.DataFrame, declared: Container[str], schema: "DataFrameSchema") -> None:
    """Raise where a strict schema meets columns that it does not declare."""
    extra = [name for name in table.columns if name not in declared]
    if extra and schema.strict is True:
        msg = f"the schema is strict and has no {listed(extra)}; take them out, or allow more columns."
        raise InputError(msg)


class _Checked(NamedTuple):
    """The cells of a column that checks see: coerced, without those that are null or do not fit.

    Attributes:
        values: The cells.
        labels: Those of all rows.
    """

    values: pd.Series
    labels: pd.Index

    def whole(self) -> pd.Series:
        """All cells, null where there are none or they do not fit."""
        return self.values if len(self.values) == len(self.labels) else self.values.reindex(self.labels)


def _check_column(
    table: pd.DataFrame, name: str, column: "Column", schema: "DataFrameSchema", masks: Masks
) -> _Checked:
    cells = _parsed(table[name], column.parsers, name)
    null = _nulls(cells)
    if column.default is not None and null.any():
        cells, null = cells.mask(null, column.default), np.zeros_like(null)
    if not column.nullable:
        masks.note(reason_code("missing", name), null)
    present = cells[~null] if null.any() else cells
    values = fit_type(present, column.dtype or schema.dtype, coerce=column.coerce or schema.coerce)
    checked = _Checked(values, cells.index)
    misfits = np.zeros(len(cells), dtype=bool)
    if len(values) < len(present):
        misfits = ~null & ~cells.index.isin(values.index)
        masks.note(reason_code("schema", name, "dtype"), misfits)
        masks.fits &= ~misfits
    for check in column.checks:
        code = reason_code("schema", name, check.name)
        if check.groupby is not None:
            _run(check, table.assign(**{name: checked.whole()}), code, masks, name)
        else:
            _run(check, values if check.ignore_na else checked.whole()[~misfits], code, masks)
    if column.unique:
        repeated = values.duplicated(keep=_SPARED[column.report_duplicates])
        masks.note(reason_code("schema", name, "unique"), repeated, values.index)
    return checked


def _check_rows(table: pd.DataFrame, model: "type[BaseModel]", masks: Masks) -> None:
    """Hold each row to a Pydantic model."""
    names = list(columns_of(model, list(table.columns)))
    for name in names:
        demand(table.columns.tolist(), name)
    blank = {name: _nulls(table[name]) for name in names}
    failing: dict[str, list[int]] = defaultdict(list)
    for row, column, kind in refused_cells(table[names], model, blank):
        missing = column is not None and blank[column][row]
        code = reason_code("missing", column) if missing else reason_code("schema", column or "frame", kind)
        failing[code].append(row)
    for code, rows in failing.items():
        masks.note(code, np.ones(len(rows), dtype=bool), table.index[rows])
        masks.fits[rows] = False


def _check_frame(table: pd.DataFrame, schema: "DataFrameSchema", masks: Masks) -> None:
    for check in schema.checks:
        _run(check, table, reason_code("schema", "frame", check.name), masks)
    if schema.unique:
        for name in schema.unique:
            demand(table.columns.tolist(), name)
        repeated = table.duplicated(schema.unique, keep=_SPARED[schema.report_duplicates])
        masks.note(reason_code("schema", "frame", "unique"), repeated, table.index)


def _run(
    check: "Check", seen: pd.Series | pd.DataFrame, code: str, masks: Masks, column: str | None = None
) -> None:
    """Note the rows that the check refuses.

    An error of the check is not chained: its text may hold cells.
    """
    if check.raise_warning or not len(seen):
        return
    try:
        result = check(seen, column)
        passed = result.check_output
        if isinstance(passed, pd.DataFrame):
            passed = passed.all(axis="columns")
        by_row = isinstance(passed, pd.Series) and passed.index.equals(seen.index)
        passed = (
            passed.astype("boolean").fillna(value=False).to_numpy(bool) if by_row else result.check_passed
        )
    except Exception as error:  # noqa: BLE001 -- the check is the user's: it may raise anything
        msg = f"{code}: the check raised {type(error).__name__}; try it by itself on a few rows."
        raise UsageError(msg) from None
    if by_row:
        masks.note(code, ~passed, seen.index)
    elif not passed:
        msg = f"{code}: the check refuses the frame as a whole; make it answer for each row."
        raise InputError(msg)


def _parsed(cells: Any, parsers: Sequence[Any], name: str) -> Any:
    """What the parsers make of a column or frame, which itself is left as it is."""
    for parser in parsers:
        try:
            parsed = parser(cells.copy()).parser_output
        except Exception as error:  # noqa: BLE001 -- the parser is the user's: it may raise anything
            msg = f"schema parser of {name} raised {type(error).__name__}; try it by itself on a few rows."
            raise UsageError(msg) from None
        if not parsed.index.equals(cells.index):
            msg = f"schema parser of {name} drops, adds or renumbers rows; it may only change cells."
            raise UsageError(msg)
        cells = parsed
    return cells


def _nulls(cells: pd.Series) -> Mask:
    if pd.api.types.is_string_dtype(cells.dtype) or isinstance(cells.dtype, pd.CategoricalDtype):
        return is_blank(text_column(cells))
    return cells.isna().to_numpy(bool)
