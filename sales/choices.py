from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    PLACED = "placed", _("Placed")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


def status_tone(status: str) -> str:
    """What takes an order out of the count stands out."""
    return "" if status == OrderStatus.PLACED else "warning"


class StageKind(TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


def state_tone(state: str) -> str:
    return {StageKind.WON: "positive", StageKind.LOST: "negative"}.get(StageKind(state), "")


class ForecastCategory(TextChoices):
    """How sure a deal is, for the forecast: committed is promised, best case may come, omitted is left out."""

    COMMIT = "commit", _("Committed")
    BEST_CASE = "best", _("Best case")
    PIPELINE = "pipeline", _("Pipeline")
    OMITTED = "omitted", _("Omitted")


class DealRole(TextChoices):
    """What a person at the customer has to do with the decision."""

    DECISION_MAKER = "decides", _("Decision maker")
    BUDGET = "budget", _("Holds the budget")
    CHAMPION = "champion", _("Champion")
    INFLUENCER = "influences", _("Influencer")
    USER = "user", _("User")
    BLOCKER = "blocks", _("Blocker")


class RecommendationState(TextChoices):
    DONE = "done", _("Computed")
    TOO_LITTLE = "too_little", _("Too little data")
    FAILED = "failed", _("Failed")


class DisqualifyReason(TextChoices):
    """Why a lead leads nowhere."""

    NO_NEED = "no_need", _("No need")
    NO_BUDGET = "no_budget", _("No budget")
    NO_FIT = "no_fit", _("Does not fit")
    NO_ANSWER = "no_answer", _("No answer")
    COMPETITOR = "competitor", _("Chose a competitor")
    SPAM = "spam", _("Spam or a wrong address")
    OTHER = "other", _("Something else")


class QuoteStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: what may still come to something
QUOTE_OPEN = (QuoteStatus.DRAFT, QuoteStatus.SENT)
QUOTE_TONES = {
    QuoteStatus.SENT: "info",
    QuoteStatus.ACCEPTED: "positive",
    QuoteStatus.DECLINED: "negative",
    QuoteStatus.EXPIRED: "warning",
}


def quote_tone(status: str) -> str:
    return QUOTE_TONES.get(QuoteStatus(status), "")


class FileState(TextChoices):
    """How far the PDF of a quote is."""

    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class StepKind(TextChoices):
    MAIL = "mail", _("E-mail")
    CALL = "call", _("Call")
    TASK = "task", _("To-do")


class EnrolmentState(TextChoices):
    """How it stands with a prospect in a sequence, and how it ended."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ANSWERED = "answered", _("Answered")
    MEETING = "meeting", _("Meeting booked")
    FINISHED = "finished", _("Finished without answer")
    BOUNCED = "bounced", _("Mail came back")
    STOPPED = "stopped", _("Stopped")


ENROLMENT_OPEN = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED)
ENROLMENT_TONES = {
    EnrolmentState.ACTIVE: "info",
    EnrolmentState.PAUSED: "warning",
    EnrolmentState.ANSWERED: "positive",
    EnrolmentState.MEETING: "positive",
    EnrolmentState.BOUNCED: "negative",
}


def enrolment_tone(state: str) -> str:
    return ENROLMENT_TONES.get(EnrolmentState(state), "")


class RunState(TextChoices):
    SENT = "sent", _("Sent")
    WAITING = "waiting", _("To be done")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")


class ApprovalState(TextChoices):
    """How a discount beyond somebody's limit stands."""

    ASKED = "asked", _("Asked for")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Overtaken")


class DealApproval(TextChoices):
    """Whether what a deal's lines grant goes beyond what its owner may."""

    NONE = "", _("Not needed")
    NEEDED = "needed", _("Needs approval")
    ASKED = "asked", _("Approval asked for")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Approval refused")


APPROVAL_TONES = {"needed": "warning", "asked": "info", "approved": "positive", "rejected": "negative"}


def approval_tone(state: str) -> str:
    return APPROVAL_TONES.get(state, "")
