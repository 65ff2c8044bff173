"""A journal brought back from an older copy: a resume sees by the size of the list that it does not know all."""

import shutil

import pandas as pd
import pytest

import hygiene
from hygiene.errors import AuthError, JournalBehind
from hygiene.importing.standing import Brought, Standing

EMAILS = [f"lead{row}@acme.example" for row in range(6)]


class World:
    """An API with a list that holds a lead, and a journal."""

    def __init__(self, api, folder):
        self.api, self.journal = api, folder / "j.sqlite"
        self.list_id = api.create_list("A", members=["other@acme.example"])

    def run(self, emails=EMAILS, *, journal=None, **more):
        cleaned = hygiene.clean(pd.DataFrame({"email": emails}))
        with hygiene.Smartlead(
            list_id=self.list_id, api_key=self.api.api_key, base_url=self.api.base_url
        ) as sink:
            return hygiene.import_leads(
                cleaned, sink, journal=journal or self.journal, **{"batch_leads": 2, **more}
            )

    def cut(self, *, after=1, **more):
        self.api.fail_next(after=after, status=401, body={"message": "no"})
        assert isinstance(self.run(**more).error, AuthError)

    def copied(self):
        """A copy of the journal and its key file, which belong together."""
        older = self.journal.with_name("older.sqlite")
        for part in ("", ".key"):
            shutil.copyfile(f"{self.journal}{part}", f"{older}{part}")
        return older

    @property
    def posts(self):
        return [status for method, _, status in self.api.requests if method == "POST"]


@pytest.fixture
def world(api, tmp_path):
    return World(api, tmp_path)


def test_a_pair_from_an_older_copy_stops_a_resume_before_it_sends(world):
    world.cut()
    older = world.copied()
    world.cut()
    sent = len(world.posts)

    with pytest.raises(JournalBehind, match=r"holds at least 2 leads that the journal does not know of"):
        world.run(journal=older)

    assert len(world.posts) == sent


def test_planned_anew_it_sends_what_the_list_does_not_hold(world):
    world.cut()
    older = world.copied()
    world.cut()

    receipt = world.run(journal=older, again=True)

    assert receipt.reported == hygiene.Counts(2, 2, 0, 0)
    assert world.api.members(world.list_id) == ["other@acme.example", *EMAILS]


def test_on_the_command_line_that_is_exit_5_in_a_dry_run_too(world, run, monkeypatch, write):
    write("leads.csv", "email\n" + "\n".join(EMAILS) + "\n")
    monkeypatch.setenv("SMARTLEAD_BASE_URL", world.api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", world.api.api_key)
    command = ("import", "leads.csv", "--list", world.list_id, "--no-dns", "--yes", "--batch-size", "2")
    world.api.fail_next(after=1, status=401, body={"message": "no"})
    first, _, _ = run(*command, "--journal", world.journal)
    older = world.copied()
    finished, _, _ = run(*command, "--journal", world.journal)

    resumed, _, told = run(*command, "--journal", older)
    rehearsed, _, _ = run(*command, "--journal", older, "--dry-run")
    anew, _, _ = run(*command, "--journal", older, "--again")

    assert (first, finished) == (5, 0)
    assert (resumed, rehearsed) == (5, 5)
    assert "plan what is left anew with --again" in told
    assert anew == 0
    assert len(world.api.members(world.list_id)) == 7


def test_what_other_imports_of_the_journal_brought_meanwhile_is_known(world):
    world.cut()
    world.run([f"more{row}@acme.example" for row in range(5)])

    receipt = world.run()

    assert receipt.reconciliation.agrees


def test_a_batch_whose_answer_was_lost_may_have_landed(world):
    world.api.fail_next(after=1, drop="after")
    world.run(on_unknown="stop")

    assert world.run().reconciliation.agrees
    assert world.api.members(world.list_id) == ["other@acme.example", *EMAILS]


def test_a_finished_import_does_not_ask_what_others_added(world):
    world.run()
    world.api.create_list("B", members=[])
    with hygiene.Smartlead(
        list_id=world.list_id, api_key=world.api.api_key, base_url=world.api.base_url
    ) as sink:
        sink.send([{"email": "colleague@acme.example"}], file_name="by hand")

    assert world.run().reconciliation.agrees


@pytest.mark.parametrize(
    ("batch", "brought"),
    [
        ({"state": "acknowledged", "lost": 0, "imported": 3}, (3, 3)),
        ({"state": "acknowledged", "lost": 0, "imported": None}, (0, 5)),
        ({"state": "acknowledged", "lost": 1, "imported": 3}, (3, 5)),
        ({"state": "settled", "lost": 1, "imported": 4}, (4, 5)),
        ({"state": "sending", "lost": 0, "imported": None}, (0, 5)),
        ({"state": "unknown", "lost": 1, "imported": None}, (0, 5)),
        ({"state": "planned", "lost": 0, "imported": None}, (0, 0)),
        ({"state": "planned", "lost": 1, "imported": None}, (0, 5)),
        ({"state": "rejected", "lost": 0, "imported": None}, (0, 0)),
    ],
)
def test_what_a_batch_brought_is_bounded_by_what_is_known_of_it(batch, brought):
    assert Brought.by(rows=5, **batch) == brought


def test_an_import_that_was_forgotten_does_not_make_the_list_hold_more():
    standing = Standing(held=10, brought={"gone": 4, "mine": 2})

    standing.check("list 1", 15, {"mine": Brought(7, 7)})
    with pytest.raises(JournalBehind, match="at least 1 lead"):
        standing.check("list 1", 16, {"mine": Brought(7, 7)})
