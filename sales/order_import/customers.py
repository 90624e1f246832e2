"""The customers of a chunk that are not here yet: created with everything that belongs to a customer."""

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from contacts.models import Customer
from crm.imports.models import ImportRun
from crm.imports.staging import Tables
from crm.imports.telling import tell_created
from crm.search.folding import index_text, sort_name

MISSING = sql.SQL("""
SELECT nextval(pg_get_serial_sequence('contacts_customer', 'id')), new.customer_id, p.name, p.email
FROM (
    SELECT customer_id, min(seq) AS seq FROM {stage} s
    WHERE ok AND seq BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
        SELECT FROM contacts_externalid e WHERE e.source = %(source)s AND e.value = s.customer_id)
    GROUP BY customer_id ORDER BY min(seq)
) AS new LEFT JOIN {people} p USING (customer_id) ORDER BY new.seq
""")
NEWCOMERS = (
    "CREATE TEMP TABLE newcomer (id bigint, value text, name text, sort_name text, email text, words text)"
    " ON COMMIT DROP"
)
INSERTS = (
    """
INSERT INTO contacts_customer (id, version, created_at, updated_at, team_id, kind, name, sort_name, job_title, street,
    postal_code, city, region, country, language, time_zone, source, lead_status, custom)
SELECT id, 1, now(), now(), %(team)s, 'person', name, sort_name, '', '', '', '', '', '', '', '', %(source)s, '', '{}'
FROM newcomer
""",
    "INSERT INTO contacts_externalid (customer_id, source, value) SELECT id, %(source)s, value FROM newcomer",
    """
INSERT INTO contacts_contactpoint (customer_id, kind, value, shown, is_primary, is_bounced, is_verified)
SELECT id, 'email', email, email, true, false, false FROM newcomer WHERE email IS NOT NULL
""",
    """
INSERT INTO search_searchrow (object_type, object_id, title, subtitle, text, team_id)
SELECT 'contacts.customer', id, name, coalesce(left(email, 200), ''), words, %(team)s FROM newcomer
""",
    """
INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after)
SELECT now(), %(actor)s, 'contacts.customer.import', 'contacts.customer', id, '{}',
    jsonb_strip_nulls(jsonb_build_object('name', name, 'email', email, 'import', %(run)s::bigint)) FROM newcomer
""",
)
ANALYZE = "ANALYZE contacts_customer (id), contacts_externalid (source, value, customer_id)"
Newcomer = tuple[int, str, str | None, str | None]


def create_missing(run: ImportRun, first: int, last: int) -> list[int]:
    """Create the customers of rows first..last that nobody knows, in the chunk's transaction; return their keys."""
    tables = Tables(run)
    params: dict[str, Any] = {
        "first": first,
        "last": last,
        "source": run.source,
        "run": run.pk,
        "actor": run.actor_id,
        "team": run.team_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(MISSING.format(stage=tables.stage, people=tables.people), params)
        found: list[Newcomer] = cursor.fetchall()
        if not found:
            return []
        cursor.execute(NEWCOMERS)
        with cursor.copy("COPY newcomer FROM STDIN") as copy:
            for row in found:
                copy.write_row(described(row))
        for statement in INSERTS:
            cursor.execute(statement, params)
        teach_planner(cursor, "contacts_externalid", len(found), ANALYZE)
        cursor.execute("DROP TABLE newcomer")
    created = [row[0] for row in found]
    tell_created("contacts.customer", created)
    return created


def described(row: Newcomer) -> tuple[int, str, str, str, str | None, str]:
    """A nameless customer is called by its id; sort name and search words are folded as everywhere."""
    pk, value, given, email = row
    longest = Customer._meta.get_field("name").max_length
    name = (given or f"Customer {value}")[:longest]
    return pk, value, name, sort_name(name), email, index_text(name, email or "", value) or "-"


def teach_planner(cursor: CursorWrapper, table: str, added: int, analyze: str) -> None:
    """After many new rows: the planner still believes the old counts, and the next join would take minutes."""
    cursor.execute("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = %s::regclass", [table])
    if added * 5 > cursor.fetchone()[0]:
        cursor.execute(analyze)
