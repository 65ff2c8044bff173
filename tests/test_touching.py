"""What is kept of a chunk while it is at hand says the same as the leads themselves would."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hygiene
from hygiene.cleaning import mended
from hygiene.policy import ImportPolicy

LOCALS = ["ann", "Ann", "a.n.n", "ann+x", "info", "ÄNN", " ann", "", "bob+", "o'hara"]
HOSTS = [
    "gmail.com", "GoogleMail.com", "birch.example", "mail.birch.example", "bücher.example", "xn--bcher-kva.example",
    "nowhere", "BIRCH.example",
]  # fmt: skip
CELLS = st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(HOSTS)) | st.sampled_from(
    ["", "n/a", "ann"]
)
BLOCKED = ["birch.example", "ann@gmail.com", "bücher.example", ".example"]
KNOWN = ["a.n.n@gmail.com", "info@birch.example", "bob+@mail.birch.example"]


@settings(deadline=None)
@given(
    cells=st.lists(CELLS, min_size=1, max_size=25),
    blocked=st.none() | st.lists(st.sampled_from(BLOCKED), unique=True, min_size=1),
    known=st.none() | st.lists(st.sampled_from(KNOWN), unique=True, min_size=1),
    usable=st.sampled_from(["loose", "email-validator", "ascii"]),
    reach=st.sampled_from(["name", "registrable", "letters"]),
)
def test_a_prediction_from_hashes_is_that_from_the_addresses(
    cells: list[str], blocked: list[str] | None, known: list[str] | None, usable: Any, reach: Any
) -> None:
    policy = ImportPolicy(usable_address=usable, block_reach=reach)
    held = {
        "blocklist": None if blocked is None else hygiene.Entries(blocked),
        "known": None if known is None else hygiene.Entries(known),
    }
    cleaned = hygiene.clean(pd.DataFrame({"email": cells}), policy=policy, resolver=None, **held)
    lists = {"blocklist": blocked, "known": known}

    ready = hygiene.predict(cleaned.ready, policy=policy, batch_leads=3, **lists)
    assert cleaned.predict(batch_leads=3).batches == ready.batches
    everything = hygiene.predict(pd.DataFrame({"email": cells}), policy=policy, **lists)
    assert cleaned.predicted_raw == everything.counts


NAMES = ["Ann", " Ann", "Ann  Lee", "Smith &amp; Co", '"Bob"', "Zo\u200be", "", "JosÃ©"]


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 4,
)
@given(rows=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=20))
def test_cells_that_were_mended_at_once_are_those_that_are_mended_later(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path / "leads.csv"
    frame = pd.DataFrame(rows, columns=["First Name", "Company"])
    frame.insert(0, "Email", [f"lead{number % 7}@birch.example" for number in range(len(rows))])
    frame.to_csv(path, index=False)

    at_once = [hygiene.clean(path, resolver=None, memory=memory) for memory in (None, 1 << 30)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mended, "MOST", -1)
        later = hygiene.clean(path, resolver=None)
        assert later.survey.mended == {}

    for one in at_once:
        assert list(one.survey.mended) == [0]
        assert one.changed_columns == later.changed_columns
        assert one.changes.equals(later.changes)
        assert one.ready.equals(later.ready)
        assert one.verdicts.equals(later.verdicts)
