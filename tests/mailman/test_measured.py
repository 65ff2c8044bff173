"""Every rule of Mailman's counting that `hygiene.mailman.subscribing` calls measured, on the server itself."""

import re

import pytest

from hygiene.mailman import Mailman
from hygiene.mailman.subscribing import POLICY
from hygiene.outcomes import Counts

pytestmark = pytest.mark.mailman


def send(list_name, *addresses):
    with Mailman(list_name) as sink:
        return sink.send([{"email": each} for each in addresses], file_name="a.csv")


@pytest.fixture(scope="module")
def ruled(mailman):
    """A list with members and bans; each case asks for an address of its own."""
    name = mailman.create_list(["ann@birchworks.example", "ann@gmail.com", "late@birchworks.example"])
    mailman.ban("bad@evergate.example", name)
    mailman.ban("Shouted@evergate.example", name)
    mailman.ban("late@birchworks.example", name)
    mailman.ban(r"^.*@pattern\.example$", name)
    return name


@pytest.mark.parametrize(
    ("rule", "address", "counts"),
    [
        ("fold_case", "ANN@birchworks.EXAMPLE", Counts(1, 0, 1, 0)),
        ("fold_plus_tag", "ann+news@birchworks.example", Counts(1, 1, 0, 0)),
        ("fold_gmail_dots", "a.nn@gmail.com", Counts(1, 1, 0, 0)),
        ("block_addresses", "bad@evergate.example", Counts(1, 0, 0, 1)),
        ("block_fold_case", "BAD@evergate.example", Counts(1, 0, 0, 1)),
        ("block_addresses", "bad+x@evergate.example", Counts(1, 1, 0, 0)),
        ("block_fold_case", "shouted@evergate.example", Counts(1, 1, 0, 0)),
        ("block_subdomains", "eve@mail.pattern.example", Counts(1, 1, 0, 0)),
        ("precedence", "late@birchworks.example", Counts(1, 0, 1, 0)),
        ("strip_whitespace", " cid@birchworks.example", Counts(1, 0, 0, 0)),
        ("invalid_rows", "nobody", Counts(1, 0, 0, 0)),
        ("invalid_rows", "", Counts(1, 0, 0, 0)),
        ("invalid_rows", "müller@birchworks.example", Counts(1, 0, 0, 0)),
        ("invalid_rows", "cid@büro.example", Counts(1, 0, 0, 0)),
        ("usable_address", "a@@birchworks.example", Counts(1, 1, 0, 0)),
        ("usable_address", "a..b.@birchworks.example", Counts(1, 1, 0, 0)),
        ("usable_address", "cid@birch-.example", Counts(1, 1, 0, 0)),
        ("usable_address", "cid@xn--bro-hoa.example", Counts(1, 1, 0, 0)),
        ("usable_address", "!#$%&'*+./=?_`{}~@birchworks.example", Counts(1, 1, 0, 0)),
        ("usable_address", "cid@-birch.example", Counts(1, 0, 0, 0)),
        ("usable_address", "cid@birchworks.example.", Counts(1, 0, 0, 0)),
        ("usable_address", "cid@birchworks", Counts(1, 0, 0, 0)),
        ("usable_address", "a|b@birchworks.example", Counts(1, 0, 0, 0)),
        ("usable_address", "a^b@birchworks.example", Counts(1, 0, 0, 0)),
        ("usable_address", '"a b"@birchworks.example', Counts(1, 0, 0, 0)),
    ],
)
def test_a_rule_is_as_it_was_measured(place, ruled, rule, address, counts):
    assert send(ruled, address).counts == counts, rule
    usable = re.fullmatch(POLICY.usable_address, address) is not None
    assert usable == (counts.unaccounted == 0)


def test_a_lead_is_known_by_its_list_alone_and_a_blocked_one_is_not_remembered(place):
    first, second = place.create_list(["ann@birchworks.example"]), place.create_list()
    place.ban("bob@birchworks.example", second)

    assert send(second, "ann@birchworks.example").counts == Counts(1, 1, 0, 0)
    assert send(second, "bob@birchworks.example", "Bob@birchworks.example").counts == Counts(2, 0, 0, 2)
    assert place.members(first) == ["ann@birchworks.example"]


def test_repeats_within_a_request_are_told_apart_and_what_is_no_address_is_named(place):
    name = place.create_list()

    reply = send(name, "ann@birchworks.example", "nobody", "Ann@birchworks.example", "ann@birchworks.example")

    assert reply.counts == Counts(4, 1, 2, 0)
    assert dict(reply.extra) == {"invalid": 1}
    assert place.members(name) == ["ann@birchworks.example"]


def test_bans_are_read_as_they_act(place):
    name = place.create_list()
    place.ban("bad@evergate.example", name)
    place.ban("Dead@evergate.example", name)
    place.ban(r"^[ab]\w+@pattern\.example$|^x", name)
    asked = [
        "Ann@pattern.example",
        "abe@pattern.example",
        "eve@pattern.example",
        "xi@other.example",
        "a.x@other.example",
    ]

    with Mailman(name) as sink:
        assert {"bad@evergate.example", "Dead@evergate.example"} & set(sink.blocked()) == {
            "bad@evergate.example"
        }
        found = list(sink.blocked_among(asked))

    assert found == ["Ann@pattern.example", "abe@pattern.example", "xi@other.example"]
    assert [each for each in asked if send(name, each).counts.blocked] == found
