import pandas as pd
import pyarrow as pa
import pytest

from hygiene.columns.opt_outs import find_marks, is_flag, is_status, marked


@pytest.mark.parametrize(
    "header",
    [
        "Unsubscribed", "Unsubscribed from all email", "Email hard bounce reason", "Do Not Call", "DoNotCall",
        "HasOptedOutOfEmail", "Email Opt Out", "opted_out", "Portal Spam Report", "Global Bounce", "Bounced",
        "Unsubscribe date", "do_not_contact", "DNC",
    ],
)  # fmt: skip
def test_a_column_that_says_who_must_not_be_written_to_is_known_by_its_header(header):
    assert is_flag(header)


@pytest.mark.parametrize(
    "header",
    [
        "Unsubscribe link",
        "Bounce rate",
        "Opt-in",
        "Subscribed",
        "Status",
        "Contact owner",
        "Suppression list",
        "Email",
    ],
)
def test_other_columns_are_not(header):
    assert not is_flag(header)


@pytest.mark.parametrize(
    "header", ["Status", "Email Status", "Person - Marketing status", "Marketing Status"]
)
def test_a_column_of_states_is_known_by_its_header(header):
    assert is_status(header)
    assert not is_status(f"{header} changed by")


def test_a_flag_counts_unless_it_is_blank_or_says_no():
    cells = ["TRUE", "yes", "1", "2026-01-05", "mailbox full", "", None, "false", "No", "0", "n/a", " "]

    found = marked("Unsubscribed", pa.array(cells, pa.large_string()))

    assert found.tolist() == [True] * 5 + [False] * 7


def test_a_state_counts_where_it_says_so():
    cells = ["Unsubscribed", "cleaned", "Hard_Bounced", "do_not_mail", "Subscribed", "verified", "", None]

    found = marked("Status", pa.array(cells, pa.large_string()))

    assert found.tolist() == [True] * 4 + [False] * 4


def test_marks_name_place_and_column_and_count_rows():
    frame = pd.DataFrame(
        {
            "email": ["a", "b", "c"],
            "Bounced": ["", "x", ""],
            "Unsubscribed": ["1", "1", ""],
            "Status": ["", "", "new"],
        }
    )

    found = find_marks(frame)

    assert found.columns == {"Bounced": 1, "Unsubscribed": 2}
    assert found.rule.to_pylist() == ["the leads:1:Unsubscribed", "the leads:2:Bounced", None]
