from django.urls import path

from crm.bookmarks import views

app_name = "bookmarks"
urlpatterns = [
    path("favourites/", views.FavouriteListView.as_view(), name="list"),
    path("favourites/mark/", views.FavouriteView.as_view(), name="favourite"),
    path("favourites/visit/", views.VisitView.as_view(), name="visit"),
]
