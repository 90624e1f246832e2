"""Where the API begins: what there is, and who asks."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.operations import Operation
from crm.api.resources import resources
from crm.api.values import moment_text
from crm.api.views.base import ApiView

TAG = "api"


class IndexOutput(serializers.Serializer):
    resources = serializers.DictField(child=serializers.CharField())
    documentation = serializers.CharField()
    schema = serializers.CharField()


class MeOutput(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    token = serializers.DictField(allow_null=True)


class IndexView(ApiView):
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        addresses = {name: reverse(f"api:{name}-list") for name in resources()}
        others = {"views": reverse("api:views-list"), "rules": reverse("api:rules-check")}
        places = {name: request.build_absolute_uri(path) for name, path in (addresses | others).items()}
        docs, schema = reverse("api:docs"), reverse("api:schema")
        told = {
            "documentation": request.build_absolute_uri(docs),
            "schema": request.build_absolute_uri(schema),
        }
        return Response({"resources": places, **told})

    def operation(self, method: str) -> Operation:
        return Operation("index", "What there is", TAG, {200: IndexOutput})


class MeView(ApiView):
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        user, token = self.user, request.auth
        told: dict[str, Any] = {"id": user.pk, "name": user.name, "email": user.email, "token": None}
        if token is not None:
            expires = moment_text(token.expires_at) if token.expires_at else None
            scopes = "everything" if token.is_everything else token.scopes
            told["token"] = {"name": token.name, "scopes": scopes, "expires_at": expires}
        return Response(told)

    def operation(self, method: str) -> Operation:
        return Operation("me", "Who asks, and what the token may do", TAG, {200: MeOutput})
