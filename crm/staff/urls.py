from django.urls import path

from crm.staff.views import DemoSignInView

urlpatterns = [path("demo/", DemoSignInView.as_view(), name="demo-sign-in")]
