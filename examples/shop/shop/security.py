"""Passwords, signed bearer tokens, throttling, and the dependencies that tell who the caller is."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import OrderedDict
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Query, Request
from sqlalchemy.orm import Session

from shop.config import get_settings
from shop.database import get_db
from shop.models import User
from shop.models.user import ROLE_ADMIN
from shop.repositories import users as user_repo

try:
    from fastapi_ratelimit_pro import SlidingWindowLimiter
except ImportError:
    SlidingWindowLimiter = None

_ITERATIONS = 60_000


def hash_password(password: str) -> str:
    """Hash a password with PBKDF2 and a random salt."""
    salt = secrets.token_hex(16)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ITERATIONS)
    return f"{salt}${digest.hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Compare a password with a stored hash in constant time."""
    salt, _, expected = stored.partition("$")
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ITERATIONS)
    return hmac.compare_digest(digest.hex(), expected)


def _sign(payload: bytes) -> str:
    return hmac.new(get_settings().secret_key.encode(), payload, hashlib.sha256).hexdigest()


def create_token(user_id: int, role: str) -> str:
    """Create a signed token that expires."""
    body = {"sub": user_id, "role": role, "exp": int(time.time()) + get_settings().token_ttl_seconds}
    payload = base64.urlsafe_b64encode(json.dumps(body).encode())
    return f"{payload.decode()}.{_sign(payload)}"


def read_token(token: str) -> dict | None:
    """Return the token's claims, or None if it is forged or expired."""
    payload, _, signature = token.partition(".")
    if not hmac.compare_digest(_sign(payload.encode()), signature):
        return None
    claims = json.loads(base64.urlsafe_b64decode(payload))
    if claims["exp"] < time.time():
        return None
    return claims


def verify_webhook(body: bytes, signature: str) -> bool:
    """Check the signature of an incoming webhook."""
    expected = hmac.new(get_settings().webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


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


DbSession = Annotated[Session, Depends(get_db)]
Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0)]


def get_current_user(db: DbSession, authorization: Annotated[str, Header()] = "") -> User:
    """Return the user of the bearer token, or answer 401."""
    scheme, _, token = authorization.partition(" ")
    claims = read_token(token) if scheme.lower() == "bearer" else None
    user = user_repo.get(db, claims["sub"]) if claims else None
    if user is None:
        raise HTTPException(status_code=401, detail="Please log in")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def require_admin(user: CurrentUser) -> User:
    """Return the user if it is an administrator, or answer 403."""
    if user.role != ROLE_ADMIN:
        raise HTTPException(status_code=403, detail="Administrators only")
    return user


AdminUser = Annotated[User, Depends(require_admin)]
