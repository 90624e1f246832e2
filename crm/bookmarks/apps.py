from django.apps import AppConfig


class BookmarksConfig(AppConfig):
    name = "crm.bookmarks"
    label = "bookmarks"
