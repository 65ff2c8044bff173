"""The Pandera models and the JSON documents that ship."""

import copy
import json
import subprocess
import sys
from typing import Any

import jsonschema
import pandas as pd
import pandera.pandas as pa
import pyarrow
import pytest

import hygiene_schemas
from hygiene.outcomes import Counts, Outcome
from hygiene_schemas import CleanLead, ImportLog, Lead, RuleEntry, Verdict, summary_schema
from hygiene_schemas.models import COUNTERS, OUTCOMES

MODELS = [Lead, CleanLead, Verdict, RuleEntry, ImportLog]

TEXT_DTYPES = [
    "object",
    "str",
    "string[pyarrow]",
    "string[python]",
    pd.ArrowDtype(pyarrow.string()),
    "category",
]

VERDICT = {
    "row": 1,
    "source": "leads.csv",
    "line": 2,
    "address": "ada@a.example",
    "outcome": "duplicate",
    "reasons": "duplicate_in_file",
    "duplicate_of": "7",
    "matched_rule": None,
    "domain_verdict": None,
    "suggestion": None,
    "repaired": None,
    "other_addresses": None,
}

BATCH = {"batch": 1, "rows": 4, "state": "acknowledged", "attempts": 1} | {
    f"{kind}_{counter}": value
    for counter, value in zip(COUNTERS, (4, 2, 1, 1), strict=True)
    for kind, value in {"predicted": value, "reported": value, "drift": 0}.items()
}

RULE = {"list": "dnc.csv", "line": 3, "rule": "a.example", "kind": "domain"}


def refusals(model: Any, frame: pd.DataFrame) -> set[str]:
    """Names of the checks that refuse the frame, each with its column, or `frame` for whole rows."""
    try:
        model.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        columns = cases["column"].where(cases["schema_context"] != "DataFrameSchema", "frame")
        return {f"{column} {check}" for column, check in zip(columns, cases["check"], strict=True)}
    return set()


def emails(*cells: Any, dtype: Any = "object") -> pd.DataFrame:
    return pd.DataFrame({"email": pd.Series(cells, dtype=dtype)})


@pytest.mark.parametrize("dtype", TEXT_DTYPES, ids=str)
def test_leads_may_be_of_any_text_dtype(dtype: Any) -> None:
    frame = emails("ada@a.example", "bo@b.example", dtype=dtype)
    frame["company"] = pd.Series(["Acme", None], dtype=dtype)

    assert refusals(Lead, frame) == refusals(CleanLead, frame) == set()


def test_a_lead_needs_an_email_and_nothing_else() -> None:
    assert refusals(Lead, emails("not an address")) == set()
    assert refusals(Lead, emails(None)) == {"email not_nullable"}
    assert refusals(Lead, emails(" ")) == {"email not_blank"}
    assert refusals(Lead, pd.DataFrame({"company": ["Acme"]})) == {"frame column_in_dataframe"}


def test_a_canonical_column_holds_single_values_and_a_custom_one_anything() -> None:
    frame = emails("ada@a.example", "bo@b.example").assign(phone=5, tags=[["x"], b"y"])

    assert refusals(Lead, frame) == set()
    assert refusals(Lead, frame.assign(phone=[["x"], "5"])) == {"phone plain"}
    assert refusals(Lead, frame.assign(phone=[b"5", "5"])) == {"phone plain"}


def test_a_column_without_any_text_is_no_mistake() -> None:
    assert refusals(Lead, emails("ada@a.example").assign(phone=float("nan"))) == set()


@pytest.mark.parametrize(
    ("cells", "checks"),
    [
        ([None], {"email not_nullable"}),
        (["a@b.example", "a@b.example"], {"email unique"}),
        (["a@B.example"], {"email shape"}),
        (["a@example"], {"email shape"}),
        (["a@b..example"], {"email shape"}),
        (["a b@c.example"], {"email shape"}),
        (["a@b@c.example"], {"email shape"}),
        (["a@b.example\n"], {"email shape"}),
        (["a" * 243 + "@b.example"], set()),
        (["a" * 244 + "@b.example"], set()),
        (["a" * 245 + "@b.example"], {"email length"}),
        (["A.b+c@b.example", "ö@bücher.example"], set()),
    ],
)
@pytest.mark.parametrize("dtype", TEXT_DTYPES[:2], ids=str)
def test_a_clean_lead_has_an_address_of_normal_form(cells: list[Any], checks: set[str], dtype: Any) -> None:
    assert refusals(CleanLead, emails(*cells, dtype=dtype)) == checks


