"""Who asks a program that knows one user alone, or none but keys: as its settings say, which the trial made up."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from seatrial.model.caller import Caller
from seatrial.sandbox import Application
from seatrial.trials.actors import Cast, settled
from seatrial.trials.api import Api

_SECRET = re.compile(r"PASSW|PASSPHRASE|PWD|_PASS$")
_NAME = re.compile(r"USER_?NAME|USER$|LOGIN|EMAIL")
_KEY = re.compile(r"KEY$|TOKEN$|SECRET$")
_SERVICES = re.compile(r"DB|DATABASE|POSTGRES|PG|MYSQL|MARIA|MONGO|ORACLE|REDIS|RABBIT|AMQP|SMTP|MAIL_|SFTP|FTP|PROXY")
"""What settings speak of that are for others than those who ask."""
_USUAL = ("admin", "root", "administrator", "user")
_MOST = 4
"""Names, passwords and keys that are tried."""


def by_settings(application: Application, api: Api, settings: Mapping[str, str]) -> Cast | None:
    """The one user whom the settings speak of, by the first proof that is accepted; None if none is."""
    return settled(application, api, callers(api.document, settings))


def callers(document: Mapping[str, Any], settings: Mapping[str, str]) -> Iterator[Caller]:
    """Who may ask: with a name and a password, by the program's login or the browser's own; with a key."""
    own = {name.upper(): value for name, value in settings.items() if not _SERVICES.search(name.upper())}
    passwords = [value for name, value in own.items() if _SECRET.search(name)][:_MOST]
    told = [value for name, value in own.items() if _NAME.search(name) and not _SECRET.search(name)]
    names = list(dict.fromkeys((*told, *_USUAL)))[:_MOST]
    pairs = list(product(passwords, names))
    for password, name in pairs:
        yield Caller(login={"username": name, "email": name, "password": password})
    for password, name in pairs:
        said = b64encode(f"{name}:{password}".encode()).decode()
        yield Caller(headers={"Authorization": f"Basic {said}"}, name=name)
    keys = [value for name, value in own.items() if _KEY.search(name)][:_MOST]
    for header, key in product(_headers(document), keys):
        yield Caller(headers={header: f"Bearer {key}" if header == "Authorization" else key})


def _headers(document: Mapping[str, Any]) -> Iterator[str]:
    """The headers by which the program's document says that keys come."""
    found = document.get("components", {}).get("securitySchemes") or document.get("securityDefinitions") or {}
    for one in found.values() if isinstance(found, Mapping) else ():
        if isinstance(one, Mapping) and one.get("type") == "apiKey" and one.get("in") == "header":
            yield str(one.get("name", ""))
    yield "Authorization"
    yield "X-API-Key"
