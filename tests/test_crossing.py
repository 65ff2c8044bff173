"""Imports that run at the same time on one journal and list: they see each other batch by batch, the rest is told."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

import hygiene
from hygiene.emulator import Emulator
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy

IMPORT = ("POST", "/lead-list/{id}/import")


def cleaned_of(*names):
    return hygiene.clean(pd.DataFrame({"email": [f"{name}@x.example" for name in names]}))


@pytest.fixture
def bring(api, tmp_path):
    """Import leads into the one list, through a connection to the one journal."""
    list_id = api.create_list("A")

    def _bring(*names, policy=None, batch_leads=2, **how):
        with hygiene.Smartlead(
            list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
        ) as sink:
            return hygiene.import_leads(
                cleaned_of(*names), sink, journal=tmp_path / "j.sqlite", batch_leads=batch_leads, **how
            )

    _bring.held = lambda: sorted(address.partition("@")[0] for address in api.members(list_id))
    return _bring


def at_import(api, number, do):
    """Do something when the API has an import request before it, and has not counted it yet."""
    honest, seen = api._routes.table[IMPORT], []

    def answer(call):
        seen.append(call)
        if len(seen) == number:
            do()
        return honest(call)

    api._routes.table = {**api._routes.table, IMPORT: answer}


def test_what_another_import_brings_meanwhile_is_not_sent_any_more_and_said(bring):
    others = []

    def meanwhile(done, of):
        if not others:
            others.append(bring("c", "d", "e", "z"))

    receipt = bring("a", "b", "c", "d", "e", "f", "g", progress=meanwhile)

    assert bring.held() == ["a", "b", "c", "d", "e", "f", "g", "z"]
    assert receipt.reconciliation.agrees
    assert others[0].reconciliation.agrees
    assert receipt.reported == Counts(4, 4, 0, 0)
    assert receipt.notes == (
        f"3 leads were not sent: import {others[0].import_id} brought them to the list while this one ran",
    )
    assert bring("a", "b", "c", "d", "e", "f", "g").reported == receipt.reported  # nothing is left of it


def test_every_lead_of_many_that_another_import_brings_is_seen(bring):
    names, others = [f"p{number}" for number in range(1500)], []

    def meanwhile(done, of):
        if not others:
            others.append(bring(*names, batch_leads=500))

    receipt = bring("a", *names, batch_leads=100, progress=meanwhile)

    assert receipt.reported == Counts(100, 100, 0, 0)
    assert receipt.notes[0].startswith("1401 leads were not sent")


def test_a_lead_that_merely_has_the_key_of_a_sent_one_is_seen_as_well(bring):
    others, policy = [], ImportPolicy(fold_plus_tag=True)

    def meanwhile(done, of):
        if not others:
            others.append(bring("c", policy=policy))

    receipt = bring("a", "b", "c+1", "d", policy=policy, progress=meanwhile)

    assert bring.held() == ["a", "b", "c", "d"]
    assert receipt.reconciliation.agrees


def test_a_lead_that_another_import_had_blocked_is_sent(bring, api):
    api.block(["c@x.example"])
    others = []

    def meanwhile(done, of):
        if not others:
            others.append(bring("c", "y", send_all=True))
            [entry] = api._store.read_block_list(limit=9, offset=0, client_id=None, part=None, exact=None)
            api._store.unblock(entry["id"])

    receipt = bring("a", "b", "c", "d", snapshot=False, progress=meanwhile)

    assert bring.held() == ["a", "b", "c", "d", "y"]
    assert receipt.notes == ()


def test_where_all_is_sent_what_another_import_brought_is_sent_too_and_explained(bring):
    others = []

    def meanwhile(done, of):
        if not others:
            others.append(bring("c"))

    receipt = bring("a", "b", "c", "d", send_all=True, progress=meanwhile)

    assert receipt.reported == Counts(4, 3, 1, 0)
    assert receipt.reconciliation.status == "within_range"
    assert receipt.reconciliation.explain() == [
        (
            "batch 2 of 2 (2 leads): 1 fewer imported, 1 more duplicates than predicted; "
            "another import sent 1 of its leads at the same time"
        )
    ]


@pytest.mark.parametrize("again", [False, True])
def test_what_both_send_at_the_same_moment_is_explained_to_the_one_that_comes_second(bring, api, again):
    others = []
    at_import(api, 2, lambda: others.append(bring("c", "z")))

    receipt = bring("a", "b", "c", "d", "e", "f", again=again)

    assert bring.held() == ["a", "b", "c", "d", "e", "f", "z"]
    assert receipt.reported == Counts(6, 5, 1, 0)
    assert receipt.reconciliation.status == "within_range"
    assert "another import sent 1 of its leads at the same time" in receipt.reconciliation.explain()[0]
    assert len(receipt.reconciliation.explain()) == 1  # no rule is made up for it
    assert others[0].reconciliation.agrees
    assert bring("a", "b", "c", "d", "e", "f").reconciliation.status == "within_range"


def test_more_duplicates_than_another_import_sent_are_a_difference(bring, api):
    def meddle():
        bring("c")
        with hygiene.Smartlead(list_id=1, api_key=api.api_key, base_url=api.base_url) as sink:
            sink.send([{"email": "d@x.example"}], file_name="by hand")

    at_import(api, 2, meddle)

    receipt = bring("a", "b", "c", "d")

    assert receipt.reported == Counts(4, 2, 2, 0)
    assert receipt.reconciliation.status == "differs"


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_batch_claims_no_leads_that_another_import_brought(bring, api, drop):
    """The other one comes first where the request is lost before it is counted, else in the same moment."""
    others, route = [], ("GET", "/leads/all")
    honest = api._routes.table[route]

    def meanwhile():
        if not others:
            others.append(None)  # the other import reads as well
            others[0] = bring("c", "d")

    def answer(call):
        posted = [path for method, path, _ in api.requests if method == "POST"]
        if len(posted) == 2:  # what became of the second batch is to be settled
            meanwhile()
        return honest(call)

    if drop == "before":
        api._routes.table = {**api._routes.table, route: answer}
    else:
        at_import(api, 2, meanwhile)
    api.fail_next(after=1, drop=drop)

    receipt = bring("a", "b", "c", "d", "e", "f")

    claimed = [each.reported.imported for each in (receipt, others[0])]
    assert bring.held() == ["a", "b", "c", "d", "e", "f"]
    assert receipt.reconciliation.status in ("agrees", "within_range")
    assert sum(claimed) == 6


def test_imports_of_earlier_days_are_no_crossing_and_again_asks_the_api_alone(bring):
    bring("a", "b", "c")

    receipt = bring("a", "b", "d", again=True, snapshot=False)

    assert receipt.reported == Counts(3, 1, 2, 0)
    assert receipt.notes == ()
    assert "another import" not in str(receipt.reconciliation.explain())


@pytest.mark.long
@pytest.mark.faults
def test_processes_that_import_overlapping_files_at_once_send_and_count_each_lead_once(tmp_path):
    """Four processes on one journal: what they report adds up to the list, and whatever is left is explained."""
    files = [range(start, start + 120) for start in (0, 40, 80, 120)]
    with Emulator() as api:
        list_id = api.create_list("A")
        settings = {
            **os.environ, "SMARTLEAD_API_KEY": api.api_key, "SMARTLEAD_BASE_URL": api.base_url,
            "HYGIENE_JOURNAL": str(tmp_path / "j.sqlite"),
        }  # fmt: skip
        running = []
        for number, rows in enumerate(files):
            path = tmp_path / f"{number}.csv"
            path.write_text("email\n" + "".join(f"p{row}@x.example\n" for row in rows))
            command = [
                sys.executable, "-m", "hygiene", "import", str(path), "--list", str(list_id), "--no-dns", "--yes",
                "--batch-size", "3", "--format", "json", "--quiet",
            ]  # fmt: skip
            running.append(subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True))
        every = [json.loads(each.communicate(timeout=300)[0]) for each in running]
        held = api.members(list_id)

    told = [each for each in every if each["reported"]]  # one that came last may have had nothing to send
    differing = [each["reconciliation"] for each in told if each["reconciliation"]["status"] == "differs"]
    assert [each.returncode for each in running] == [0] * 4, [
        (batch["rows"], batch["predicted"], batch["reported"], batch.get("elsewhere"))
        for each in differing
        for batch in each["batches"]
        if batch["predicted"] != batch["reported"]
    ]
    assert sorted(held) == sorted(f"p{row}@x.example" for row in range(240))
    assert sum(each["reported"]["imported"] for each in told) == len(held)
    assert {each["reconciliation"]["status"] for each in told} <= {"agrees", "within_range"}
