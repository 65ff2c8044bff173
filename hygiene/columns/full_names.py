"""Full names: first and last name of a cell that holds both.

A split makes names of its own, so it makes none of a title or of an address. How a name is written is for `fields`.
"""

from hygiene.columns.vocabulary import CREDENTIAL
from hygiene.words.tables import read_words

__all__ = ["split_name"]


def split_name(text: str, /) -> tuple[str, str]:
    """First and last name of a full name, without titles before them and addresses in it.

    One word alone is the first name; behind a title it is the last. Titles alone stay as they are.
    """
    if "@" in text:
        text = " ".join(word for word in text.split() if "@" not in word)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    while len(parts) > 1 and CREDENTIAL.fullmatch(parts[-1].replace(".", "").casefold()):
        parts.pop()
    if len(parts) > 1:
        return _untitled(parts[1]), _untitled(parts[0])
    words = parts[0].split() if parts else [""]
    bare = words[_titles(words) :]
    if len(bare) == 1 < len(words):
        return "", bare[0]
    first, *rest = bare or words
    return first, " ".join(rest)


def _untitled(text: str) -> str:
    words = text.split()
    return " ".join(words[_titles(words) :]) or text


def _titles(words: list[str]) -> int:
    """How many words are titles before a name, as "Prof. Dr. med."."""
    for count, word in enumerate(words):
        key = word.replace(".", "").lower()
        dotted = word.endswith(".")
        if not (
            key in read_words("titles", kind="title")
            or (dotted and key in read_words("titles", kind="title_dotted"))
            or (dotted and count and key in read_words("titles", kind="title_after"))
        ):
            return count
    return len(words)
