"""The search index: one narrow row per record that can be found, written in the record's own transaction."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value

from crm.search import lookups  # noqa: F401 - makes words__matches known


class SearchRow(models.Model):
    """`text` holds the folded words (crm.search.folding.index_text); PostgreSQL derives `words` from it.

    Owner and team are copied from the record, so that a search never meets what its reader may not see.
    """

    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    words = models.GeneratedField(
        expression=Func(
            Func(F("text"), Value(" "), function="string_to_array"), function="array_to_tsvector"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("object_type", "object_id"), name="search_row_once"),)
        indexes = (
            GinIndex(fields=("words",), name="search_words", fastupdate=False),
            GinIndex(fields=("text",), name="search_text", opclasses=("gin_trgm_ops",), fastupdate=False),
            models.Index(fields=("owner_id",), name="search_of_owner", condition=Q(owner_id__isnull=False)),
            models.Index(fields=("team_id",), name="search_of_team"),
        )

    def __str__(self) -> str:
        return self.title
