from django.urls import path

from crm.company import views

app_name = "company"
urlpatterns = [
    path("company/", views.CompanyView.as_view(), name="company"),
    path("company/logo/", views.LogoEditView.as_view(), name="logo"),
]
