"""Values for settings that nobody gave: one after another, until the program takes one."""

import json
import os
import re

_TEXT = "seatrial-dummy-of-sufficient-length-0123456789"
_THIRTY_TWO = "c2VhdHJpYWwtZHVtbXktb2YtMzItYnl0ZXMtLS0tLSE="
"""32 bytes in base64, as Fernet wants them."""
_PLAIN = (
    "seatrial-dummy-value-of-enough-length",
    "nobody@example.org",
    "http://127.0.0.1:9",
    "1",
    "true",
    "[]",
    "{}",
    "local",
    "development",
    "00000000-0000-4000-8000-000000000000",
)
_KEYS = (_TEXT, _THIRTY_TWO, "5ea75ea1" * 8, "{pem}", "{pem in base64}")
"""Forms of a key: any text, Fernet's, 32 bytes in hexadecimal, RSA, RSA in base64."""
_IS_KEY = re.compile(r"KEY|SECRET|SALT|PRIVATE|PUBLIC|CERT")
_OF_ACCOUNT = re.compile(r"SERVICE_?ACCOUNT|FIREBASE|GOOGLE|GCP")
_NUMBER = re.compile(r"port(?!al)|(?:seconds|minutes|hours|days|size|limit|count|timeout|ttl|max|min|id|number)$")
_FLAG = re.compile(r"(?:^|_)(?:is|i|has|use|uses|enable|enabled|allow|allowed|accept|accepted|disable|disabled)(?:_|$)")
_READ_AS = (
    (re.compile(r"cast\s*=\s*(?:int|float)\b|\b(?:int|float|Decimal)\("), "1"),
    (re.compile(r"cast\s*=\s*bool\b|\bbool\("), "true"),
    (re.compile(r"json\.loads\(|\.json\("), "{}"),
    (re.compile(r"\.cache(?:_url)?\("), "locmemcache://"),
    (re.compile(r"\.email(?:_url)?\("), "consolemail://"),
)
_SCHEMES = {
    "redis": "redis://127.0.0.1:6379/0",
    "broker": "memory://",
    "cache": "locmemcache://",
    "email": "consolemail://",
    "amqp": "amqp://127.0.0.1:5672//",
    "mongo": "mongodb://127.0.0.1:27017/seatrial",
    "postgres": "postgresql://postgres:seatrial@127.0.0.1:5432/postgres",
    "database": "sqlite:///seatrial.db",
    "db": "sqlite:///seatrial.db",
    "sentry": "http://seatrial@127.0.0.1:9/1",
    "dsn": "http://seatrial@127.0.0.1:9/1",
}
"""Where a service of the kind that the name speaks of would be: some settings take no other scheme."""
_ENDS = ((("host", "hosts", "hostname"), "127.0.0.1"), (("log_level", "loglevel"), "INFO"))
"""What names end in, and what is usual there."""
_DEVELOPERS = ("local", "dev", "test", "debug")
"""What a program is called where it asks for least."""


_begins = {}
"""What keys are to begin with, by their names."""


def configure(begins):
    """What the program's code looks for at the beginning of its keys."""
    _begins.update(begins)


def first(name):
    """The first value to try, by what the name says."""
    low = name.lower()
    if _FLAG.search(low):
        return "true"
    if _NUMBER.search(low):
        return "1"
    if low.endswith(("url", "uri", "dsn", "broker")) and (kind := next((one for one in _SCHEMES if one in low), "")):
        return _SCHEMES[kind]
    if "url" in low or "uri" in low:
        return "http://127.0.0.1:9"
    if ended := next((value for ends, value in _ENDS if low.endswith(ends)), ""):
        return ended
    if "email" in low:
        return "nobody@example.org"
    if low.endswith(("_dir", "_directory", "_folder")):
        return os.environ.get("TMPDIR", ".")
    return _begins.get(name, "") + (_KEYS if _IS_KEY.search(name.upper()) else _PLAIN)[0]


def address(scheme):
    """Where a service would be that is reached by such addresses; empty if that is not known."""
    plain = scheme.partition("+")[0]
    found = next((one for one in _SCHEMES.values() if one.partition("://")[0].startswith(plain)), "")
    return scheme + found[found.index("://") :] if found else ""


def key(name):
    """What a file of this name holds, if it holds a key."""
    return _filled(name, "{pem}" if name.lower().endswith(".pem") else _TEXT)


def read_by(line):
    """The value for a line that says what it makes of it; empty if it does not say."""
    return next((value for said, value in _READ_AS if said.search(line)), "")


def following(name, value):
    """The value to try when `value` is refused; empty if there is none left."""
    if _IS_KEY.search(name.upper()):
        forms = [*_KEYS, *_PLAIN[3:]]
        if _OF_ACCOUNT.search(name.upper()) and "service_account" not in value:
            return account() if value == first(name) else first(name)
        value = first(name) if "service_account" in value else value
        place = next((n for n, one in enumerate(forms) if _filled(name, one) == value), 3 if "-----" in value else 4)
        return _filled(name, forms[place + 1]) if place + 1 < len(forms) else ""
    if value not in (*_PLAIN, first(name)):
        return first(name)  # it was an example's
    place = _PLAIN.index(value) if value in _PLAIN else -1
    return next((one for one in _PLAIN[place + 1 :] if one != first(name)), "")


def least(values):
    """Of the values that a setting may have, the one with which a program asks for least."""
    order = [value for kind in _DEVELOPERS for value in values if kind in value.lower()]
    return (order or list(values) or [""])[0]


def account():
    """What lies in a file of a Google service account, with a key that opens nothing; empty where none can be made."""
    pem = _filled("PRIVATE_KEY", "{pem}")
    address = "seatrial@seatrial.iam.gserviceaccount.com"
    said = {
        "type": "service_account",
        "project_id": "seatrial",
        "private_key_id": "5ea75ea1",
        "private_key": pem,
        "client_email": address,
        "client_id": "1",
        "auth_uri": "http://127.0.0.1:9/auth",
        "token_uri": "http://127.0.0.1:9/token",
    }
    return json.dumps(said) if pem else ""


_made = []


def _filled(name, form):
    """A form with a key in it; empty where the program's environment cannot make one."""
    if not form.startswith("{pem"):
        return form
    if not _made:
        _made.extend(_pair())
    pem = _made[1 if "PUB" in name.upper() else 0]
    if form == "{pem}":
        return pem
    import base64

    return base64.b64encode(pem.encode()).decode()


def _pair():
    """An RSA key and its public half, in PEM: who reads such keys has the library that makes them."""
    try:
        from cryptography.hazmat.primitives import serialization as forms
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError:
        return "", ""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
