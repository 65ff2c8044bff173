"""Lists as users hold them: what is read of them, and which rows they match."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.errors import ListError
from hygiene.lists import RuleList, check_broad, match, parse_list


def _hash(kind, text):
    return hashlib.new(kind, text.encode()).hexdigest()


def _entries(text, **how):
    return [(entry.line, entry.kind, entry.text) for entry in parse_list(text, name="dnc", **how).entries]


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


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_anywhere(ends):
    assert _entries(f"a.example{ends}{ends}b.example{ends}")[1] == (3, "domain", "b.example")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("o#brien@acme.example", "o#brien@acme.example"),
        ("  Jane@ACME.example\t", "jane@acme.example"),
        ("<jane@acme.example>", "jane@acme.example"),
        ('"Jane Roe" <jane@acme.example>', "jane@acme.example"),
        ("mailto:jane@acme.example?subject=x", "jane@acme.example"),
        ("'jane@acme.example", "jane@acme.example"),
        ("\ufeffjane@acme.example", "jane@acme.example"),
        ("ja\u200bne@acme\u00ad.example\u200e", "jane@acme.example"),
        ("acme.example\u2060", "acme.example"),
        ("\u201cjane@acme.example\u201d", "jane@acme.example"),
        ("\u00abacme.example\u00bb", "acme.example"),
        ("[jane@acme.example]", "jane@acme.example"),
        ("Jane (jane@acme.example)", "jane@acme.example"),
        ("jane\uff20acme.example", "jane@acme.example"),
        ("jane@acme.example;", "jane@acme.example"),
        ("jane @ acme.example", "jane@acme.example"),
        ("jane@acme.example.", "jane@acme.example"),
        ("jane+tag@acme.example", "jane+tag@acme.example"),
        ("JÜRGEN@müller.example", "jürgen@xn--mller-kva.example"),
        ("ACME.example.", "acme.example"),
        ("*@acme.example", "acme.example"),
        ("https://acme.example/path?q=a@b", "acme.example"),
        ("http://user@acme.example:8080", "acme.example"),
        ("acme.example:443", "acme.example"),
        ("acme.example/jobs", "acme.example"),
        ("www.acme.example", "acme.example"),
        ("https://WWW.Acme.example/", "acme.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("acme。example", "acme.example"),
        ("XN--MLLER-KVA.example", "xn--mller-kva.example"),
        (_hash("md5", "a").upper(), _hash("md5", "a")),
        (_hash("sha1", "a"), _hash("sha1", "a")),
        (_hash("sha256", "a"), _hash("sha256", "a")),
    ],
)
def test_an_entry_is_found_in_what_stands_around_it(cell, text):
    assert [found for _, _, found in _entries(f"{cell}\n")] == [text]


@pytest.mark.parametrize(
    "cell",
    ["hello", "com", "not an entry", "f" * 31, "-", "01.02.2026", "3.14", "e.g. this one", "Acme Inc."],
)
def test_what_names_nobody_is_left(cell):
    assert parse_list(f"ok.example\n{cell}\n", name="dnc").left == (2,)


@pytest.mark.parametrize(
    "cell",
    [
        "@@", "a@b", "x@" + "a" * 300, "jane@acme", "jane at acme.example", "jane (at) acme.example", "acme.*",
        "*acme.example", r"^.*@acme\.example$", "(info|sales)@acme.example", "jane@*.acme.example",
        "bob@b.example and jane@acme", "jane (at) acme (dot) com", "jane at acme dot com", "acme[.]com",
        "https://acme .com", r"acme\.example", "[a-z]+@acme.example",
    ],
)  # fmt: skip
def test_what_visibly_names_somebody_and_cannot_be_applied_stops_the_run(cell):
    text = "ok.example\n" * 100 + f"{cell}\n"

    with pytest.raises(
        ListError, match=r"1 line with an address or domain that cannot be applied.*line 101"
    ) as refused:
        parse_list(text, name="dnc")
    assert "acme" not in str(refused.value)
    assert parse_list(text, name="api", of_api=True).missed == (101,)


@pytest.mark.parametrize(
    "text",
    [
        "email_or_domain,source,client_id\njane@acme.example,manual,\n",
        "id;Email;reason\n1;jane@acme.example;asked\n",
        '\ufeffName\tE-mail address\n"Roe\nJane"\tjane@acme.example\n',
        "# kept by hand\n\nEmail\njane@acme.example\n",
        "First Name,Work Email,Company Domain\nJane,jane@acme.example,acme.example\n",
        "17,Jane,jane@acme.example,2026-01-01,asked\n18,,,2026-01-01,\n",
        "id,who,ref,when,why\n17,Jane,jane@acme.example,2026-01-01,asked\n18,x,,2026-01-01,y\n",
    ],
)
def test_a_csv_list_is_read_by_its_header_or_by_what_it_holds(text):
    assert [(kind, entry) for _, kind, entry in _entries(text)] == [("address", "jane@acme.example")]


@pytest.mark.parametrize(
    "header", ["First Name,Work Email,Domain", "Vorname,E-Mail-Adresse,Domain", "Name,email,Domain"]
)
def test_of_a_file_of_leads_the_domains_count_of_rows_without_an_address(header):
    found = parse_list(
        f"{header}\nJane,jane@acme.example,\nEve,eve@competitor.example,competitor.example\n"
        "Bob,,evergate.example\nAnn,n/a,birch.example\nUma,,\n",
        name="leads.csv",
    )

    assert [entry.text for entry in found.entries] == [
        "jane@acme.example", "eve@competitor.example", "evergate.example", "birch.example",
    ]  # fmt: skip
    assert found.layout == f"a lead file, its column {header.split(',')[1]!r} or else 'Domain'"
    assert (found.left, found.omitted.blank) == ((), 1)


def test_every_address_column_and_every_address_of_a_cell_counts():
    found = parse_list(
        "Record ID,Email,Additional email addresses,Email 2,Alternate email,Old Email,Login,Contact owner,Notes\n"
        "1,a@x.example; b@x.example,c@x.example;d@x.example,e@x.example,f@x.example,g@x.example,h@x.example,"
        "owner@ours.example,see i@x.example\n" + "2,y@x.example,,,,,,,asked\n" * 2,
        name="dnc",
    )

    assert [entry.text[0] for entry in found.entries] == list("abcdefghyy")
    assert list(found.omitted.elsewhere) == ["Contact owner", "Notes"]
    assert "addresses in 'Contact owner' and 'Notes' not read" in found.note


def test_web_addresses_among_the_addresses_of_leads_forbid_no_domain_unless_they_are_meant():
    cells = ["jane@acme.example", "facebook.com/page", "www.rival.example/contact", "bolt.example"]
    text = "First Name,Email\n" + "".join(f"Jane,{cell}\n" for cell in cells)

    found = parse_list(text, name="leads.csv")

    assert [entry.text for entry in found.entries] == ["jane@acme.example", "bolt.example"]
    assert "2 web addresses of a lead file not taken (lead_domains=True" in found.note
    assert len(parse_list(text, name="leads.csv", lead_domains=True)) == 4
    with pytest.raises(ListError, match=r"1 web address of a lead file.*lead_domains=True"):
        parse_list("First Name,Email\nJane,facebook.com/page\n", name="leads.csv")


@pytest.mark.parametrize("header", ["E-Mail-Adresse,Domain", "Contact Email,Domain", "email,Domain"])
def test_each_row_of_a_list_gives_its_address_or_else_its_domain(header):
    found = parse_list(f"{header}\njane@acme.example,acme.example\n,competitor.example\n,\n", name="dnc")

    assert [entry.text for entry in found.entries] == ["jane@acme.example", "competitor.example"]
    column = header.partition(",")[0]
    assert found.layout == f"CSV, column {column!r} or else 'Domain'"
    assert not found.omitted.blank


def test_each_row_of_a_list_gives_a_hash_where_it_has_nothing_else():
    md5, sha = _hash("md5", "a"), _hash("sha256", "b")
    rows = [f"{sha},{md5},jane@acme.example", f"{sha},{md5},", f"{sha},,", ",,"]

    assert _entries("\n".join(["sha256,md5,email", *rows])) == [
        (2, "address", "jane@acme.example"),
        (3, "md5", md5),
        (3, "sha256", sha),
        (4, "sha256", sha),
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Address,Domain\n1 Main St,acme.example\n2 Main St,bolt.example\n", ["domain", "domain"]),
        ("Address,Domain\njane@acme.example,acme.example\n", ["address"]),
        ("address\njane@acme.example\nbolt.example\n", ["address", "domain"]),
        ("Old Email,Domain\njane@acme.example,acme.example\n", ["address"]),
        ("Weird Email,Domain\njane@acme.example,acme.example\n", ["address"]),
        ("Weird Email,Note\njane@acme.example,acme.example\n", ["address"]),
        ("Company,Domain\nRival,rival.example\n", ["domain"]),
        (f"First Name,Domain,md5\nJane,acme.example,{'0' * 32}\nBob,bolt.example,\n", ["md5", "domain"]),
    ],
)
def test_columns_are_chosen_by_their_headers_and_streets_are_no_addresses(text, kinds):
    assert [kind for _, kind, _ in _entries(text)] == kinds


def test_rows_that_are_filled_but_hold_no_entry_are_counted():
    text = "email,domain,reason\n,,asked\n a@x.example ,,\n,,\n\n, ,rival\n"

    found = parse_list(text, name="dnc")

    assert found.omitted.blank == 2
    assert found.note.endswith("1 address taken; 2 rows blank in 'email' and 'domain' not taken.")


def test_a_list_whose_rows_are_all_blank_is_an_error_that_counts_them():
    with pytest.raises(ListError, match=r"no entry found: 1 row left out because 'email' is blank"):
        parse_list("email,reason\n,asked\n", name="dnc")


def test_rows_without_a_header_that_are_blank_where_entries_stand_are_counted():
    found = parse_list("a@x.example,dom.example,x\n,evil.example,\n,,asked\n", name="dnc")

    assert found.note == (
        "dnc: CSV without a header that is known, column 1 by what it holds or else 2; 1 address, 1 domain taken; "
        "1 row blank in columns 1 and 2 not taken."
    )


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("a@x.example," * 5000, "CSV without a header that is known, columns 1, 2, 3 and 4997 more by what they hold"),
        (
            ",".join(["email"] * 50) + "\na@x.example\n",
            "CSV, columns 'email', 'email', 'email' and 47 more",
        ),
    ],
)  # fmt: skip
def test_of_many_columns_three_are_named(text, layout):
    assert parse_list(text, name="dnc").layout == layout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Courriel\na@x.example\nb@x.example\n", 1),
        ("# ours\n\nsha256_email\n" + _hash("sha256", "a"), 3),
        ("Adresse de messagerie\na@x.example\n", 1),
    ],
)
def test_a_first_line_of_words_is_taken_for_a_header(text, line):
    found = parse_list(text, name="dnc")

    assert (found.header, found.left) == (line, ())
    assert f" taken; line {line} taken for a header." in found.note


@pytest.mark.parametrize("header", ["ident;adresse;grund", "番号;メールアドレス;理由"])
def test_a_header_of_unknown_words_names_the_column_that_holds_the_entries(header):
    found = parse_list(f"{header}\n17;a@x.example;x\n18;b@x.example;x\n", name="dnc")

    assert found.layout == f"CSV, column {header.split(';')[1]!r}"
    assert (len(found), found.left) == (2, ())


@pytest.mark.parametrize(
    "text",
    [
        *(f"{first}\na@x.example\n" for first in ("com", "acme.", "acme/", "f" * 31, "jane at acme example")),
        "Courriel\na@x.example\nb@x.example\nnot an entry\n",
        "hello\na@x.example\n" + "b.example\n" * 50 + "hello\n",
        "email\nhello\na@x.example\n",
    ],
)
def test_a_first_line_that_may_be_meant_as_an_entry_is_left_and_counted(text):
    found = parse_list(text, name="dnc")

    assert found.header is None
    assert found.left


def test_a_first_line_that_is_an_entry_is_one():
    assert len(parse_list("Courriel.example\na@x.example\n", name="dnc")) == 2
    assert len(parse_list("courriel\na@x.example\n", name="api", of_api=True)) == 2


def test_addresses_in_several_columns_without_a_header_all_count():
    assert [line for line, _, _ in _entries("a@x.example,b@x.example\nc@x.example\n")] == [1, 1, 2]


def test_lines_of_a_table_are_physical_lines():
    assert _entries('note,email\n"a\nb",one@x.example\n,two@x.example\n') == [
        (2, "address", "one@x.example"),
        (4, "address", "two@x.example"),
    ]


def test_a_row_is_let_go_where_a_mark_says_yes_and_none_says_no():
    found = parse_list(
        "Email,Portal Bounce,Portal Unsubscribe,Status,Customer\n"
        "a@x.example,FALSE,TRUE,,false\nb@x.example,FALSE,FALSE,,true\nc@x.example,TRUE,,,false\n"
        "d@x.example,,,,true\ne@x.example,false,,Bounced,\nf@x.example,,,subscribed,\ng@x.example,,,new,\n",
        name="hubspot.csv",
    )

    assert [entry.text[0] for entry in found.entries] == list("acdeg")
    assert found.omitted.uncounted == 2
    assert found.note == (
        "hubspot.csv: CSV, column 'Email'; 5 addresses taken; 2 rows not taken, for 'Portal Bounce', 'Portal "
        "Unsubscribe' or 'Status' says that they may be written to (all_rows=True to take them)."
    )


def test_with_all_rows_every_row_counts_whatever_its_marks_say():
    text = "Email,Unsubscribed\na@x.example,false\nb@x.example,true\n"

    assert len(parse_list(text, name="dnc")) == 1
    assert len(parse_list(text, name="dnc", all_rows=True)) == 2


@pytest.mark.parametrize("cell", ["2026-01-05", "unsubscribed", "WAHR"])
def test_a_row_counts_by_what_its_marks_say_below_the_records_that_were_looked_at(cell):
    rows = [f"p{number}@x.example,{'false' if number % 2 else 'true'}" for number in range(1500)]

    found = parse_list("\n".join(["email,Unsubscribed", *rows, f"late@x.example,{cell}"]), name="dnc")

    assert (len(found), found.entries[-1].text) == (751, "late@x.example")


def test_blank_and_unknown_states_are_taken():
    text = "Email,Email hard bounce reason,Status\na@x.example,,new\nb@x.example,full,Bounced\n"

    assert len(parse_list(text, name="dnc")) == 2


@pytest.mark.parametrize("cell", ["@acme", "*.acme", "*@acme"])
def test_the_name_of_no_domain_stops_the_run_and_of_an_api_is_one(cell):
    with pytest.raises(ListError, match=r"cannot be applied.*line 2"):
        parse_list(f"ok.example\n{cell}\n", name="dnc")
    assert len(parse_list(f"ok.example\n{cell}\n", name="api", of_api=True)) == 2


def test_why_somebody_is_on_a_list_never_lets_them_go():
    text = "email,reason\na@x.example,active customer\nb@x.example,subscribed to competitor\n"

    assert len(parse_list(text, name="dnc")) == 2


def test_web_sites_of_rows_without_an_address_are_counted_and_forbid_their_domains_where_that_is_asked_for():
    text = "Company,Website,Email\nGlobex,www.globex.example,\nAcme,acme.example,jane@acme.example\n"

    found = parse_list(text, name="dnc")

    assert ([entry.text for entry in found.entries], found.omitted.web) == (["jane@acme.example"], 1)
    assert [entry.text for entry in parse_list(text, name="dnc", lead_domains=True).entries] == [
        "globex.example",
        "jane@acme.example",
    ]
    assert len(parse_list(text.replace("Company", "Ref"), name="dnc")) == 2


def test_where_an_opt_out_has_a_date_a_row_without_one_is_let_go():
    rows = "a@x.example,2026-01-05\nb@x.example,\nc@x.example,2026-02-01 10:00\n"

    assert [e.text[0] for e in parse_list(f"Email,Opt-out date\n{rows}", name="dnc").entries] == ["a", "c"]
    assert len(parse_list("Email,Opt-out date\na@x.example,\nb@x.example,\n", name="dnc")) == 2


def test_a_list_without_a_marked_row_is_an_error_whose_remedy_takes_them_all():
    text = "Email,Unsubscribed\na@x.example,false\nb@x.example,no\n,\n"

    with pytest.raises(ListError, match=r"no row is marked as opted out: 2 rows left out.*all_rows=True\.$"):
        parse_list(text, name="dnc")
    assert len(parse_list(text, name="dnc", may_be_empty=True)) == 0
    assert len(parse_list(text, name="dnc", all_rows=True)) == 2


def test_a_true_false_column_about_something_else_leaves_nobody_out():
    assert len(parse_list("Email,Customer\na@x.example,false\n", name="dnc")) == 1


def test_a_quote_left_open_is_an_error_that_names_its_line():
    with pytest.raises(ListError, match="opens on line 2"):
        parse_list('email,x\na@x.example,"b\nc@x.example,d\n', name="dnc")


def test_a_line_that_is_no_csv_stops_the_run_as_nobody_knows_whom_it_names():
    text = 'email,x\na@x.example,1\n"b"c@x.example,2\nd@x.example,3\n'

    with pytest.raises(ListError, match=r"1 line .* cannot be applied as it is written: line 3"):
        parse_list(text, name="dnc")


def test_the_note_says_what_was_recognised_taken_and_left():
    lines = ["a@x.example", "b.example", _hash("md5", "c"), *["?"] * 3]

    assert parse_list("\n".join(lines), name="dnc.txt").note == (
        "dnc.txt: one entry a line; 1 address, 1 domain, 1 MD5 hash taken; 3 lines left: lines 4, 5, 6."
    )


def test_broken_lines_of_a_long_list_are_counted_and_three_are_named():
    lines = [f"p{number}@x.example" for number in range(300_000)]
    for number in range(0, 40_000, 1000):
        lines[number] = "broken line"

    found = parse_list("\n".join(lines), name="dnc.txt")

    assert len(found) == 299_960
    assert found.note.endswith("40 lines left: lines 1, 1001, 2001 and 37 more.")


def test_a_list_without_entries_is_an_error_unless_it_is_meant_so():
    for text in ("# nothing\n", "", "email\n"):
        with pytest.raises(ListError, match=r"no entry found.*allow_empty_list=True"):
            parse_list(text, name="dnc")
        assert len(parse_list(text, name="dnc", may_be_empty=True)) == 0
    assert len(parse_list("", name="api", of_api=True)) == 0


def test_a_list_that_mostly_holds_no_entries_is_an_error_whatever_is_meant():
    with pytest.raises(ListError, match=r"1 entry and 2 lines that hold none: lines 2, 3"):
        parse_list("ok.example\nnot an entry\nnor this\n", name="dnc", may_be_empty=True)


def test_a_snapshot_of_the_api_is_a_fact_whatever_it_holds():
    text = 'email_or_domain\n"com"\n"*.acme.example"\n"?"\n" Bolt.example "\n' + _hash("md5", "x") + "\n"

    found = parse_list(text, name="api", of_api=True)

    assert found.literal.to_pylist() == ["com", "*.acme.example", "?", " Bolt.example ", _hash("md5", "x")]
    assert found.hashes == ()


SNAPSHOT = "# lead-hygiene snapshot: unsubscribed leads at h (account 1a2b) on 2026-12-01T09:00:00+00:00"


def test_of_a_snapshot_of_unsubscribed_leads_every_address_and_nothing_else_is_an_entry():
    text = f"{SNAPSHOT}\nemail,id,created_at\nJane@acme.example,3,\nacme.example,2,\n{_hash('md5', 'a')},1,\nnone,0,\n"

    rules = parse_list(text, name="u")

    assert [(entry.line, entry.text) for entry in rules.entries] == [(3, "jane@acme.example")]
    assert rules.left == (4, 5, 6)
    assert rules.unsubscribed.startswith("at h (account 1a2b)")


def test_only_a_snapshot_of_unsubscribed_leads_that_has_its_header_may_be_empty():
    assert len(parse_list(f"{SNAPSHOT}\nemail,id,created_at\n", name="u")) == 0
    for text in (
        SNAPSHOT,
        f"{SNAPSHOT}\n",
        "# lead-hygiene snapshot: leads of list 5 at h\nemail,id,created_at\n",
    ):
        with pytest.raises(ListError, match="no entry found"):
            parse_list(text, name="u")


def test_entries_of_other_clients_are_left_out():
    text = "email_or_domain,client_id\na.example,\nb.example,4\nc.example,5\n"

    assert [entry for _, _, entry in _entries(text, of_api=True)] == ["a.example"]
    assert [entry for _, _, entry in _entries(text, of_api=True, client=4)] == ["a.example", "b.example"]
    assert "2 rows of other clients not taken" in parse_list(text, name="b", of_api=True).note
    assert len(_entries(text)) == 3


@pytest.mark.parametrize("owner", ["", "null", "None", " NULL ", "4", "4.0"])
def test_a_row_of_no_client_and_one_of_the_client_count_however_they_are_written(owner):
    text = f"email_or_domain,client_id\na.example,{owner}\nb.example,14.0\nc.example,4.5\n"

    assert [entry for _, _, entry in _entries(text, of_api=True, client=4)] == ["a.example"]


@pytest.mark.parametrize("owner", ["4.0", "0", "40"])
def test_a_row_of_a_client_is_left_out_where_there_is_none(owner):
    assert _entries(f"email_or_domain,client_id\na.example,{owner}\n", of_api=True) == []


def test_a_rule_list_shows_no_address():
    assert "jane" not in repr(parse_list("jane@acme.example\n", name="dnc"))


def test_addresses_match_without_case_and_name_list_line_and_entry():
    found = _match(["Jane@acme.example", "john@acme.example", None], "x.example\njane@acme.example\n")

    assert found.address.tolist() == [True, False, False]
    assert found.rule.to_pylist() == ["dnc.txt:2:jane@acme.example", None, None]


@pytest.mark.parametrize("quote", ["'", "`", "\u2019", "\u201c"])
def test_an_address_with_a_quote_before_it_matches_with_and_without(quote):
    rows = [f"{quote}jane@acme.example", "jane@acme.example", "-jane@acme.example", "o'brien@acme.example"]

    for entry in (rows[0], rows[1]):
        assert _match(rows, f"{entry}\n").address.tolist() == [True, True, False, False]
    assert _match(rows, rows[3]).address.tolist() == [False, False, False, True]


def test_an_entry_for_a_domain_matches_its_subdomains_only_where_asked():
    rows = ["a@mail.acme.example", "a@acme.example", "a@notacme.example"]

    assert _match(rows, "acme.example").domain.tolist() == [True, True, False]
    assert _match(rows, "acme.example", subdomains=False).domain.tolist() == [False, True, False]


def test_the_nearest_domain_is_the_rule():
    found = _match(["a@x.mail.acme.example"], "acme.example\nmail.acme.example\n")

    assert found.rule.to_pylist() == ["dnc.txt:2:mail.acme.example"]


def test_kinds_of_entries_can_be_left_out():
    rows, text = ["a@acme.example"], "acme.example\na@acme.example\n"

    assert not _match(rows, text, domains=False).domain.any()
    assert not _match(rows, text, addresses=False).address.any()


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
def test_a_hash_of_the_trimmed_lower_case_address_matches(kind):
    text = f"{_hash(kind, 'someone@else.example')}\n{_hash(kind, 'jane@acme.example').upper()}\n"

    found = _match(["Jane@acme.example", "john@acme.example", None], text)

    assert found.hash.tolist() == [True, False, False]
    assert found.rule.to_pylist()[0] == f"dnc.txt:2:{_hash(kind, 'jane@acme.example')}"


def test_a_hash_of_another_spelling_matches():
    rows = pa.array(["a@müller.example"] * 2, pa.large_string())
    domain = pa.array(["xn--mller-kva.example"] * 2, pa.large_string())
    cells = pa.array([" A@Müller.example", "a@MÜLLER.example"], pa.large_string())
    for hashed in ("a@müller.example", "a@xn--mller-kva.example"):
        rules = parse_list(_hash("md5", hashed), name="d")
        found = match([rules], address=rows, domain=domain, also=[cells], subdomains=True)

        assert found.hash.tolist() == [True, True]


@given(st.sets(st.integers(0, 5000), min_size=1), st.sampled_from(["md5", "sha1", "sha256"]))
def test_exactly_the_hashed_addresses_are_found(numbers, kind):
    hashes = [_hash(kind, f"p{number}@x.example") for number in sorted(numbers)]
    rows = [f"p{number}@x.example" for number in range(0, 5000, 7)]

    found = _match(rows, "\n".join(hashes))

    assert found.hash.tolist() == [number in numbers for number in range(0, 5000, 7)]


def test_a_hash_whose_first_octets_another_has_is_told_from_it():
    wanted = _hash("md5", "jane@acme.example")
    text = f"{wanted[:16]}{'0' * 16}\n{wanted}\n{wanted}\n{wanted[:16]}{'f' * 16}\n"

    found = _match(["jane@acme.example"], text)

    assert found.rule.to_pylist() == [f"dnc.txt:2:{wanted}"]


def test_a_hash_takes_far_less_memory_than_its_text():
    digits = np.random.default_rng(1).bytes(16 * 50_000).hex()
    text = "\n".join(digits[at : at + 32] for at in range(0, len(digits), 32))

    [digests] = parse_list(text, name="d").hashes

    assert len(digests) == 50_000
    assert digests.nbytes / len(digests) < 60


def test_lists_are_asked_in_order():
    lists = [parse_list("acme.example", name="one"), parse_list("a@acme.example", name="two")]
    rows = pa.array(["a@acme.example"], pa.large_string())

    found = match(lists, address=rows, domain=pa.array(["acme.example"], pa.large_string()), subdomains=True)

    assert found.rule.to_pylist() == ["one:1:acme.example"]
    assert found.address.tolist() == found.domain.tolist() == [True]


NAMES = [
    "acme.example",
    "mail.acme.example",
    "x.mail.acme.example",
    "bolt.example",
    "example",
    "müller.example",
]


@given(
    st.lists(st.sampled_from(NAMES), min_size=1),
    st.lists(st.sampled_from(NAMES[:4]), max_size=4),
    st.booleans(),
)
def test_domains_match_as_a_walk_over_labels_says(rows, entries, subdomains):
    def above(name):
        while name:
            yield name
            name = name.partition(".")[2]

    found = _match([f"a@{name}" for name in rows], "\n".join(["x.example", *entries]), subdomains=subdomains)

    expected = [any(parent in entries for parent in (above(name) if subdomains else [name])) for name in rows]
    assert found.domain.tolist() == expected


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("co.uk", "co.uk"),
        ("*.com", "com"),
        ("github.io", "github.io"),
        ("Gmail.com", "gmail.com"),
        ("@outlook.com", "outlook.com"),
        ("yahoo.com.au", "yahoo.com.au"),
        ("Hotmail.nl", "hotmail.nl"),
    ],
)
def test_an_entry_that_forbids_too_much_is_refused_unless_confirmed(entry, named):
    rules = parse_list(f"ok.example\n{entry}\n", name="dnc.txt")

    with pytest.raises(ListError, match=rf"line 2: {named} would forbid.*allow_broad_rules=\['{named}'\]"):
        check_broad(rules)
    for spelled in (f"*.{named.upper()}", f"{named}.", f"https://{named}/"):
        check_broad(rules, allowed=["x.example", spelled])


def test_a_suffix_in_another_alphabet_is_confirmed_as_it_is_written():
    rules = parse_list("ok.example\n\u516c\u53f8.cn\n", name="dnc.txt")

    with pytest.raises(ListError, match=r"allow_broad_rules=\['xn--55qx5d.cn'\]"):
        check_broad(rules)
    check_broad(rules, allowed=["\u516c\u53f8.cn"])


def test_a_company_below_a_suffix_and_an_address_at_a_provider_are_no_broad_rules():
    check_broad(parse_list("acme.co.uk\njane@gmail.com\nacme.example\nyahoo.acme.example\n", name="dnc"))


def test_bytes_and_text_are_read_alike():
    text = "jürgen@müller.example\n"

    assert parse_list(text, name="d").entries == parse_list(text.encode(), name="d").entries
    assert isinstance(parse_list(text, name="d"), RuleList)
