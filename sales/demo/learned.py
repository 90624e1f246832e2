"""What the closed deals of the fictional company teach about the open ones."""

from sales.models import WinModel
from sales.services.win_refresh import win_model_refresh


def load() -> None:
    """Twice is once."""
    if not WinModel.objects.exists():
        win_model_refresh()
