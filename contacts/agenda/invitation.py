"""A booked meeting for the visitor's own calendar."""

from datetime import UTC

from django.utils import timezone
from icalendar import Event, vCalAddress, vText

from contacts.agenda.ics import new_calendar, uid
from contacts.models import Booking, Task


def invitation(booking: Booking, task: Task) -> bytes:
    """Each version has a higher sequence, so that calendars move what they have; a cancelled one is taken out."""
    made = new_calendar(method="CANCEL" if booking.cancelled_at else "PUBLISH")
    event = Event()
    event.add("uid", uid(task))
    event.add("summary", f"{booking.page.title}: {booking.page.user.name}")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("sequence", task.version)
    if task.starts_at and task.ends_at:
        event.add("dtstart", task.starts_at.astimezone(UTC))
        event.add("dtend", task.ends_at.astimezone(UTC))
    if task.location:
        event.add("location", task.location)
    host = vCalAddress(f"mailto:{booking.page.user.email}")
    host.params["cn"] = vText(booking.page.user.name)
    event.add("organizer", host)
    event.add("status", "CANCELLED" if booking.cancelled_at else "CONFIRMED")
    made.add_component(event)
    text: bytes = made.to_ical()
    return text
