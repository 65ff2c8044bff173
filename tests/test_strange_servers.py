"""Servers that count as no rule says, each held against what the import of 520 leads tells of it."""

import re
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.cli.policy_out import offer_policy
from hygiene.importing.journal.journal import SqliteJournal
from hygiene.prediction.traits import TRAITS
from hygiene.sinks import LeadList, Reply, RowResult, Target

#: Parts that names and domains of the leads are made of.
FIRST = ("ann", "bob", "eve", "kim", "lee", "max", "noa", "ole", "pia", "rex")
DOMAINS = (
    "birchworks.example",
    "evergate.example",
    "north-pine.example",
    "gmail.com",
    "lumen.example.net",
    "a2z.example.org",
)


def leads():
    """Addresses with every trait that a server may trip over, each with some of its kind."""
    made = [
        f"{FIRST[n % 10]}{'' if n % 3 else '.'}{FIRST[n // 10 % 10]}x{chr(97 + n // 100)}@{DOMAINS[n % 6]}"
        for n in range(480)
    ]
    made += [f"o'hara{chr(97 + n)}@{DOMAINS[n % 2]}" for n in range(12)]
    made += [f"max+news{chr(97 + n)}@{DOMAINS[n % 2]}" for n in range(6)]
    made += [f"tag{chr(97 + n)}+one@gmail.com" for n in range(3)] + [
        f"tag{chr(97 + n)}+two@gmail.com" for n in range(3)
    ]
    made += [f"d.ot{chr(97 + n)}@gmail.com" for n in range(3)] + [
        f"dot{chr(97 + n)}@gmail.com" for n in range(3)
    ]
    made += [f"under_{chr(97 + n)}@{DOMAINS[n % 2]}" for n in range(4)]
    made += [f"long{'abcdefghij' * 2}{chr(97 + n)}@{DOMAINS[n % 2]}" for n in range(4)]
    made += [f"num{n}@{DOMAINS[n % 2]}" for n in range(4)]
    made += [f"ceo-{chr(97 + n)}@kite.org.example" for n in range(4)]
    return made


class Strange:
    """A server in memory with one strange habit.

    Args:
        drops: Whether a lead is dropped uncounted, by its address, place in its request and in the import.
        key: What leads are told apart by.
        says_rows: Whether it says what became of each row; then the list cannot be read.
    """

    name = "strange"

    def __init__(self, *, drops=lambda address, here, place: False, key=str.lower, batch_leads=150):
        self.policy, self.batch_leads = hygiene.ImportPolicy(), batch_leads
        self.drops, self.key, self.held, self.place = drops, key, {}, 0

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        del file_name, waive_blocklist
        imported = duplicates = 0
        rows = []
        for here, lead in enumerate(leads):
            self.place += 1
            if self.drops(lead["email"], here + 1, self.place):
                rows.append(RowResult(here, "invalid"))
            elif self.key(lead["email"]) in self.held:
                duplicates += 1
                rows.append(RowResult(here, "duplicate"))
            else:
                self.held[self.key(lead["email"])] = lead["email"]
                imported += 1
                rows.append(RowResult(here, "imported"))
        return self.answer(hygiene.Counts(len(leads), imported, duplicates, 0), rows)

    def answer(self, counts, rows):
        del rows
        return Reply(counts)

    def describe(self):
        return LeadList(1, "strange", len(self.held))

    def members(self, *, whole_account=False):
        del whole_account
        return iter(self.held.values())

    def blocked(self):
        return iter(())


class SaysRows(Strange):
    """One that says what became of each row."""

    def answer(self, counts, rows):
        return Reply(counts, rows=rows)


def local(address):
    return address.rpartition("@")[0]


def domain(address):
    return address.rpartition("@")[2]


def tags_at_gmail(address):
    where = r"\+[^@]*(?=@gmail\.com$)"
    return re.sub(where, "", address.lower())


