import csv

import pytest

from hygiene.columns.full_names import split_name
from hygiene.columns.mapping import CANONICAL, MALFORMED, has_email, map_columns
from hygiene.errors import InputError

# Header rows of exports, by the tool that makes them, with the header each canonical column is taken from.
LAYOUTS = {
    "linkedin": (
        ("First Name,Last Name,URL,Email Address,Company,Position,Connected On"),
        {"email": "Email Address", "first_name": "First Name", "company": "Company", "title": "Position"},
    ),
    "hubspot default": (
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Primary Associated Company ID,"
            "Last Activity Date,Lead Status,Marketing contact status,Create Date,Associated Company"
        ),
        {"email": "Email", "phone": "Phone Number", "company": "Associated Company"},
    ),
    "hubspot with company": (
        (
            "Record ID - Contact,First Name,Last Name,Email,Phone Number,Contact owner,Last Activity Date,"
            "Lead Status,Create Date,Record ID - Company,Company name,Company owner,Create Date,"
            "Phone Number,City,Country/Region"
        ),
        {"email": "Email", "company": "Company name", "city": "City", "country": "Country/Region"},
    ),
    "hubspot numbers": (
        (
            "Record ID,First Name,Last Name,Email,Office Number,Primary Associated Company ID,"
            "Associated Company,Record ID - Company,Company name,Cell Number,City,Industry"
        ),
        {"email": "Email", "company": "Company name", "phone": "Office Number"},
    ),
    "hubspot all": (
        (
            "Record ID,First Name,Last Name,City,Company domain name,Company Name,Company owner,"
            "Contact owner,Country/Region,Email,Email address quarantine reason,Email Address Quarantined,"
            "Email Confirmed,Email Domain,Email hard bounce reason,Invalid email address,Job Title,"
            "Last Contacted,Lead Status,Mobile Phone Number,Phone Number,Private e-mail address,"
            "State/Region,Status,Unsubscribed from all email,Website URL,WhatsApp Phone Number,Work email,"
            "Associated Company,Associated Company IDs"
        ),
        {
            "email": "Email",
            "company": "Company Name",
            "phone": "Phone Number",
            "state": "State/Region",
            "website": "Website URL",
        },
    ),
    "apollo": (
        (
            "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,"
            "Primary Email Source,Email Confidence,Primary Email Catch-all Status,Contact Owner,"
            "Work Direct Phone,Home Phone,Mobile Phone,Corporate Phone,Do Not Call,Last Contacted,"
            "Account Owner,# Employees,Person Linkedin Url,Website,Company Linkedin Url,City,State,Country,"
            "Company Address,Company City,Company State,Company Country,Company Phone,"
            "Parent company (Apollo data),Email Sent,Email Open,Email Bounced,Secondary Email,"
            "Secondary Email Source,Tertiary Email,Tertiary Email Status"
        ),
        {
            "email": "Email",
            "company": "Company Name",
            "title": "Title",
            "phone": "Work Direct Phone",
            "linkedin": "Person Linkedin Url",
            "website": "Website",
            "city": "City",
            "state": "State",
            "country": "Country",
        },
    ),
    "zoominfo": (
        (
            "ZoomInfo Contact ID,Last Name,First Name,Middle Name,Job Title,Job Title Hierarchy Level,"
            "Company Division Name,Direct Phone Number,Email Address,Email Domain,Mobile phone,"
            "Previous Job Title,Previous Company Name,Previous Company LinkedIn Profile,"
            "ZoomInfo Contact Profile URL,LinkedIn Contact Profile URL,Person Street,Person City,"
            "Person State,Country,Company Name,Website,Company HQ Phone,LinkedIn Company Profile URL,"
            "Company City,Company State,Company Country"
        ),
        {
            "email": "Email Address",
            "company": "Company Name",
            "title": "Job Title",
            "phone": "Direct Phone Number",
            "linkedin": "LinkedIn Contact Profile URL",
            "city": "Person City",
            "state": "Person State",
            "country": "Country",
        },
    ),
    "google contacts": (
        (
            "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Last Name,Name Prefix,Nickname,"
            "File As,Organization Name,Organization Title,Organization Department,E-mail 1 - Label,"
            "E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,"
            "Website 1 - Value"
        ),
        {
            "email": "E-mail 1 - Value",
            "company": "Organization Name",
            "title": "Organization Title",
            "phone": "Phone 1 - Value",
            "website": "Website 1 - Value",
        },
    ),
    "mailchimp": (
        (
            "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,Status,TAGS,"
            "LEID,CC"
        ),
        {"email": "Email Address"},
    ),
    "outreach": (
        ("first_name,last_name,email,company_name,website,linkedin_url,campaign_name"),
        {"email": "email", "company": "company_name", "linkedin": "linkedin_url"},
    ),
    "generator": (
        (
            "Index,Account Id,Lead Owner,First Name,Last Name,Company,Phone 1,Phone 2,Email 1,Email 2,"
            "Website,Source"
        ),
        {"email": "Email 1", "phone": "Phone 1", "company": "Company"},
    ),
    "outlook": (
        (
            "Title,First Name,Last Name,Company,Job Title,Business City,Home City,Business Phone,"
            "E-mail Address,E-mail 2 Address,E-mail Display Name,Web Page"
        ),
        {"email": "E-mail Address", "title": "Job Title", "city": "Business City", "website": "Web Page"},
    ),
    "pipedrive": (
        (
            "Person - First name,Person - Last name,Person - Email - Work,Person - Email - Home,"
            "Person - Phone - Work,Organization - Name"
        ),
        {
            "email": "Person - Email - Work",
            "phone": "Person - Phone - Work",
            "company": "Organization - Name",
        },
    ),
}


