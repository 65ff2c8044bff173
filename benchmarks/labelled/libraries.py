"""Names and numbers by the libraries, each distinct value once; run by an interpreter that has them.

    PYTHON libraries.py names|phones IN.tsv

The last line says the processor seconds that it took, without reading and imports.
"""

import sys
import time


def names(rows):
    """A full name parsed, and set in the case of names."""
    from nameparser import parse

    return [parse(f"{first} {last}").capitalized() for first, last in rows]


def phones(rows):
    """A number parsed in its region, and written as E.164 where it is valid."""
    import phonenumbers as library

    def one(text, region):
        try:
            number = library.parse(text, region or None)
        except library.NumberParseException:
            return text
        if not library.is_valid_number(number):
            return text
        return library.format_number(number, library.PhoneNumberFormat.E164)

    return [one(*row) for row in rows]


def main() -> None:
    """Run one of them."""
    with open(sys.argv[2], encoding="utf-8") as file:  # noqa: PTH123
        rows = [line.rstrip("\n").split("\t") for line in file]
    work = {"names": names, "phones": phones}[sys.argv[1]]
    work(rows[:10])
    start = time.process_time()
    work(rows)
    print(f"{time.process_time() - start:.3f}")


if __name__ == "__main__":
    main()
