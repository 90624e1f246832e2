"""Records of sales that addresses lead to (tests/architecture/test_foreign_records.py)."""

from crm.staff.models import User
from sales.models import Deal, DealLine, DiscountApproval


def approval_of(deal: Deal, owner: User) -> DiscountApproval:
    found = DiscountApproval.objects.filter(deal=deal).first()
    figures = {"rate": 30, "currency": "USD", "list_amount": 10, "amount": 7}
    return found or DiscountApproval.objects.create(deal=deal, asked_by=owner, word="Secret", **figures)


def line_of(deal: Deal) -> DealLine:
    found = DealLine.objects.filter(deal=deal).first()
    return found or DealLine.objects.create(
        deal=deal, text="Secret", quantity=1, unit_amount=5, line_amount=5
    )
