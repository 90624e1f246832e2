"""Searching: by the beginnings of words first, by likeness when that finds little."""

from dataclasses import dataclass

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.functional import Promise

from crm.access.grants import grants
from crm.access.querysets import scope_condition
from crm.access.scopes import Scope
from crm.search.folding import fold, prefix_query
from crm.search.models import SearchRow
from crm.search.sources import sources
from crm.staff.models import User

MATCHES = 200
LIKENESS = 0.45


@dataclass(frozen=True)
class Hit:
    object_type: str
    object_id: int
    title: str
    subtitle: str
    kind: str | Promise
    icon: str
    url: str


def visible_rows(user: User, types: list[str] | None = None) -> QuerySet[SearchRow]:
    """The rows of the index this person may see: each kind of record by its own scope."""
    condition = Q(pk__in=[])
    for object_type in types or [name for name, source in sources().items() if source.listed]:
        source = sources().get(object_type)
        judge = source.access if source else ""
        scope = grants(user).scope(judge or object_type, "view")
        if scope is not Scope.NONE:
            reach = Q() if scope is Scope.ALL or judge else scope_condition(user, scope)
            condition |= Q(object_type=object_type) & reach
    return SearchRow.objects.filter(condition)


def search(user: User, text: str, *, limit: int = 20, types: list[str] | None = None) -> list[Hit]:
    """The best hits for what was typed; at most `limit`."""
    query = prefix_query(text)
    if not query:
        return []
    rows = visible_rows(user, types)
    found: list[SearchRow] = []
    for question in dict.fromkeys((prefix_query(text, whole_words=True), query)):
        if len(found) < min(limit, 5):
            found = ranked(rows.filter(words__matches=question), text, limit)
    if len(found) < min(limit, 5) and len(text.strip()) > 2:
        known = {row.pk for row in found}
        found += [row for row in alike(rows, text, limit) if row.pk not in known]
    return hits(user, text, found[:limit])


def ranked(rows: QuerySet[SearchRow], text: str, limit: int) -> list[SearchRow]:
    """Titles that begin with the text first, then short ones; ranks among the first MATCHES matches."""
    begins = Case(
        When(text__startswith=fold(text).strip(), then=Value(0)), default=1, output_field=IntegerField()
    )
    matched = list(rows.order_by().values_list("pk", flat=True)[:MATCHES])
    ordered = SearchRow.objects.filter(pk__in=matched).annotate(begins=begins, size=Length("text"))
    return list(ordered.order_by("begins", "size", "pk")[:limit]) if matched else []


def alike(rows: QuerySet[SearchRow], text: str, limit: int) -> list[SearchRow]:
    """Rows with a word like the text, for those who mistype."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(LIKENESS)])
    like = rows.filter(text__trigram_word_similar=fold(text))
    likeness = TrigramWordSimilarity(fold(text), "text")
    return list(like.annotate(likeness=likeness).order_by("-likeness", "pk")[:limit])


def hits(user: User, text: str, rows: list[SearchRow]) -> list[Hit]:
    """What the reader may find by the text, with what they may know beside it: two queries per such kind."""
    words: dict[tuple[str, int], str] = {}
    for name, source in sources().items():
        found = [row.object_id for row in rows if row.object_type == name]
        if source.found_by and found:
            kept = source.found_by(user, text, found)
            rows = [row for row in rows if row.object_type != name or row.object_id in kept]
        if source.beside and found:
            words |= {(name, pk): word for pk, word in source.beside(user, found).items()}
    return [hit(row, words.get((row.object_type, row.object_id), "")) for row in rows]


def hit(row: SearchRow, beside: str) -> Hit:
    source = sources()[row.object_type]
    return Hit(
        row.object_type,
        row.object_id,
        row.title,
        " · ".join(filter(None, (beside, row.subtitle))),
        source.label,
        source.icon,
        source.url(row.object_id),
    )


def matching_ids(object_type: str, text: str) -> QuerySet[SearchRow, int]:
    """A subquery of the ids whose words begin with the text, for the filter of a list; access is the list's."""
    rows = SearchRow.objects.filter(object_type=object_type)
    query = prefix_query(text)
    matched = rows.filter(words__matches=query) if query else rows.none()
    return matched.values_list("object_id", flat=True)