def cells_of(header: str) -> list[str]:
    return next(csv.reader([header]))


def taken(header: list[str], **kwargs) -> dict[str, str]:
    found = map_columns(header, kwargs.pop("sample", []), **kwargs)
    return {name: header[at] for at, name in enumerate(found.names) if name in CANONICAL}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_known_layout_maps_its_columns(layout):
    header, expected = LAYOUTS[layout]
    found = taken(cells_of(header))

    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_column_gets_one_name_and_custom_ones_keep_theirs(layout):
    header = cells_of(LAYOUTS[layout][0])
    names = map_columns(header, []).names

    assert len(set(names)) == len(header)
    custom = [(text, name) for text, name in zip(header, names, strict=True) if name not in CANONICAL]
    assert all(name.startswith(text) for text, name in custom)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "mailchimp" and name != "pipedrive"])
def test_names_are_taken_wherever_they_stand(layout):
    found = taken(cells_of(LAYOUTS[layout][0]))

    assert found["first_name"].lower().replace("_", " ") == "first name"
    assert found["last_name"].lower().replace("_", " ") == "last name"


@pytest.mark.parametrize(
    "text",
    [
        *("Email", "E-Mail", "e_mail", "EMAIL ADDRESS", "emailAddress", "eMail", "Mail", "\ufeffEmail"),
        *(
            "Work email",
            "Email (work)",
            "workemail",
            "Contact Email",
            "Lead: Email",
            "Person's Email",
            "email_1",
        ),
        *("Email*", "Email (required)", "Business E-mail", "Private e-mail address", "Secondary Email"),
    ],
)
def test_any_spelling_of_email_is_known(text):
    assert map_columns([text, "Notes"], []).names == ("email", "Notes")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "No Email",
            "Emailed at",
            "First name of assistant",
            "Last contact",
            "Is email valid?",
            "Email opt in",
        ),
        *(
            "Did you open our email?",
            "What is your manager's email?",
            "What is your company size?",
            "Company data",
        ),
        *("Email Status", "Email Domain", "Email Sent", "Email Open", "Email Bounced", "Email 1 - Label"),
        *("Email hard bounce reason", "Primary Email Source", "Email 1 Validation", "Last Contacted"),
        *("Company domain name", "Company owner", "Contact owner", "Account Owner", "Company Linkedin Url"),
        *("Previous Job Title", "Middle Name", "Company size", "Account Id", "campaign_name", "First Seen"),
        *("Unsubscribed from all email", "Invalid email address", "Associated Company IDs", "Lead Status"),
    ],
)
def test_look_alikes_stay_custom(text):
    assert map_columns([text, "Email"], []).names == (text, "email")


