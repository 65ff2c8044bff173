"""Servers stranger still, of leads with names, firms, countries and a field of the user's own."""

import random
import re
from collections import Counter

import pandas as pd
import pytest

import hygiene
from hygiene.prediction.simulate import folding_of
from hygiene.sinks import Reply, Target
from tests.test_strange_servers import MISSING, Strange, domain, local
from tests.test_strange_servers import leads as plain_leads

#: Leads of the last of four requests.
LAST = 77
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
    rows, draw = range(len(emails)), random.Random(1)
    last_names = ["Lund", "Roe", "Berg", "Núñez", "Vo", "", *(f"Van {letter}" for letter in "abcdefgh")]
    phones = ["+4930123456", "030 123456", "", "+1 555 0100", "+44 20 7946 0000"]
    return pd.DataFrame(
        {
            "email": emails,
            "first_name": [email[:3] for email in emails],
            "last_name": [draw.choice(last_names) for _ in rows],
            "phone": [draw.choice(phones) for _ in rows],
            "title": [
                draw.choice(["Buyer", "Head, Sales", 'The "Boss"', "CEO & CFO", "", "x" * 60]) for _ in rows
            ],
            "company": ["" if row % 37 == 5 else f"Firm {row % 50}" for row in rows],
            "country": ["DE" if row % 29 == 3 else "FR" for row in rows],
            "Segment": ["" if row % 41 == 7 else "north" for row in rows],
            "Source": ["" if row % 5 == 2 else "fair" for row in rows],
        }
    )


def again(of):
    """Picks leads of which an earlier one had the same, by what it gives of a lead; nothing of those without."""
    met = set()

    def picks(lead, here, place, request):
        if place == 1:
            met.clear()
        found = of(lead, request)
        met_before = found in met
        met.add(found)
        return all(found) and met_before

    return picks


def beyond(most, of):
    """Picks leads of which more than so many had the same."""
    met = Counter()

    def picks(lead, here, place, request):
        if place == 1:
            met.clear()
        met[of(lead, request)] += 1
        return met[of(lead, request)] > most

    return picks


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
    "two batches lost whole": (lambda lead, h, p, r: r in (1, 3), "are in batch 1 or 3", False),
    "a stretch of the import dropped": (
        lambda lead, h, p, r: 100 <= p <= 120,
        "come after lead 99 of the import and come before lead 121 of the import", False),
    "no company": (lambda lead, h, p, r: not lead.get("company"), "have no company", True),
    "a custom field that is blank": (lambda lead, h, p, r: not lead.get("Segment"), "have nothing in Segment", True),
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
    "the first of each request": (lambda lead, h, p, r: h == 1, "are the first lead of their request", False),
    "the last three of each request": (
        lambda lead, h, p, r: h > (147 if r < 4 else LAST - 3), "are among the last 3 leads of their request", False),
    "the last of each request": (
        lambda lead, h, p, r: h == (150 if r < 4 else LAST), "are the last lead of their request", False),
    "every second request": (lambda lead, h, p, r: r % 2 == 0, "are in batch 2 or 4", False),
    "a comma in a field": (lambda lead, h, p, r: "," in lead.get("title", ""), "have a comma in title", False),
    "a quotation mark in a field": (
        lambda lead, h, p, r: '"' in lead.get("title", ""), "have a quotation mark in title", False),
    "an ampersand in a field": (
        lambda lead, h, p, r: "&" in lead.get("title", ""), "have an ampersand in title", False),
    "letters outside ASCII in any field": (
        lambda lead, h, p, r: not "".join(lead.values()).isascii(),
        "have a character outside ASCII in some field", False),
    "numbers without a country": (
        lambda lead, h, p, r: lead.get("phone", "+")[0] != "+", "have something in phone without a plus sign", False),
    "numbers of one country": (
        lambda lead, h, p, r: lead.get("phone", "").startswith("+4"),
        "have something in phone that begins with '+4'", False),
    "firms whose names begin alike": (
        lambda lead, h, p, r: lead.get("company", "").startswith("Firm 1"),
        "have something in company that begins with 'Firm 1'", False),
    "long titles": (
        lambda lead, h, p, r: len(lead.get("title", "")) > 50, "have more than 59 characters in title", False),
    "a name that somebody has already": (
        again(lambda lead, r: (lead.get("first_name"), lead.get("last_name"))),
        "have the first and last name of an earlier lead", False),
    "many of a domain in a request": (
        beyond(20, lambda lead, r: (r, domain(lead["email"]))),
        "have the domain of 20 or more earlier leads of their request", False),
    "one country, and whoever has no company": (
        lambda lead, h, p, r: lead.get("country") == "DE" or not lead.get("company"),
        "have DE in country or have no company", False),
    "whoever has no company or no last name": (
        lambda lead, h, p, r: not lead.get("company") or not lead.get("last_name"),
        "have no company or have no last name", True),
    "one batch, and one last label": (
        lambda lead, h, p, r: r == 2 or lead["email"].endswith(".net"), " or are in batch 2", False),
    "digits, and whoever has no company": (
        lambda lead, h, p, r: any(map(str.isdigit, local(lead["email"]))) or not lead.get("company"),
        " or have a digit in the local part", True),
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
def test_what_a_rule_can_say_of_it_predicts_the_next_import(habit):
    picks, *_ = SERVERS[habit]
    again = Picky(picks)
    again.policy = told(Picky(picks)).search().induced

    assert told(again).agrees


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (lambda a: a.replace("_", "").replace("-", ""), "have the address but for marks of an earlier lead"),
        (lambda a: re.sub(r"[0-9](?=.*@)", "", a), "have the address but for digits of an earlier lead"),
    ],
)
def test_leads_that_are_one_but_for_some_characters_are_told(key, said):
    frame = leads()
    marked = [f"{local(a)[:3]}_{local(a)[3:]}@{domain(a)}" for a in frame["email"][20:200:20]]
    numbered = [
        f"{local(a)[:3]}{n}{local(a)[3:]}@{domain(a)}" for n, a in enumerate(frame["email"][25:200:25])
    ]
    for place, address in enumerate([*marked, *numbered, "an_other@kite.example", "any7@kite.example"]):
        frame.loc[300.5 + 10 * place] = {"email": address, "company": "Firm"}
    cleaned = hygiene.clean(frame.sort_index().fillna("").reset_index(drop=True))

    lines = hygiene.import_leads(cleaned, Strange(key=key), verify=True).reconciliation.explain()

    assert any(said in line for line in lines), lines


