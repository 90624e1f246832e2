from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CustomerKind(TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class LeadStatus(TextChoices):
    """Set by hand; everything else about the life cycle is computed."""

    NONE = "", _("None")
    NEW = "new", _("New")
    WORKING = "working", _("Working")
    QUALIFIED = "qualified", _("Qualified")
    DISQUALIFIED = "disqualified", _("Disqualified")


class PointKind(TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    WEB = "web", _("Web")
    SOCIAL = "social", _("Social")


class RelationshipKind(TextChoices):
    """Read from left to right: `from_customer` works for `to_customer`."""

    WORKS_FOR = "works_for", _("Works for")
    REFERRED_BY = "referred_by", _("Referred by")
    PARTNER_OF = "partner_of", _("Partner of")
    SUPPLIER_OF = "supplier_of", _("Supplier of")
    PART_OF = "part_of", _("Part of")
    HOUSEHOLD = "household", _("Same household as")


INVERSE_RELATIONSHIPS = {
    RelationshipKind.WORKS_FOR: _("Employs"),
    RelationshipKind.REFERRED_BY: _("Referred"),
    RelationshipKind.PARTNER_OF: _("Partner of"),
    RelationshipKind.SUPPLIER_OF: _("Supplied by"),
    RelationshipKind.PART_OF: _("Has part"),
    RelationshipKind.HOUSEHOLD: _("Same household as"),
}


class InteractionKind(TextChoices):
    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    EMAIL = "email", _("E-mail")


#: what people write down themselves; e-mails come from elsewhere
WRITTEN_KINDS = (InteractionKind.NOTE, InteractionKind.CALL, InteractionKind.MEETING)


#: what somebody is told who is named in one
MENTION_TEXTS = {
    InteractionKind.NOTE: _("Mentioned you in a note"),
    InteractionKind.CALL: _("Mentioned you in a call"),
    InteractionKind.MEETING: _("Mentioned you in a meeting"),
    InteractionKind.EMAIL: _("Mentioned you in an e-mail"),
    "task": _("Mentioned you in a task"),
}


class TaskKind(TextChoices):
    TASK = "task", _("To-do")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")


class Direction(TextChoices):
    NONE = "", _("None")
    INCOMING = "in", _("Incoming")
    OUTGOING = "out", _("Outgoing")


class Sharing(TextChoices):
    """Who may use what somebody made."""

    OWN = "own", _("Only me")
    TEAM = "team", _("My team")
    ALL = "all", _("Everybody")


class ConsentPurpose(TextChoices):
    MARKETING = "marketing", _("Marketing")
    PROFILING = "profiling", _("Profiling")
    SURVEYS = "surveys", _("Surveys")


class ConsentChannel(TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    SMS = "sms", _("Text message")
    POST = "post", _("Post")


class RfmGroup(TextChoices):
    CHAMPIONS = "champions", _("Champions")
    LOYAL = "loyal", _("Loyal")
    POTENTIAL_LOYALIST = "potential_loyalist", _("Potential loyalist")
    NEW = "new", _("New")
    PROMISING = "promising", _("Promising")
    NEEDS_ATTENTION = "needs_attention", _("Needs attention")
    ABOUT_TO_SLEEP = "about_to_sleep", _("About to sleep")
    AT_RISK = "at_risk", _("At risk")
    CANT_LOSE = "cant_lose", _("Can't lose")
    HIBERNATING = "hibernating", _("Hibernating")
    LOST = "lost", _("Lost")


class Lifecycle(TextChoices):
    LEAD = "lead", _("Lead")
    PROSPECT = "prospect", _("Prospect")
    CUSTOMER = "customer", _("Customer")
    LAPSED = "lapsed", _("Lapsed")


class AidaStage(TextChoices):
    ATTENTION = "attention", _("Attention")
    INTEREST = "interest", _("Interest")
    DESIRE = "desire", _("Desire")
    ACTION = "action", _("Action")


class ValueState(TextChoices):
    """How far the prediction can be trusted, said wherever a value is shown."""

    PREDICTED = "predicted", _("Predicted")
    TOO_LITTLE_DATA = "too_little_data", _("Too little data")
    NO_DROPOUT = "no_dropout", _("Drop-out not detectable")


#: From these chances of leaving on, a churn risk is called high, likely (more than staying) or medium.
HIGH_RISK, LIKELY_RISK, MEDIUM_RISK = 0.7, 0.5, 0.4


class CalendarDetail(TextChoices):
    """What another calendar is told of one's calls and meetings."""

    ALL = "all", _("Title, customer, place and notes")
    TITLE = "title", _("Title and place, without the customer")
    BUSY = "busy", _("Only that I am busy")


class GoneAnswer(TextChoices):
    """What becomes of a meeting that was deleted in the other calendar."""

    DELETE = "delete", _("Delete it here too")
    AGAIN = "again", _("Write it there again")
    KEEP = "keep", _("Keep it here alone")
