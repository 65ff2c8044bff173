"""Touched leads: which ones they are, and what is kept to tell; what they give is in test_prediction."""

import tracemalloc
from itertools import product

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hygiene.address import validate
from hygiene.errors import UsageError
from hygiene.prediction.features import Folding, coarse_key, fold, is_usable
from hygiene.prediction.predict import predict, predict_touched
from hygiene.prediction.prefilter import Prefilter, near

FOLDINGS = [Folding(*switches) for switches in product((False, True), repeat=4)]
LOCAL = st.text(alphabet="aAB.+Σσς İıß~", max_size=5)
DOMAIN = st.sampled_from(
    ["gmail.com", "Gmail.com", "googlemail.com", "google.mail.com", "gmail.com.", "a.b", "A.B", "Σ.b", "a+b.c",
     "x+gmail.com", "a..b", "nodot", "a@b.c"]
)  # fmt: skip
CELL = st.builds(
    "{}{}@{}{}".format, st.sampled_from(["", " ", "\u00a0"]), LOCAL, DOMAIN, st.sampled_from(["", " "])
)
CELLS = st.lists(CELL | LOCAL, min_size=2, max_size=30)


def texts_of(cells):
    return pa.array(cells, pa.large_string())


@given(CELLS)
@example(
    [
        "AΣ.b@gmail.com",
        "a\u03c3b@googlemail.com",
        ".Σ@gmail.com",
        "ς@gmail.com",
        ".+x@gmail.com",
        ".@gmail.com",
    ]
)
def test_addresses_that_some_folding_makes_one_have_one_coarse_key(cells):
    address = texts_of(cells)
    coarse = np.array(coarse_key(address).to_pylist(), dtype=object)

    for folding in FOLDINGS:
        text = texts_of([cell.strip() for cell in cells]) if folding.trimmed else address
        key = np.array(fold(text, folding).to_pylist(), dtype=object)
        usable = is_usable(text)
        for first in np.flatnonzero(usable):
            assert set(coarse[key == key[first]]) == {coarse[first]}


def test_a_list_a_repeat_and_a_bad_address_touch_and_nothing_else():
    touching = Prefilter(
        blocklist=["shut.example", "Eve@open.example"], known=["k@open.example"], elsewhere=["e@open.example"]
    )
    touching.add(
        texts_of(["free@open.example", "a@deep.shut.example", "eve@open.example", None, "K@open.example"])
    )
    touching.add(texts_of(["twice+1@open.example", "e@open.example", "nobody", "other@open.example"]))
    touching.add(texts_of([" spaced@open.example", "twice@open.example"]))

    assert touching.rows().tolist() == [1, 2, 3, 4, 5, 6, 7, 9, 10]


def test_what_is_kept_of_a_lead_is_at_most_sixteen_octets():
    leads = [
        texts_of([f"lead{number}@company{part}.example" for number in range(20_000)]) for part in range(5)
    ]
    touching = Prefilter()
    tracemalloc.start()
    for part in leads:
        touching.add(part)

    held = tracemalloc.get_traced_memory()[0]

    tracemalloc.stop()
    assert held < 16 * 100_000


def test_known_leads_are_narrowed_to_those_that_could_be_one_of_the_touched():
    known = texts_of(["A.nn+x@gmail.com", "bob@gmail.com", None, "ann@acme.example"])

    assert near(known, texts_of(["ann@googlemail.com"])).to_pylist() == ["A.nn+x@gmail.com"]
    assert near(known, texts_of([])).to_pylist() == []
    touching = Prefilter(known=known, elsewhere=texts_of(["else@where.example"]))
    for wanted in ([], ["ann@googlemail.com"], ["else@where.example"]):
        found = touching.near("known", known, texts_of(wanted))
        assert found.equals(near(known, texts_of(wanted)))


def test_what_rules_see_of_all_leads_is_made_when_it_is_asked_for():
    leads = pd.Series(["a@x.example", "b@x.example", None], dtype=object)

    assert len(predict(leads).features) == 3
    with pytest.raises(UsageError, match="touched leads alone"):
        _ = predict_touched(texts_of([]), np.arange(0), leads=3).features


@given(st.lists(st.one_of(CELL, st.emails(), st.text('aé.@[]"\u00a0ß\u0131\u200d', max_size=12)), min_size=1))
def test_every_address_that_is_accepted_is_usable(cells):
    accepted = pc.drop_null(validate(texts_of(cells)).address)

    assert is_usable(accepted).all()
    assert Prefilter().look(accepted)[1].tolist() == [False] * len(accepted)