def test_an_owners_email_is_not_the_leads_even_if_it_holds_addresses():
    header = ["Account Owner Email", "Account manager e-mail"]

    with pytest.raises(InputError, match="no email column"):
        map_columns(header, [["me@us.example", "you@us.example"]])


def test_an_unfamiliar_email_header_counts_only_with_addresses():
    assert taken(["Newsletter email", "x"], sample=[["a@b.example", ""]]) == {"email": "Newsletter email"}
    with pytest.raises(InputError):
        map_columns(["Newsletter email", "x"], [["yes", ""]])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Email", "Work email"),
        ("Primary Email", "Business Email"),
        ("Work email", "Email 1"),
        ("Email 1", "Other email"),
        ("Other email", "Personal Email"),
        ("Private e-mail address", "Secondary Email"),
        ("Email 1", "Email 2"),
    ],
)
def test_the_better_name_wins_in_either_order(better, worse):
    full = [["", "a@b.example"]]

    assert taken([better, worse], sample=full)["email"] == better
    assert taken([worse, better])["email"] == better


def test_equal_names_are_decided_by_the_cells():
    sample = [["", "a@b.example"], ["c@d.example", "e@f.example"]]

    found = map_columns(["Email", "E-mail"], sample, source="leads.csv")

    assert found.names == ("Email", "email")
    assert found.notes == ("leads.csv: email is 'E-mail'; left as custom: 'Email'.",)


def test_equal_names_and_cells_are_an_error_that_lists_them():
    with pytest.raises(InputError) as caught:
        map_columns(["Email", "name", "Email"], [], source="leads.csv")

    assert str(caught.value) == (
        "leads.csv: 2 columns have an equal claim to the address: 'Email', 'Email (2)'. "
        "Name the one to take with columns={'email': \"Email\"}."
    )


def test_no_email_column_among_no_rows_is_an_error_that_names_the_columns_there_are():
    with pytest.raises(
        InputError,
        match=r"leads\.csv: no email column among 2; there are 'Name', 'City'.*columns=\{'email': 'HEADER'\}",
    ):
        map_columns(["Name", "City"], [], source="leads.csv")


def test_without_an_address_in_the_rows_no_column_is_proposed():
    with pytest.raises(InputError, match=r"no address in the first row. Export the leads with") as refused:
        map_columns(["Name", "Mail adress"], [["Jane", "Oslo"]], source="leads.csv")
    assert "columns=" not in str(refused.value)


def test_a_column_that_holds_addresses_is_the_nearest():
    with pytest.raises(InputError, match=r"columns=\{'email': 'Reach'\}"):
        map_columns(["Emale", "Reach"], [["x", "a@b.example"]])


def test_a_file_without_header_is_told_so_without_showing_an_address():
    with pytest.raises(InputError, match="no header") as caught:
        map_columns(["jane@customer.example", "Jane"], [])

    assert "customer" not in str(caught.value)


def test_columns_overrule_the_rules():
    header = ["Email", "Reach me", "Firm"]

    assert taken(header, columns={"email": "Reach me", "company": "firm "}) == {
        "email": "Reach me",
        "company": "Firm",
    }


def test_an_override_on_a_repeated_header_takes_the_first_and_the_second_by_its_number():
    header = ["Email", "Email"]

    assert map_columns(header, [], columns={"email": "Email"}).names == ("email", "Email (2)")
    assert map_columns(header, [], columns={"email": "Email (2)"}).names == ("Email", "email")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"mail": "Email"}, "'mail' is no column"),
        ({"email": "Post"}, "'Email', 'Name'"),
        ({"email": "Email", "company": "Email"}, "more than one"),
        ({"company": ""}, "no column ''"),
    ],
)
def test_an_override_that_names_nothing_is_an_error(columns, told):
    with pytest.raises(InputError, match=told):
        map_columns(["Email", "Name"], [], columns=columns)


