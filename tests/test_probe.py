"""The probe against APIs that count by randomly drawn policies, through the local API's own code path."""

import json
import os
import random
import re
import stat
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.arrow.text import text_column
from hygiene.emulator import Emulator, keys
from hygiene.emulator.counting import import_leads
from hygiene.emulator.database import Database
from hygiene.errors import AuthError, RateLimited, SinkError, UnknownOutcome, UsageError
from hygiene.importing import run_import
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.outcomes import Counts
from hygiene.policy import RULES, ImportPolicy, choices
from hygiene.prediction.probe.checkpoint import FileCheckpoint
from hygiene.prediction.probe.experiments import Bench, Own
from hygiene.prediction.probe.findings import conclude
from hygiene.prediction.probe.planning import Answer, next_step
from hygiene.prediction.probe.runner import Probe, most_leads
from hygiene.sinks import Reply

FULL = Bench(gmail=True, second=True, blocklist=True)
OWN = Own.checked("own.example", "some.body@gmail.com", token="hp1")


class Account:
    """An account of the local API without its sockets: lists, block list, and what goes wrong next."""

    batch_leads = 400
    name = "an account"
    stores = ExitStack()  # those of the test that runs

    def __init__(self, policy, *, counters=("total_leads", "imported", "duplicates", "blocked")):
        self.policy = policy
        self.store = self.stores.enter_context(closing(Database(":memory:", policy=policy)))
        self.counters = counters
        self.sent = []
        self.calls = 0
        self.wrong = []

    def list(self, name="A", members=()):
        return List(self, self.store.create_list(name, members=members))

    def block(self, entries, /):
        self.calls += 1
        self.store.block(entries)

    def unblock(self, entries, /):
        rows = self.store.read_block_list(limit=99, offset=0, client_id=None, part=None, exact=None)
        found = [row["id"] for row in rows if row["email_or_domain"] in entries]
        self.calls += 1 + len(found)
        for each in found:
            self.store.unblock(each)

    @property
    def entries(self):
        rows = self.store.read_block_list(limit=99, offset=0, client_id=None, part=None, exact=None)
        return [row["email_or_domain"] for row in rows]


class List:
    def __init__(self, account, list_id):
        self.account, self.list_id = account, list_id
        self.batch_leads, self.policy, self.name = 400, account.policy, "list"

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        account = self.account
        account.calls += 1
        account.sent.append([lead["email"] for lead in leads])
        if account.wrong:
            raise account.wrong.pop(0)
        if account.policy.invalid_rows == "reject_request" and (
            keys.first_unusable(leads, policy=account.policy) is not None
        ):
            raise SinkError("HTTP 400", status=400)
        told = {"list_id": self.list_id, "file_name": file_name, "waive": waive_blocklist}
        found = import_leads(account.store, leads, **told)
        return Reply(Counts(**{name: found[name] if name in account.counters else None for name in found}))


@pytest.fixture(autouse=True)
def _stores_are_closed():
    with ExitStack() as Account.stores:
        yield


class Memory:
    """A notebook that forgets at the end of the test."""

    def __init__(self, token="hp1"):
        self.token, self.answers, self.entries, self.asked = token, [], (), []

    def asking(self, name, /):
        self.asked.append(name)

    def answered(self, answer, /):
        self.answers.append(answer)

    def standing(self, entries, /):
        self.entries = tuple(entries)


def probe_of(account, *, bench=FULL, own=OWN, notebook=None, pause=lambda _: None):
    lists = [account.list("A"), account.list("B")][: 1 + bench.second]
    editor = account if bench.blocklist else None
    return Probe(bench, own, lists=lists, editor=editor, notebook=notebook or Memory(), pause=pause)


LIMITS = {"request_limit": (0, 0, 0, 12, 40, 100)}


def drawn(rng):
    values = {name: LIMITS.get(name) or choices(name) for name in RULES if name != "unreadable_lists"}
    policy = ImportPolicy(**{name: rng.choice(taken) for name, taken in values.items()})
    # where no request is cut, these are the same
    return policy if 0 < policy.request_limit < 60 else replace(policy, total_counts=at_rows(policy))


def at_rows(policy):
    return "rows" if policy.total_counts == "taken" else policy.total_counts


MESSY = [
    "ann@acme.example", "Ann@acme.example", "ann+news@acme.example", "bob@bolt.example", "BOB@bolt.example",
    "b.ob@gmail.com", "bob@gmail.com", "old@acme.example", "OLD@acme.example", "else@acme.example",
    "x@shut.example", "y@deep.shut.example", "x@shut.example", "named@acme.example", "Named@acme.example",
    "named+1@acme.example", "old@shut.example", "bob@bolt.example", "new@bolt.example", "elsE@acme.example",
]  # fmt: skip
BLOCK = ["shut.example", "named@acme.example"]
MEMBERS = ["old@acme.example", "old@shut.example"]
OTHERS = ["else@acme.example"]


