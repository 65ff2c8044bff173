"""The journal: what it keeps, what it must not hold, and whom it lets in."""

import hmac
import itertools
import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.emulator import Emulator
from hygiene.errors import JournalError, UsageError
from hygiene.importing import Identity
from hygiene.importing.journal import JournalView, SqliteJournal, StoredFeatures, default_path
from hygiene.importing.journal.database import is_on_network
from hygiene.importing.journal.stored_features import Block, bits_of
from hygiene.importing.journal.stored_keys import Secret
from hygiene.importing.preflight import with_known_leads
from hygiene.policy import ImportPolicy
from hygiene.prediction.features import TextFeatures
from hygiene.prediction.simulate import count
from hygiene.sinks import Target
from tests.test_prediction import ADDRESSES, ENTRIES, policies

TARGET = Target("https://api.example/v1", "0a1b2c3d", "5")


def identity(**changes):
    return Identity(
        **{"target": TARGET, "sha256": "ab", "send_all": False, "waive_blocklist": False, **changes}
    )


def imported(api, journal, emails, *, list_id=None, key=None, **more):
    list_id = list_id or api.create_list("A")
    cleaned = hygiene.clean(pd.DataFrame({"email": emails}))
    with hygiene.Smartlead(list_id=list_id, api_key=key or api.api_key, base_url=api.base_url) as sink:
        return hygiene.import_leads(cleaned, sink, journal=journal, **more), list_id


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "imports.sqlite"


# features


KEPT = StoredFeatures.of([])


@settings(max_examples=settings.default.max_examples * 2)
@given(
    leads=st.lists(st.sampled_from(ADDRESSES), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=2),
    policy=policies(),
    blocklist=st.lists(st.sampled_from(ENTRIES), max_size=3),
    known=st.lists(st.sampled_from(ADDRESSES), max_size=3),
    elsewhere=st.lists(st.sampled_from(ADDRESSES), max_size=3),
    batch_leads=st.integers(1, 13),
    waive=st.booleans(),
)
def test_every_policy_counts_on_what_is_kept_as_it_does_on_addresses(
    leads, cuts, policy, blocklist, known, elsewhere, batch_leads, waive
):
    column = pa.array(leads, pa.large_string())
    features = TextFeatures(column, blocklist=blocklist, known=known, elsewhere=elsewhere)
    bits, secret = bits_of(features, policy), Secret(b"k" * 32)
    edges = [0, *sorted(min(cut, len(leads)) for cut in cuts), len(leads)]
    blocks = [
        Block.of(np.arange(start, end), column[start:end], bits[:, start:end], secret, policy)
        for start, end in itertools.pairwise(edges)
    ]
    batch = np.arange(len(leads)) // batch_leads

    stored = StoredFeatures.of(blocks, policy)

    assert stored.rows.tolist() == list(range(len(leads)))
    assert count(stored, policy, batch=batch, waive_blocklist=waive) == count(
        features, policy, batch=batch, waive_blocklist=waive
    )
    some = np.arange(len(leads))[::2]
    assert count(stored.take(some), policy, batch=batch[some], waive_blocklist=waive) == count(
        features.take(some), policy, batch=batch[some], waive_blocklist=waive
    )


@pytest.mark.parametrize(
    "policy",
    [
        ImportPolicy(usable_address="ascii"),
        ImportPolicy(fold_googlemail=True),
        ImportPolicy(block_reach="letters"),
    ],
)
def test_what_a_journal_does_not_keep_is_said_and_never_guessed(policy):
    assert not KEPT.sees(next(iter(ImportPolicy().changes(policy))))
    with pytest.raises(UsageError, match="the journal does not keep"):
        count(KEPT, policy, batch=np.arange(0))


@given(key=st.binary(min_size=1, max_size=64), text=st.text(st.characters(codec="utf-8")))
def test_a_lead_is_kept_as_half_of_the_hmac_of_its_key(key, text):
    [digest] = Secret(key).digests(pa.array([text], pa.large_string()))

    assert digest == hmac.digest(key, text.encode(), "sha256")[:16]


def test_equal_keys_have_equal_hmacs_in_one_journal_and_others_in_another():
    column = pa.array(["ann@acme.example", "ann@acme.example", "bob@acme.example"], pa.large_string())

    one, other = (Secret(key * 32).digests(column) for key in (b"a", b"b"))

    assert one[0] == one[1] != one[2]
    assert not set(one) & set(other)
    assert "aaaa" not in repr(Secret(b"a" * 32))


