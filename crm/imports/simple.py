"""A kind of import by declaration: one row is one record, known by one column, written by the services of its kind.

`SimpleImport` needs columns, a model, the field that names a record, and the services that create and edit one. The
check reads every cell (row and column are told), knows what is new and refuses a record named twice; the import
leaves an empty cell of a known record as it is; undo deletes what it created and restores what it changed, unless
somebody has worked with it since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from crm.access.services import field_level
from crm.imports.kinds import Applied, Checked, ImportField, Unknown
from crm.imports.models import ImportBatch, ImportBefore, ImportRun
from crm.imports.reading import UnreadableFile
from crm.imports.simple_cells import cell_value, plain, problems_of, raw_rows, staged_rows
from crm.imports.simple_undo import undo_created, undo_edited
from crm.imports.staging import Tables, are_staged
from crm.records.services import changed_fields
from crm.staff.models import User

PROBLEMS_KEPT = 10_000
#: a cell of this text into a value; gets what `known` read once for the file. Raises ValidationError
Reader = Callable[[str, Any], Any]
Options = Callable[[], Sequence[tuple[int, str]]]
Values = dict[str, Any]
UNKNOWN = "unknown"
MOST_UNKNOWN = 200


@dataclass(frozen=True)
class Known:
    """What cells are read with: the names of options by field, what unknown texts mean, and what the kind knows."""

    names: Mapping[str, Mapping[str, int]]
    meanings: Mapping[str, Mapping[str, int]]
    own: Any

    def key_of(self, field: str, text: str) -> int:
        """Raises ValidationError with the code `unknown`."""
        folded = " ".join(text.split()).casefold()
        found = self.names[field].get(folded) or self.meanings.get(field, {}).get(folded)
        if found is None:
            raise ValidationError(_("Nothing here is called this."), code=UNKNOWN)
        return found


def names_of(field: "SimpleField") -> dict[str, int]:
    """Options by their folded name; of several of one name the first."""
    found: dict[str, int] = {}
    for key, name in field.options() if field.options else ():
        found.setdefault(" ".join(str(name).split()).casefold(), key)
    return found


@dataclass(frozen=True)
class SimpleField(ImportField):
    """`field` is what services call it, `group` its field group; without `read` the column of the model reads it.

    With `options` (key, name) the cell names one of them, and whoever imports may say what an unknown text means.
    """

    field: str = ""
    group: str = ""
    read: Reader | None = None
    options: Options | None = None

    @property
    def writes(self) -> str:
        return self.field or self.name


class SimpleImport:
    """IMPORT_KINDS entry, to be derived from. `permissions` must all be held by whoever imports."""

    key: str
    label: str | Promise
    fields: tuple[SimpleField, ...]
    model: type[models.Model]
    identity: str
    permissions: tuple[str, ...] = ()
    most_rows = 500

    def create(self, *, actor: User, values: Values) -> Any:
        raise NotImplementedError

    def edit(self, *, actor: User, obj: Any, values: Values, version: int) -> Any:
        raise NotImplementedError

    def known(self, run: ImportRun) -> Any:
        """What readers look names up in, read once for a file or chunk."""
        return None

    def known_of(self, run: ImportRun) -> Known:
        names = {field.name: names_of(field) for field in self.fields if field.options}
        return Known(names, run.meanings, self.known(run))

    def row_problem(self, values: Values) -> tuple[str, str] | None:
        """What is wrong with a row as a whole, by the name of a field."""
        return None

    # --- the check -------------------------------------------------------------------------------------------

    def mapping_problem(self, fields: set[str]) -> str:
        for field in self.fields:
            if field.required and field.name not in fields:
                return _("No column holds the %(field)s.") % {"field": f"{field.label} ({field.name})"}
        return ""

    def prepare(self, run: ImportRun) -> None:
        """A table of rows, their cells and what is wrong with them. Raises UnreadableFile."""
        self.check_groups(run)
        stage, known, seen = Tables(run).stage, self.known_of(run), dict[str, int]()
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(stage))
            cursor.execute(
                sql.SQL(
                    "CREATE UNLOGGED TABLE {} (row bigint PRIMARY KEY, ok boolean, ext text, cells jsonb, wrong jsonb)"
                ).format(stage)
            )
            for rows in raw_rows(run):
                judged = [self.judged(run, row, given, cells, known, seen) for row, given, cells in rows]
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(stage)) as copy:
                    for item in judged:
                        copy.write_row(item)

    def check_groups(self, run: ImportRun) -> None:
        """Fields of a group are filled by those who may write them."""
        columns = {name: column for column, name in run.mapping.items()}
        for field in self.fields:
            mapped = field.group and field.name in columns
            if mapped and (run.actor is None or field_level(run.actor, field.group) != "edit"):
                raise UnreadableFile(1, columns[field.name], _("You may not write this field."))

    def judged(
        self,
        run: ImportRun,
        row: int,
        given: int,
        cells: Mapping[str, str],
        known: Known,
        seen: dict[str, int],
    ) -> tuple[Any, ...]:
        values, wrong = self.values_of(cells, known)
        if given != len(run.columns):
            wrong.append(("", "", _("This row has another number of cells than the header.")))
        name = cells.get(self.identity, "").strip()
        first = seen.setdefault(name.casefold(), row)
        if name and first != row:
            text = _("Row %(row)d names the same record.") % {"row": first}
            wrong.append((self.identity, name, text))
        if not wrong and (problem := self.row_problem(values)):
            wrong.append((problem[0], cells.get(problem[0], ""), problem[1]))
        return row, not wrong, name, Jsonb(dict(cells)), Jsonb(wrong)

    def values_of(self, cells: Mapping[str, str], known: Known) -> tuple[Values, list[tuple[str, ...]]]:
        """What the cells say, by the names that services know; and (field, text, what is wrong, its code)."""
        values: Values = {}
        wrong: list[tuple[str, ...]] = []
        for field in self.fields:
            text = cells.get(field.name, "").strip().removeprefix("'").strip()
            if not text:
                if field.required:
                    wrong.append((field.name, "", _("This is missing.")))
                continue
            try:
                values[field.writes] = self.read(field, text, known)
            except ValidationError as fault:
                code = UNKNOWN if getattr(fault, "code", "") == UNKNOWN else ""
                wrong.append((field.name, text, " ".join(fault.messages), code))
        return values, wrong

    def read(self, field: SimpleField, text: str, known: Known) -> Any:
        if field.options:
            return known.key_of(field.name, text)
        return field.read(text, known.own) if field.read else cell_value(self.model, field.writes, text)

    def unknown(self, run: ImportRun) -> list[Unknown]:
        """Of the last check, as long as its tables are there."""
        options = {field.name: field for field in self.fields if field.options}
        if not options or not are_staged(run):
            return []
        query = sql.SQL(
            "SELECT item->>0, item->>1, count(*) FROM {} CROSS JOIN LATERAL jsonb_array_elements(wrong) AS item"
            " WHERE NOT ok AND item->>3 = %s GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2 LIMIT %s"
        ).format(Tables(run).stage)
        with connection.cursor() as cursor:
            cursor.execute(query, [UNKNOWN, MOST_UNKNOWN])
            rows = cursor.fetchall()
        kept = {name: list(field.options()) if field.options else [] for name, field in options.items()}
        return [
            Unknown(options[name], text, count, kept[name]) for name, text, count in rows if name in options
        ]

    def check(self, run: ImportRun, *, forecast: bool) -> Checked:
        with connection.cursor() as cursor:
            stage = Tables(run).stage
            cursor.execute(
                sql.SQL("SELECT count(*) FILTER (WHERE NOT ok), count(*) FILTER (WHERE ok) FROM {}").format(
                    stage
                )
            )
            bad, total = cursor.fetchone()
            cursor.execute(
                sql.SQL("SELECT coalesce(sum(jsonb_array_length(wrong)), 0) FROM {}").format(stage)
            )
            count = int(cursor.fetchone()[0])
            cursor.execute(
                sql.SQL("SELECT row, wrong::text FROM {} WHERE NOT ok ORDER BY row LIMIT %s").format(stage),
                [PROBLEMS_KEPT],
            )
            problems = list(problems_of(run, cursor.fetchall()))[:PROBLEMS_KEPT]
        return Checked(problems, count, bad, total, self.count_new(run) if forecast else 0, 0)

    def count_new(self, run: ImportRun) -> int:
        new = 0
        for rows in staged_rows(run, 1, run.end):
            there = self.there([name for _row, name, _cells in rows])
            new += sum(name.lower() not in there for _row, name, _cells in rows)
        return new

    def there(self, names: Sequence[str]) -> dict[str, Any]:
        """The records of these names, whatever their case."""
        rows: models.QuerySet[Any] = self.model._default_manager.annotate(import_name=Lower(self.identity))
        found: list[Any] = list(rows.filter(import_name__in=[name.lower() for name in names]))
        return {row.import_name: row for row in found}

    # --- the import ------------------------------------------------------------------------------------------

    def apply(self, run: ImportRun, batch: ImportBatch, first: int, last: int) -> Applied:
        done, known = Applied(), self.known_of(run)
        for rows in staged_rows(run, first, last):
            there = self.there([name for _row, name, _cells in rows])
            for row, name, cells in rows:
                values, _wrong = self.values_of(cells, known)
                try:
                    self.apply_row(run, batch, there.get(name.lower()), values, done)
                except ValidationError as fault:
                    text = " ".join(fault.messages)
                    run.notes.append(_("Row %(row)d was left out: %(text)s") % {"row": row, "text": text})
        ImportRun.objects.filter(pk=run.pk).update(notes=run.notes)
        return done

    def apply_row(self, run: ImportRun, batch: ImportBatch, obj: Any, values: Values, done: Applied) -> None:
        actor = run.actor
        if actor is None:
            raise ValidationError(_("Nobody answers for this import any more."))
        if obj is None:
            batch.created_ids.append(self.create(actor=actor, values=values).pk)
            done.created += 1
            return
        changes = changed_fields(obj, {name: values[name] for name in values if name != self.identity})
        if not changes:
            done.unchanged += 1
            return
        before = {name: plain(getattr(obj, name)) for name in changes}
        self.edit(actor=actor, obj=obj, values=changes, version=obj.version)
        ImportBefore.objects.create(run=run, object_id=obj.pk, version=obj.version, before=before)
        done.updated += 1

    # --- taking it back --------------------------------------------------------------------------------------

    def undo_records(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        return undo_created(self.model, run, batch, self.is_untouched)

    def is_untouched(self, obj: Any, run: ImportRun) -> bool:
        """Whether nobody has worked with a record since the import created it."""
        return bool(obj.version == 1)

    def undo_customers(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        return []

    def undo_changes(self, run: ImportRun) -> list[str]:
        return undo_edited(self.model, run)

    def changed(self, run: ImportRun) -> None:
        """The services have told everybody already."""
