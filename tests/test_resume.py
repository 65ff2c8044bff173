"""Resuming: what a later run of the same import sends, what it does not, and what it says."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.deliverability import DomainVerdict
from hygiene.errors import AuthError, UsageError
from hygiene.importing import open_session, preflight
from hygiene.importing.journal import SqliteJournal
from hygiene.importing.preflight import with_known_leads
from hygiene.lists import parse_list
from hygiene.outcomes import Counts

EMAILS = [f"lead{row}@acme.example" for row in range(6)]


class World:
    """An API with one list, and a journal."""

    def __init__(self, api, folder):
        self.api, self.journal = api, folder / "j.sqlite"
        self.list_id = api.create_list("A")

    def run(self, emails=EMAILS, *, clean=(), sink=(), on_unknown="verify", **more):
        frame = emails if isinstance(emails, pd.DataFrame) else pd.DataFrame({"email": list(emails)})
        cleaned = hygiene.clean(frame, **dict(clean))
        with (
            SqliteJournal(self.journal) as journal,
            hygiene.Smartlead(
                list_id=self.list_id, api_key=self.api.api_key, base_url=self.api.base_url, **dict(sink)
            ) as to,
            open_session(cleaned, to, journal=journal, **{"batch_leads": 2, **more}) as session,
        ):
            self.known = with_known_leads(session, cleaned, to)
            receipt = session.run(self.known, on_unknown=on_unknown)
            self.notes = session.notes
            return receipt

    def cut(self, emails=EMAILS, *, after=1, **more):
        """A run that a refusal of the key ends after so many batches."""
        self.api.fail_next(after=after, status=401, body={"message": "no"})
        receipt = self.run(emails, **more)
        assert receipt.reconciliation.status == "incomplete"
        assert isinstance(receipt.error, AuthError)
        return receipt

    @property
    def members(self):
        return self.api.members(self.list_id)

    @property
    def posts(self):
        return [status for method, _, status in self.api.requests if method == "POST"]


@pytest.fixture
def world(api, tmp_path):
    return World(api, tmp_path)


def test_an_import_of_more_leads_than_are_read_unasked_goes_on(world, monkeypatch):
    monkeypatch.setattr(preflight, "MOST_LEADS", 3)
    world.cut(after=2)

    assert world.run().reconciliation.status == "agrees"
    assert sorted(world.members) == EMAILS


def test_what_was_answered_is_not_sent_again_and_the_receipt_spans_all_runs(world):
    first = world.cut()

    receipt = world.run()

    assert receipt.import_id == first.import_id
    assert world.posts == [200, 401, 200, 200]
    assert receipt.reported == receipt.predicted == Counts(6, 6, 0, 0)
    assert [batch.attempts for batch in receipt.batches] == [1, 2, 1]
    assert sorted(world.members) == EMAILS


def test_a_finished_import_sends_nothing_and_gives_its_receipt_again(world):
    first = world.run()

    again = world.run()

    assert len(world.posts) == 3
    assert again.reconciliation.batches == first.batches
    assert again.import_id == first.import_id
    assert not again.progressed


def test_planned_anew_it_knows_only_what_the_api_holds(world, api):
    first = world.run()
    world.list_id = api.create_list("B")
    second = world.run()

    again = world.run(again=True)

    assert first.import_id != second.import_id != again.import_id
    assert again.batches == ()


def test_its_own_leads_are_never_known_leads_of_it(world):
    world.cut()

    world.run()

    assert world.known.counts.outcomes["ready"] == 6
    assert world.known.counts.outcomes["duplicate"] == 0


def test_options_that_differ_are_said_and_not_applied(world):
    world.cut(sink={"rename": {"company": "company_name"}})

    receipt = world.run(batch_leads=5, custom=(), sink={"policy": hygiene.ImportPolicy(fold_plus_tag=True)})

    assert [batch.rows for batch in receipt.batches] == [2, 2, 2]
    assert receipt.reconciliation.agrees
    assert [note.split(": ")[1].split(" is")[0] for note in world.notes] == [
        "policy=...", "batch_leads=...", "rename=... or custom_shape=...",
    ]  # fmt: skip


def test_a_plan_of_which_nothing_was_sent_is_made_anew(world):
    world.api.fail_next(status=401, body={"message": "no"})
    with pytest.raises(AuthError):
        world.run()

    receipt = world.run(batch_leads=5)

    assert [batch.rows for batch in receipt.batches] == [5, 1]
    assert world.notes == []


def test_rows_suppressed_since_are_taken_out_of_unsent_batches(world):
    world.cut()

    receipt = world.run(clean={"suppress": parse_list("lead1@acme.example\nlead3@acme.example", name="dnc")})

    assert sorted(world.members) == [EMAILS[0], EMAILS[1], EMAILS[2], EMAILS[4], EMAILS[5]]
    assert [batch.rows for batch in receipt.batches] == [2, 1, 2]
    assert receipt.reconciliation.agrees


def test_rows_blocked_since_are_taken_out_and_a_batch_of_none_is_no_batch(world):
    world.cut()
    world.api.block(["lead2@acme.example", "lead3@acme.example"])

    receipt = world.run()

    assert [batch.rows for batch in receipt.batches] == [2, 2]
    assert receipt.reconciliation.agrees


@pytest.mark.parametrize("landed", ["before", "after"])
@pytest.mark.parametrize("all_of_it", [True, False])
def test_rows_suppressed_since_are_not_sent_again_with_a_batch_whose_answer_was_lost(
    world, landed, all_of_it
):
    forbidden = EMAILS[2:4] if all_of_it else EMAILS[2:3]
    world.api.fail_next(after=1, drop=landed)
    world.run(on_unknown="stop")

    receipt = world.run(clean={"suppress": parse_list("\n".join(forbidden), name="dnc")})

    assert receipt.reconciliation.agrees
    assert sorted(world.members) == [email for email in EMAILS if landed == "after" or email not in forbidden]
    assert len(world.posts) == (3 if landed == "after" or all_of_it else 4)


def test_rows_that_another_import_brought_since_are_taken_out(world):
    world.cut()
    world.run([EMAILS[3], "new@acme.example"])

    receipt = world.run()

    assert receipt.reconciliation.agrees
    assert [batch.rows for batch in receipt.batches] == [2, 1, 2]
    assert sorted(world.members) == sorted([*EMAILS, "new@acme.example"])


class Dns:
    """A resolver that answers as it is told."""

    def __init__(self, **codes):
        self.codes = codes

    def look_up(self, domains):
        return {
            domain: DomainVerdict(self.codes.get(domain.partition(".")[0], "accepts")) for domain in domains
        }


@pytest.mark.parametrize("cut", [True, False])
def test_rows_for_review_then_and_ready_now_become_further_batches(world, cut):
    emails = ["a@acme.example", "b@shy.example", "c@acme.example", "d@shy.example", "e@shy.example"]
    unsure = {"resolver": Dns(shy="dns_unknown")}
    first = world.cut(emails, clean=unsure, batch_leads=1) if cut else world.run(emails, clean=unsure)

    receipt = world.run(emails, clean={"resolver": Dns()}, batch_leads=1 if cut else 2)
    once_more = world.run(emails, clean={"resolver": Dns()}, batch_leads=1 if cut else 2)

    assert receipt.import_id == first.import_id
    assert [batch.rows for batch in receipt.batches] == ([1] * 5 if cut else [2, 2, 1])
    assert receipt.reported == Counts(5, 5, 0, 0)
    assert receipt.reconciliation.agrees
    assert once_more.batches == receipt.batches
    assert sorted(world.members) == sorted(emails)
    assert len(world.posts) == (6 if cut else 3)


def test_a_changed_input_is_a_new_import_whose_known_leads_were_landed_before(world):
    first = world.run()

    second = world.run([*EMAILS, "new@acme.example"])

    assert second.import_id != first.import_id
    assert second.reported == second.predicted == Counts(1, 1, 0, 0)
    assert world.known.counts.outcomes["duplicate"] == 6


def test_leads_landed_before_are_known_without_a_snapshot_too(world, tmp_path):
    world.run()
    cleaned = hygiene.clean(pd.DataFrame({"email": [EMAILS[0], "new@acme.example", "new+1@acme.example"]}))

    with hygiene.Smartlead(
        list_id=world.list_id, api_key=world.api.api_key, base_url=world.api.base_url
    ) as sink:
        receipt = hygiene.import_leads(cleaned, sink, journal=world.journal, snapshot=False)

    assert receipt.reported == receipt.predicted == Counts(2, 2, 0, 0)


def test_a_lead_landed_before_is_predicted_under_the_policys_folding():
    from hygiene.emulator import Emulator

    policy = hygiene.ImportPolicy(fold_plus_tag=True)
    with Emulator(policy=policy) as api:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            world = World(api, Path(folder))
            world.run(["ann+1@acme.example"], sink={"policy": policy})
            receipt = world.run(["ann+2@acme.example", "bob@acme.example"], sink={"policy": policy})

    assert receipt.predicted == receipt.reported == Counts(2, 1, 1, 0)


def test_a_row_that_holds_another_address_than_planned_is_refused(world, tmp_path, write):
    path = write("leads.csv", "Email,Second\n" + "".join(f"{email},x{email}\n" for email in EMAILS))
    with hygiene.Smartlead(
        list_id=world.list_id, api_key=world.api.api_key, base_url=world.api.base_url
    ) as sink:
        world.api.fail_next(after=1, status=401, body={})
        hygiene.import_leads(hygiene.clean(path), sink, journal=world.journal, batch_leads=2)

        with pytest.raises(UsageError, match="row 3 does not hold the address that was planned"):
            hygiene.import_leads(
                hygiene.clean(path, columns={"email": "Second"}), sink, journal=world.journal, batch_leads=2
            )


def test_frames_are_told_apart_by_what_is_in_them(world):
    frame = pd.DataFrame({"email": EMAILS, "Score": [1, 2, None, 4, 5, 6]})
    first = world.run(frame)

    same, other = world.run(frame.copy()), world.run(frame.assign(Score=np.arange(6)))

    assert same.import_id == first.import_id != other.import_id


def test_a_sink_that_cannot_be_named_takes_no_journal(world):
    class Nameless:
        batch_leads, policy, name = 3, hygiene.ImportPolicy(), "the other API"

        def send(self, leads, /, *, file_name, waive_blocklist=False):
            raise AssertionError("nothing is sent")

    cleaned = hygiene.clean(pd.DataFrame({"email": EMAILS}))

    with pytest.raises(UsageError, match="a journal needs a sink that says where it sends to"):
        hygiene.import_leads(cleaned, Nameless(), journal=world.journal)


def _forget_fields(journal):
    """Make the plan one of a version that did nothing to cells."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        [(text,)] = connection.execute("SELECT frozen FROM imports").fetchall()
        kept = json.loads(text)
        del kept["fields"]
        connection.execute("UPDATE imports SET frozen = ?", (json.dumps(kept),))


PADDED = pd.DataFrame({"email": EMAILS, "first_name": [" Ann "] * 6})


def test_an_import_goes_on_with_the_cells_that_its_plan_was_made_with(world):
    world.cut(PADDED)

    world.run(PADDED, clean={"mend": False})

    assert world.known.ready["first_name"].tolist() == ["Ann"] * 6
    assert any("mend" in note for note in world.notes)


def test_an_unfinished_import_of_an_earlier_version_goes_on_unmended(world):
    world.cut(PADDED)
    _forget_fields(world.journal)

    world.run(PADDED)

    assert world.known.ready["first_name"].tolist() == [" Ann "] * 6
    assert world.known.changes.empty


def test_an_import_that_begins_now_is_mended(world):
    world.run(PADDED)

    assert world.known.ready["first_name"].tolist() == ["Ann"] * 6
