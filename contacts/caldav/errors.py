"""What can go wrong with a calendar of another server, each in words for its owner."""

from django.utils.translation import gettext as _


class CalendarProblem(Exception):
    """It did not work; the text says why, in words."""


class WrongPassword(CalendarProblem):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The server refused the user name or the password. Many providers want an app password:"
                " make one in the settings of your account there."
            )
        )


class NotThere(CalendarProblem):
    def __init__(self) -> None:
        super().__init__(_("The server has no such calendar any more."))


class RefusedThere(Exception):
    """The server does not take this one event; the text says why, in words."""


class ChangedThere(Exception):
    """What is to be written or deleted is not as it was read: it is read anew first."""
