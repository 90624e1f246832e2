"""The page that an empty installation opens with."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from crm.administration.beginning import starting_point
from crm.administration.setup import SetUpAlready, is_set_up, may_set_up, set_up
from crm.administration.setup_forms import AdministratorForm, SetupForm
from crm.staff.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SetupView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        token = request.GET.get("token", "")
        if answer := refused(request, token):
            return answer
        begun = starting_point(request)
        return self.page(
            request,
            SetupForm(company=begun),
            AdministratorForm(prefix="you"),
            token,
            guess=not begun.name,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        token = request.POST.get("token", "")
        if answer := refused(request, token):
            return answer
        form = SetupForm(request.POST, company=starting_point(request), files=request.FILES)
        administrator = AdministratorForm(request.POST, prefix="you")
        if form.is_valid() and administrator.is_valid():
            try:
                user = self.save(form, administrator)
            except SetUpAlready:
                return over(request)
            except ValidationError as fault:
                administrator.add_error("password", fault)
            else:
                login(request, user, backend=BACKEND)
                return redirect("staff-welcome")
        return self.page(request, form, administrator, token, status=422)

    def save(self, form: SetupForm, administrator: AdministratorForm) -> User:
        person = administrator.cleaned_data
        return set_up(
            company=form.values(),
            rates=form.read,
            logo=form.cleaned_data["logo"],
            name=person["name"],
            email=person["email"],
            password=person["password"],
        )

    def page(
        self,
        request: HttpRequest,
        form: SetupForm,
        administrator: AdministratorForm,
        token: str,
        status: int = 200,
        guess: bool = False,
    ) -> HttpResponse:
        context = {"form": form, "administrator": administrator, "token": token, "guess": guess}
        return render(request, "setup/setup.html", context, status=status)


def refused(request: HttpRequest, token: str) -> HttpResponse | None:
    if is_set_up():
        return over(request)
    if not may_set_up(request, token):
        return render(request, "setup/setup_link.html", status=403)
    return None


def over(request: HttpRequest) -> HttpResponse:
    return render(request, "setup/setup_over.html", status=410)
