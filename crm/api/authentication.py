"""Who asks: the bearer of a token, or the person signed in to this browser."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crm.api.models import ApiToken
from crm.api.scopes import bound
from crm.api.selectors import note_use, token_again, token_of
from crm.staff.models import User

WORD = "bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer tnr_...`; whoever sends one is judged by it alone, also in a signed-in browser."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        word, _space, text = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != WORD:
            return None
        token = token_of(text.strip())
        if token is None:
            raise refused()
        note_use(token)
        return bound(token.user, token), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Tenure"'


class SessionAuthentication(authentication.SessionAuthentication):
    """For trying things out on the page of the documentation; writing needs the CSRF token as everywhere."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        user: Any = getattr(request._request, "user", None)  # noqa: SLF001 - as REST framework's own
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None


def refused() -> AuthenticationFailed:
    """The same words for a token that is unknown, revoked or expired, and for one whose person has left."""
    return AuthenticationFailed(_("This token is not valid."))


def actor_again(user: User, token: ApiToken | None) -> User:
    """Who writes, read anew inside the transaction: what was taken away since the request began counts at once."""
    if token is None:
        found = User.objects.filter(pk=user.pk, is_active=True).first()
        if found is None:
            raise refused()
        return found
    again = token_again(token.pk)
    if again is None:
        raise refused()
    return bound(again.user, again)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A token of Settings, API tokens."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