def test_tags_that_are_left_out_at_one_domain_alone_are_told():
    frame = leads()
    names = ("zora", "yuri", "xena", "wim", "vera", "ugo")
    domains = ("evergate.example", "birchworks.example")
    tagged = [f"{name}+{tag}@{at}" for name in names for at in domains for tag in ("fair", "news")]
    for place, address in enumerate(tagged):
        frame.loc[20.5 + 15 * place] = {"email": address, "company": "Firm"}
    cleaned = hygiene.clean(frame.sort_index().fillna("").reset_index(drop=True))
    server = Strange(key=lambda address: re.sub(r"\+[^@]*(?=@evergate)", "", address))

    (finding,) = hygiene.import_leads(cleaned, server, verify=True).reconciliation.search().findings

    assert (
        "are at the domain evergate.example and have the address but for its tag of an earlier lead"
        in finding.words
    )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_said_of_two_habits_holds_of_the_leads_at_fault_and_of_no_other(seed):
    draw = random.Random(seed)
    one, other = (SERVERS[habit][0] for habit in draw.sample(sorted(SERVERS), 2))
    of = draw.choice([any, all])

    told_of = told(Picky(lambda *lead: of([one(*lead), other(*lead)])))

    missing = told_of.trace.evidence.members(folding_of(told_of.trace.policy))
    for finding in told_of.search().findings:
        for each in finding.conditions:
            assert (each.covers == ~missing).all(), each.words


class Lenient(Strange):
    """A server whose block list names one domain, and that blocks no lead without a phone number."""

    entry = "evergate.example"

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        kept = [lead for lead in leads if domain(lead["email"]) != self.entry or not lead.get("phone")]
        counts = super().send(kept, file_name=file_name).counts
        return Reply(hygiene.Counts(len(leads), counts.imported, counts.duplicates, len(leads) - len(kept)))

    def blocked(self):
        return iter((self.entry,))


def test_no_rule_makes_leads_invalid_that_are_in_the_list_though_on_the_block_list():
    cleaned = hygiene.clean(leads(), blocklist=hygiene.Entries([Lenient.entry]))

    found = hygiene.import_leads(cleaned, Lenient(), verify=True, send_all=True).reconciliation.search()

    (finding,) = found.findings
    assert "that are in the list though on the block list have no phone number" in finding.words
    assert finding.words.endswith(NOT_PREDICTED)
    assert found.induced is None


def test_that_the_list_held_leads_is_not_said_where_they_are_not_in_it():
    server = Strange(key=local)

    lines = told(server).search().sentences()

    assert any("have the local part of an earlier lead" in line for line in lines)
    assert not any("the list held" in line for line in lines), lines


def test_an_import_is_explained_later_by_the_file_that_it_was_made_of(tmp_path, run):
    file, other = tmp_path / "leads.csv", tmp_path / "other.csv"
    leads().to_csv(file, index=False)
    leads().head(50).to_csv(other, index=False)
    server = Picky(lambda lead, h, p, r: lead.get("country") == "DE")
    server.target, server.shape = Target("https://strange.example", "a1", "1"), {}
    asked = {"custom": ["Segment", "Source"], "verify": True, "journal": tmp_path / "j"}
    name = hygiene.import_leads(hygiene.clean(file), server, **asked).import_id
    history = ("history", name, "--journal", str(tmp_path / "j"))

    _, bare, said = run(*history, "--explain")
    _, named, _ = run(*history, "--explain", "--leads", str(file))
    wrong, _, why = run(*history, "--explain", "--leads", str(other))
    alone, _, how = run(*history, "--leads", str(file))

    assert "not known for this import, and not tried: " in bare
    assert f"hygiene history {name} --explain --leads F" in said
    assert "have DE in country" not in bare
    assert "have DE in country" in named
    assert (wrong, alone) == (2, 2)
    assert "its content is another" in why
    assert "--leads goes with --explain" in how
