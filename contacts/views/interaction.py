"""The composer, and changing what it wrote."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.forms import CallForm, ComposerForm, InteractionForm
from contacts.kinds import CUSTOMERS
from contacts.models import Customer, Interaction, Task
from contacts.rows import about_task_rows
from contacts.selectors import customer_find, interaction_find
from contacts.services.engagement import task_create
from contacts.services.interaction import (
    interaction_create,
    interaction_delete,
    interaction_edit,
    interaction_restore,
)
from contacts.timeline import entry
from contacts.views.record import open_task_rows, record_tabs
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.layouts.selectors import layout_for
from crm.notifications.mentions import plain
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

WRITTEN = ("note", "call", "meeting", "task")


class CallLogView(ProtectedView):
    """A call logged over whatever page one is on: GET the form as a dialog, POST keeps it and says so."""

    permission = "contacts.create_interaction"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        return self.dialog(customer, CallForm(customer=customer))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = CallForm(request.POST, customer=customer)
        if not form.is_valid():
            return self.dialog(customer, form, status=422)
        try:
            made = submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: interaction_create(
                    actor=self.user, customer=customer, values=form.interaction()
                ),
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.dialog(customer, form, status=422)
        except ValidationError as fault:
            form.refuse(fault)
            return self.dialog(customer, form, status=422)
        return self.logged(customer, made)

    def logged(self, customer: Customer, made: Interaction) -> HttpResponse:
        text = _("Call logged: %s") % customer.name
        if not is_fragment(self.request):
            messages.success(self.request, text)
            return redirect("contacts:customer-record", customer.pk)
        undo = reverse("contacts:interaction-delete", args=[made.pk])
        toast = {"text": text, "tone": "success", "undo": undo}
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = json.dumps({"toast": toast, "dialogdone": {}})
        return response

    def dialog(self, customer: Customer, form: CallForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": customer}
        return render_dialog(self.request, "contacts/call_log.html", context, status=status)


class InteractionCreateView(ProtectedView):
    """What the composer sends: an interaction or a task. Answers an empty composer and what was added."""

    permission = "contacts.create_interaction"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The composer again, where mails were written."""
        customer = customer_find(self.user, pk)
        if not is_fragment(request):
            return redirect("contacts:customer-record", pk)
        kind = request.GET.get("kind", "")
        initial = {"kind": kind if kind in WRITTEN else "note", "about": request.GET.get("about", "")[:60]}
        context = {"composer": ComposerForm(initial=initial), "customer": customer}
        return render(request, "contacts/composer.html", {**context, "closed": True})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = ComposerForm(request.POST)
        if not form.is_valid():
            return self.refused(customer, form)
        try:
            made = self.save(customer, form)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.refused(customer, form)
        except ValidationError as fault:
            form.refuse(fault)
            return self.refused(customer, form)
        if not request.headers.get("HX-Request"):
            messages.success(request, said(made))
            return redirect("contacts:customer-record", pk)
        return self.composed(customer, form, made)

    def refused(self, customer: Customer, form: ComposerForm) -> HttpResponse:
        context = {"composer": form, "customer": customer}
        return render(self.request, "contacts/composer.html", context, status=422)

    def save(self, customer: Customer, form: ComposerForm) -> Interaction | Task:
        return submit_once(
            actor=self.user, sent=sent_form(self.request), create=lambda: self.create(customer, form)
        )

    def create(self, customer: Customer, form: ComposerForm) -> Interaction | Task:
        if form.cleaned_data["kind"] == "task":
            return task_create(actor=self.user, values={**form.task(), "customer": customer})
        return interaction_create(actor=self.user, customer=customer, values=form.interaction())

    def composed(self, customer: Customer, form: ComposerForm, made: Interaction | Task) -> HttpResponse:
        """An empty composer; the new entry, or the tab of tasks with its new count."""
        context: dict[str, Any] = {
            "composer": ComposerForm(
                initial={"kind": form.cleaned_data["kind"], "about": form.data.get("about", "")}
            ),
            "customer": customer,
            "sent": True,
        }
        toast: dict[str, Any] = {"text": said(made), "tone": "success"}
        if isinstance(made, Interaction):
            context["entries"] = [entry(made, self.user)]
            toast["undo"] = reverse("contacts:interaction-delete", args=[made.pk])
        elif made.object_type:
            context["about_tasks"] = about_task_rows(self.user, made)
        elif allowed(self.user, "contacts.view_task"):
            tabs = record_tabs(self, customer, layout_for(CUSTOMERS, self.user).tabs.shown, "")
            for tab in (tab for tab in tabs if tab["key"] == "tasks"):
                context |= {"tasks_tab": tab, "tasks": open_task_rows(self, customer)}
                toast["link"] = {"url": tab["url"], "label": _("Show")}
        response = render(self.request, "contacts/composed.html", context)
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
        return response


