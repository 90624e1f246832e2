"""The program's addresses and those of the sample."""

from django.urls import include, path

from crm.records.kind_pages import kind_paths
from crm.urls import handler400, handler403, handler404, handler500
from crm.urls import urlpatterns as program
from tests.sample.machines import MACHINES

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*program, path("sample/", include((kind_paths(MACHINES, "machines"), "sample")))]
