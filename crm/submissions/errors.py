from django.utils.translation import gettext as _


class SentBefore(Exception):
    """The same form was sent before with another content, or what it made is gone; nothing was written."""

    @property
    def text(self) -> str:
        return _(
            "This form was already sent, with other values. Nothing was saved now; send it again to add one more."
        )
