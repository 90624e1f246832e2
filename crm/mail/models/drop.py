"""Which of a person's addresses for copies holds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DropAddress(models.Model):
    """Each renewal counts `number` up, and the address before it is believed no more; without a row it is 0."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("address for copies")

    def __str__(self) -> str:
        return str(self.user)
