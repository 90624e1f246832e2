"""Setting a field, and giving the record to somebody."""

from collections import defaultdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.assignment.models import Pool
from crm.assignment.services.assigning import assign_next
from crm.automation.actions import Batch, Outcome, Params
from crm.automation.choices import StepState
from crm.bulk.set_field import SetFieldForm, value_text, write_field
from crm.fields.catalogue import field_for, fields_for, may_edit
from crm.fields.declaration import Field
from crm.fields.forms import shown_text, stored
from crm.records.kinds import Kind
from crm.staff.models import User
from crm.staff.selectors import colleagues


class ValueForm(SetFieldForm):
    """As in bulk work, under a prefix and with what was saved before."""

    def __init__(
        self, user: User, kind: Kind, offered: list[Field], data: Any, prefix: str, initial: Params
    ) -> None:
        self.saved = initial
        super().__init__(user, kind, offered, data)
        self.prefix = prefix
        self.initial = {
            "field": initial.get("field"),
            f"value-{initial.get('field')}": shown_text(initial.get("value")),
        }

    def full_clean(self) -> None:
        chosen = self.data.get(self.add_prefix("field")) if self.is_bound else None
        for name in [name for name in self.fields if name.startswith("value-")]:
            if self.is_bound and name != f"value-{chosen}":
                self.fields[name].disabled, self.fields[name].required = True, False
        forms.Form.full_clean(self)


class SetField:
    """AUTOMATION_ACTIONS entry."""

    key = "set_field"
    label = gettext_lazy("Set a field")
    icon = "pencil"
    verb = "edit"

    def offered(self, user: User, kind: Kind) -> list[Field]:
        if kind.edit is None:
            return []
        known = fields_for(kind.key, user).values()
        return [
            field
            for field in known
            if field.bulk and may_edit(user, kind.key, field) and field.key not in ("owner", "team")
        ]

    def fits(self, user: User, kind: Kind) -> bool:
        return bool(self.offered(user, kind))

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return ValueForm(user, kind, self.offered(user, kind), data, prefix, initial or {})

    def params(self, form: forms.Form) -> dict[str, Any]:
        key = form.cleaned_data["field"]
        return {"field": key, "value": stored(form.cleaned_data[f"value-{key}"])}

    def words(self, user: User, kind: Kind, params: Params) -> str:
        field = field_for(kind.key, user, params["field"])
        title = field.title if field else params["field"]
        value = value_text(field, user, params["value"]) if field else params["value"]
        return _("Set %(field)s to %(value)s") % {"field": title, "value": value}

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        field = field_for(kind.key, user, params["field"])
        if field is None:
            return str(_('there is no field "%s" any more, or its owner may not see it.') % params["field"])
        if not may_edit(user, kind.key, field):
            return _("%(who)s may not write %(field)s.") % {"who": user, "field": field.title}
        return ""

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        field = field_for(batch.kind.key, batch.actor, params["field"])
        if field is None:
            return {}
        before = write_field(batch.actor, batch.kind, field, batch.rows(), params["value"])
        text = _("%(field)s: %(before)s → %(after)s")
        after = value_text(field, batch.actor, params["value"])
        words: dict[Any, str] = {}
        for held in before.values():
            value = held["value"]
            if repr(value) not in words:
                words[repr(value)] = value_text(field, batch.actor, value)
        return batch.per_record(
            {
                pk: Outcome(
                    text % {"field": field.title, "before": words[repr(held["value"])], "after": after}
                )
                for pk, held in before.items()
            }
        )


class AssignForm(forms.Form):
    person = forms.ModelChoiceField(colleagues(), label=gettext_lazy("Person"), required=False)
    pool = forms.ModelChoiceField(
        Pool.objects.order_by("name"),
        label=gettext_lazy("or whose turn it is in a pool"),
        required=False,
    )
    only_without = forms.BooleanField(
        label=gettext_lazy("Only records without an owner"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if bool(values.get("person")) == bool(values.get("pool")):
            self.add_error("person", _("Choose a person or a pool, one of the two."))
        return values


class Assign:
    """AUTOMATION_ACTIONS entry: to a person, or to whoever's turn it is."""

    key = "assign"
    label = gettext_lazy("Assign")
    icon = "user-check"
    verb = "assign"

    def fits(self, user: User, kind: Kind) -> bool:
        field = field_for(kind.key, user, "owner")
        return kind.edit is not None and field is not None and may_edit(user, kind.key, field)

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return AssignForm(data, prefix=prefix, initial=dict(initial or {}))

    def params(self, form: forms.Form) -> dict[str, Any]:
        values = form.cleaned_data
        chosen = "person" if values["person"] else "pool"
        return {chosen: values[chosen].pk, "only_without": values["only_without"]}

    def words(self, user: User, kind: Kind, params: Params) -> str:
        if "pool" in params:
            pool = Pool.objects.filter(pk=params["pool"]).first()
            return _("Assign to whose turn it is in %s") % (pool or _("a pool that is gone"))
        person = User.objects.filter(pk=params["person"]).first()
        return _("Assign to %s") % (person or _("somebody who is gone"))

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        if "pool" in params:
            found = Pool.objects.filter(pk=params["pool"]).exists()
            return "" if found else _("the pool does not exist any more.")
        found = User.objects.filter(pk=params["person"], is_active=True).exists()
        return "" if found else _("the person does not work here any more.")

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        rows = [row for row in batch.rows() if not (params.get("only_without") and row.owner_id)]
        field = batch.kind.field("owner")
        found: dict[int, Outcome] = {}
        chosen, refused = self.chosen(rows, params)
        for user, given in chosen.items():
            written = write_field(batch.actor, batch.kind, field, given, user.pk)
            found |= {pk: Outcome(_("Assigned to %s.") % user) for pk in written}
        found |= {pk: Outcome(reason, StepState.SKIPPED) for pk, reason in refused.items()}
        return batch.per_record(found)

    def chosen(self, rows: list[Any], params: Params) -> tuple[dict[User, list[Any]], dict[int, str]]:
        """(the rows of each person, the reasons of rows that nobody takes)."""
        if "person" in params:
            return {User.objects.get(pk=params["person"]): rows}, {}
        pool, taken, refused = Pool.objects.get(pk=params["pool"]), defaultdict(list), {}
        for row in rows:
            turn = assign_next(pool=pool)
            if turn.user is None:
                refused[row.pk] = turn.reason
            else:
                taken[turn.user].append(row)
        return taken, refused
