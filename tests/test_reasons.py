import numpy as np

from hygiene.cleaning.reasons import RowReasons
from hygiene.outcomes import Outcome


def _mask(*rows, of=4):
    found = np.zeros(of, dtype=bool)
    found[list(rows)] = True
    return found


def test_the_outcome_is_the_highest_of_all_reasons_and_all_reasons_stay():
    findings = RowReasons(4)
    findings.add({"duplicate_in_file": _mask(0, 1), "null_mx": _mask(1), "missing_email": _mask(3)})

    ranks = [list(Outcome)[rank].value for rank in findings.ranks()]

    assert ranks == ["duplicate", "undeliverable", "ready", "invalid"]
    assert findings.texts().to_pylist() == [
        "duplicate_in_file",
        "null_mx;duplicate_in_file",
        "",
        "missing_email",
    ]


def test_the_same_reason_from_two_passes_is_one_reason():
    findings = RowReasons(4)
    findings.add({"missing_email": _mask(0)})
    findings.add({"missing_email": _mask(0, 2)})

    assert findings.tally() == {"missing_email": 2}


def test_more_reasons_than_fit_one_integer_keep_their_rows():
    findings = RowReasons(70)
    findings.add({f"rule_r{number:02}": _mask(number, 69, of=70) for number in range(70)})

    texts = findings.texts().to_pylist()

    assert texts[64] == "rule_r64"
    assert texts[69].split(";") == [f"rule_r{number:02}" for number in range(70)]


def test_a_reason_can_be_made_a_note():
    findings = RowReasons(4)
    findings.add({"dns_unknown": _mask(2)})
    findings.decide({"dns_unknown": None})

    assert findings.ranks()[2] == Outcome.READY.rank
    assert findings.texts()[2].as_py() == "dns_unknown"


def test_a_rule_leads_to_the_outcome_it_names():
    findings = RowReasons(4)
    findings.add({"rule_odd": _mask(1)}, outcome=Outcome.REVIEW)

    assert findings.ranks()[1] == Outcome.REVIEW.rank
