from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.staff.forms import ProfileForm
from crm.staff.services.profile import profile_edit


class SettingsView(ProtectedView):
    """All settings that this person may enter, group by group."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "settings/index.html")


class ProfileView(ProtectedView):
    """What people change about themselves."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "settings/profile.html", {"form": ProfileForm(user=self.user)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST, user=self.user)
        if not form.is_valid():
            return render(request, "settings/profile.html", {"form": form}, status=422)
        profile_edit(actor=self.user, values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:profile")
