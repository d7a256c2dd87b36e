"""Password hashing and signed bearer tokens, built on the standard library only."""

import base64
import hashlib
import hmac
import json
import secrets
import time

from shop.core.config import get_settings

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