def test_a_message_holds_few_failing_values() -> None:
    frame = emails(*(f"BAD{n} @a.example" for n in range(500)))

    with pytest.raises(pa.errors.SchemaErrors) as caught:
        CleanLead.validate(frame, lazy=True)

    assert str(caught.value).count("BAD") <= 3 * 3


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ({}, set()),
        ({"duplicate_of": 7}, set()),
        ({"duplicate_of": "known"}, set()),
        ({"outcome": "ready", "reasons": None}, set()),
        ({"source": None, "line": None}, set()),
        ({"row": "12"}, set()),
        ({"row": 0}, {"row counted_from_one"}),
        ({"outcome": "clean"}, {"outcome known"}),
        ({"outcome": None}, {"outcome not_nullable"}),
        ({"reasons": ""}, {"frame withheld_has_reason"}),
        ({"reasons": None}, {"frame withheld_has_reason"}),
        ({"duplicate_of": "someone"}, {"duplicate_of row_or_known"}),
        ({"repaired": 1}, {"repaired text"}),
    ],
    ids=str,
)
def test_a_verdict_is_held_to_its_columns(change: dict[str, Any], checks: set[str]) -> None:
    assert {text.split("(")[0] for text in refusals(Verdict, pd.DataFrame([VERDICT | change]))} == checks


def test_a_row_has_one_verdict() -> None:
    assert refusals(Verdict, pd.DataFrame([VERDICT, VERDICT])) == {"row unique"}


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ({}, set()),
        ({"line": None}, set()),
        ({"line": 0}, {"line counted_from_one"}),
        ({"rule": ""}, {"rule not_blank"}),
        ({"kind": "hash"}, {"kind known"}),
    ],
    ids=str,
)
def test_a_rule_entry_is_held_to_its_columns(change: dict[str, Any], checks: set[str]) -> None:
    assert refusals(RuleEntry, pd.DataFrame([RULE | change])) == checks


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ({}, set()),
        ({"reported_blocked": None, "drift_blocked": None}, set()),
        ({"reported_blocked": 3, "drift_blocked": 2}, set()),
        ({"reported_blocked": 3}, {"frame drift_is_reported_less_predicted"}),
        ({"drift_blocked": None}, {"frame drift_is_reported_less_predicted"}),
        ({"predicted_blocked": None, "drift_blocked": None}, {"predicted_blocked not_nullable"}),
        ({"rows": -1}, {"rows not_negative"}),
        ({"state": "sent"}, {"state known"}),
    ],
    ids=str,
)
def test_an_import_log_is_held_to_its_columns(change: dict[str, Any], checks: set[str]) -> None:
    assert refusals(ImportLog, pd.DataFrame([BATCH | change])) == checks


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_check_caps_what_a_message_may_hold(model: Any) -> None:
    schema = model.to_schema()
    checks = [*schema.checks, *(check for column in schema.columns.values() for check in column.checks)]

    assert checks
    assert {check.n_failure_cases for check in checks} == {3}
    assert all(check.name.isidentifier() for check in checks)
    assert not any(column.unique for column in schema.columns.values())


def test_the_models_use_the_words_of_the_toolkit() -> None:
    assert list(OUTCOMES) == [outcome.value for outcome in Outcome]
    assert list(COUNTERS) == list(Counts().as_dict())


def test_documents_are_read_without_pandas() -> None:
    code = "import sys, hygiene_schemas as h; h.summary_schema(); sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_all_names_are_there() -> None:
    assert all(getattr(hygiene_schemas, name) for name in hygiene_schemas.__all__)
    assert set(hygiene_schemas.__all__) <= set(dir(hygiene_schemas))
    with pytest.raises(AttributeError, match="no attribute 'Company'"):
        _ = hygiene_schemas.Company