def test_repeated_and_empty_headers_get_names_of_their_own():
    header = ["Email", "Notes", "", "Notes", " ", "Notes", "Notes (2)", MALFORMED]

    assert map_columns(header, []).names == (
        *("email", "Notes", "column 3", "Notes (2)", "column 5", "Notes (3)", "Notes (2) (2)"),
        f"{MALFORMED} (2)",
    )


def test_a_custom_column_never_takes_a_canonical_name_in_use():
    assert map_columns(["email", "Work"], [], columns={"email": "Work"}).names == ("email (2)", "email")
    assert (
        map_columns(["company", "Firm", "email"], [], columns={"company": "Firm"}).names[0] == "company (2)"
    )


def test_a_full_name_is_split_only_without_first_and_last():
    assert map_columns(["Email", "Full Name"], []).full_name == 1
    assert map_columns(["Email", "Full Name"], []).names == ("email", "Full Name")
    assert map_columns(["Email", "Full Name", "Last Name"], []).full_name is None
    assert map_columns(["Email", "Name", "Forename"], []).full_name is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Doe, Jane", ("Jane", "Doe")),
        ("Jane", ("Jane", "")),
        ("  Jane   van  Doe ", ("Jane", "van Doe")),
        ("Jane Doe, PhD", ("Jane", "Doe")),
        ("Doe, Jane, M.D.", ("Jane", "Doe")),
        ("", ("", "")),
        (" , ", ("", "")),
        ("Dr. Bob Roe", ("Bob", "Roe")),
        ("Prof. Dr. med. Ute Berg", ("Ute", "Berg")),
        ("Ms Cleo Ito", ("Cleo", "Ito")),
        ("Mme Roux", ("", "Roux")),
        ("Lund, Dr. Ann", ("Ann", "Lund")),
        ("Dr. Lund, Ann", ("Ann", "Lund")),
        ("Dr", ("Dr", "")),
        ("King Lear", ("King", "Lear")),
        ("Ann Lund <ann@birch.example>", ("Ann", "Lund")),
        ("ann@birch.example", ("", "")),
    ],
)
def test_a_full_name_is_split_in_first_and_last(text, names):
    assert split_name(text) == names


def test_a_bare_url_is_a_profile_or_a_website_by_its_cells():
    header = ["Email", "URL"]

    assert taken(header, sample=[["", "https://www.linkedin.com/in/x"]])["linkedin"] == "URL"
    assert taken(header, sample=[["", "https://customer.example"]])["website"] == "URL"


PHONE, OTHER = "+1 415 555 0101", "+1 415 555 0102"


def test_a_blank_column_loses_to_a_filled_one_that_is_named_worse():
    header = ["Email", "Work Direct Phone", "Corporate Phone"]

    found = map_columns(header, [["a@b.example", "", PHONE]], source="leads.csv")

    assert found.names == ("email", "Work Direct Phone", "phone")
    assert found.notes == ("leads.csv: phone is 'Corporate Phone'; left as custom: 'Work Direct Phone'.",)


@pytest.mark.parametrize(("filled", "taken_as"), [(2, "Corporate Phone"), (3, "Work Direct Phone")])
def test_a_column_that_is_filled_in_under_a_twentieth_of_anothers_cells_loses_to_it(filled, taken_as):
    rows = [["a@b.example", PHONE if row < filled else "", OTHER] for row in range(60)]

    assert taken(["Email", "Work Direct Phone", "Corporate Phone"], sample=rows)["phone"] == taken_as


def test_the_address_column_is_chosen_by_its_name_even_where_it_is_blank():
    assert taken(["Work Email", "Email"], sample=[["a@b.example", ""]])["email"] == "Email"


def test_a_column_of_words_is_no_address_beside_one_of_addresses():
    assert taken(["Email", "Work Email"], sample=[["yes", "a@b.example"]])["email"] == "Work Email"


