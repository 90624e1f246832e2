from django.contrib import messages
from django.http import HttpRequest


def undo_message(request: HttpRequest, text: str, undo_url: str) -> None:
    """A message with an Undo button that posts to `undo_url`."""
    messages.success(request, text, extra_tags=f"undo:{undo_url}")