def audited(policy, true_policy, order):
    """The receipt of an import with --send-all of messy leads, predicted with `policy`, counted by the other."""
    account = Account(true_policy)
    account.list("other", members=OTHERS)
    sink = account.list("target", members=MEMBERS)
    account.block(BLOCK)
    sink.policy = policy
    cleaned = hygiene.clean(
        pd.DataFrame({"email": order}),
        policy=policy,
        blocklist=parse_list("\n".join(BLOCK), name="block"),
        known=[
            KnownLeads.from_cells("list", text_column(pd.Series(MEMBERS))),
            replace(KnownLeads.from_cells("account", text_column(pd.Series(OTHERS))), place="account"),
        ],
    )
    return run_import(cleaned, sink, batch_leads=6, send_all=True)


def recovered(seed, size):
    """Probe so many drawn APIs, and import with what was found out of each; most requests that one took."""
    rng = random.Random(seed)
    most = 0
    for _ in range(size):
        policy = drawn(rng)
        account = Account(policy)

        found = probe_of(account).run()

        wrong = set(policy.changes(found.policy)) - set(found.undecided)
        assert found.fits
        assert wrong == set(), policy
        assert account.entries == []
        assert len(found.answers) <= FULL.most_imports
        most = max(most, account.calls)
        if policy.request_limit or found.policy.changes(policy):
            continue  # where something could not be told, an import may differ
        receipt = audited(found.policy, policy, rng.sample(MESSY, len(MESSY)))
        assert [result.reported for result in receipt.batches] == [
            result.predicted for result in receipt.batches
        ], (policy, found.policy)
    return most


def test_every_rule_that_can_be_told_is_recovered():
    assert recovered(6, 3) <= 16 - 1  # and one look at the lists


@pytest.mark.long
def test_every_rule_that_can_be_told_is_recovered_of_a_hundred_apis():
    assert recovered(7, 100) <= 16 - 1


#: Rules whose change shows in no import of these leads, or by numbers alone.
NOT_SEEN = ("unreadable_lists", "waive_covers", "request_limit", "lead_credit", "needed_fields")


def test_one_rule_that_changed_since_is_detected_and_named():
    rng = random.Random(7)
    seen = set()
    for _ in range(40):
        policy = drawn(rng)
        rule = rng.choice([name for name in RULES if name not in NOT_SEEN])
        value = rng.choice([each for each in choices(rule) if each != getattr(policy, rule)])
        changed = replace(policy, **{rule: value})
        measured = replace(policy, measured=frozenset(RULES))

        receipt = audited(measured, changed, rng.sample(MESSY, len(MESSY)))

        if receipt.reported == receipt.predicted and all(
            result.reported == result.predicted for result in receipt.batches
        ):
            continue
        seen.add(rule)
        told = receipt.reconciliation
        assert told.status == "differs"
        fits = told.search().fits
        assert {rule: (getattr(policy, rule), value)} in [fit.changes for fit in fits], (policy, rule)
        assert any(rule in sentence for sentence in told.explain())
    assert len(seen) >= 6


@pytest.mark.parametrize("counters", [("imported",), ("total_leads", "imported", "duplicates")])
def test_an_api_that_gives_fewer_counters_is_never_misread(counters):
    rng = random.Random(8)
    for _ in range(4):
        policy = replace(drawn(rng), request_limit=0)  # which fewer counters cannot show
        policy = replace(policy, total_counts=at_rows(policy))

        found = probe_of(Account(policy, counters=counters)).run()

        assert set(policy.changes(found.policy)) <= set(found.undecided)
        assert found.policy.measured


def test_without_block_list_gmail_or_second_list_their_rules_stay_assumed():
    account = Account(ImportPolicy(duplicate_scope="list", fold_plus_tag=True))

    found = probe_of(account, bench=Bench(), own=Own.checked("own.example", None, token="hp1")).run()

    assert {"fold_case", "strip_whitespace", "fold_plus_tag", "invalid_rows"} <= set(found.policy.measured)
    assert {"usable_address", "repeats_count_as", "total_counts"} <= set(found.policy.measured)
    assert found.policy.fold_plus_tag
    assert found.policy.label("duplicate_scope") == "assumed"
    assert "duplicate_scope" in found.undecided
    assert account.entries == []


