"""Forms over customers and what hangs on them, one noun a file."""

from contacts.forms.calendar import FeedForm
from contacts.forms.customer import POINTS, CustomerForm, NewPointForm, PointForm
from contacts.forms.engagement import ConsentForm, MergeTagForm, RelationshipForm, TagForm, TagNameForm
from contacts.forms.interaction import CallForm, ComposerForm, InteractionForm, LogForm
from contacts.forms.task import MoveForm, TaskForm

__all__ = [
    "POINTS",
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
    "TagForm",
    "TagNameForm",
    "TaskForm",
]