COUNTS: dict[str, Any] = {"total_leads": 890, "imported": 890, "duplicates": 0, "blocked": 0}

SUMMARY: dict[str, Any] = {
    "schema": "hygiene.summary/1",
    "run": {"version": "0.1.0", "import": "a1b2c3", "error": None},
    "input": {"files": ["leads.csv"], "rows": 1000, "sha256": "0" * 64},
    "passes": {
        "schema": {"ran": True},
        "dns": {"ran": False},
        "suppression": {"ran": True, "lists": [{"file": "dnc.csv", "entries": 210}]},
    },
    "outcomes": {
        "ready": 890,
        "invalid": 30,
        "undeliverable": 10,
        "suppressed": 10,
        "blocked": 20,
        "duplicate": 40,
        "review": 0,
    },
    "reasons": {"no_at_sign": 12, "duplicate_in_file": 40},
    "predicted": dict(COUNTS),
    "predicted_range": None,
    "predicted_raw": {"total_leads": 1000, "imported": 910, "duplicates": 40, "blocked": 20},
    "reported": dict(COUNTS),
    "reconciliation": {
        "status": "agrees",
        "drift": dict.fromkeys(COUNTS, 0),
        "unaccounted": 0,
        "replayed": 0,
        "rejected": 0,
        "batches": [
            {
                "batch": 1,
                "rows": 400,
                "state": "acknowledged",
                "attempts": 1,
                "predicted": dict(COUNTS),
                "reported": dict(COUNTS),
            }
        ],
    },
}


def faults(path: str, value: Any) -> list[str]:
    """What the schema says of the summary with one value, named by its path, put in its place."""
    summary = copy.deepcopy(SUMMARY)
    *way, last = path.split(".")
    place = summary
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    place[last] = value
    return [
        fault.validator for fault in jsonschema.Draft202012Validator(summary_schema()).iter_errors(summary)
    ]


def test_the_summary_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(summary_schema())

    assert summary_schema() is not summary_schema()
    assert json.loads(json.dumps(summary_schema())) == summary_schema()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "hygiene.summary/1"),
        ("reported", None),
        ("reconciliation", None),
        ("reported.blocked", None),
        ("reconciliation.drift.blocked", None),
        ("reconciliation.drift.blocked", -2),
        ("reconciliation.unaccounted", None),
        ("reconciliation.batches.0.reported", None),
        ("reconciliation.batches.0.state", "settled"),
        ("run.import", None),
        ("predicted_range", {name: [0, count] for name, count in COUNTS.items()}),
        ("input", None),
        ("outcomes", None),
        ("outcomes.undeliverable", None),
        ("run.more", "a later version's"),
        ("passes.disposable", {"ran": True, "source": "x"}),
    ],
)
def test_the_summary_schema_takes_what_a_run_may_say(path: str, value: Any) -> None:
    assert faults(path, value) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("schema", "hygiene.summary/2", "const"),
        ("reported", 5, "anyOf"),
        ("reported.blocked", -1, "anyOf"),
        ("outcomes.ready", -1, "minimum"),
        ("outcomes.bounced", 1, "additionalProperties"),
        ("outcomes.ready", 1.5, "type"),
        ("reasons.No At Sign", 1, "pattern"),
        ("predicted.unaccounted", 1, "anyOf"),
        ("predicted_range", {}, "anyOf"),
        ("predicted_range", {name: [0] for name in COUNTS}, "anyOf"),
        ("reconciliation.status", "fine", "anyOf"),
        ("reconciliation.batches.0.state", "sent", "anyOf"),
        ("passes.dns", {}, "required"),
        ("input.rows", "1000", "type"),
    ],
)
def test_the_summary_schema_refuses_what_no_run_may_say(path: str, value: Any, fault: str) -> None:
    assert faults(path, value) == [fault]


@pytest.mark.parametrize("key", sorted(SUMMARY))
def test_every_key_of_the_summary_is_required(key: str) -> None:
    summary = {name: value for name, value in SUMMARY.items() if name != key}

    with pytest.raises(jsonschema.ValidationError, match=f"'{key}' is a required property"):
        jsonschema.validate(summary, summary_schema())
