"""Servers stranger still, of leads with names, firms, countries and a field of the user's own."""

import pandas as pd
import pytest

import hygiene
from tests.test_strange_servers import MISSING, Strange, domain, local
from tests.test_strange_servers import leads as plain_leads

NOT_PREDICTED = "no rule of a policy sees that, so that the next prediction cannot follow it"


def leads():
    """Leads of the plain kind, between which stand those that a server may trip over, and fields of all."""
    emails = plain_leads()[:480]
    odd = [f"g{chr(97 + n)}q@googlemail.com" for n in range(9)]
    odd += [f"{1000 + n}@birchworks.example" for n in range(6)]
    odd += [f"{name}@firm{n}.example" for n in range(5) for name in ("info", "sales")]
    odd += [f"s{chr(97 + n)}@shop.evergate.example" for n in range(5)]
    odd += [f"{name}@web.de" for name in ("lu", "mo", "ty", "vi")]
    odd += [f"annbobxa@twin{n}.example" for n in range(4)] + [
        f"{'wxyz'[n] * 13}@twin{n}.example" for n in range(4)
    ]
    odd += ["kim@twin1.example", "noa@web.de", "pia@firm2.example", "lu@hotmail.com", "mo@hotmail.com"]
    for place, email in enumerate(odd):
        emails.insert(11 * place + 7, email)
    rows = range(len(emails))
    return pd.DataFrame(
        {
            "email": emails,
            "first_name": [email[:3] for email in emails],
            "company": ["" if row % 37 == 5 else f"Firm {row % 50}" for row in rows],
            "country": ["DE" if row % 29 == 3 else "FR" for row in rows],
            "Segment": ["" if row % 41 == 7 else "north" for row in rows],
            "Source": ["" if row % 5 == 2 else "fair" for row in rows],
        }
    )


class Picky(Strange):
    """A server that drops leads by all that is sent of them.

    Args:
        picks: Whether a lead is dropped, by its fields, place in its request and in the import, and its request.
    """

    def __init__(self, picks, **more):
        super().__init__(drops=lambda address, here, place: self.picks(here, place), **more)
        self.request = 0
        self.picks = lambda here, place: picks(self.leads[here - 1], here, place, self.request)

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        self.leads, self.request = list(leads), self.request + 1
        return super().send(self.leads, file_name=file_name, waive_blocklist=waive_blocklist)


SERVERS = {
    "every second of a request dropped": (
        lambda lead, h, p, r: h % 2 == 0, "are every second lead of their request, lead 2 being the first", False),
    "every seventh of the import dropped": (
        lambda lead, h, p, r: p % 7 == 0, "are every seventh lead of the import, lead 7 being the first", False),
    "one batch lost whole": (lambda lead, h, p, r: r == 2, "are in batch 2", False),
    "a stretch of the import dropped": (
        lambda lead, h, p, r: 100 <= p <= 120,
        "come after lead 99 of the import and come before lead 121 of the import", False),
    "no company": (lambda lead, h, p, r: not lead.get("company"), "have no company", False),
    "a custom field that is blank": (lambda lead, h, p, r: not lead.get("Segment"), "have nothing in Segment", False),
    "both custom fields blank": (
        lambda lead, h, p, r: not lead.get("Segment") and not lead.get("Source"),
        "have no custom field that is filled", False),
    "one country": (lambda lead, h, p, r: lead.get("country") == "DE", "have DE in country", False),
    "googlemail.com dropped": (
        lambda lead, h, p, r: domain(lead["email"]) == "googlemail.com", "are at the domain googlemail.com", True),
    "a provider with both its domains": (
        lambda lead, h, p, r: domain(lead["email"]) in ("gmail.com", "googlemail.com"), "have mail at Google", False),
    "free mailboxes": (
        lambda lead, h, p, r: domain(lead["email"]) in ("gmail.com", "googlemail.com", "web.de", "hotmail.com"),
        "have a domain of free mailboxes", False),
    "names of roles": (
        lambda lead, h, p, r: local(lead["email"]) in ("info", "sales"),
        "have the name of a role for a local part", False),
    "digits alone": (
        lambda lead, h, p, r: local(lead["email"]).isdigit(), "have a local part of digits alone", True),
    "a domain and what is below it": (
        lambda lead, h, p, r: lead["email"].endswith("evergate.example"),
        "are at or below the registered domain evergate.example", True),
    "a subdomain": (
        lambda lead, h, p, r: lead["email"].endswith("@shop.evergate.example"),
        "are at the domain shop.evergate.example", True),
    "either of two last labels": (
        lambda lead, h, p, r: lead["email"].endswith((".net", ".org")), "have the last label net or org", True),
    "addresses over 27 characters": (
        lambda lead, h, p, r: len(lead["email"]) > 27, "have an address of more than 27 characters", False),
    "local parts over 12 characters": (
        lambda lead, h, p, r: len(local(lead["email"])) > 12, "have a local part of more than 12 characters", True),
    "a first letter": (
        lambda lead, h, p, r: lead["email"].startswith("k"), "have a local part that begins with k", True),
    "vowels first": (
        lambda lead, h, p, r: lead["email"][0] in "aeou", "have a local part that begins with a, e or o", True),
    "letters anywhere": (
        lambda lead, h, p, r: "eve" in local(lead["email"]), "have a local part with 'eve'", False),
    "a blank field, at one provider": (
        lambda lead, h, p, r: not lead.get("Source") and domain(lead["email"]) == "gmail.com",
        "are at the domain gmail.com and have nothing in Source", False),
    "a first letter under one last label": (
        lambda lead, h, p, r: lead["email"].startswith("e") and lead["email"].endswith(".net"),
        "and have a local part that begins with e", True),
    "a provider, until lead 100": (
        lambda lead, h, p, r: p <= 100 and domain(lead["email"]) == "gmail.com",
        "are at the domain gmail.com and come before lead ", False),
}  # fmt: skip


def told(server):
    cleaned = hygiene.clean(leads())
    return hygiene.import_leads(cleaned, server, custom=["Segment", "Source"], verify=True).reconciliation


@pytest.mark.parametrize("habit", SERVERS)
def test_what_a_stranger_server_does_is_said(habit):
    picks, expected, is_predicted = SERVERS[habit]

    found = told(Picky(picks)).search()

    (finding,) = found.findings
    assert finding.words.startswith(MISSING.format(n=finding.leads)), found.sentences()
    assert expected in finding.words
    assert (NOT_PREDICTED not in finding.words) == is_predicted
    assert not found.fits


@pytest.mark.parametrize("habit", [habit for habit, case in SERVERS.items() if case[2]])
def test_what_is_said_of_addresses_predicts_the_next_import(habit):
    picks, *_ = SERVERS[habit]
    again = Picky(picks)
    again.policy = told(Picky(picks)).search().induced

    assert told(again).agrees


def test_that_the_list_held_leads_is_not_said_where_they_are_not_in_it():
    server = Strange(key=local)

    lines = told(server).search().sentences()

    assert any("have the local part of an earlier lead" in line for line in lines)
    assert not any("the list held" in line for line in lines), lines
