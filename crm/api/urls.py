"""The addresses of the API, made from what is declared."""

from typing import Any

from django.urls import URLPattern, path

from crm.api.resources import Resource, resources
from crm.api.views.records import ActionView, CollectionView, PartView, RecordView

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
            for part in resource.parts
        ),
    ]


urlpatterns: list[URLPattern] = [
    item for resource in resources().values() for item in resource_urls(resource)
]
