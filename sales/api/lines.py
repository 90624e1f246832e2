"""The lines of orders, inside them."""

from typing import Any

from rest_framework import serializers

from crm.api.resources import Row
from crm.api.values import ReferenceField, money_text, number
from crm.records.kinds import kinds
from crm.staff.models import User
from sales.models import DealLine, OrderLine, QuoteLine


class LineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    product = ReferenceField(allow_null=True)
    text = serializers.CharField()
    quantity = serializers.CharField()
    unit_amount = serializers.CharField()
    discount_rate = serializers.CharField()
    amount = serializers.CharField()


def schema(user: User | None) -> serializers.Field:
    return LineSerializer(many=True, read_only=True)


def fill(user: User, rows: list[Row]) -> None:
    """One query for the lines of a page, one for the products that the reader may see."""
    found = list(OrderLine.objects.filter(order_id__in=[row["id"] for row in rows]).order_by("pk"))
    names = product_names(user, {line.product_id for line in found if line.product_id})
    by_order: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for line in found:
        by_order[line.order_id].append(line_row(line, names))
    for row in rows:
        row["lines"] = by_order[row["id"]]


def product_names(user: User, pks: set[int]) -> dict[int, str]:
    if not pks:
        return {}
    seen: Any = kinds()["sales.product"].visible(user)
    return dict(seen.filter(pk__in=pks).values_list("pk", "name"))


def line_row(line: DealLine | OrderLine | QuoteLine, names: dict[int, str]) -> Row:
    pk = line.product_id
    return {
        "id": line.pk,
        "product": {"id": pk, "name": names[pk]} if pk in names else None,
        "text": line.text,
        "quantity": number(line.quantity),
        "unit_amount": money_text(line.unit_amount),
        "discount_rate": number(line.discount_rate),
        "amount": money_text(line.line_amount),
    }
