"""What type checkers say of calls: `mypy tests/typing` fails where one is no longer refused, or wrongly so."""

from typing import assert_type

import pandas as pd

import hygiene
from hygiene.cleaning.result import CleanedLeads

frame = pd.DataFrame({"email": ["ann@acme.example"]})

assert_type(hygiene.clean(frame, match="person", keep="last", fill=True), CleanedLeads)
assert_type(hygiene.clean(["a.csv", "b.csv"], header_row=3, suppress="dnc.csv"), CleanedLeads)
assert_type(hygiene.read("a.csv", "b.csv", encoding="cp1252"), pd.DataFrame)
assert_type(hygiene.read("a.xlsx", visible_rows=True), pd.DataFrame)
assert_type(hygiene.clean(frame, suppress=hygiene.Entries(["a.example"]), known=frame["email"]), CleanedLeads)
assert_type(
    hygiene.clean(frame, blocklist=["block.csv", frame, hygiene.Entries(["b.example"])]), CleanedLeads
)
hygiene.clean(frame).explain(label=("a.csv", 2))

hygiene.clean(frame, match="Person")  # type: ignore[arg-type]
hygiene.clean(frame, mach="person")  # type: ignore[call-arg]
hygiene.clean(frame, suppress=3)  # type: ignore[arg-type]
hygiene.clean(3)  # type: ignore[arg-type]
hygiene.read("a.csv", header_row="3")  # type: ignore[arg-type]
hygiene.read("a.xlsx", visible_rows="yes")  # type: ignore[arg-type]
