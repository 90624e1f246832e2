"""What price books said of their customers in three columns becomes a rule; the order they had becomes a priority."""

from typing import Any

from django.db import migrations

COLUMNS = {"rfm_group": "rfm_group", "country": "country", "customer_kind": "kind"}


def to_rules(apps: Any, _schema: Any) -> None:
    books = list(apps.get_model("sales", "PriceBook").objects.all())
    books.sort(key=lambda book: (-says(book), -(book.valid_from.toordinal() if book.valid_from else 0), -book.pk))
    for place, book in enumerate(books):
        parts = [
            {"field": field, "op": "any_of", "value": [getattr(book, column)]}
            for column, field in COLUMNS.items()
            if getattr(book, column)
        ]
        book.rule = {"all": parts} if parts else {}
        book.priority = min(999, 10 * (place + 1))
        book.save(update_fields=["rule", "priority"])


def says(book: Any) -> int:
    return sum(bool(getattr(book, column)) for column in COLUMNS)


def to_columns(apps: Any, _schema: Any) -> None:
    """Only rules of the shape that the columns can say are told again; a book with another one is taken out of use."""
    for book in apps.get_model("sales", "PriceBook").objects.exclude(rule={}):
        asked = book.rule.get("all", [{}])
        columns = {field: column for column, field in COLUMNS.items()}
        plain = all(
            part.get("field") in columns and part.get("op") == "any_of" and len(part.get("value", ())) == 1
            for part in asked
        )
        if plain:
            for part in asked:
                setattr(book, columns[part["field"]], part["value"][0])
        else:
            book.is_active = False
        book.save()


class Migration(migrations.Migration):

    dependencies = [("sales", "0041_price_book_rules")]

    operations = [migrations.RunPython(to_rules, to_columns)]
