"""Rows held to a Pydantic model, as a Pandera schema whose dtype is `PydanticModel` declares it.

Pandera builds a frame of all rows and fails as a whole, and where a validator of the whole model refuses a row, it
names every row (0.35.0, findings/pandera-model-validator.sh); here each row stands for itself. A row is handed to the
model with text and numbers as they are, without its blank cells where the model has a default for them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from hygiene.arrow.text import Mask
from hygiene.errors import UsageError

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

__all__ = ["Refused", "columns_of", "model_of", "refused_cells"]


class Refused(NamedTuple):
    """What the model refuses in a row.

    Attributes:
        row: The row's position.
        column: The column; None where the row as a whole is refused.
        kind: Pydantic's name for the error, such as `int_parsing`.
    """

    row: int
    column: str | None
    kind: str


def model_of(schema: "DataFrameSchema", /) -> "type[BaseModel] | None":
    """The Pydantic model that a schema's dtype is made of, if it is.

    Raises:
        UsageError: the schema says more of a column.
    """
    from pandera.engines.pandas_engine import PydanticModel

    if not isinstance(schema.dtype, PydanticModel):
        return None
    model = schema.dtype.type
    # Pandera adds a column for each field by itself, which says nothing more than the model.
    own = [name for name, column in schema.columns.items() if column.dtype or column.checks or column.parsers]
    if own:
        msg = (
            f"schema {schema.name} has both a PydanticModel and columns of its own ({', '.join(map(str, own))}). "
            f"Say in {model.__name__} what must hold of them."
        )
        raise UsageError(msg)
    return model


def columns_of(model: "type[BaseModel]", names: Sequence[str], /) -> dict[str, "FieldInfo"]:
    """The columns that a model reads, each with its field; a required one that is missing among `names` too.

    Args:
        model: The model.
        names: Those of the frame.
    """
    found = {}
    for field_name, field in model.model_fields.items():
        alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
        by_name = model.model_config.get("populate_by_name") and alias not in names
        name = field_name if alias is None or by_name else alias
        if name in names or field.is_required():
            found[name] = field
    return found


def refused_cells(
    table: pd.DataFrame, model: "type[BaseModel]", blank: Mapping[str, Mask], /
) -> Iterator[Refused]:
    """What a model refuses, row after row.

    Args:
        table: The columns that the model reads.
        model: The model.
        blank: The blank cells of each.

    Raises:
        UsageError: a validator raises what is no refusal; the error is not chained, as its text may hold cells.
    """
    from pydantic import ValidationError

    fields = columns_of(model, list(table.columns))
    optional = {name: blank[name] for name, field in fields.items() if not field.is_required()}
    for row, record in enumerate(table.to_dict("records")):
        for name, nothing in blank.items():
            if nothing[row]:
                record[name] = None
        cells = {name: cell for name, cell in record.items() if not (name in optional and cell is None)}
        try:
            model.model_validate(cells)
        except ValidationError as error:
            for told in error.errors(include_url=False, include_context=False, include_input=False):
                place = str(told["loc"][0]) if told["loc"] else None
                yield Refused(row, place if place in fields else None, told["type"])
        except Exception as error:  # noqa: BLE001 -- the validator is the user's: it may raise anything
            msg = f"{model.__name__}: a validator raised {type(error).__name__}; try it by itself on a few rows."
            raise UsageError(msg) from None