def test_the_features_of_an_import_come_back_with_its_batches(api, path):
    receipt, _ = imported(api, path, ["a@acme.example", "b@acme.example", "c@acme.example"], batch_leads=2)

    with SqliteJournal(path) as journal:
        kept, past = journal.features(receipt.import_id), journal.find(receipt.import_id)

    assert (len(kept), past.leads) == (3, {1: [0, 1], 2: [2]})
    assert kept.rows.tolist() == [1, 2, 3]


# the file


def test_journal_secret_and_folder_are_the_owners_alone(api, path):
    imported(api, path, ["a@acme.example"])

    files = [each for each in path.parent.rglob("*") if each.is_file()]
    assert {each.name for each in files} >= {"imports.sqlite", "imports.sqlite.key"}
    for each in (path, path.with_name("imports.sqlite.key")):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_address_no_name_and_no_key_is_in_its_bytes(api, path):
    api.fail_next(status=400, body={"message": '"leadList[0].email" secret-name@acme.example is bad'})
    api.fail_next(after=1, drop="after")
    imported(api, path, ["secret-name@acme.example", "b@acme.example", "c@bolt.example"], batch_leads=2)

    octets = b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())
    for secret in (b"secret-name", b"acme", b"bolt.example", api.api_key.encode()):
        assert secret not in octets
    assert b"is bad" in octets


def test_it_is_written_ahead_and_in_full_and_not_so_on_a_network():
    mounts = "/dev/sda / ext4 rw 0 0\nhost:/net /net nfs4 rw 0 0\n/dev/sdb /net/local ext4 rw 0 0\n"

    assert is_on_network(Path("/net/ann/j.sqlite"), mounts=mounts)
    assert not is_on_network(Path("/net/local/j.sqlite"), mounts=mounts)
    assert not is_on_network(Path("/var/j.sqlite"), mounts=mounts)


def test_the_journal_mode_is_wal(path):
    SqliteJournal(path).close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_environment_says_where_it_is_and_else_the_users_state_folder(monkeypatch):
    named = default_path()
    monkeypatch.delenv("HYGIENE_JOURNAL")

    assert named.name == "imports.sqlite"
    assert default_path().parts[-2:] == ("lead-hygiene", "imports.sqlite")


def test_where_one_is_required_none_is_made(path):
    with pytest.raises(JournalError, match="no journal there, and one is required"):
        SqliteJournal(path, must_exist=True)

    assert not path.exists()


def test_a_missing_or_another_secret_is_refused_and_never_replaced(path, tmp_path):
    SqliteJournal(path).close()
    SqliteJournal(tmp_path / "other").close()
    key = path.with_name("imports.sqlite.key")
    key.write_bytes((tmp_path / "other.key").read_bytes())

    with pytest.raises(JournalError, match="not the secret of this journal"):
        SqliteJournal(path)
    key.unlink()
    with pytest.raises(JournalError, match="secret is missing"):
        SqliteJournal(path)
    assert not key.exists()


def test_a_journal_of_a_newer_version_is_refused(path):
    SqliteJournal(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(JournalError, match=r"version 99.*newer hygiene"):
        SqliteJournal(path)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no list of open files there")
def test_a_journal_that_is_refused_is_not_held_open(path):
    SqliteJournal(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(JournalError) as refused:  # whose traceback keeps what it met
        SqliteJournal(path)

    opened = {os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()}
    assert refused.tb is not None
    assert os.path.realpath(path) not in opened


# history


def test_history_lists_shows_and_forgets(api, path):
    first, _ = imported(api, path, ["a@acme.example"])
    second, _ = imported(api, path, ["b@acme.example"])

    with SqliteJournal(path) as journal:
        assert [each.id for each in journal.imports()] == [first.import_id, second.import_id]
        journal.forget(first.import_id)
        assert [each.id for each in journal.imports()] == [second.import_id]
        with pytest.raises(UsageError, match="no import of that name"):
            journal.find(first.import_id)
        assert journal.find(second.import_id[:6]).reconciliation.agrees
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM leads").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM batches").fetchone() == (1,)


def test_history_calls_a_difference_within_what_was_left_open_as_the_import_did(api, path):
    list_id = api.create_list("A", members=["a@acme.example"])
    receipt, _ = imported(api, path, ["a@acme.example", "b@acme.example"], list_id=list_id, snapshot=False)

    with SqliteJournal(path) as journal:
        told = [journal.imports()[0], journal.find(receipt.import_id)]

    assert receipt.reconciliation.status == "within_range"
    assert [each.reconciliation.status for each in told] == ["within_range"] * 2


# keys and lists


def test_a_list_is_bound_to_the_key_it_was_first_imported_to_with(path):
    with SqliteJournal(path) as journal:
        journal.begin(identity()).close()
        other = identity(target=Target(TARGET.url, "ffffffff", TARGET.list_id))

        with pytest.raises(UsageError, match=r"key 0a1b2c3d, and this is key ffffffff.*accept_new_key=True"):
            journal.begin(other)
        journal.begin(other, accept_new_key=True).close()
        journal.begin(other).close()
        with pytest.raises(UsageError):
            journal.begin(identity())


def test_an_accepted_key_goes_on_with_what_the_old_one_began(api, path):
    api.fail_next(after=1, drop="before")
    stopped, list_id = imported(
        api, path, ["a@acme.example", "b@acme.example"], batch_leads=1, on_unknown="stop"
    )
    api.api_key = "new-key"
    cleaned = hygiene.clean(pd.DataFrame({"email": ["a@acme.example", "b@acme.example"]}))

    with (
        SqliteJournal(path) as journal,
        hygiene.Smartlead(list_id=list_id, api_key="new-key", base_url=api.base_url) as sink,
        hygiene.importing.open_session(
            cleaned, sink, journal=journal, batch_leads=1, accept_new_key=True
        ) as session,
    ):
        receipt = session.run(with_known_leads(session, cleaned, sink))

    assert receipt.import_id == stopped.import_id
    assert receipt.reconciliation.agrees


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "cd"},
        {"send_all": True},
        {"waive_blocklist": True},
        {"target": Target(TARGET.url, TARGET.account, "6")},
        {"target": Target("https://b.example", TARGET.account, TARGET.list_id)},
    ],
)
def test_another_input_list_or_way_of_sending_is_another_import(path, change):
    with SqliteJournal(path) as journal:
        one, other = journal.begin(identity()), journal.begin(identity(**change))

        assert one.import_id != other.import_id
        one.close()
        other.close()


