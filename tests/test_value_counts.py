"""Frequencies: what was counted in parts is what is there in all."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.arrow import value_counts
from hygiene.arrow.value_counts import ValueCounts

PARTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=8), max_size=8)


@given(PARTS, st.integers(0, 5), st.integers(0, 9))
def test_texts_are_counted_however_they_are_cut(parts: list[list[str | None]], most: int, held: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(value_counts, "_HELD", held)
        found = ValueCounts()
        for part in parts:
            found.add(pa.array(part, pa.large_string()))

    wanted = Counter(text for part in parts for text in part if text is not None)
    ranked = sorted(wanted.items(), key=lambda pair: (-pair[1], pair[0]))
    assert len(found) == len(wanted)
    assert dict(found.pairs()) == wanted
    assert found.most(most) == ranked[:most]
    few = found.among(pa.array(["b", "x"], pa.large_string()))
    assert few.most(9) == [pair for pair in ranked if pair[0] == "b"]
