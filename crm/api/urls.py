"""The addresses of the API, made from what is declared."""

from typing import Any

from django.urls import URLPattern, path

from crm.api.resources import Resource, parts_of, resources
from crm.api.views.docs import DocsView, SchemaView
from crm.api.views.index import IndexView, MeView
from crm.api.views.many import BatchView, QueryView
from crm.api.views.records import ActionView, CollectionView, PartView, RecordView
from crm.api.views.rules import RuleCatalogueView, RuleCheckView, RuleExplainView
from crm.api.views.saved import SavedListView, SavedRecordView, SavedRestoreView, SavedRowsView

app_name = "api"


def made(base: type[Any], resource: Resource, methods: list[str], **more: Any) -> Any:
    """A view class of one resource that knows just these methods."""
    name = f"{resource.one}{base.__name__}"
    known = {"resource": resource, "http_method_names": [*methods, "head"] if "get" in methods else methods}
    view: Any = type(name, (base,), {**known, **more})
    return view.as_view()


def record_methods(resource: Resource) -> list[str]:
    kind = resource.record_kind
    return [
        "get",
        *(["patch"] if resource.edit or kind.edit else []),
        *(["delete"] if resource.delete or kind.delete else []),
    ]


def resource_urls(resource: Resource) -> list[URLPattern]:
    base, name = f"v1/{resource.name}/", resource.name
    methods = ["get", *(["post"] if resource.create else [])]
    return [
        path(base, made(CollectionView, resource, methods), name=f"{name}-list"),
        path(f"{base}query/", made(QueryView, resource, ["post"]), name=f"{name}-query"),
        *batch_urls(resource),
        path(f"{base}<int:pk>/", made(RecordView, resource, record_methods(resource)), name=f"{name}-record"),
        *(
            path(
                f"{base}<int:pk>/{action.name}/",
                made(ActionView, resource, ["post"], action=action, verbs={"post": action.name}),
                name=f"{name}-{action.name}",
            )
            for action in resource.actions
        ),
        *(
            path(
                f"{base}<int:pk>/{part.name}/",
                made(PartView, resource, ["get"], part=part),
                name=f"{name}-{part.name}",
            )
            for part in parts_of(resource)
        ),
    ]


def batch_urls(resource: Resource) -> list[URLPattern]:
    """For resources that are written at all."""
    if not (resource.create or len(record_methods(resource)) > 1):
        return []
    address = f"v1/{resource.name}/batch/"
    return [path(address, made(BatchView, resource, ["post"]), name=f"{resource.name}-batch")]


urlpatterns: list[URLPattern] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("v1/", IndexView.as_view(), name="index"),
    path("v1/me/", MeView.as_view(), name="me"),
    *(item for resource in resources().values() for item in resource_urls(resource)),
    path("v1/views/", SavedListView.as_view(), name="views-list"),
    path("v1/views/<int:pk>/", SavedRecordView.as_view(), name="views-record"),
    path("v1/views/<int:pk>/restore/", SavedRestoreView.as_view(), name="views-restore"),
    path("v1/views/<int:pk>/rows/", SavedRowsView.as_view(), name="views-rows"),
    path("v1/rules/check/", RuleCheckView.as_view(), name="rules-check"),
    path("v1/rules/explain/", RuleExplainView.as_view(), name="rules-explain"),
    path("v1/rules/catalogue/", RuleCatalogueView.as_view(), name="rules-catalogue"),
]
