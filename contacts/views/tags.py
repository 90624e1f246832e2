"""The settings of tags: which there are, what they are called, which belong together."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.forms import MergeTagForm, TagNameForm
from contacts.models import Tag
from contacts.services.tag_names import NameTaken
from contacts.services.tags import tag_create, tag_delete, tag_edit, tag_merge, tag_restore
from contacts.tag_uses import counts, uses
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.fragments import is_fragment
from crm.jobs.models import Job
from crm.jobs.selectors import newest_job
from crm.lists.count import COUNT_CAP
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


def tag_find(pk: int) -> Tag:
    """Raises Http404."""
    found = Tag.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_merge(tag: Tag) -> Job | None:
    """The job that is merging it now."""
    job = newest_job("contacts.merge_tag", tag.pk)
    return job if job is not None and not job.is_over else None


class TagsView(ProtectedView):
    permission = "contacts.view_tag"

    def get(self, request: HttpRequest) -> HttpResponse:
        q = " ".join(request.GET.get("q", "").replace("\0", "").split())[:50]
        rows = Tag.objects.filter(name__icontains=q) if q else Tag.objects.all()
        page = keyset_page(rows, request.GET, field="name", descending=False)
        count, held = rows.order_by()[: COUNT_CAP + 1].count(), counts(self.user, page.rows)
        context = {
            **page.context(),
            "tags": [(tag, held.get(tag.pk, 0)) for tag in page.rows],
            "q": q,
            "count_text": f"{min(count, COUNT_CAP):,}" + ("+" if count > COUNT_CAP else ""),
            "can_create": allowed(self.user, "contacts.create_tag"),
        }
        template = "contacts/tags.html#results" if is_fragment(request) else "contacts/tags.html"
        return render(request, template, context)


class TagCreateView(ProtectedView):
    permission = "contacts.create_tag"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "contacts/tag_form.html", {"form": TagNameForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TagNameForm(request.POST)
        if form.is_valid():
            try:
                tag = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: tag_create(actor=self.user, name=form.cleaned_data["name"]),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                messages.success(request, _("%s was added.") % tag.name)
                return redirect("contacts:settings-tags")
        return render(request, "contacts/tag_form.html", {"form": form}, status=422)


class TagView(ProtectedView):
    """One tag: its name, where it is used, and the ways to merge or delete it."""

    permission = "contacts.view_tag"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag = tag_find(pk)
        return self.page(tag, TagNameForm(initial={"name": tag.name, "version": tag.version}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag, form = tag_find(pk), TagNameForm(request.POST)
        if not allowed(self.user, "contacts.edit_tag"):
            raise PermissionDenied
        if not form.is_valid():
            return self.page(tag, form, status=422)
        version = form.cleaned_data["version"] or tag.version
        try:
            tag_edit(actor=self.user, tag=tag, name=form.cleaned_data["name"], version=version)
        except NameTaken as fault:
            form.add_error(None, fault)
            return self.page(tag_find(pk), form, status=422, same=fault.tag)
        except StaleRecord:
            form.add_error(None, _("Somebody else changed this tag meanwhile. Look at it again."))
            return self.page(tag_find(pk), form, status=409)
        messages.success(request, _("Saved."))
        return redirect("contacts:settings-tags")

    def page(self, tag: Tag, form: TagNameForm, status: int = 200, same: Tag | None = None) -> HttpResponse:
        context = {
            "tag": tag,
            "form": form,
            "same": same,
            "uses": uses(self.user, tag),
            "merge_form": MergeTagForm(tag=tag),
            "merging": open_merge(tag),
            "can_edit": allowed(self.user, "contacts.edit_tag"),
            "can_delete": allowed(self.user, "contacts.delete_tag"),
            "can_see_customers": allowed(self.user, "contacts.view_customer"),
            "history": history_rows(self.user, tag, limit=20),
        }
        return render(self.request, "contacts/tag.html", context, status=status)


class TagMergeView(ProtectedView):
    """GET says what will happen, POST does it."""

    permission = "contacts.merge_tag"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag = tag_find(pk)
        form = MergeTagForm(request.GET, tag=tag) if "tag" in request.GET else MergeTagForm(tag=tag)
        return self.page(tag, form, status=422 if form.errors else 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag = tag_find(pk)
        form = MergeTagForm(request.POST, tag=tag)
        if not form.is_valid():
            return self.page(tag, form, status=422)
        into = form.cleaned_data["tag"]
        try:
            job = tag_merge(actor=self.user, tag=tag, into=into)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(tag, form, status=422)
        if job is not None:
            return redirect("jobs:record", job.pk)
        messages.success(request, _("%(old)s was merged into %(new)s.") % {"old": tag.name, "new": into.name})
        return redirect("contacts:tag", into.pk)

    def page(self, tag: Tag, form: MergeTagForm, status: int = 200) -> HttpResponse:
        into = form.cleaned_data.get("tag") if form.is_bound and form.is_valid() else None
        context: dict[str, Any] = {"tag": tag, "form": form, "into": into, "uses": uses(self.user, tag)}
        if into is not None:
            context["into_count"] = counts(self.user, [into]).get(into.pk, 0)
        return render(self.request, "contacts/tag_merge.html", context, status=status)


class TagDeleteView(ProtectedView):
    permission = "contacts.delete_tag"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag = tag_delete(actor=self.user, tag=tag_find(pk))
        undo_message(request, _("%s was deleted.") % tag.name, reverse("contacts:tag-restore", args=[tag.pk]))
        return redirect("contacts:settings-tags")


class TagRestoreView(ProtectedView):
    permission = "contacts.restore_tag"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tag = Tag._base_manager.filter(pk=pk, deleted_at__isnull=False).first()
        if tag is None:
            raise Http404
        try:
            tag_restore(actor=self.user, tag=tag)
        except NameTaken as fault:
            text = _("There is another tag %s by now. Rename that one first.") % fault.tag.name
            messages.error(request, text)
        else:
            messages.success(request, _("%s is back.") % tag.name)
        return redirect("contacts:settings-tags")
