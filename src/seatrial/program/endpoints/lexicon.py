"""Lexicon: names by which code says that it checks the caller, where neither the program nor a library model tells."""

import re
from functools import lru_cache
from itertools import pairwise

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")

_TOPICS = re.compile(
    r"auth|authn|authz|authenticat\w*|authori[sz]\w*|unauth\w*|login|logged|signin|perms?|permissions?|permitted|protect(ed)?|"
    r"restrict\w*|acl|rbac|jwt|tokens?|bearer|api_?key|credentials?|admins?|staff|superuser|roles?|scopes?|owners?|owned|"
    r"member(ship)?s?|access|verify|verified|signature|hmac|allowed|privileges?|mfa|sudo|currentuser|moderators?|editors?"
)
_ASIDE = frozenset(
    {
        "csrf", "exempt", "optional", "anonymous", "public", "skip", "unless", "url", "urls", "host", "hosts",
        "origin", "extension", "extensions", "file", "files", "filename", "size", "format", "formats", "type",
        "types", "content",
    }
)  # fmt: skip
"""Words beside which the others speak of something else than the caller."""
_VERBS = re.compile(
    r"check|checks|require[sd]?|ensure|assert|verify|validate|enforce|has|have|can|is|may|must|should|user|test|deny|reject|"
    r"forbid|raise|get|abort|current|restrict|for|filter"
)
_PROVING = frozenset({"verify", "validate", "check", "require", "ensure", "assert", "authenticate"})
_PROOFS = frozenset({"token", "jwt", "signature", "hmac", "bearer", "credentials"})
_SINGLE = frozenset(
    {
        "authorize", "authorise", "authenticate", "enforce", "can", "permissioned", "compare_digest",
        "constant_time_compare", "construct_event", "has_perm", "has_perms", "has_module_perms",
        "permissions_for_user", "current_user", "allows", "viewable_by", "editable_by", "deletable_by",
        "visible_to_user", "restrict", "jwt_required", "fresh_jwt_required", "jwt_refresh_token_required",
    }
)  # fmt: skip
_ADMINS = frozenset(
    {"admin", "admins", "administrator", "administrators", "staff", "superuser", "superusers", "superadmin", "sysadmin"}
)
_NOT_ONLY = frozenset(
    {
        "or", "not", "non", "no", "if", "unless", "maybe", "optional", "self", "own", "owner", "owners",
        "allow", "hide", "org", "organization", "organisation", "team", "group", "project", "workspace",
        "tenant", "company",
    }
)  # fmt: skip
"""Words beside which those for administrators let others in, or mean the administrators of one group."""
_REFUSALS = re.compile(
    r"unauthori[sz]ed|forbidden|permission|permitted|accessdenied|denied|unauthenticated|notauthenticated|authenticationfailed|"
    r"authenticationerror|notauthori[sz]ed|invalidtoken|tokenerror|credential|loginrequired|invalidsignature|insufficient|"
    r"notallowed|autherror|authorizationerror"
)
_STATUS = re.compile(r"HTTP_?40[13]|\bHTTPUnauthorized|\bHTTPForbidden|FORBIDDEN$|UNAUTHORIZED$")
_PUBLIC = re.compile(
    r"log_?in\w*|logout|log_?on|sign_?in|sign_?up|signout|sign_?off|register|registration|auth|authenticate|oauth2?|oidc|"
    r"device(code|authori[sz]ation|flow)|"
    r"saml\w*|sso|callback|tokens?|jwt|refresh|password|passwd|recover\w*|forgot|reset|verify|verification|confirm\w*|"
    r"activat\w*|invit\w*|rsvp|onboard\w*|magic|otp|totp|mfa|2fa|captcha|health\w*|ping|pong|heartbeat|webhooks?|hooks?|ipn|csp|"
    r"unsubscribe\w*|subscribe\w*|contact\w*|feedback|newsletter|public|track\w*|pixel|beacon|locale|language|setlang|"
    r"i18n|jsi18n|cookie\w*|consent|sns|inbound|bounces?|install|setup|echo|bot|"
    r"postback|(return|notify|redirect)ur[il]"
)
"""For people who are not logged in (yet), and for machines that sign what they send."""
_SHOWN = re.compile(
    r"status|version|metrics|liveness|readiness|live|ready|docs|redoc|openapi|swagger|schema|share[ds]?|robots|favicon|"
    r"sitemap|static|media|assets|index|home|landing|about|terms|privacy|error|demo|test|hello|badges?|opensearch|"
    r"wellknown|nodeinfo|feeds?|rss|atom|logo|avatar|thumbnail|icon|manifest"
)
"""For everyone to see; a change under such a name still asks for a check."""

