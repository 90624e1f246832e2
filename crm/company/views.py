"""The company's settings and its logo."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.company.forms import CompanyForm, LogoForm
from crm.company.models import Company
from crm.company.selectors import company
from crm.company.services import company_edit, logo_remove, logo_set
from crm.records.errors import StaleRecord
from crm.records.history import history_rows


class CompanyView(ProtectedView):
    permission = "company.view_company"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, CompanyForm(company=company()))

    def post(self, request: HttpRequest) -> HttpResponse:
        if not allowed(self.user, "company.edit_company"):
            raise PermissionDenied
        form = CompanyForm(request.POST, company=company())
        if not form.is_valid():
            return self.page(request, form, status=422)
        try:
            version = form.cleaned_data["version"] or 0
            company_edit(actor=self.user, values=form.values(), version=version)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, form, status=422)
        except StaleRecord as fault:
            both = form.rebase(CompanyForm(company=fault.current))
            return self.page(request, form, status=409, both=both)
        messages.success(request, _("Saved."))
        return redirect("company:company")

    def page(
        self,
        request: HttpRequest,
        form: CompanyForm,
        status: int = 200,
        both: set[str] | None = None,
        logo_form: LogoForm | None = None,
    ) -> HttpResponse:
        context = {
            "form": form,
            "logo_form": logo_form or LogoForm(),
            "can_edit": allowed(self.user, "company.edit_company"),
            "both_changed": None if both is None else [form[name] for name in sorted(both)],
            "history": history_rows(self.user, company(), limit=20),
        }
        return render(request, "company/company.html", context, status=status)


class LogoEditView(CompanyView):
    """Takes a new logo, or with `remove` none."""

    permission = "company.edit_company"
    belongs_to = "company:company"
    http_method_names = ["post", "head", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            logo_remove(actor=self.user)
            return redirect("company:company")
        form = LogoForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, CompanyForm(company=company()), status=422, logo_form=form)
        logo_set(actor=self.user, upload=form.cleaned_data["logo"])
        return redirect("company:company")


class LogoView(View):
    """The logo, for the sign-in page too. Its name changes with it, so browsers keep it for ever."""

    def get(self, request: HttpRequest, name: str) -> FileResponse:
        found: Company = company()
        if not found.logo or str(found.logo) != f"company/{name}":
            raise Http404
        try:
            content = found.logo.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(content, content_type=f"image/{found.logo_kind}")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
