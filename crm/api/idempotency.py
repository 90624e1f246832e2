"""A POST sent twice with one Idempotency-Key does its work once and is answered twice."""

import hashlib
import json
from collections.abc import Callable

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.api.answers import Answer
from crm.api.models import ApiRequest, ApiToken
from crm.api.problems import Problem, bad_request
from crm.staff.models import User

HEADER = "Idempotency-Key"
LONGEST = 100
REPLAYED = {"Idempotent-Replayed": "true"}


def key_of(request: Request) -> str:
    """Empty without one. Raises Problem (400) for one that cannot be kept."""
    key: str = request.headers.get(HEADER, "")
    if len(key) > LONGEST or not key.isascii() or (key and not key.isprintable()):
        raise bad_request(_("An idempotency key has up to %d printable ASCII characters.") % LONGEST, HEADER)
    return key


def digest_of(request: Request) -> str:
    """Of the address with its parameters and the document."""
    text = json.dumps([request.method, request.get_full_path(), request.data], sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def once(request: Request, actor: User, work: Callable[[], Answer]) -> Answer:
    """What `work` does, or the answer it gave when this request came first; in the caller's transaction."""
    key = key_of(request) if request.method == "POST" else ""
    if not key:
        return work()
    token: ApiToken | None = request.auth
    if not lock(actor, token, key):
        raise Problem(
            409, _("The first request with this key is still running."), headers={"Retry-After": "1"}
        )
    digest = digest_of(request)
    before = ApiRequest.objects.filter(user=actor, token=token, key=key).first()
    if before is not None:
        return replayed(before, digest)
    answer = work()
    ApiRequest.objects.create(
        user=actor,
        token=token,
        key=key,
        digest=digest,
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body,
    )
    return answer


def lock(actor: User, token: ApiToken | None, key: str) -> bool:
    """Until the end of the transaction; False while another request holds it."""
    name = f"api:{actor.pk}:{token.pk if token else ''}:{key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def replayed(before: ApiRequest, digest: str) -> Answer:
    if before.digest != digest:
        raise Problem(422, _("This key was used for another request."), errors=[])
    return Answer(before.status, before.body, {**before.headers, **REPLAYED})
