"""How many requests a token may send in a minute: counted in Valkey, and by this process while Valkey is away."""

import logging
import time
from collections import Counter
from functools import cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = logging.getLogger(__name__)
WINDOW = 60
#: A broker that does not answer is left alone for a while.
SILENT_SECONDS = 30


class Own:
    """What this process has counted by itself in the present window."""

    until = 0.0
    window = 0
    counts: Counter[str] = Counter()


@cache
def server() -> "Redis":
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2)


def count(who: str, window: int) -> int:
    """How many requests of this window there are with this one. Never raises for a broker that is down."""
    if time.monotonic() >= Own.until:
        try:
            return shared_count(f"tenure:api:{who}:{window}")
        except (RedisError, OSError) as fault:
            Own.until = time.monotonic() + SILENT_SECONDS
            log.warning("broker not reached, this process counts the requests of the API itself: %s", fault)
    return own_count(who, window)


def shared_count(key: str) -> int:
    found: Any = server().incr(key)
    if found == 1:
        server().expire(key, WINDOW * 2)
    return int(found)


def own_count(who: str, window: int) -> int:
    if Own.window != window:
        Own.window, Own.counts = window, Counter()
    Own.counts[who] += 1
    return Own.counts[who]


class RequestLimit(BaseThrottle):
    """API_REQUESTS_PER_MINUTE for each token; for a session those of its person."""

    def allow_request(self, request: Request, view: Any) -> bool:
        who = f"token:{request.auth.pk}" if request.auth else f"user:{getattr(request.user, 'pk', None)}"
        window = int(time.time()) // WINDOW
        limit: int = settings.API_REQUESTS_PER_MINUTE
        return count(who, window) <= limit

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW
