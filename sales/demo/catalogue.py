"""The price list of a coffee roaster, and exchange rates."""

from datetime import timedelta
from decimal import Decimal

import numpy as np

from crm.company.selectors import company_day
from crm.money.models import ExchangeRate
from sales.models import Product

# (code, name, price, cost, weight for homes, weight for businesses)
CATALOGUE = (
    ("BEAN-HOUSE-250", "House espresso, 250 g", "8.50", "3.90", 16, 1),
    ("BEAN-HOUSE-1000", "House espresso, 1 kg", "28.00", "14.20", 10, 22),
    ("BEAN-GUJI-250", "Ethiopia Guji, 250 g", "12.50", "6.10", 12, 1),
    ("BEAN-GUJI-1000", "Ethiopia Guji, 1 kg", "42.00", "23.00", 3, 7),
    ("BEAN-HUILA-250", "Colombia Huila, 250 g", "10.50", "4.90", 11, 1),
    ("BEAN-HUILA-1000", "Colombia Huila, 1 kg", "36.00", "18.60", 3, 12),
    ("BEAN-DECAF-250", "Decaf, 250 g", "10.00", "4.70", 6, 2),
    ("BEAN-DECAF-1000", "Decaf, 1 kg", "34.00", "17.80", 1, 8),
    ("BEAN-SEASON-250", "Seasonal filter roast, 250 g", "13.50", "6.80", 9, 2),
    ("BEAN-GEISHA-100", "Panama Geisha, 100 g", "24.00", "14.00", 2, 1),
    ("CAPS-50", "Compostable capsules, box of 50", "21.50", "11.00", 7, 6),
    ("COLD-10", "Cold brew bags, 10 pieces", "14.00", "6.20", 5, 3),
    ("TEA-ASSAM-100", "Assam tea, 100 g", "9.00", "3.50", 3, 5),
    ("MUG-01", "Stoneware mug", "16.00", "7.00", 3, 0),
    ("FILTER-100", "Paper filters, 100 pieces", "4.50", "1.40", 9, 5),
    ("DRIP-V60", "Hand dripper", "19.00", "9.50", 2, 1),
    ("GRIND-HAND", "Hand grinder", "79.00", "46.00", 1, 0),
    ("GRIND-PRO", "Espresso grinder, on demand", "890.00", "610.00", 0, 0.3),
    ("MACH-HOME", "Espresso machine for the home", "640.00", "455.00", 0.25, 0),
    ("MACH-2GR", "Espresso machine, two groups", "4900.00", "3650.00", 0, 0.12),
    ("SERV-YEAR", "Service contract, one year", "480.00", "260.00", 0, 0.6),
    ("TRAIN-HALF", "Barista training, half a day", "390.00", "210.00", 0, 0.3),
    ("CLEAN-900", "Group head cleaner, 900 g", "12.00", "5.10", 1, 9),
    ("CUP-1000", "Takeaway cups, 1,000 pieces", "68.00", "41.00", 0, 9),
)
# how people make their coffee, and what businesses buy for: each has products of its own
TASTES = (
    ("HOUSE", "MACH", "GRIND", "CLEAN", "SERV"),
    ("GUJI", "HUILA", "SEASON", "GEISHA", "FILTER", "DRIP", "GRIND-HAND"),
    ("CAPS", "DECAF", "MUG"),
    ("COLD", "TEA", "CUP", "TRAIN"),
)
RATES = (("GBP", 1.16), ("USD", 0.92))


CATEGORIES = {
    "BEAN": ("Coffee", "bag"), "CAPS": ("Coffee", "box"), "COLD": ("Coffee", "box"), "TEA": ("Tea", "bag"),
    "MUG": ("Accessories", "piece"), "FILTER": ("Accessories", "pack"), "DRIP": ("Accessories", "piece"),
    "CLEAN": ("Accessories", "tin"), "CUP": ("Accessories", "box"), "GRIND": ("Machines", "piece"),
    "MACH": ("Machines", "piece"), "SERV": ("Services", "year"), "TRAIN": ("Services", "half day"),
}  # fmt: skip
LINES = {
    "GRIND-HAND": ("Grinders", 1), "GRIND-PRO": ("Grinders", 2), "MACH-HOME": ("Espresso machines", 1),
    "MACH-2GR": ("Espresso machines", 2), "BEAN-HUILA-250": ("Single origin", 1), "BEAN-GUJI-250": ("Single origin", 2),
    "BEAN-SEASON-250": ("Single origin", 3),
}  # fmt: skip


def products() -> list[Product]:
    rows = [
        Product(
            code=code,
            name=name,
            price_amount=Decimal(price),
            cost_amount=Decimal(cost),
            category=CATEGORIES[code.partition("-")[0]][0],
            unit=CATEGORIES[code.partition("-")[0]][1],
            line=LINES.get(code, ("", None))[0],
            tier=LINES.get(code, ("", None))[1],
        )
        for code, name, price, cost, _home, _business in CATALOGUE
    ]
    Product.objects.bulk_create(rows, ignore_conflicts=True)
    found = {product.code: product for product in Product.objects.all()}
    return [found[row[0]] for row in CATALOGUE]


def rates(random: np.random.Generator) -> None:
    """A rate every thirty days, never far from what is typical."""
    start = company_day() - timedelta(days=4 * 365)
    rows = []
    for currency, typical in RATES:
        steps = range(0, 4 * 365 + 1, 30)
        away = 0.0
        for step in steps:
            away = 0.8 * away + float(random.normal(0, 0.008))
            day, rate = start + timedelta(days=step), typical * float(np.exp(away))
            rows.append(ExchangeRate(currency=currency, valid_on=day, rate=Decimal(f"{rate:.6f}")))
    ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True)
