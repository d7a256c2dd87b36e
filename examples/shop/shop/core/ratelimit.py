"""Request throttling for the login endpoint."""

import time
from collections import OrderedDict

from fastapi import HTTPException, Request

try:
    from fastapi_ratelimit_pro import SlidingWindowLimiter
except ImportError:
    SlidingWindowLimiter = None


class InMemoryLimiter:
    """A fixed window per client; forgets the oldest clients first."""

    def __init__(self, limit: int, window_seconds: float, max_clients: int = 10_000) -> None:
        self.limit = limit
        self.window_seconds = window_seconds
        self.max_clients = max_clients
        self._hits: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Count one hit and tell whether it is still within the limit."""
        now = time.monotonic()
        started, count = self._hits.pop(key, (now, 0))
        if now - started > self.window_seconds:
            started, count = now, 0
        self._hits[key] = (started, count + 1)
        while len(self._hits) > self.max_clients:
            self._hits.popitem(last=False)
        return count < self.limit


if SlidingWindowLimiter is not None:
    login_limiter = SlidingWindowLimiter(limit=600, window_seconds=60)
else:
    login_limiter = InMemoryLimiter(limit=600, window_seconds=60)


def limit_login(request: Request) -> None:
    """Reject clients that try to log in too often."""
    client = request.client.host if request.client else "unknown"
    if not login_limiter.allow(client):
        raise HTTPException(status_code=429, detail="Too many attempts, slow down")
