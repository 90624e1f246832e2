from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.search.folding import fold, index_text, words
from crm.search.models import SearchRow
from crm.search.selectors import search
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def crowd(rep: User) -> dict[str, Customer]:
    people = {
        "müller": ("Jürgen Müller", "juergen.mueller@example.org", "+49 30 901820"),
        "ada": ("Ada Lindqvist", "ada@lindqvist.example", ""),
        "łuk": ("Łukasz Wiśniewski", "lukasz@example.org", ""),
        "odd": ("O'Brien & 100% \\ Sons", "", ""),
    }
    return {
        key: customer_create(actor=rep, values={"name": name, "kind": "person"}, email=email, phone=phone)
        for key, (name, email, phone) in people.items()
    }


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("muller", "müller"),
        ("MÜL jür", "müller"),
        ("juergen.mueller@example.org", "müller"),
        ("+4930901820", "müller"),
        ("lukasz wis", "łuk"),
        ("lindkvist", "ada"),
        ("o'brien", "odd"),
        ("100%", "odd"),
    ],
)
def test_found_by_words_accents_mail_phone_and_in_spite_of_typing_errors(
    text: str, key: str, crowd: dict[str, Customer], rep: User
) -> None:
    assert crowd[key].pk in [hit.object_id for hit in search(rep, text)]


def test_nothing_is_found_for_those_who_may_not_see_it(
    crowd: dict[str, Customer], narrow: User, outsider: User, sign_in: SignIn
) -> None:
    assert search(narrow, "lindqvist") == []
    assert search(outsider, "lindqvist") == []
    page = sign_in(narrow).get("/search/?q=lindqvist", headers={"HX-Request": "true"})
    assert "Ada" not in page.content.decode()


@pytest.mark.parametrize(
    "text", ["", "   ", "'", "\\", "a & b | !c <-> d", "':*", "(((", "\x00", "%", "é" * 500]
)
def test_any_text_is_a_question(text: str, crowd: dict[str, Customer], rep: User) -> None:
    search(rep, text)


@given(st.text(max_size=60))
def test_folding_is_stable_and_words_are_never_empty(text: str) -> None:
    assert fold(fold(text)) == fold(text) or any(ord(char) > 0x2000 for char in text)
    assert all(word and " " not in word for word in words(text))


def test_every_indexed_text_can_be_stored(rep: User) -> None:
    strange = "a\x00b \u202e \ufeff 'x' \\ :* & ! ()"
    row = SearchRow.objects.create(
        object_type="x.y", object_id=1, title="x", text=index_text(strange), team_id=1
    )
    assert row.pk