def test_only_own_addresses_are_sent_and_the_domain_itself_is_never_blocked():
    account = Account(ImportPolicy())
    blocked = []
    account.block = blocked.extend

    probe_of(account).run()

    addresses = [address.strip() for sent in account.sent for address in sent]
    assert all(
        address.lower().endswith(("@own.example", ".own.example"))
        or re.search(r"[+]hp1[0-9]@(gmail|googlemail)[.]com$", address)
        or "@" not in address
        for address in addresses
    )
    assert "own.example" not in blocked
    assert all(entry.startswith("hp1") for entry in blocked)


def test_most_imports_and_leads_hold_for_what_is_planned():
    imports, leads = most_leads(FULL)

    assert imports == FULL.most_imports
    assert leads < 160


def test_entries_are_removed_after_a_crash_and_the_probe_goes_on(tmp_path):
    account = Account(ImportPolicy(precedence="duplicate"))
    lists = [account.list("A"), account.list("B")]
    path = tmp_path / "state"

    def start(token):
        notebook = FileCheckpoint(path, about={"domain": "own.example"}, token=token)
        own = replace(OWN, token=notebook.token)
        told = {"lists": lists, "editor": account, "notebook": notebook, "pause": lambda _: None}
        return notebook, Probe(FULL, own, **told)

    notebook, first = start("hp1")
    account.wrong = [UnknownOutcome("lost")]
    with pytest.raises(UnknownOutcome):
        first.run()
    account.block(["hp1.own.example"])
    notebook.standing(["hp1.own.example"])
    again, second = start("hp2")

    assert again.resumed
    assert again.token == "hp2"
    found = second.run()
    assert account.entries == []
    assert found.fits
    assert found.policy.precedence == "duplicate"


def test_a_probe_that_was_refused_for_other_reasons_goes_on_where_it_was(tmp_path):
    account = Account(ImportPolicy())
    lists = [account.list("A"), account.list("B")]
    told = {"lists": lists, "editor": account, "pause": lambda _: None}
    path = tmp_path / "state"
    notebook = FileCheckpoint(path, about={}, token="hp1")
    probe = Probe(FULL, OWN, notebook=notebook, **told)
    send = lists[0].send

    def refused_later(leads, /, **more):
        if account.sent:
            raise AuthError("the key was taken back", status=401)
        return send(leads, **more)

    lists[0].send = refused_later
    with pytest.raises(AuthError):
        probe.run()
    lists[0].send = send

    resumed = FileCheckpoint(path, about={}, token="hp2")
    found = Probe(FULL, OWN, notebook=resumed, **told).run()

    assert resumed.token == "hp1"
    assert len(found.answers) == len(account.sent)
    assert set(ImportPolicy().changes(found.policy)) == set()


def test_the_entries_are_removed_when_the_probe_is_interrupted():
    account = Account(ImportPolicy())
    probe = probe_of(account)
    blocked, block = [], account.block

    def interrupted(entries, /):
        block(entries)
        blocked.extend(account.entries)
        raise KeyboardInterrupt

    account.block = interrupted
    with pytest.raises(KeyboardInterrupt):
        probe.run()

    assert len(blocked) == 4
    assert account.entries == []


def test_where_the_api_asks_to_slow_down_the_probe_waits_as_long_as_it_says():
    account, waited = Account(ImportPolicy()), []
    account.wrong = [RateLimited("slow", retry_after_s=7.0), RateLimited("slow")]

    found = probe_of(account, pause=waited.append).run()

    assert waited == [7.0, 30.0]
    assert found.fits


def test_answers_that_no_policy_gives_are_told_and_nothing_is_marked():
    first = next_step(FULL, ()).round
    answers = (Answer(first.name, Counts(1, 2, 3, 4), len(first.templates)),)

    found = conclude(FULL, answers)

    assert not found.fits
    assert found.policy == ImportPolicy()
    assert found.policy.measured == frozenset()
    assert (
        found.contradiction
        == "no policy answers pairs with 1 total_leads, 2 imported, 3 duplicates, 4 blocked"
    )


def test_an_answer_that_contradicts_another_is_told_with_it():
    account = Account(ImportPolicy())
    probe = probe_of(account)
    lists = probe._lists
    send = lists[0].send

    def changed_meanwhile(leads, /, **more):
        if len(account.sent) == 1:
            account.store.policy = ImportPolicy(repeats_count_as="imported_in_request")
        return send(leads, **more)

    lists[0].send = changed_meanwhile
    found = probe.run()

    assert not found.fits
    assert found.contradiction.startswith(
        "waived (4 total_leads, 4 imported, 0 duplicates, 0 blocked) contradicts "
    )
    assert found.contradiction.endswith(" blocked: no policy gives both")


def test_each_measured_rule_names_the_request_and_the_rows_that_decided_it():
    found = probe_of(Account(ImportPolicy(fold_plus_tag=True))).run()

    assert set(found.because) == found.policy.measured
    assert re.fullmatch(r"request 1 \(pairs\), rows [0-9, to]+", found.because["fold_plus_tag"])
    assert f"# by {found.because['fold_plus_tag']}" in found.policy.to_toml(because=found.because)