def said(made: Interaction | Task) -> str:
    return _("Saved.") if isinstance(made, Interaction) else _("Task added.")


class InteractionEditView(ProtectedView):
    """An entry of the timeline in its place: GET the editor, `?show=1` GET the entry back, POST save."""

    permission = "contacts.edit_interaction"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        interaction = interaction_find(self.user, pk)
        if request.GET.get("show"):
            return self.entry(interaction)
        return self.editor(interaction, InteractionForm(interaction=interaction))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        interaction = interaction_find(self.user, pk)
        form = InteractionForm(request.POST, interaction=interaction)
        if not form.is_valid():
            return self.editor(interaction, form, status=422)
        try:
            self.save(interaction, form)
        except StaleRecord as stale:
            name_version(form, stale.current.version)
            form.add_error(None, _("Somebody changed this meanwhile. Save again to keep yours."))
            return self.editor(interaction, form, status=409)
        except ValidationError as fault:
            form.refuse(fault)
            return self.editor(interaction, form, status=422)
        return self.entry(interaction)

    def save(self, interaction: Interaction, form: InteractionForm) -> None:
        interaction_edit(
            actor=self.user,
            interaction=interaction,
            values=form.values(),
            version=form.cleaned_data["version"],
        )

    def editor(self, interaction: Interaction, form: InteractionForm, *, status: int = 200) -> HttpResponse:
        fragment = bool(self.request.headers.get("HX-Request"))
        template = "contacts/interaction_editor.html" if fragment else "contacts/interaction_form.html"
        context = {"form": form, "interaction": interaction, "entry": entry(interaction, self.user)}
        return render(self.request, template, context, status=status)

    def entry(self, interaction: Interaction) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            return redirect("contacts:customer-record", interaction.customer_id)
        return entry_answer(self, interaction)


def entry_answer(view: ProtectedView, interaction: Interaction) -> HttpResponse:
    return render(view.request, "contacts/timeline_entry.html", {"entry": entry(interaction, view.user)})


class InteractionDeleteView(ProtectedView):
    permission = "contacts.delete_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        interaction = interaction_find(self.user, pk)
        interaction_delete(actor=self.user, interaction=interaction)
        text = _("%s was deleted.") % plain(interaction.summary)
        undo = reverse("contacts:interaction-restore", args=[pk])
        if not request.headers.get("HX-Request"):
            undo_message(request, text, undo)
            return redirect("contacts:customer-record", interaction.customer_id)
        context = {"entry": entry(interaction, self.user)}
        response = render(request, "contacts/timeline_gone.html", context)
        toast = {"text": text, "tone": "success", "undo": undo}
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
        return response


class InteractionRestoreView(ProtectedView):
    permission = "contacts.restore_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        interaction = interaction_find(self.user, pk, deleted=True)
        interaction_restore(actor=self.user, interaction=interaction)
        if request.headers.get("HX-Request"):
            return entry_answer(self, interaction)
        messages.success(request, _("%s is back.") % plain(interaction.summary))
        return redirect("contacts:customer-record", interaction.customer_id)