MISSING = "all {n} leads that are missing from the list "
SERVERS = {
    "apostrophes dropped": (
        {"drops": lambda a, h, p: "'" in a}, 'usable_address = "ascii" (was loose) explains every batch'),
    "plus signs dropped": (
        {"drops": lambda a, h, p: "+" in a}, MISSING.format(n=12) + "have a plus sign in the local part"),
    "underscores dropped": (
        {"drops": lambda a, h, p: "_" in a}, MISSING.format(n=4) + "have an underscore in the local part"),
    "underscores and plus signs dropped": (
        {"drops": lambda a, h, p: "_" in a or "+" in a},
        MISSING.format(n=16) + "have a plus sign in the local part or have an underscore in the local part"),
    "hyphens before the at-sign dropped": (
        {"drops": lambda a, h, p: "-" in local(a)}, MISSING.format(n=4) + "have a hyphen in the local part"),
    "digits before the at-sign dropped": (
        {"drops": lambda a, h, p: any(map(str.isdigit, local(a)))},
        MISSING.format(n=4) + "have a digit in the local part"),
    "digits in the domain dropped": (
        {"drops": lambda a, h, p: any(map(str.isdigit, domain(a)))},
        MISSING.format(n=80) + "have a digit in the domain"),
    "hyphens in the domain dropped": (
        {"drops": lambda a, h, p: "-" in domain(a)}, MISSING.format(n=80) + "have a hyphen in the domain"),
    "long local parts dropped": (
        {"drops": lambda a, h, p: len(local(a)) > 15},
        MISSING.format(n=4) + "have a local part of 16 to 64 characters"),
    "domains of more than two labels dropped": (
        {"drops": lambda a, h, p: domain(a).count(".") > 1},
        MISSING.format(n=164) + "have a domain of more than two labels"),
    "one last label dropped": (
        {"drops": lambda a, h, p: a.endswith(".net")}, "have the last label net"),
    "another last label dropped": (
        {"drops": lambda a, h, p: a.endswith(".org")}, "have the last label org"),
    "a provider dropped": (
        {"drops": lambda a, h, p: domain(a) == "gmail.com"}, "are at the domain gmail.com"),
    "one domain dropped": (
        {"drops": lambda a, h, p: domain(a) == "evergate.example"}, "are at the domain evergate.example"),
    "all beyond row 100 of a request dropped": (
        {"drops": lambda a, h, p: h > 100}, "request_limit = 100 (was 0) explains every batch"),
    "all after row 350 dropped": (
        {"drops": lambda a, h, p: p > 350}, "lead_credit = 350 (was 0) explains every batch"),
    "the first of the import dropped": (
        {"drops": lambda a, h, p: p <= 20}, MISSING.format(n=20) + "come before lead 21 of the import"),
    "the first of each request dropped": (
        {"drops": lambda a, h, p: h <= 3}, MISSING.format(n=12) + "come before lead 4 of their request"),
    "apostrophes at one domain dropped": (
        {"drops": lambda a, h, p: "'" in a and a.endswith("evergate.example")},
        MISSING.format(n=6) + "have an apostrophe in the local part and are at the domain evergate.example"),
    "tags at one provider the same lead": (
        {"key": tags_at_gmail}, "fold_gmail_tags = true (was false) explains every batch"),
    "dots at one provider the same lead": (
        {"key": lambda a: local(a).replace(".", "") + "@gmail.com" if domain(a) == "gmail.com" else a},
        "fold_gmail_dots = true (was false) explains every batch"),
    "tags everywhere the same lead": (
        {"key": lambda a: re.sub(r"\+[^@]*", "", a)}, "fold_plus_tag = true (was false) explains every batch"),
}  # fmt: skip


def told(server, **more):
    cleaned = hygiene.clean(pd.DataFrame({"email": leads()}), accept_unknown=True)
    return hygiene.import_leads(cleaned, server, verify=True, **more).reconciliation


@pytest.mark.parametrize("habit", SERVERS)
def test_what_a_strange_server_does_is_said_by_what_its_list_gained(habit):
    made, expected = SERVERS[habit]

    lines = told(Strange(**made)).explain()

    assert any(expected in line for line in lines), lines


def test_a_rule_that_fits_the_counts_and_not_the_list_is_dropped_with_the_reason():
    found = told(Strange(key=tags_at_gmail)).search()

    assert [fit.changes for fit in found.fits] == [{"fold_gmail_tags": (False, True)}]
    (dropped,) = (fit for fit in found.dropped if set(fit.changes) == {"fold_gmail_dots"})
    assert "would be in the list and are missing" in dropped.against
    assert "would not be in the list and are there" in dropped.against
    assert any("fits the counts and is dropped: rows" in line for line in found.sentences())


