"""The settings of the libraries below the API."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crm.api.authentication.TokenAuthentication",
        "crm.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],  # each view asks for its own (crm.api.views.base)
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsing.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["crm.api.parsing.JsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "crm.api.parsing.AlwaysJson",
    "EXCEPTION_HANDLER": "crm.api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.ResourceSchema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tenure",
    "VERSION": "1",
    "DESCRIPTION": (
        "Customers, what hangs on them, orders and products. Everything is filtered by what the person of the token "
        "may see: what they may not see does not exist. Errors are problem documents (RFC 9457)."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "deepLinking": True, "docExpansion": "none"},
}
