"""What an earlier build wrote is read by this one: its configuration, its policy, and its journal.

How the files were made is told beside them; what this build writes itself is tested elsewhere.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.cli.config import load_defaults, load_gate, load_profile
from hygiene.emulator import Emulator
from hygiene.importing.journal import SqliteJournal
from hygiene.outcomes import Counts
from hygiene.prediction.simulate import count

MADE = Path(__file__).parent / "data" / "made-by-0.1.0"
POLICY = hygiene.ImportPolicy(
    fold_plus_tag=True,
    block_subdomains=True,
    precedence="duplicate",
    invalid_rows="reject_request",
    measured=frozenset({"fold_plus_tag", "invalid_rows"}),
)
#: The names of the journal's two imports.
FINISHED, CUT = "5e8f113a", "1277d77f"
#: The leads of the import that was cut off, in batches of three; the answer to the second was lost.
READY = [
    "ann@acme.example", "bea@acme.example", "cal@bolt.example",
    "dee@bolt.example", "eli@corp.example", "fay@corp.example",
    "gus@corp.example",
]  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    """A copy of the journal and its secret."""
    for name in ("imports.sqlite", "imports.sqlite.key"):
        shutil.copyfile(MADE / name, tmp_path / name)
    return tmp_path / "imports.sqlite"


def imported(leads, api, journal, *, list_id, **more):
    """Import with a journal that is told that its API is at another port now; its own may be taken."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        for table in ("imports", "bindings"):
            connection.execute(f"UPDATE {table} SET url = ?", (api.base_url,))
    with hygiene.Smartlead(
        list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=POLICY
    ) as sink:
        return hygiene.import_leads(hygiene.clean(leads), sink, journal=journal, batch_leads=3, **more)


def test_every_setting_of_a_profile_is_read():
    profile = load_profile("acme", folder=MADE)

    assert profile.values == {
        "list": 2,
        "client_id": 7,
        "api_key_env": "ACME_KEY",
        "api_key_file": str(MADE / "acme.key"),
        "suppress": [str(MADE / "dnc.txt"), str(MADE / "more" / "dnc.csv")],
        "blocklist": str(MADE / "block.csv"),
        "known": [str(MADE / "members.csv"), str(MADE / "customers.csv")],
        "policy": str(MADE / "acme" / "policy.toml"),
        "journal": str(MADE / "acme" / "imports.sqlite"),
        "rate": "1/s",
    }


def test_what_stands_above_all_profiles_is_read_and_holds_where_one_is_silent():
    shared = {
        "policy": str(MADE / "policy.toml"),
        "journal": str(MADE / "imports.sqlite"),
        "rate": "4/s,40/m",
    }

    silent = load_profile("bolt", folder=MADE)

    assert load_defaults(folder=MADE) == shared
    assert silent.values == {"list": 1, **shared}


def test_the_gate_is_read():
    gate = load_gate(folder=MADE)

    assert gate == {
        "max": {"invalid": 0.02, "null_mx": 0},
        "min": {"ready": 0.8},
        "warn": {"duplicate": 10},
    }


def test_the_policy_is_read_with_what_was_measured():
    policy = hygiene.ImportPolicy.from_toml((MADE / "policy.toml").read_text(encoding="utf-8"))

    assert policy == POLICY
    assert policy.measured == POLICY.measured


def test_the_imports_are_listed_with_their_counts_and_states(journal):
    with SqliteJournal(journal, must_exist=True) as opened:
        finished, cut = opened.imports()

    assert [(each.id, each.target.list_id, each.complete, each.policy) for each in (finished, cut)] == [
        (FINISHED, "1", True, POLICY),
        (CUT, "2", False, POLICY),
    ]
    assert (finished.reconciliation.status, cut.reconciliation.status) == ("agrees", "incomplete")
    assert finished.reconciliation.reported == Counts(8, 6, 1, 1)
    assert cut.reconciliation.reported == Counts(3, 3, 0, 0)
    assert [batch.state for batch in cut.reconciliation.batches] == ["acknowledged", "unknown", "planned"]


@pytest.mark.parametrize(
    ("policy", "counts"),
    [
        (POLICY, (Counts(3, 2, 1, 0), Counts(3, 3, 0, 0), Counts(2, 1, 0, 1))),
        (hygiene.ImportPolicy(), (Counts(3, 3, 0, 0), Counts(3, 3, 0, 0), Counts(2, 2, 0, 0))),
    ],
)
def test_its_leads_are_counted_by_any_rules(journal, policy, counts):
    with SqliteJournal(journal) as opened:
        features = opened.features(FINISHED)

    assert features.rows.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert count(features, policy, batch=np.arange(8) // 3) == counts


@pytest.mark.parametrize(
    ("landed", "states"),
    [
        (3, ["acknowledged", "acknowledged", "acknowledged"]),
        (6, ["acknowledged", "settled", "acknowledged"]),
    ],
)
def test_the_import_that_was_cut_off_is_finished_and_no_lead_is_lost_or_sent_twice(journal, landed, states):
    with Emulator(policy=POLICY) as api:
        api.create_list("Summer", list_id=2, members=READY[:landed])
        api.block(["blocked.example"])

        receipt = imported(MADE / "leads.csv", api, journal, list_id=2)
        sent = [status for method, _, status in api.requests if method == "POST"]
        members = api.members(2)

    assert receipt.import_id == CUT
    assert [batch.state for batch in receipt.batches] == states
    assert receipt.reported == receipt.predicted == Counts(7, 7, 0, 0)
    assert sent == [200] * (2 if landed == 3 else 1)
    assert members == READY


def test_the_import_that_was_finished_sends_nothing_again(journal):
    with Emulator(policy=POLICY) as api:
        api.create_list("Spring", list_id=1)

        receipt = imported(MADE / "leads.csv", api, journal, list_id=1, send_all=True)
        asked = [method for method, _, _ in api.requests]

    assert receipt.import_id == FINISHED
    assert receipt.reported == Counts(8, 6, 1, 1)
    assert "POST" not in asked


def test_a_lead_that_it_brought_to_the_list_is_known(journal):
    leads = pd.DataFrame({"email": ["ANN@acme.example", "new@acme.example"]})

    with Emulator(policy=POLICY) as api:
        api.create_list("Spring", list_id=1)
        receipt = imported(leads, api, journal, list_id=1, snapshot=False)
        members = api.members(1)

    assert receipt.reported == Counts(1, 1, 0, 0)
    assert members == ["new@acme.example"]
