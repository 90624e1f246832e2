from contacts.models.caldav import CalendarAccount, CalendarEvent, CalendarLink, CalendarTime
from contacts.models.calendar import Booking, BookingPage, CalendarFeed
from contacts.models.customer import ContactPoint, Customer, ExternalId, Relationship, Tag
from contacts.models.email import EmailMessage, EmailSignature, EmailTemplate
from contacts.models.engagement import Attachment, Consent, Interaction, Task
from contacts.models.value import CustomerValue, DirtyCustomer

__all__ = [
    "Attachment",
    "Booking",
    "BookingPage",
    "CalendarAccount",
    "CalendarEvent",
    "CalendarFeed",
    "CalendarLink",
    "CalendarTime",
    "Consent",
    "ContactPoint",
    "Customer",
    "CustomerValue",
    "DirtyCustomer",
    "EmailMessage",
    "EmailSignature",
    "EmailTemplate",
    "ExternalId",
    "Interaction",
    "Relationship",
    "Tag",
    "Task",
]
