from django.urls import path

from crm.money import views

app_name = "money"
urlpatterns = [
    path("rates/", views.RatesView.as_view(), name="rates"),
    path("rates/new/", views.RateCreateView.as_view(), name="rate-create"),
    path("rates/paste/", views.RatesPasteView.as_view(), name="rates-paste"),
    path("rates/<int:pk>/", views.RateView.as_view(), name="rate"),
    path("rates/<int:pk>/delete/", views.RateDeleteView.as_view(), name="rate-delete"),
]