_OTHER = frozenset(
    {
        "schema", "swag", "swagger", "doc", "docs", "document", "openapi", "describe", "expect", "marshal",
        "response", "responses", "param", "params", "arguments", "cache", "cached", "rate", "limit", "limiter",
        "throttle", "csrf", "cors", "atomic", "transaction", "retry", "trace", "traced", "log", "logged", "timed",
        "timeit", "gzip", "vary", "etag", "route", "get", "post", "put", "patch", "delete", "websocket", "deprecated",
        "override", "produces", "consumes", "errorhandler",
    }
)  # fmt: skip
_DEMANDS = frozenset({"require", "requires", "required", "ensure", "check", "verify", "need", "needs", "must", "only"})
"""Words beside which those say what is demanded: `require_order_delete`."""


def words(name: str) -> list[str]:
    """The words of a name in any style, in small letters: `LoginRequiredMixin` and `login_required_mixin` agree."""
    return [w.lower() for w in _WORDS.findall(name)]


def speaks_of_guard(name: str) -> bool:
    """A decorator, dependency, base class or setting of this name stands for a check of the caller."""
    said = words(name)
    joined = {a + b for a, b in pairwise(said)}
    return any(_TOPICS.fullmatch(w) for w in (*said, *joined)) and not _ASIDE & set(said)


def speaks_of_demand(name: str) -> bool:
    """A decorator of this name demands what it is given: `requires`, `needs`."""
    return bool({"require", "requires", "required", "need", "needs", "demand", "only"} & set(words(name)))


def speaks_of_other(name: str) -> bool:
    """A decorator or dependency of this name says of itself that it does something else than to ask who calls."""
    said = set(words(name))
    return bool(_OTHER & said) and not _DEMANDS & said


def speaks_of_choice(name: str) -> bool:
    """A decorator of this name knows who calls and lets strangers pass: `jwt_optional`."""
    said = words(name)
    return "optional" in said and any(_TOPICS.fullmatch(w) for w in said)


@lru_cache(maxsize=65_536)
def speaks_of_check(name: str) -> bool:
    """A call of this name asks whether the caller may: `check_permission`, `user_can_edit`, `has_access`."""
    if name in _SINGLE:
        return True
    said = words(name)
    if len(said) < 2 or _ASIDE & set(said):
        return False
    verb = any(_VERBS.fullmatch(w) for w in said[:2])
    return verb and (any(_TOPICS.fullmatch(w) for w in said[1:]) or "can" in said[:2]) and said[0] != "get"


@lru_cache(maxsize=65_536)
def speaks_of_proof(name: str) -> bool:
    """A call of this name looks at what only the right caller can show, and hands it back: `validate_share_token`."""
    said = words(name)
    return bool(said) and said[0] in _PROVING and not _PROOFS.isdisjoint(said) and not _ASIDE & set(said)


def speaks_of_rate(name: str) -> bool:
    """A check of this name counts calls, whoever makes them."""
    return bool({"rate", "ratelimit", "ratelimited", "limit", "limiter", "limited", "throttle"} & set(words(name)))


@lru_cache(maxsize=65_536)
def speaks_of_admins(name: str) -> bool:
    """A guard of this name admits administrators of the whole program and nobody else: `admins_only`, `IsAdminUser`.

    Neither those of one group (`require_team_admin`), nor others beside them (`IsAdminOrReadOnly`).
    """
    said = set(words(name))
    return bool(_ADMINS & said) and not _NOT_ONLY & said


def is_refusal(exception: str) -> bool:
    """An exception of this name means that the caller may not."""
    return bool(_REFUSALS.search("".join(words(exception))))


@lru_cache(maxsize=65_536)
def is_refusing_status(name: str) -> bool:
    """A constant of this name is status 401 or 403."""
    return bool(_STATUS.search(name))


def is_local(name: str) -> bool:
    """A setting of this name tells a developer's machine from the real one."""
    return bool({"debug", "environment", "env", "local", "dev", "development", "testing", "e2e"} & set(words(name)))


def speaks_of_opening(name: str) -> bool:
    """A setting of this name lets strangers in: `ALLOW_PUBLIC_PROJECTS`, `GUEST_ORDERS_ENABLED`."""
    said = set(words(name))
    is_said = bool({"anonymous", "guest", "guests"} & said) or is_public(name, changes=True)
    return name.isupper() and bool({"allow", "allows", "allowed", "enable", "enabled", "open"} & said) and is_said


def is_public(name: str, *, changes: bool) -> bool:
    """An endpoint of this name, or part of its path, is meant for everyone; `changes`: it does not only show."""
    said = words(name)
    joined = (a + b for a, b in pairwise(said))
    return any(_PUBLIC.fullmatch(w) or (not changes and _SHOWN.fullmatch(w)) for w in (*said, *joined))
