"""What is too large is refused by its announced length: not a byte of it is read, spooled or stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Attachment, Customer
from crm.imports.models import ImportRun
from crm.staff.models import User

SignIn = Callable[[User], Client]
LIMIT = 1024 * 1024
HEADER = b"Customer ID,Order date,Total\n"


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.UPLOAD_LIMIT_BYTES = settings.ATTACHMENTS_LIMIT_BYTES = LIMIT


def upload(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("orders.csv", HEADER.ljust(size, b"\n"))


def test_a_huge_import_is_refused_in_plain_words(
    admin: User, sign_in: SignIn, tmp_path: Path, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post("/imports/new/", {"file": upload(LIMIT + 100_000), "source": "shop"})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    assert list(tmp_path.iterdir()) == []
    unchanged()


def test_a_file_of_just_the_limit_is_taken(admin: User, sign_in: SignIn) -> None:
    answer = sign_in(admin).post("/imports/new/", {"file": upload(LIMIT), "source": "shop"})
    assert answer.status_code == 302
    assert ImportRun.objects.get().file.size == LIMIT


def test_many_files_count_together(rep: User, customer: Customer, sign_in: SignIn) -> None:
    files = [upload(LIMIT // 2) for _ in range(3)]
    answer = sign_in(rep).post(f"/customers/{customer.pk}/attachments/", {"file": files})
    assert answer.status_code == 413
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("path", ["/imports/new/", "/customers/new/", "/tasks/new/", "/accounts/login/"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_the_body_is_not_read(path: str, signed_in: bool, admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin) if signed_in else Client(enforce_csrf_checks=True)
    # reading any of it would fail: the body is shorter than it says
    announced = {"CONTENT_LENGTH": str(10**12)}
    kind = "multipart/form-data; boundary=x"
    assert client.generic("POST", path, b"", content_type=kind, **announced).status_code == 413


@pytest.mark.parametrize("length", ["", "-1"])
def test_an_odd_length_is_none(length: str, admin: User, sign_in: SignIn) -> None:
    announced = {"CONTENT_LENGTH": length}
    answer = sign_in(admin).generic("POST", "/tasks/new/", b"", content_type="text/plain", **announced)
    assert answer.status_code == 422
