"""How often somebody without an account did something of late."""

from django.db import models


class Visit(models.Model):
    """Counted by window: one row per what, who and window. `who` is a keyed hash, no address is kept."""

    what = models.CharField(max_length=60)
    who = models.CharField(max_length=32)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("window",), name="visit_by_window"),)
        constraints = (models.UniqueConstraint(fields=("what", "who", "window"), name="visit_once"),)

    def __str__(self) -> str:
        return f"{self.what} {self.who}: {self.count}"
