"""Results go to another process by pickle, and say there what they said here."""

import pickle
import subprocess
import sys

import pandas as pd
import pytest

import hygiene
from hygiene.errors import UsageError

FRAME = pd.DataFrame(
    {
        "email": ["ann@acme.example", "ANN@acme.example", "nobody", "bob@bolt.example", "cal@null.example"],
        "Source": ["fair", "web", "web", "fair", "web"],
    }
)


def no_fair(frame):
    return frame["Source"] == "fair"


#: What a cleaning is handed over, given a file of the leads and a name server.
KINDS = {
    "a frame": lambda path, names: (FRAME, {}),
    "a file": lambda path, names: (path, {"known": path, "blocklist": hygiene.Entries(["bolt.example"])}),
    "temporary files": lambda path, names: (path, {"memory": 10}),
    "DNS": lambda path, names: (
        FRAME, {"resolver": hygiene.Resolver(nameservers=[names.address], cache=None)}
    ),
    "a rule": lambda path, names: (FRAME, {"rules": [hygiene.Rule("no_fair", no_fair)]}),
    "a fill": lambda path, names: (FRAME, {"fill": True, "match": "person"}),
}  # fmt: skip


def told(cleaned):
    """What a result says, as plain values."""
    return [
        cleaned.verdicts.to_dict("list"),
        cleaned.ready.to_dict("list"),
        cleaned.counts,
        cleaned.predicted,
        cleaned.predicted_raw,
        cleaned.prediction.range,
        list(map(str, cleaned.notes)),
        [(group.name, group.tally) for group in cleaned.by("Source").groups],
        str(cleaned.explain(2)),
        [len(part.verdicts) for part in cleaned.chunks()],
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cleaning_says_the_same_after_pickling(kind, tmp_path, names):
    path = tmp_path / "leads.csv"
    FRAME.to_csv(path, index=False)
    leads, options = KINDS[kind](path, names)
    cleaned = hygiene.clean(leads, **options)

    arrived = pickle.loads(pickle.dumps(cleaned))
    said = str(told(cleaned))
    later = pickle.loads(pickle.dumps(cleaned))  # with all that was worked out meanwhile

    assert str(told(arrived)) == str(told(later)) == said


def test_it_arrives_in_a_process_that_knows_nothing_of_ours(tmp_path):
    cleaned = hygiene.clean(FRAME)
    (tmp_path / "cleaned").write_bytes(pickle.dumps(cleaned))
    code = "import pickle, pathlib; cleaned = pickle.loads(pathlib.Path('cleaned').read_bytes())"

    ran = subprocess.run(
        [sys.executable, "-c", f"{code}; print(cleaned); print(cleaned.ready['email'].tolist())"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ran.stdout == f"{cleaned}\n{cleaned.ready['email'].tolist()}\n"


@pytest.mark.parametrize("journal", [False, True])
def test_a_receipt_and_its_reconciliation_say_the_same_after_pickling(api, tmp_path, journal):
    cleaned = hygiene.clean(FRAME)
    list_id = api.create_list("Spring")
    with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
        receipt = hygiene.import_leads(
            cleaned, sink, journal=tmp_path / "imports.sqlite" if journal else None
        )

    arrived = pickle.loads(pickle.dumps(receipt))
    receipt.reconciliation.explain()
    later = pickle.loads(pickle.dumps(receipt))  # with all that was worked out meanwhile

    for each in (arrived, later):
        assert each.predicted == receipt.predicted
        assert each.reported == receipt.reported
        assert each.batches == receipt.batches
        assert each.reconciliation.explain() == receipt.reconciliation.explain()
        assert each._repr_html_() == receipt._repr_html_()


def test_parts_of_a_result_go_alone_too():
    cleaned = hygiene.clean(FRAME)

    for each in (
        cleaned.counts,
        cleaned.predicted,
        cleaned.prediction,
        cleaned.by("Source"),
        cleaned.explain(1),
    ):
        assert repr(pickle.loads(pickle.dumps(each))) == repr(each)
    assert len(pickle.loads(pickle.dumps(cleaned.prediction)).features) == len(cleaned.prediction.features)


def test_a_rule_without_a_name_stays_behind_and_says_so_where_it_is_needed():
    cleaned = hygiene.clean(FRAME, rules=[hygiene.Rule("fair", lambda frame: frame["Source"] == "fair")])

    arrived = pickle.loads(pickle.dumps(cleaned))

    assert arrived.counts == cleaned.counts
    with pytest.raises(UsageError, match="rule fair came from another process"):
        arrived.by("Source")