@pytest.mark.parametrize("numbers", [(0, 1, 2), (1, 2, 3), (2, 3, 4)])
def test_of_numbered_columns_the_lowest_number_is_taken(numbers):
    header = [f"emails/{number}" for number in reversed(numbers)]

    assert map_columns(header, [["a@b.example"] * 3]).names[-1] == "email"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Website", ["https://www.linkedin.com/company/birch"]),
        ("Website", ["https://www.yelp.com/biz/birch", "https://facebook.com/oak"]),
        ("website", [f"https://directory.example/firm/{number}" for number in range(3)]),
        ("URL", ["https://www.google.com/maps/place/x"]),
        ("Website", ["yes", "no"]),
        ("Domain", ["Finance"]),
        ("Title", ["Mr.", "Mrs", "Dr."]),
        ("Position", ["1", "2"]),
        ("Role", ["admin", "member"]),
        ("State", ["active", "closed"]),
        ("Company", ["1024", "1025"]),
        ("Country Code", ["+49", "1"]),
        ("Mobile", ["true", "false"]),
        ("Name", ["#1001", "#1002"]),
        ("Contact", ["2026-03-31", "2026-04-01"]),
    ],
)
def test_cells_that_are_something_else_leave_a_column_custom(header, cells):
    rows = [[cell, f"a{row}@b.example"] for row, cell in enumerate(cells)]

    found = map_columns([header, "Email"], rows)

    assert found.names[0] not in CANONICAL
    assert found.full_name is None


def test_a_column_that_is_left_for_its_cells_is_named():
    found = map_columns(
        ["Website", "Email"], [["https://www.linkedin.com/in/ann", "a@b.example"]], source="leads.csv"
    )

    assert found.notes == ("leads.csv: no column is taken as website: 'Website' holds something else.",)


@pytest.mark.parametrize(
    ("cells", "website"),
    [
        (["https://birch.example/en", "https://oak.example"], "URL"),
        (["https://birch.example"] * 5, "URL"),
        (["birch.example", "www.oak.example/contact"], "URL"),
        (["https://facebook.com", "https://www.booking.com"], "URL"),
    ],
)
def test_sites_of_their_own_are_websites(cells, website):
    assert taken(["URL", "Email"], sample=[[cell, "a@b.example"] for cell in cells])["website"] == website


FIRMS = ["Birch GmbH", "Oak Ltd", "Hotel Adler", "Lund & Roe", "Evergate"]
PEOPLE = ["Ann Lund", "Bob Roe", "Mehmet Demir", "Иван Лунд", "Kilnhouse Xu"]


def _named(header, names, **kwargs):
    rows = [
        [name, f"x@{''.join(filter(str.isalpha, name.lower()))}.example"] + ["y"] * (len(header) - 2)
        for name in names
    ]
    found = map_columns(header, rows, **kwargs)
    return found.names[0], found.full_name


@pytest.mark.parametrize("text", ["Name", "name", "nom", "Naam", "Nome", "Customer Name", "名前"])
def test_a_lone_name_is_a_firms_where_its_cells_are_firms(text):
    assert _named([text, "Email"], FIRMS) == ("company", None)
    assert _named([text, "Email"], PEOPLE) == (text, 0)


def test_a_name_of_neither_is_a_firms_beside_a_street_or_a_register_and_a_persons_by_itself():
    plain = ["Adler", "Seeblick", "Berghof"]
    rows = [[name, f"x{at}@mail.example", "y"] for at, name in enumerate(plain)]

    for beside in ("Street", "Straße", "SIRET", "Rating", "Address"):
        assert map_columns(["Name", "Email", beside], rows).names[0] == "company"
    assert map_columns(["Name", "Email", "Notes"], rows).full_name == 0


def test_people_beside_a_street_stay_people():
    assert _named(["Name", "Email", "Street"], PEOPLE) == ("Name", 0)


