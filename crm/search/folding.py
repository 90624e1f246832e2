"""How text is made comparable: case folded, accents off, split into words. Pure."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+", re.UNICODE)
NOT_DECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
LONGEST = 60
MOST_WORDS = 20


def fold(text: str) -> str:
    """`Łukasz Müller` -> `lukasz muller`; without NUL, which PostgreSQL cannot keep."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\0", ""))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(NOT_DECOMPOSED)


def sort_name(name: str) -> str:
    """The key by which people expect names to be ordered."""
    return " ".join(fold(name).split())[:200]


def words(*texts: str) -> list[str]:
    """The words of the texts in order, each once: whole e-mail addresses and numbers, and their parts."""
    found: dict[str, None] = {}
    for text in texts:
        for chunk in fold(text).split():
            whole = chunk.strip(".,;:()[]<>\"'+")
            for word in (whole, *WORD.findall(chunk)):
                if word:
                    found[word[:LONGEST]] = None
    return list(found)


def index_text(*texts: str) -> str:
    """What the index keeps of a record: its words, separated by single blanks."""
    return " ".join(words(*texts))


def prefix_query(text: str, *, whole_words: bool = False) -> str:
    """A tsquery that wants every word of the question as the beginning of a word; empty for no words.

    whole_words: only the last one, which may still be typed, as a beginning: quick to answer from the index.
    """
    wanted = [chunk.strip(".,;:()[]<>\"'+")[:LONGEST] for chunk in fold(text).split()[:MOST_WORDS]]
    quoted = ["'{}'".format(word.replace("\\", "\\\\").replace("'", "''")) for word in wanted if word]
    begun = quoted[-1:] if whole_words else quoted
    return " & ".join([*quoted[: len(quoted) - len(begun)], *(f"{word}:*" for word in begun)])
