"""The addresses of the program and the page floor: no session, no sign-in, one select, a plain loop."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine
from django.urls import path

from crm.urls import handler400, handler403, handler404, handler500
from crm.urls import urlpatterns as program

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGE = Engine(builtins=["django.templatetags.i18n"]).from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)
SELECT = (
    "SELECT id, name, city, kind, updated_at, country FROM contacts_customer"
    " WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 50"
)


def floor(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(SELECT)
        rows: list[Any] = cursor.fetchall()
    return HttpResponse(PAGE.render(Context({"rows": rows})))


ROWS = (
    "SELECT id, version, kind, name, organisation_id, job_title, street, postal_code, city, region, country, language,"
    " source, lead_status, owner_id, team_id, custom, created_at, updated_at FROM contacts_customer"
    " WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 100"
)


def json_floor(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return JsonResponse({"results": rows})


urlpatterns = [path("bench/floor/", floor), path("bench/json/", json_floor), *program]