def test_what_leads_have_in_common_can_be_written_as_a_rule_that_the_next_prediction_uses(tmp_path, capsys):
    server = Strange(drops=lambda address, here, place: "_" in address)
    found = told(server)
    offer_policy(found, str(tmp_path / "induced.toml"))

    text = (tmp_path / "induced.toml").read_text(encoding="utf-8")
    again = Strange(drops=server.drops)
    again.policy = hygiene.ImportPolicy.from_toml(text)

    assert "induced (leads that have an underscore in the local part are invalid)" in capsys.readouterr().err
    assert text.startswith("# induced from rows, and no rule that the API is known to have:\n")
    assert found.search().policy is None
    assert told(again).agrees


@pytest.mark.parametrize(
    ("habit", "rows"), [("all beyond row 100 of a request dropped", 150), ("all after row 350 dropped", 176)]
)
def test_a_limit_names_every_row_that_it_drops(habit, rows):
    (fit,) = told(Strange(**SERVERS[habit][0])).search().fits

    assert len(fit.rows) == rows


def test_without_a_look_at_the_list_what_fits_the_counts_is_all_told():
    cleaned = hygiene.clean(pd.DataFrame({"email": leads()}))

    found = hygiene.import_leads(cleaned, Strange(key=tags_at_gmail)).reconciliation.search()

    assert {tuple(fit.changes) for fit in found.fits} >= {("fold_gmail_tags",), ("fold_gmail_dots",)}


def test_what_an_api_says_of_rows_stands_for_a_list_that_was_not_read():
    cleaned = hygiene.clean(pd.DataFrame({"email": leads()}))
    server = SaysRows(drops=lambda address, here, place: "_" in address)

    lines = hygiene.import_leads(cleaned, server).reconciliation.explain()

    assert any(
        "all 4 leads that the API counted otherwise have an underscore in the local part" in x for x in lines
    )


def test_leads_that_are_dropped_though_the_counts_agree_are_described():
    class Lies(Strange):
        def answer(self, counts, rows):
            del rows
            return Reply(hygiene.Counts(counts.total_leads, counts.total_leads, 0, 0))

    lines = told(Lies(drops=lambda address, here, place: "_" in address)).explain()

    assert lines == [
        line for line in lines if "all 4 leads that are missing from the list have an underscore" in line
    ]
    assert len(lines) == 1


def test_nothing_is_described_that_chance_could_make():
    chosen = set(leads()[7:480:97])

    lines = told(Strange(drops=lambda address, here, place: address in chosen)).explain()

    assert not any("by chance" in line for line in lines), lines
    assert any("nothing explains" in line or "it fits that" in line for line in lines)


def test_a_rule_that_was_measured_is_turned_over_last_and_said_to_be():
    server = Strange(key=lambda a: re.sub(r"\+[^@]*", "", a) if a.startswith("tag") else a)
    server.policy = hygiene.ImportPolicy(measured=frozenset({"fold_gmail_dots"}))
    cleaned = hygiene.clean(pd.DataFrame({"email": leads()}))

    found = hygiene.import_leads(cleaned, server).reconciliation.search()
    lines = [line for line in found.sentences() if "explains every batch" in line]

    assert [bool(fit.overturned) for fit in found.fits] == [*[False] * (len(found.fits) - 1), True]
    assert "fold_gmail_dots was measured, and the measurement would have been wrong" in lines[-1]


def test_what_was_read_back_is_in_the_journal_so_that_history_explains_by_it_later(tmp_path):
    cleaned = hygiene.clean(pd.DataFrame({"email": leads()}))
    server = Strange(drops=lambda address, here, place: "_" in address)
    server.target, server.shape = Target("https://strange.example", "a1", "1"), {}
    now = hygiene.import_leads(cleaned, server, verify=True, journal=tmp_path / "j")

    with SqliteJournal(tmp_path / "j") as journal:
        later = journal.find(now.import_id).reconciliation

    assert later.explain() == now.reconciliation.explain()
    assert any(
        "all 4 leads that are missing from the list have an underscore" in line for line in later.explain()
    )
    octets = b"".join(path.read_bytes() for path in tmp_path.glob("j*") if path.is_file())
    assert b"birchworks" not in octets


def test_the_table_of_traits_is_the_one_in_the_documentation():
    page = (Path(__file__).parents[1] / "docs" / "counting.md").read_text(encoding="utf-8")

    of = r"local part|domain|address|column `\w+`|reason `\w+`|provider|custom fields that are sent"
    told = re.findall(rf"^\| (\S.*?) \| the (?:{of}) \|$", page, re.M)
    assert told == [trait.words for trait in TRAITS]
