import pyarrow as pa
import pytest

from hygiene.blocklist import match, parse_list
from hygiene.errors import ListError


def _entries(text):
    return [(entry.line, entry.kind, entry.text) for entry in parse_list(text, name="dnc").entries]


def _match(rows, text, **how):
    address = pa.array(rows, pa.large_string())
    domain = pa.array([row and row.rpartition("@")[2] for row in rows], pa.large_string())
    return match(
        [parse_list(text, name="dnc.txt")], address=address, domain=domain, **{"subdomains": True, **how}
    )


def test_a_plain_list_has_one_entry_a_line_and_comments():
    assert _entries(
        "# ours\nJane@Acme.example # asked us\n\nbolt.example\n@c.example\n*.d.example\n.e.example\n"
    ) == [
        (2, "address", "jane@acme.example"),
        (4, "domain", "bolt.example"),
        (5, "domain", "c.example"),
        (6, "domain", "d.example"),
        (7, "domain", "e.example"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "email_or_domain,source,client_id\njane@acme.example,manual,\n",
        "id;Email;reason\n1;jane@acme.example;asked\n",
        '\ufeffName\tE-mail address\n"Roe\nJane"\tjane@acme.example\n',
    ],
)
def test_a_csv_list_is_read_by_its_header(text):
    assert [(kind, entry) for _, kind, entry in _entries(text)] == [("address", "jane@acme.example")]


def test_domains_are_compared_as_a_labels():
    assert _entries("müller.example\n")[0][2] == "xn--mller-kva.example"


def test_lines_that_are_no_entry_are_kept_by_number():
    assert parse_list("ok.example\nnot an entry\n@@\n", name="dnc").left == (2, 3)


def test_a_list_without_entries_is_an_error_unless_it_may_be_empty():
    with pytest.raises(ListError, match="no entry found"):
        parse_list("# nothing\n", name="dnc")
    assert parse_list("", name="api", may_be_empty=True).entries == ()


def test_addresses_match_without_case_and_name_list_line_and_entry():
    found = _match(["Jane@acme.example", "john@acme.example", None], "x.example\njane@acme.example\n")

    assert found.address.tolist() == [True, False, False]
    assert found.rule.to_pylist() == ["dnc.txt:2:jane@acme.example", None, None]


def test_an_entry_for_a_domain_matches_its_subdomains_only_where_asked():
    rows = ["a@mail.acme.example", "a@acme.example", "a@notacme.example"]

    assert _match(rows, "acme.example").domain.tolist() == [True, True, False]
    assert _match(rows, "acme.example", subdomains=False).domain.tolist() == [False, True, False]


def test_kinds_of_entries_can_be_left_out():
    rows, text = ["a@acme.example"], "acme.example\na@acme.example\n"

    assert not _match(rows, text, domains=False).domain.any()
    assert not _match(rows, text, addresses=False).address.any()
