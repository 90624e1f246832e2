"""The pages of a kind of record by declaration: list, record, peek, new, delete, restore."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.imports.kinds import kinds_for
from crm.layouts.selectors import layout_for, layout_url
from crm.layouts.shown import laid_out
from crm.lists.views import RecordListView
from crm.records.generic import record_create
from crm.records.history import history_rows
from crm.records.kind_forms import KindForm
from crm.records.kinds import Kind
from crm.records.panels import Filled, filled_panels
from crm.records.undo import undo_message
from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class KindPage(ProtectedView):
    kind: ClassVar[Kind]
    permission = None

    def record(self, pk: int) -> Any:
        return find(self.kind.rows(), self.user, pk)

    def name(self, verb: str) -> str:
        app, noun = self.kind.key.split(".")
        return f"{app}:{noun}-{verb}"


class KindListView(RecordListView):
    template = "crm/kind_list.html"

    def more_context(self, state: Any) -> dict[str, Any]:
        app, noun = self.kind.key.split(".")
        can_create = allowed(self.user, self.kind.permission("create"))
        return {
            "create_url": reverse(f"{app}:{noun}-create") if can_create else "",
            "import_url": import_url(self.user, self.kind),
            "beside": [item for item in self.kind.beside if allowed(self.user, item.permission)],
        }


def import_url(user: User, kind: Kind) -> str:
    """Where the person imports such records; empty if they may not, or nobody can."""
    if not allowed(user, "imports.create_import"):
        return ""
    found = [item.key for item in kinds_for(user) if getattr(item, "model", None) is kind.model]
    return f"{reverse('imports:create')}?kind={found[0]}" if found else ""


class KindRecordView(KindPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        can_delete = self.kind.delete is not None and allowed(self.user, self.kind.permission("delete"), obj)
        context = {
            "kind": self.kind,
            "obj": obj,
            "property_groups": laid_out(self.kind, self.user, obj),
            "panels": self.panels(obj),
            "history": history_rows(self.user, obj),
            "delete_url": reverse(self.name("delete"), args=[pk]) if can_delete else "",
            "layout_url": layout_url(self.kind, self.user),
        }
        return render(request, "crm/kind_record.html", context)

    def panels(self, obj: Any) -> list[Filled]:
        """What stands beside the record, from the settings list that its page names."""
        if not self.kind.page or not self.kind.page.panels:
            return []
        shown = layout_for(self.kind, self.user).panels.shown
        return filled_panels(self.kind.page.panels, self.user, shown, record=obj)


class KindPeekView(KindPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        groups = laid_out(self.kind, self.user, obj)
        properties = [item for group in groups for item in group.properties if item.value]
        context = {"kind": self.kind, "obj": obj, "properties": properties, "record_url": self.kind.url(pk)}
        return render(request, "crm/kind_peek.html", context)


class KindCreateView(KindPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        """`?book=5` fills the field in beforehand."""
        return self.page(KindForm(kind=self.kind, user=self.user, initial=dict(request.GET.items())))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KindForm(request.POST, kind=self.kind, user=self.user)
        create = self.kind.create or partial(record_create, kind=self.kind)
        if form.is_valid():
            try:
                obj = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: create(actor=self.user, values=form.values()),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect(self.kind.url(obj.pk))
        return self.page(form, status=422)

    def page(self, form: KindForm, status: int = 200) -> HttpResponse:
        return render(self.request, "crm/kind_form.html", {"form": form, "kind": self.kind}, status=status)


class KindDeleteView(KindPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        if self.kind.delete:
            self.kind.delete(actor=self.user, obj=obj)
        undo_message(request, _("%s was deleted.") % obj, reverse(self.name("restore"), args=[pk]))
        return redirect(self.kind.list_url)


class KindRestoreView(KindPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        gone: Any = self.kind.model._default_manager.filter(deleted_at__isnull=False)
        obj = find(gone, self.user, pk)
        if self.kind.restore:
            self.kind.restore(actor=self.user, obj=obj)
        messages.success(request, _("%s is back.") % obj)
        return redirect(self.kind.url(pk))


PAGES: tuple[tuple[str, str, str, type[ProtectedView]], ...] = (
    ("list", "", "view", KindListView),
    ("create", "new/", "create", KindCreateView),
    ("record", "<int:pk>/", "view", KindRecordView),
    ("peek", "<int:pk>/peek/", "view", KindPeekView),
    ("delete", "<int:pk>/delete/", "delete", KindDeleteView),
    ("restore", "<int:pk>/restore/", "delete", KindRestoreView),
)


def kind_paths(kind: Kind, prefix: str) -> list[URLPattern]:
    """The addresses of a kind below `prefix`, named <noun>-list, <noun>-record and so on.

    A kind without a service that deletes or restores has no address for it.
    """
    noun = kind.key.partition(".")[2]
    lacks = {verb for verb in ("delete", "restore") if getattr(kind, verb) is None}
    return [
        path(f"{prefix}/{rest}", page_of(kind, base, action).as_view(), name=f"{noun}-{verb}")
        for verb, rest, action, base in PAGES
        if verb not in lacks
    ]


def page_of(kind: Kind, base: type[ProtectedView], action: str) -> type[ProtectedView]:
    """The view of one kind, with the permission of the kind."""
    name = f"{kind.key.title().replace('.', '')}{base.__name__}"
    return type(name, (base,), {"kind": kind, "permission": kind.permission(action)})
