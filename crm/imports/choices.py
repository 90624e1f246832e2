from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    """Where an import stands; a checked or cancelled run may be started, a finished or cancelled one undone."""

    UPLOADED = "uploaded", _("Columns to match")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    FAILED = "failed", _("Has problems")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


OPEN_STATES = frozenset((RunState.CHECKING, RunState.QUEUED, RunState.RUNNING, RunState.UNDOING))
CHECKABLE_STATES = frozenset((RunState.UPLOADED, RunState.CHECKED, RunState.FAILED))
UNDOABLE_STATES = frozenset((RunState.DONE, RunState.CANCELLED))
STARTABLE_STATES = frozenset((RunState.CHECKED, RunState.FAILED, RunState.CANCELLED))
