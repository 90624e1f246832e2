from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Customer
from crm.company.forms import CompanyForm
from crm.company.images import NotAnImage, read_head
from crm.company.models import Company
from crm.company.reading import NARROW_SPACE, long_day, short_day, week_begin
from crm.company.selectors import company as kept_company
from crm.company.selectors import company_week, forget_company
from crm.money.formatting import money, number
from crm.staff.models import User
from sales.models import Order

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x0f\x00\x00"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sent(company: Company, **changes: Any) -> dict[str, Any]:
    form = CompanyForm(company=company)
    seen = {name: form.text_of(name) for name in form.shown()}
    return {
        "version": company.version,
        **seen,
        **{f"seen-{key}": text for key, text in seen.items()},
        **changes,
    }


def test_numbers_and_days_are_written_as_the_company_wants(
    company: Company, admin: User, customer: Customer, place_order: Callable[..., Order], sign_in: SignIn
) -> None:
    place_order(admin, customer, amount="1234567.50")
    client = sign_in(admin)
    data = sent(company, number_style="point-comma", date_style="iso", week_start="6")
    assert client.post("/settings/company/", data).status_code == 302
    page = client.get("/orders/").content.decode()
    assert "$1.234.567,50" in page
    assert f"{Order.objects.get().placed_on.isoformat()}<" in page


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("", "1,234,567.50"),
        ("comma-point", "1,234,567.50"),
        ("point-comma", "1.234.567,50"),
        ("space-comma", f"1{NARROW_SPACE}234{NARROW_SPACE}567,50"),
        ("apostrophe-point", "1’234’567.50"),
    ],
)
def test_every_way_to_write_numbers(style: str, shown: str, company: Company) -> None:
    Company.objects.update(number_style=style)
    forget_company()
    kept_company()
    assert (number(Decimal("1234567.5"), 2), money(Decimal("-1234567.5"), "USD")) == (shown, f"−${shown}")


@pytest.mark.parametrize(
    ("style", "short", "long"),
    [
        ("", "4 Mar 2026", "4 March 2026"),
        ("month-first", "Mar 4, 2026", "March 4, 2026"),
        ("dots", "04.03.2026", "04.03.2026"),
        ("slashes", "04/03/2026", "04/03/2026"),
        ("slashes-month-first", "03/04/2026", "03/04/2026"),
        ("iso", "2026-03-04", "2026-03-04"),
    ],
)
def test_every_way_to_write_days(style: str, short: str, long: str, company: Company) -> None:
    Company.objects.update(date_style=style)
    forget_company()
    kept_company()
    day = date(2026, 3, 4)
    assert (short_day(day), long_day(day)) == (short, long)


def test_one_company_s_way_does_not_stay_for_the_next_request(company: Company) -> None:
    Company.objects.update(number_style="point-comma")
    forget_company()
    kept_company()
    forget_company()
    assert number(1234.5, 1) == "1,234.5"


@pytest.mark.parametrize(("first", "begin"), [(0, 23), (6, 22), (5, 28)])
def test_a_week_begins_when_the_company_says(first: int, begin: int, company: Company) -> None:
    day = date(2026, 11, 28)  # a Saturday
    assert week_begin(day, first) == date(2026, 11, begin)
    Company.objects.update(week_start=first)
    forget_company()
    assert company_week(day)[0] == date(2026, 11, begin)


def test_the_currency_stays_once_there_are_amounts(
    company: Company,
    admin: User,
    customer: Customer,
    place_order: Callable[..., Order],
    sign_in: SignIn,
    unchanged: Unchanged,
) -> None:
    client = sign_in(admin)
    client.post("/settings/company/", sent(company, currency="EUR"))
    company.refresh_from_db()
    assert company.currency == "EUR"
    client.post("/settings/company/", sent(company, currency="USD"))
    company.refresh_from_db()
    forget_company()
    place_order(admin, customer)
    unchanged()
    answer = client.post("/settings/company/", sent(company, currency="EUR"))
    assert answer.status_code == 422
    assert "so it stays" in answer.content.decode()
    unchanged()


@pytest.mark.parametrize(
    "changes",
    [{"time_zone": "Mars/Base"}, {"currency": "XXX"}, {"week_start": "3"}, {"date_style": "x"}, {"name": ""}],
)
def test_unfit_values_are_refused(
    changes: dict[str, str], company: Company, admin: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    assert client.post("/settings/company/", sent(company, **changes)).status_code == 422
    unchanged()


def test_two_who_edit_at_once_both_get_their_way(company: Company, admin: User, sign_in: SignIn) -> None:
    client, data = sign_in(admin), sent(company, name="Mine")
    client.post("/settings/company/", sent(company, time_zone="Asia/Tokyo"))
    answer = client.post("/settings/company/", data)
    assert answer.status_code == 409
    assert client.post("/settings/company/", answer.context["form"].data).status_code == 302
    company.refresh_from_db()
    assert (company.name, company.time_zone) == ("Mine", "Asia/Tokyo")


@pytest.mark.parametrize(("content", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (WEBP, "webp")])
def test_a_logo_is_served_to_everybody_as_what_it_is(
    content: bytes, kind: str, company: Company, admin: User, sign_in: SignIn
) -> None:
    client = sign_in(admin)
    upload = SimpleUploadedFile("evil.html", content, "text/html")
    assert client.post("/settings/company/logo/", {"logo": upload}).status_code == 302
    company.refresh_from_db()
    answer = Client().get(company.logo_url)
    assert answer.headers["Content-Type"] == f"image/{kind}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == content
    assert company.logo_url in client.get("/").content.decode()
    assert company.logo_url in Client().get("/accounts/login/").content.decode()
    assert "no-store" not in client.get(company.logo_url).headers["Cache-Control"]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\x00\x01\x00",
        b"\x89PNG\r\n\x1a\n",
        PNG[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + PNG[24:],
        b"\xff\xd8\xff\xe0\xff\xff",
        b"",
        b"x" * (1024 * 1024 + 1),
    ],
)
def test_what_is_no_picture_is_no_logo(
    content: bytes, company: Company, admin: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(
        "/settings/company/logo/", {"logo": SimpleUploadedFile("a.png", content, "image/png")}
    )
    assert answer.status_code == 422
    unchanged()


@pytest.mark.parametrize("length", range(40))
def test_a_picture_cut_short_is_refused_or_read_never_a_crash(length: int) -> None:
    for content in (PNG, JPEG, WEBP):
        try:
            read_head(content[:length])
        except NotAnImage:
            continue


def test_a_new_logo_takes_the_place_of_the_old_one(
    company: Company, admin: User, sign_in: SignIn, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(admin)
    for content in (PNG, JPEG):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/settings/company/logo/", {"logo": SimpleUploadedFile("a.png", content)})
    assert len(list((tmp_path / "company").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/settings/company/logo/", {"remove": "1"})
    assert list((tmp_path / "company").iterdir()) == []
    assert Client().get("/accounts/company-logo/abc").status_code == 404


def test_others_see_no_settings_of_the_company(rep: User, manager: User, sign_in: SignIn) -> None:
    for member in (rep, manager):
        assert sign_in(member).get("/settings/company/").status_code == 403
