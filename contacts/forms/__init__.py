"""Forms over customers and what hangs on them, one noun a file."""

from contacts.forms.calendar import BOOKING_GUARD, BookForm, BookingPageForm, FeedForm, SlotForm
from contacts.forms.customer import POINTS, CustomerForm, NewPointForm, PointForm
from contacts.forms.engagement import ConsentForm, MergeTagForm, RelationshipForm, TagForm, TagNameForm
from contacts.forms.interaction import CallForm, ComposerForm, InteractionForm, LogForm
from contacts.forms.task import MoveForm, TaskForm

__all__ = [
    "BOOKING_GUARD",
    "POINTS",
    "BookForm",
    "BookingPageForm",
    "CallForm",
    "ComposerForm",
    "ConsentForm",
    "CustomerForm",
    "FeedForm",
    "InteractionForm",
    "LogForm",
    "MergeTagForm",
    "MoveForm",
    "NewPointForm",
    "PointForm",
    "RelationshipForm",
    "SlotForm",
    "TagForm",
    "TagNameForm",
    "TaskForm",
]
