"""What a write answers; kept with its Idempotency-Key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.response import Response


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        return Response(self.body, status=self.status, headers=dict(self.headers))


def etag(version: int | None) -> dict[str, str]:
    return {} if version is None else {"ETag": f'"{version}"'}
