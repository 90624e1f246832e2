from django.urls import path, re_path

from crm.company.views import LogoView
from crm.staff.views.account import ClosedView, DemoSignInView
from crm.staff.views.invites import InviteAcceptView, WelcomeView

# before allauth's own addresses: an administrator creates accounts and changes their e-mail
urlpatterns = [
    path("demo/", DemoSignInView.as_view(), name="demo-sign-in"),
    path("invite/<str:token>/", InviteAcceptView.as_view(), name="staff-invite-accept"),
    path("company-logo/<slug:name>", LogoView.as_view(), name="company-logo"),
    path("welcome/", WelcomeView.as_view(), name="staff-welcome"),
    re_path(r"^(signup|email|confirm-email)/", ClosedView.as_view()),
]
