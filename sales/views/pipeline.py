"""The settings of pipelines: their stages, and why deals are lost."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.kind_view import read_version
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.records.undo import undo_message
from sales.choices import StageKind
from sales.models import Deal, LossReason, Pipeline, Stage
from sales.pipeline_forms import LossReasonForm, PipelineForm, StageDeleteForm, StageForms, refused
from sales.services.loss_reason import loss_reason_create, loss_reason_delete, loss_reason_restore
from sales.services.pipeline import (
    pipeline_create,
    pipeline_delete,
    pipeline_edit,
    pipeline_restore,
    stage_delete,
    stages_save,
)

OPEN_DEALS = Count("deals", filter=Q(deals__state=StageKind.OPEN, deals__deleted_at=None))


def pipeline_find(pk: int) -> Pipeline:
    """Raises Http404."""
    found = Pipeline.objects.filter(pk=pk, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


class PipelinesView(ProtectedView):
    permission = "sales.view_pipeline"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(PipelineForm(), LossReasonForm())

    def page(self, form: PipelineForm, reason_form: LossReasonForm, *, status: int = 200) -> HttpResponse:
        rows = Pipeline.objects.filter(deleted_at=None).annotate(open_deals=OPEN_DEALS)
        context = {
            "pipelines": rows.prefetch_related("stages").order_by("position", "pk"),
            "reasons": LossReason.objects.filter(deleted_at=None),
            "form": form,
            "reason_form": reason_form,
            "can_create": allowed(self.user, "sales.create_pipeline"),
            "can_edit": allowed(self.user, "sales.edit_pipeline"),
        }
        return render(self.request, "sales/pipelines.html", context, status=status)


class PipelineCreateView(PipelinesView):
    permission = "sales.create_pipeline"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("sales:pipelines")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PipelineForm(request.POST)
        if form.is_valid():
            try:
                pipeline = pipeline_create(actor=self.user, name=form.cleaned_data["name"])
            except ValidationError as fault:
                refused(form, fault)
            else:
                return redirect("sales:pipeline", pipeline.pk)
        return self.page(form, LossReasonForm(), status=422)


class LossReasonCreateView(PipelinesView):
    permission = "sales.edit_pipeline"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("sales:pipelines")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LossReasonForm(request.POST)
        if form.is_valid():
            try:
                loss_reason_create(actor=self.user, name=form.cleaned_data["name"])
            except ValidationError as fault:
                refused(form, fault)
            else:
                return redirect("sales:pipelines")
        return self.page(PipelineForm(), form, status=422)


class LossReasonDeleteView(ProtectedView):
    permission = "sales.edit_pipeline"
    belongs_to = "sales:pipelines"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = LossReason.objects.filter(pk=pk, deleted_at=None).first()
        if reason is None:
            raise Http404
        loss_reason_delete(actor=self.user, reason=reason)
        undo_message(
            request, _("%s is no longer offered.") % reason, reverse("sales:loss-reason-restore", args=[pk])
        )
        return redirect("sales:pipelines")


class LossReasonRestoreView(ProtectedView):
    permission = "sales.edit_pipeline"
    belongs_to = "sales:pipelines"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = LossReason.objects.filter(pk=pk, deleted_at__isnull=False).first()
        if reason is None:
            raise Http404
        try:
            loss_reason_restore(actor=self.user, reason=reason)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("sales:pipelines")


class PipelineView(ProtectedView):
    """One pipeline: its name and its stages as one form."""

    permission = "sales.view_pipeline"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pipeline = pipeline_find(pk)
        return self.page(
            pipeline, PipelineForm(initial={"name": pipeline.name}), self.stage_forms(pipeline, None)
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pipeline = pipeline_find(pk)
        if not allowed(self.user, "sales.edit_pipeline"):
            raise PermissionDenied
        form, stages = PipelineForm(request.POST), self.stage_forms(pipeline, request.POST)
        version = read_version(request, pipeline)
        if not (form.is_valid() and stages.is_valid()):
            return self.page(pipeline, form, stages, version, status=422)
        try:
            name = form.cleaned_data["name"]
            changed = pipeline_edit(actor=self.user, pipeline=pipeline, name=name, version=version)
            stages_save(actor=self.user, pipeline=changed, rows=stages.rows(), version=changed.version)
        except StaleRecord as stale:
            form.add_error(
                None, _("Somebody else changed this pipeline meanwhile. Save again to replace it.")
            )
            return self.page(pipeline, form, stages, stale.current.version, status=409)
        except ValidationError as fault:
            refused(form, fault)
            return self.page(pipeline, form, stages, version, status=422)
        messages.success(request, _("Saved."))
        return redirect("sales:pipeline", pk)

    def stage_forms(self, pipeline: Pipeline, data: Any) -> Any:
        known = {stage.pk: stage for stage in pipeline.stages.filter(deleted_at=None)}
        names = ("pk", "position", "name", "probability", "stale_days", "forecast_category")
        initial = [{name: getattr(stage, name) for name in names} for stage in known.values()]
        return StageForms(data, form_kwargs={"known": known}, prefix="stages", initial=initial)

    def page(
        self, pipeline: Pipeline, form: PipelineForm, stages: Any, version: int = 0, *, status: int = 200
    ) -> HttpResponse:
        rows = pipeline.stages.filter(deleted_at=None).annotate(open_deals=OPEN_DEALS)
        context = {
            "pipeline": pipeline,
            "form": form,
            "stages": stages,
            "version": version or pipeline.version,
            "held": {stage.pk: stage.open_deals for stage in rows},
            "can_edit": allowed(self.user, "sales.edit_pipeline"),
            "can_delete": allowed(self.user, "sales.delete_pipeline"),
            "history": history_rows(self.user, pipeline),
        }
        return render(self.request, "sales/pipeline.html", context, status=status)


class PipelineDeleteView(ProtectedView):
    permission = "sales.delete_pipeline"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pipeline = pipeline_find(pk)
        try:
            pipeline_delete(actor=self.user, pipeline=pipeline)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("sales:pipeline", pk)
        undo_message(request, _("%s was deleted.") % pipeline, reverse("sales:pipeline-restore", args=[pk]))
        return redirect("sales:pipelines")


class PipelineRestoreView(ProtectedView):
    permission = "sales.restore_pipeline"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pipeline = Pipeline.objects.filter(pk=pk, deleted_at__isnull=False).first()
        if pipeline is None:
            raise Http404
        try:
            pipeline_restore(actor=self.user, pipeline=pipeline)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("sales:pipelines")
        return redirect("sales:pipeline", pk)


class StageDeleteView(ProtectedView):
    """Asks where the deals inside go."""

    permission = "sales.edit_pipeline"

    def get(self, request: HttpRequest, pk: int, stage_pk: int) -> HttpResponse:
        stage = self.stage(pk, stage_pk)
        held = Deal.objects.filter(stage=stage).count()
        return self.dialog(stage, held, StageDeleteForm(stage=stage, has_deals=bool(held)))

    def post(self, request: HttpRequest, pk: int, stage_pk: int) -> HttpResponse:
        stage = self.stage(pk, stage_pk)
        held = Deal.objects.filter(stage=stage).count()
        form = StageDeleteForm(request.POST, stage=stage, has_deals=bool(held))
        if form.is_valid():
            try:
                stage_delete(actor=self.user, stage=stage, into=form.cleaned_data.get("into"))
            except ValidationError as fault:
                refused(form, fault)
            else:
                messages.success(request, _("%s was deleted.") % stage)
                address = reverse("sales:pipeline", args=[pk])
                return (
                    HttpResponse(headers={"HX-Redirect": address})
                    if is_fragment(request)
                    else redirect(address)
                )
        return self.dialog(stage, held, form, status=422)

    def stage(self, pk: int, stage_pk: int) -> Stage:
        found = Stage.objects.filter(pk=stage_pk, pipeline=pipeline_find(pk), deleted_at=None).first()
        if found is None:
            raise Http404
        return found

    def dialog(self, stage: Stage, held: int, form: StageDeleteForm, *, status: int = 200) -> HttpResponse:
        context = {"stage": stage, "held": held, "form": form}
        return render_dialog(self.request, "sales/stage_delete.html", context, status=status)
