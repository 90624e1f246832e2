from django.urls import path, re_path

from crm.staff.views import ClosedView, DemoSignInView

# before allauth's own addresses: an administrator creates accounts and changes their e-mail
urlpatterns = [
    path("demo/", DemoSignInView.as_view(), name="demo-sign-in"),
    re_path(r"^(signup|email|confirm-email)/", ClosedView.as_view()),
]
