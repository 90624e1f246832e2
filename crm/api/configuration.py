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
