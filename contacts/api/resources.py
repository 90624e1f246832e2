"""Customers and what hangs on them, as the API offers it."""

from django.utils.translation import gettext_lazy as _

from contacts.api import emails, inputs, rows, services
from crm.api.resources import Action, Input, Part, Resource

CUSTOMER, TASK, INTERACTION = "contacts.customer", "contacts.task", "contacts.interaction"
VALUE = "analytics.value"
EDIT = "contacts.edit_customer"

CUSTOMERS = Resource(
    name="customers",
    kind=CUSTOMER,
    one="Customer",
    scopes=(CUSTOMER, VALUE),
    create=services.create_customer,
    edit=services.edit_customer,
    delete=services.delete_customer,
    creates=inputs.CUSTOMER_FIELDS,
    edits=inputs.CUSTOMER_FIELDS,
    requires=("name",),
    inputs=(
        Input("contact_points", inputs.contact_points),
        Input("tags", inputs.tags, on=("create", "edit")),
    ),
    actions=(
        Action("restore", services.restore_customer, _("Bring a deleted customer back"), of_deleted=True),
    ),
    parts=(
        Part("value", "analytics.view_value", rows.value_schema, rows.value, _("What the customer is worth")),
    ),
    select=("organisation",),
)

POINTS = Resource(
    name="contact-points",
    kind="contacts.contactpoint",
    one="ContactPoint",
    scopes=(CUSTOMER,),
    create=services.create_point,
    edit=services.edit_point,
    delete=services.delete_point,
    creates=("customer", "kind", "value"),
    requires=("customer", "kind", "value"),
    edits=("value",),
    permissions=dict.fromkeys(("create", "edit", "delete"), EDIT),
    where={"customer__deleted_at": None},
    version="customer__version",
    select=("customer",),
)

RELATIONSHIPS = Resource(
    name="relationships",
    kind="contacts.relationship",
    one="Relationship",
    scopes=(CUSTOMER,),
    create=services.create_relationship,
    delete=services.delete_relationship,
    creates=("customer", "kind", "other"),
    requires=("customer", "kind", "other"),
    permissions=dict.fromkeys(("create", "delete"), EDIT),
    rows=rows.relationships,
    version="",
    select=("from_customer",),
)

INTERACTIONS = Resource(
    name="interactions",
    kind=INTERACTION,
    one="Interaction",
    scopes=(INTERACTION, CUSTOMER),
    create=services.create_interaction,
    edit=services.edit_interaction,
    delete=services.delete_interaction,
    creates=(
        "customer",
        "kind",
        "summary",
        "body",
        "direction",
        "duration_minutes",
        "happened_at",
        "object_type",
        "object_id",
    ),
    requires=("customer", "kind", "summary"),
    edits=("summary", "body", "direction", "duration_minutes"),
    inputs=(Input("to", inputs.receivers),),
    actions=(
        Action("restore", services.restore_interaction, _("Bring a deleted entry back"), of_deleted=True),
    ),
    parts=(
        Part(
            "email",
            "contacts.view_interaction",
            emails.email_schema,
            emails.email,
            _("The e-mail of the entry"),
        ),
    ),
    rows=rows.interactions,
    select=("customer",),
)

TASKS = Resource(
    name="tasks",
    kind=TASK,
    one="Task",
    scopes=(TASK,),
    create=services.create_task,
    creates=(
        "title",
        "kind",
        "customer",
        "due_on",
        "starts_at",
        "ends_at",
        "location",
        "remind_at",
        "owner",
        "notes",
        "object_type",
        "object_id",
    ),
    requires=("title",),
    actions=(
        Action("complete", services.complete_task, _("Mark as done")),
        Action("reopen", services.reopen_task, _("Open again")),
        Action("restore", services.restore_task, _("Bring a deleted task back"), of_deleted=True),
    ),
    select=("customer", "owner"),
)

CONSENTS = Resource(
    name="consents",
    kind="contacts.consent",
    one="Consent",
    scopes=(CUSTOMER,),
    create=services.create_consent,
    creates=("customer", "purpose", "channel", "is_given", "wording", "source", "proof"),
    requires=("customer", "purpose", "channel", "is_given", "source"),
    permissions={"create": EDIT},
    where={"customer__deleted_at": None},
    group="privacy",
    version="",
)
