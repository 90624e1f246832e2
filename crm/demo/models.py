"""Which parts of the fictional company stand in this database."""

from django.db import models


class DemoPart(models.Model):
    """Written in the transaction of its part: a load that was cut short is not there at all."""

    path = models.CharField(max_length=200, primary_key=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.path
