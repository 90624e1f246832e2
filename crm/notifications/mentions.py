"""Naming colleagues in texts. People write and read “@Mara Lindqvist”; kept is `@[Mara Lindqvist](user:12)`. Pure."""

import re
from collections.abc import Iterable, Mapping

TOKEN = re.compile(r"@\[([^\[\]\n]{1,150})\]\(user:([0-9]{1,18})\)")


def mentioned_ids(text: str) -> set[int]:
    return {int(pk) for _name, pk in TOKEN.findall(text)}


def plain(text: str) -> str:
    """The text as people write and read it."""
    return TOKEN.sub(r"@\1", text) if "@[" in text else text


def token(pk: int, name: str) -> str:
    return f"@[{bare(name)}](user:{pk})"


def bare(name: str) -> str:
    """A name without what would end its token."""
    return " ".join(re.sub(r"[\[\]]", " ", name).split())[:150]


def tokenised(text: str, people: Mapping[int, str], chosen: Iterable[int] = ()) -> str:
    """“@Name” of the people becomes a token; where two have the same name, the chosen one is meant, else nobody.

    A token that stands there already keeps its id and gets the name that belongs to it; of a stranger it becomes
    plain text.
    """
    text = TOKEN.sub(lambda found: known(found, people), text)
    ids = ids_by_name(people, set(chosen))
    if not ids:
        return text
    longest_first = sorted(ids, key=len, reverse=True)
    names = re.compile(rf"(?<!\w)@({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    folded = {name.casefold(): name for name in ids}

    def named(found: re.Match[str]) -> str:
        name = folded.get(found[1].casefold())
        return token(ids[name], name) if name else found[0]

    return names.sub(named, text)


def known(found: re.Match[str], people: Mapping[int, str]) -> str:
    pk = int(found[2])
    return token(pk, people[pk]) if pk in people else f"@{found[1]}"


def ids_by_name(people: Mapping[int, str], chosen: set[int]) -> dict[str, int]:
    """Who is meant by a name: the only one of that name, or the only chosen one."""
    found: dict[str, list[int]] = {}
    for pk, name in people.items():
        found.setdefault(bare(name), []).append(pk)
    ids = {}
    for name, pks in found.items():
        meant = pks if len(pks) == 1 else [pk for pk in pks if pk in chosen]
        if len(meant) == 1 and name:
            ids[name] = meant[0]
    return ids


def cut(text: str, length: int) -> str:
    """The beginning of the text, never the half of a token."""
    if len(text) <= length:
        return text
    end = length - 1
    for found in TOKEN.finditer(text):
        if found.start() < end < found.end():
            end = found.start()
    return text[:end].rstrip() + "…"