def test_the_notebook_is_private_and_replaced_as_a_whole(tmp_path):
    path = tmp_path / "state"
    notebook = FileCheckpoint(path, about={"domain": "own.example"}, token="hp1")
    notebook.standing(["hp1.own.example"])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    assert json.loads(path.read_text())["entries"] == ["hp1.own.example"]
    assert [each.name for each in tmp_path.iterdir()] == ["state"]
    with pytest.raises(UsageError, match="another domain"):
        FileCheckpoint(path, about={"domain": "other.example"}, token="hp1")
    path.write_text("{}")
    with pytest.raises(UsageError, match="no notebook"):
        FileCheckpoint(path, about={}, token="hp1")
    notebook.close()
    assert not path.exists()


@pytest.mark.parametrize(
    ("domain", "gmail"),
    [("gmail.com", None), ("nodot", None), ("a@own.example", None), ("own.example", "you@own.example")],
)
def test_what_is_not_ones_own_is_refused(domain, gmail):
    with pytest.raises(UsageError):
        Own.checked(domain, gmail, token="hp1")


# the verb


@pytest.fixture
def strange(monkeypatch):
    policy = ImportPolicy(fold_plus_tag=True, duplicate_scope="account", block_subdomains=True)
    with Emulator(policy=policy) as api:
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        yield api


def test_probe_writes_a_policy_with_its_evidence_and_says_what_it_took(run, strange, tmp_path):
    first, second = strange.create_list("A"), strange.create_list("B")

    code, out, err = run(
        "probe", "--yes", "--list", first, "--second-list", second, "--domain", "own.example", "--with-blocklist",
        "--out", "policy.toml",
    )  # fmt: skip

    text = (tmp_path / "policy.toml").read_text()
    policy = ImportPolicy.from_toml(text)
    assert code == 0
    assert (
        policy.changes(ImportPolicy(fold_plus_tag=True, duplicate_scope="account", block_subdomains=True))
        == {}
    )
    assert policy.label("fold_gmail_dots") == "assumed"
    assert "# request 1, pairs: " in text
    assert "stay there for good" in err
    assert "they act on every campaign" in err
    requests = len(strange.requests)
    assert f"imports, {requests} requests in all" in out.splitlines()[-1]
    assert requests <= 16
    assert [path.name for path in tmp_path.iterdir()] == ["policy.toml"]


def test_probe_refuses_a_list_that_holds_leads_unless_told_so(run, strange):
    used = strange.create_list("A", members=["ann@acme.example"])
    arguments = ("probe", "--yes", "--list", used, "--domain", "own.example", "--out", "policy.toml")

    refused, _, said = run(*arguments)
    sent = [path for method, path, _ in strange.requests if method == "POST"]
    taken, _, _ = run(*arguments, "--used-list")

    assert (refused, sent, taken) == (2, [], 0)
    assert "holds 1 lead." in said
    assert "--used-list" in said


def test_probe_refuses_what_makes_no_sense(run, strange):
    one = strange.create_list("A")

    for more in (("--second-list", one), ("--second-list", 99), ("--domain", "gmail.com")):
        code, _, _ = run("probe", "--yes", "--list", one, "--domain", "own.example", "--out", "p.toml", *more)
        assert code == 2
    assert not [path for method, path, _ in strange.requests if method == "POST"]


def test_probe_writes_its_policy_to_a_device_where_its_notebook_is_named(run, strange, tmp_path):
    arguments = (
        "probe",
        "--yes",
        "--list",
        strange.create_list("A"),
        "--domain",
        "own.example",
        "--out",
        "/dev/null",
    )

    refused, _, told = run(*arguments)
    asked = list(strange.requests)
    code, _, _ = run(*arguments, "--state", "p.state")

    assert (refused, asked, code) == (2, [], 0)
    assert "Name one with --state F" in told
    assert not Path("/dev/null").is_file()
    assert list(tmp_path.iterdir()) == []


def test_a_lost_answer_ends_the_probe_and_the_same_command_finishes_it(run, strange, tmp_path):
    one = strange.create_list("A")
    arguments = (
        "probe",
        "--yes",
        "--list",
        one,
        "--domain",
        "own.example",
        "--with-blocklist",
        "--out",
        "p.toml",
    )
    strange.fail_next(drop="after")

    lost, _, _ = run(*arguments)
    kept = [path.name for path in tmp_path.iterdir()]
    done, _, _ = run(*arguments)

    assert (lost, kept, done) == (5, ["p.toml.state"], 0)
    assert ImportPolicy.from_toml((tmp_path / "p.toml").read_text()).fold_plus_tag