def test_a_name_beside_a_contact_is_the_firms_and_the_contact_is_split():
    rows = [["Adler", "Ann Lund", "a@mail.example"], ["Seeblick", "Bob Roe", "b@mail.example"]]

    for contact in ("Ansprechpartner", "dirigeant", "Decision Maker", "Contact person", "Contact"):
        found = map_columns(["Name", contact, "Email"], rows)
        assert (found.names, found.full_name) == (("company", contact, "email"), 1)


def test_a_name_that_names_firms_is_not_split_beside_a_company_either():
    found = map_columns(["Name", "Company", "Email"], [["Birch GmbH", "Oak AG", "a@b.example"]])

    assert (found.names, found.full_name) == (("Name", "company", "email"), None)


def test_a_company_column_that_is_named_makes_a_name_a_persons():
    found = map_columns(
        ["Name", "Org", "Email"], [["Ann Lund", "Birch", "a@b.example"]], columns={"company": "Org"}
    )

    assert found.full_name == 0


def test_a_title_is_a_firms_in_a_list_of_places():
    rows = [["Blue Anchor Hotel", "a@b.example"], ["Oak Cafe", "c@d.example"]]

    assert map_columns(["title", "Email"], rows).names[0] == "company"
    assert map_columns(["title", "Email"], [["Marketing Manager", "a@b.example"]]).names[0] == "title"


def test_full_names_are_split_where_both_halves_are_blank():
    found = map_columns(
        ["Full Name", "First Name", "Last Name", "Email"], [["Ann Lund", "", "", "a@b.example"]]
    )

    assert (found.full_name, found.names) == (0, ("Full Name", "First Name", "Last Name", "email"))


def test_a_name_of_one_word_is_the_other_half_of_a_surname():
    assert (
        taken(["Name", "Surname", "Email"], sample=[["Ann", "Lund", "a@b.example"]])["first_name"] == "Name"
    )
    assert (
        taken(["Name", "Forename", "Email"], sample=[["Lund", "Ann", "a@b.example"]])["last_name"] == "Name"
    )


def test_further_address_columns_are_those_of_the_lead():
    header = [
        "Email",
        "Work Email",
        "Account Owner Email",
        "Secondary Email",
        "Newsletter email",
        "User Email",
    ]
    rows = [
        ["", f"w{n}@b.example", "me@us.example", f"s{n}@b.example", f"n{n}@b.example", "me@us.example"]
        for n in range(4)
    ]

    assert map_columns(header, rows).further == (1, 3)
    assert map_columns(header, rows, columns={"email": "Email"}).further == ()


@pytest.mark.parametrize(
    "header",
    [
        [
            *("Nom (100 signes, obligatoire)", "E-mail (professionnel, obligatoire)"),
            *("Raison sociale (sans forme)", "Tel (chiffres, sans espace)"),
        ],
        [
            *("Name (first, last)", "E-mail (one only, please)"),
            *("Company (as registered)", "Phone (with country code)"),
        ],
        [
            "姓名\uff08必填\uff09",
            "邮箱\uff08必填\uff0c公司\uff09",
            "公司\uff08全称\uff0c必填\uff09",
            "电话\uff08含区号\uff0c数字\uff09",
        ],
    ],
)
def test_what_a_form_says_in_brackets_hides_no_column(header):
    mapped = map_columns(header, [["Ann Lund", "ann@birch.example", "Birch", "+1 415 555 0101"]])

    assert mapped.names[1:] == ("email", "company", "phone")
    assert mapped.full_name == 0


def test_whose_it_is_stays_in_brackets_and_a_column_without_a_remark_goes_first():
    header = ["Name", "Email", "Email (manager, optional)", "Phone (digits only)", "Phone"]

    mapped = map_columns(header, [["Ann", "ann@a.example", "boss@a.example", "5550100", "+1 415 555 0101"]])

    assert mapped.names == ("Name", "email", "Email (manager, optional)", "Phone (digits only)", "phone")
    assert mapped.further == ()


def test_a_header_row_is_known_by_its_email_column():
    assert has_email(["Name", "E-mail"])
    assert not has_email(["Notes:"])
    assert not has_email(["Email"], columns={"email": "Post"})
    assert has_email(["Post"], columns={"email": "Post"})