def test_the_answer_is_json_and_numbers_in_the_file(api, path):
    imported(api, path, ["a@acme.example"])

    with closing(sqlite3.connect(path)) as connection:
        [(frozen, summary)] = connection.execute("SELECT frozen, summary FROM imports").fetchall()
    assert json.loads(frozen)["batch_leads"] == 400
    assert json.loads(summary)["schema"] == "hygiene.summary/1"


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("x", encoding="utf-8")

    with pytest.raises(JournalError, match=os.fspath(blocker)):
        SqliteJournal(blocker / "j.sqlite")


@pytest.mark.parametrize(
    "rules",
    [
        {"usable_address": "ascii"},
        {"usable_address": "[a-z]+@[a-z.]+"},
        {"block_reach": "registrable"},
        {"fold_gmail_tags": True, "fold_googlemail": True},
        {"fold_u_labels": True},
        {"request_limit": 2},
    ],
)
def test_an_import_goes_on_under_every_rule_of_its_policy(path, rules):
    emails = [
        "o'hara@acme.example",
        "bob@acme.example",
        "müller@acme.example",
        "cy@gmail.com",
        "cy+1@gmail.com",
    ]
    policy = ImportPolicy(**rules)
    with Emulator(policy=policy) as api:
        list_id = api.create_list("A")
        api.fail_next(after=1, drop="after")
        cleaned = hygiene.clean(pd.DataFrame({"email": emails}))
        how = {"journal": path, "batch_leads": 2, "send_all": True}
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy, patience_s=0
        ) as sink:
            stopped = hygiene.import_leads(cleaned, sink, on_unknown="stop", **how)
            finished = hygiene.import_leads(cleaned, sink, **how)

    with JournalView(path) as journal:
        [told] = journal.imports()
    assert stopped.reconciliation.status == "incomplete"
    assert finished.reconciliation.agrees
    assert told.reconciliation.agrees


def test_a_pattern_is_induced_from_what_a_journal_keeps_and_predicts_the_next_import(path):
    emails = [f"{'' if number % 16 else chr(39)}lead{number}@acme.example" for number in range(80)]
    with Emulator(policy=ImportPolicy(usable_address="[^']+@.+")) as api:
        cleaned = hygiene.clean(pd.DataFrame({"email": emails}))
        where = {"api_key": api.api_key, "base_url": api.base_url}
        with hygiene.Smartlead(list_id=api.create_list("A"), **where) as sink:
            hygiene.import_leads(cleaned, sink, journal=path, verify=True)
        with JournalView(path) as journal:
            [told] = journal.imports()
            found = journal.find(told.id).reconciliation.search()
        with hygiene.Smartlead(list_id=api.create_list("B"), policy=found.induced, **where) as sink:
            again = hygiene.import_leads(cleaned, sink, journal=path)

    assert "have an apostrophe in the local part" in " ".join(found.sentences())
    assert again.reconciliation.agrees
    assert again.predicted.imported == 75
