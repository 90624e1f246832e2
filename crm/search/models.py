"""The search index: one narrow row per record that can be found, written in the record's own transaction."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchRow(models.Model):
    """Owner and team are copied from the record, so that a search never meets what its reader may not see."""

    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    words = SearchVectorField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("object_type", "object_id"), name="search_row_once"),)
        indexes = (
            GinIndex(fields=("words",), name="search_words", fastupdate=False),
            GinIndex(fields=("text",), name="search_text", opclasses=("gin_trgm_ops",), fastupdate=False),
        )

    def __str__(self) -> str:
        return self.title
