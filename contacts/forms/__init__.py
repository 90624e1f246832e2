"""Forms over customers and what hangs on them, one noun a file."""

from contacts.forms.customer import POINTS, CustomerForm, NewPointForm, PointForm
from contacts.forms.engagement import ConsentForm, MergeTagForm, RelationshipForm, TagForm, TagNameForm
from contacts.forms.interaction import ComposerForm, InteractionForm
from contacts.forms.task import TaskForm

__all__ = [
    "POINTS",
    "ComposerForm",
    "ConsentForm",
    "CustomerForm",
    "InteractionForm",
    "MergeTagForm",
    "NewPointForm",
    "PointForm",
    "RelationshipForm",
    "TagForm",
    "TagNameForm",
    "TaskForm",
]
