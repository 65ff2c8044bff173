"""Patterns of what leads have in common: every usable address either has it or lacks it, by both engines."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.policy import is_pattern
from hygiene.prediction.patterns import (
    at_domain,
    both,
    ends,
    labelled,
    longer,
    neither,
    starts,
    starts_with_one,
    under,
)
from hygiene.prediction.traits import TRAITS, traits_of
from hygiene.prediction.usable import is_usable

#: Parts of addresses that the patterns trip over, if over any.
LOCALS = st.text("abnuU.-_'+9!é[]^", min_size=1, max_size=6) | st.sampled_from(["a" * 15, "a" * 16, "a" * 65])
LABELS = st.text("abnuU-9é", min_size=1, max_size=4) | st.sampled_from(["net", "NET", "nets", "xn--ab"])
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)
ADDRESSES = st.lists(st.builds("{}@{}".format, LOCALS, DOMAINS), min_size=1, max_size=30)


def assert_parted(pair, addresses, has):
    """Hold that a pair parts usable addresses as a list says, to RE2 and to Python."""
    usable = is_usable(addresses)
    for pattern, wanted in ((pair.has, has), (pair.lacks, ~has)):
        if pattern:
            assert is_pattern(pattern)
            here = np.array([bool(re.fullmatch(pattern, each, re.A)) for each in addresses.to_pylist()])
            assert (is_usable(addresses, pattern)[usable] == wanted[usable]).all()
            assert (here[usable] == wanted[usable]).all()


@pytest.mark.parametrize("bit", [bit for bit, trait in enumerate(TRAITS) if trait.pair.lacks])
@given(ADDRESSES)
def test_a_trait_and_its_patterns_agree(bit, addresses):
    texts = pa.array(addresses, pa.large_string())

    has = (traits_of(texts) >> np.uint64(bit) & np.uint64(1)).astype(bool)

    assert_parted(TRAITS[bit].pair, texts, has)


@given(ADDRESSES, st.text("abnu9-_^]", min_size=1, max_size=3), DOMAINS.map(str.lower))
def test_patterns_of_texts_part_addresses(addresses, text, domain):
    texts = pa.array(addresses, pa.large_string())
    parts = [each.lower().rpartition("@") for each in addresses]

    for pair, has in (
        (starts(text), [local.startswith(text) for local, _, _ in parts]),
        (ends(text), [local.endswith(text) for local, _, _ in parts]),
        (longer(3), [len(local) > 3 for local, _, _ in parts]),
        (at_domain(domain), [host == domain for _, _, host in parts]),
        (under(domain), [f".{host}".endswith(f".{domain}") for _, _, host in parts]),
        (
            labelled(["net", "nets", "a"]),
            [host.rpartition(".")[2] in ("net", "nets", "a") for _, _, host in parts],
        ),
        (starts_with_one(["a", "u", "^"]), [local[0] in "au^" for local, _, _ in parts]),
        (both(starts(text), at_domain(domain)), [a.startswith(text) and b == domain for a, _, b in parts]),
    ):
        assert_parted(pair, texts, np.array(has))


@given(ADDRESSES, st.sets(st.integers(0, 6), min_size=2, max_size=4))
def test_what_has_none_of_several_characters_is_what_lacks_each(addresses, bits):
    texts = pa.array(addresses, pa.large_string())
    traits = traits_of(texts)
    has = np.logical_or.reduce([(traits >> np.uint64(bit) & np.uint64(1)).astype(bool) for bit in bits])

    pair = neither([TRAITS[bit].pair for bit in bits])

    assert pair.lacks
    assert_parted(pair, texts, has)


def test_of_what_is_no_character_of_the_local_part_nobody_writes_several():
    assert not neither([TRAITS[0].pair, at_domain("a.example")]).lacks
    assert not neither([]).lacks
