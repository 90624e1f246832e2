"""The OpenAPI document and the page that shows it: for everybody, since they tell nothing of any company."""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import SessionAuthentication, TokenAuthentication
from crm.staff.models import User


class ByFormat(DefaultContentNegotiation):
    """YAML, unless `?format=json` asks for the other."""

    def select_renderer(self, request: Request, found: list[Any], suffix: str | None = None) -> Any:
        wanted = request.GET.get("format", "")
        chosen = next((item for item in found if item.format == wanted), found[0])
        return chosen, chosen.media_type


class YamlRenderer(OpenApiYamlRenderer):
    format = "yaml"
    media_type = "application/yaml"
    charset = "utf-8"


class JsonRenderer(OpenApiJsonRenderer):
    format = "json"
    media_type = "application/json"


class SchemaView(SpectacularAPIView):
    """For those who are signed in without the fields and verbs that they may not know."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes: list[type] = []
    renderer_classes = [YamlRenderer, JsonRenderer]
    content_negotiation_class = ByFormat
    metadata_class = None
    schema = None
    http_method_names = ["get", "head"]

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        self.serve_public = not isinstance(request.user, User)
        found: Response = super().get(request)  # type: ignore[no-untyped-call]
        return found


@method_decorator(ensure_csrf_cookie, name="dispatch")
@method_decorator(
    csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}), name="dispatch"
)
class DocsView(SpectacularSwaggerSplitView):
    """The page writes styles into its elements: the one exception to the CSP, and only here."""

    authentication_classes = [SessionAuthentication]
    permission_classes: list[type] = []
    metadata_class = None
    schema = None
    url_name = "api:schema"
    url_self = None
