from collections.abc import Callable
from pathlib import Path

import pytest

from crm.staff.models import Team


@pytest.fixture
def write(tmp_path: Path, root: Team) -> Callable[[str | bytes], Path]:
    """write("customer_id,...") gives the path of a file with this content."""

    def written(text: str | bytes) -> Path:
        path = tmp_path / "orders.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return written
