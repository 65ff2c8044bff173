"""Leads: rows with their columns and places, a pandas frame only where somebody asks for one.

The passes read the texts of columns by name. Leads of files are texts already, so that a run which only looks at
them does not load pandas, which takes as long as a quarter of a million leads.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from hygiene.arrow.columns import Columns
from hygiene.arrow.text import text_column, text_frame, text_series
from hygiene.columns.place import Place, lines_of, places, sources_of, was_read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["FramedLeads", "Leads", "ReadLeads", "as_leads", "as_read"]

_Positions = np.ndarray[Any, np.dtype[np.int64]]


class Leads(ABC):
    """Rows of leads.

    Attributes:
        columns: Names of the columns, in order; those of a frame as they are, of which two may be the same.
    """

    columns: "Sequence[str]"

    @abstractmethod
    def __len__(self) -> int: ...

    @property
    @abstractmethod
    def frame(self) -> "pd.DataFrame":
        """The rows as a frame."""

    @abstractmethod
    def at(self, place: int, /) -> pa.Array:
        """The texts of the column with a number, from 0."""

    @abstractmethod
    def is_text(self, place: int, /) -> bool:
        """Whether all that the column may hold is text."""

    def holds_text(self, place: int, /) -> bool:
        """Whether what the column holds is text, whatever it might hold."""
        return self.is_text(place)

    @abstractmethod
    def places(self, rows: _Positions, /) -> list[str] | None:
        """``source:line`` of rows; None where they were not read from files."""

    @abstractmethod
    def sources(self) -> pa.Array | None:
        """The file of every row; None where they were not read from files."""

    @abstractmethod
    def lines(self) -> _Positions | None:
        """The line of every row; None where they were not read from files."""

    @abstractmethod
    def take(self, rows: _Positions, /) -> "Leads":
        """Some of the rows, by position."""

    @abstractmethod
    def with_texts(self, new: Mapping[str, pa.Array], /) -> "Leads":
        """The same with other texts in columns of these names; a name that is not there is a further column."""

    @abstractmethod
    def without(self, name: str, /) -> "Leads":
        """The same without a column, where there is one."""

    @abstractmethod
    def as_columns(self) -> Columns:
        """The columns, as they are written to files."""

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str, /) -> pa.Array:
        """The texts of the first column of a name."""
        return self.at(list(self.columns).index(name))

    def alone(self, name: str, /) -> pa.Array | None:
        """The texts of the column of a name; None where there is none, or several."""
        return self[name] if list(self.columns).count(name) == 1 else None

    def texts(self) -> Iterator[tuple[str, pa.Array]]:
        """Name and texts of every column."""
        return ((str(name), self.at(place)) for place, name in enumerate(self.columns))


class ReadLeads(Leads):
    """Leads that were read from files.

    Args:
        texts: Their columns.
        place: Where they stand.
    """

    def __init__(self, texts: Mapping[str, pa.Array], place: Place, /) -> None:
        self._texts = texts
        self.place = place
        self.columns = tuple(texts)

    def __len__(self) -> int:
        return len(self.place)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "frame"}

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """The rows as a frame whose index says where they stand."""
        return text_frame(self._texts, self.place.index())

    def at(self, place: int, /) -> pa.Array:
        """The texts of the column with a number, from 0."""
        return self._texts[self.columns[place]]

    def __getitem__(self, name: str, /) -> pa.Array:
        return self._texts[name]

    def is_text(self, place: int, /) -> bool:  # noqa: ARG002 -- of files every column is
        """True."""
        return True

    def places(self, rows: _Positions, /) -> list[str]:
        """``source:line`` of rows."""
        return self.place.texts(rows)

    def sources(self) -> pa.Array:
        """The file of every row."""
        return pa.array(self.place.names, pa.large_string()).take(pa.array(self.place.source))

    def lines(self) -> _Positions:
        """The line of every row."""
        return self.place.lines

    def take(self, rows: _Positions, /) -> "ReadLeads":
        """Some of the rows, by position."""
        where = pa.array(rows)
        return ReadLeads(
            {name: texts.take(where) for name, texts in self._texts.items()}, self.place.take(rows)
        )

    def with_texts(self, new: Mapping[str, pa.Array], /) -> "ReadLeads":
        """The same with other texts in columns of these names; a name that is not there is a further column."""
        return ReadLeads({**self._texts, **new}, self.place)

    def without(self, name: str, /) -> "ReadLeads":
        """The same without a column, where there is one."""
        return ReadLeads({each: texts for each, texts in self._texts.items() if each != name}, self.place)

    def as_columns(self) -> Columns:
        """The columns, as they are written to files."""
        return Columns(self.columns, list(self._texts.values()), len(self))


class FramedLeads(Leads):
    """Leads of a pandas frame, whose columns may be of any type.

    Args:
        frame: The frame; left as it is.
    """

    def __init__(self, frame: "pd.DataFrame", /) -> None:
        frame.columns.is_unique  # noqa: B018 -- pandas works it out once, and slices of one frame share it
        self._frame = frame
        self.columns = list(frame.columns)

    def __len__(self) -> int:
        return len(self._frame)

    @property
    def frame(self) -> "pd.DataFrame":
        """That frame."""
        return self._frame

    def at(self, place: int, /) -> pa.Array:
        """The texts of the column with a number, from 0."""
        return text_column(self._frame.iloc[:, place])

    def is_text(self, place: int, /) -> bool:
        """Whether all that the column may hold is text."""
        import pandas as pd

        return isinstance(self._frame.dtypes.iloc[place], pd.StringDtype)

    def holds_text(self, place: int, /) -> bool:
        """Whether what the column holds is text, whatever it might hold."""
        import pandas as pd

        cells = self._frame.iloc[:, place]
        is_text = cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=True) == "string"
        return is_text or self.is_text(place)

    def places(self, rows: _Positions, /) -> list[str] | None:
        """``source:line`` of rows; None where they were not read from files."""
        index = self._frame.index
        return places(index[rows]) if was_read(index) else None

    def sources(self) -> pa.Array | None:
        """The file of every row; None where they were not read from files."""
        index = self._frame.index
        return text_column(sources_of(index).to_series()) if was_read(index) else None

    def lines(self) -> _Positions | None:
        """The line of every row; None where they were not read from files."""
        index = self._frame.index
        return lines_of(index) if was_read(index) else None

    def take(self, rows: _Positions, /) -> "FramedLeads":
        """Some of the rows, by position."""
        return FramedLeads(self._frame.iloc[rows])

    def with_texts(self, new: Mapping[str, pa.Array], /) -> "FramedLeads":
        """The same with other texts in columns of these names; a name that is not there is a further column."""
        series = {name: text_series(texts, self._frame.index) for name, texts in new.items()}
        return FramedLeads(self._frame.assign(**series)) if series else self

    def without(self, name: str, /) -> "FramedLeads":
        """The same without a column, where there is one."""
        return FramedLeads(self._frame.drop(columns=name)) if name in self.columns else self

    def as_columns(self) -> Columns:
        """The columns, as they are written to files."""
        return Columns.of(self._frame)


def as_read(leads: Leads, /) -> ReadLeads:
    """Leads that were read from files, whether they are in a frame by now or not."""
    if isinstance(leads, ReadLeads):
        return leads
    return ReadLeads(dict(leads.texts()), Place.of(leads.frame.index))


def as_leads(rows: "Leads | pd.DataFrame", /) -> Leads:
    """Rows of either kind as leads."""
    return rows if isinstance(rows, Leads) else FramedLeads(rows)
