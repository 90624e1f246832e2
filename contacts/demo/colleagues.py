"""What colleagues tell each other in the demo: mentions, assignments, and changes of records that are followed."""

from datetime import timedelta

from contacts.models import Customer
from contacts.services.customer import customer_edit, customer_tag
from contacts.services.engagement import task_create
from contacts.services.interaction import interaction_create
from crm.company.selectors import company_day
from crm.notifications.services import follow
from crm.notifications.services.mentioning import with_mentions
from crm.staff.models import User

ROLES = ("rep", "agent", "marketer", "manager")
# (who writes, whom it names, what is said)
NOTES = (
    ("sofie", "rep", "@{name} they ask for the price list of the spring. Can you send it?"),
    ("agent", "rep", "@{name} the last delivery came two days late, I promised a call back."),
    ("rep", "manager", "@{name} may I offer 5% for a yearly contract?"),
    ("omar", "agent", "@{name} same grinder as last month. Do we still have the spare part?"),
    ("noor", "marketer", "@{name} wants to be a reference for the autumn campaign."),
)


def load() -> None:
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_active=True)}
    customers = list(Customer.objects.alive().filter(owner=people["rep"]).order_by("pk")[:8])
    for role in ROLES:
        for customer in customers[:5]:
            follow(actor=people[role], object_type="contacts.customer", pk=customer.pk)
    for place, (writer, named, text) in enumerate(NOTES):
        said = with_mentions(text.format(name=people[named].name))
        interaction_create(
            actor=people[writer],
            customer=customers[place],
            values={"kind": "note", "summary": said, "body": ""},
        )
    hand_over(people, customers)


def hand_over(people: dict[str, User], customers: list[Customer]) -> None:
    manager, day = people["manager"], company_day()
    for place, role in enumerate(("rep", "agent", "marketer")):
        values = {
            "title": f"Talk to {customers[place].name} before the summer",
            "owner": people[role],
            "due_on": day + timedelta(days=place),
            "customer": customers[place],
        }
        task_create(actor=manager, values=values)
    first, second = customers[0], customers[1]
    customer_edit(
        actor=people["sofie"], customer=first, values={"lead_status": "qualified"}, version=first.version
    )
    customer_tag(actor=people["sofie"], customer=second, names=["wholesale"])
