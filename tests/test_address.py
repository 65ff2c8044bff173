import pyarrow as pa
import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from hygiene.address import exact_key, judge


def _judge(*cells):
    return judge(pa.array(cells, pa.large_string()))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "missing_email"),
        ("", "missing_email"),
        ("  ", "missing_email"),
        ("n/a", "no_at_sign"),
        ("jane.acme.example", "no_at_sign"),
        (".jane@acme.example", "bad_local_part"),
        ("ja..ne@acme.example", "bad_local_part"),
        ("@acme.example", "bad_local_part"),
        ("jane@acme", "bad_domain"),
        ("jane@-acme.example", "bad_domain"),
        ("jane@acme..example", "bad_domain"),
        ("jane@", "bad_domain"),
        ("j" * 300 + "@acme.example", "address_too_long"),
        ("jane@box.local", "special_use_domain"),
        ("jane@box.test", "special_use_domain"),
    ],
)
def test_a_refused_cell_has_one_reason(cell, code):
    found = _judge(cell)

    assert {name for name, rows in found.reasons.items() if rows[0]} == {code}
    assert found.address.to_pylist() == [None]
    assert found.domain.to_pylist() == [None]


def test_an_accepted_cell_gets_its_normal_form_and_ascii_domain():
    found = _judge("Jane@ACME.example", "jane@müller.example")

    assert found.address.to_pylist() == ["Jane@acme.example", "jane@müller.example"]
    assert found.domain.to_pylist() == ["acme.example", "xn--mller-kva.example"]
    assert found.reasons == {}


def test_white_space_around_an_address_is_taken_off_and_said():
    found = _judge(" jane@acme.example\t", "jane@acme.example")

    assert found.address.to_pylist() == ["jane@acme.example"] * 2
    assert found.repaired.to_pylist() == ["white_space", None]


@given(st.lists(st.from_regex(r"\A[a-z0-9.+_-]{1,12}@[a-zA-Z0-9-]{1,8}\.(example|test|com)\Z"), max_size=8))
def test_accepted_and_normal_form_are_those_of_email_validator(cells):
    found = _judge(*cells)

    for cell, address in zip(cells, found.address.to_pylist(), strict=True):
        try:
            wanted = validate_email(cell, check_deliverability=False).normalized
        except ValueError:
            wanted = None
        assert address == wanted


def test_the_key_folds_case_and_nothing_else():
    keys = exact_key(pa.array(["Jane.Roe+x@acme.example", None], pa.large_string()))

    assert keys.to_pylist() == ["jane.roe+x@acme.example", None]
