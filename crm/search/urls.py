from django.urls import path

from crm.search.views import OffersView, SearchView

app_name = "search"
urlpatterns = [
    path("", SearchView.as_view(), name="search"),
    path("offers/", OffersView.as_view(), name="offers"),
]
