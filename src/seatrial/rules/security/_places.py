"""Places: which files are for where users are, and which for somewhere else, by their paths."""

import re

DOCUMENT = re.compile(
    r"\.(?:html|ipynb|mdx?|rst|txt)\Z|(?:^|/)(?:openapi|swagger|schema|postman)[^/]*\.(?:json|ya?ml)\Z"
)
"""What shows people something."""

LIVE = re.compile(r"(?:^|[/._-])(?:prod|production|live)(?=[/._-])")
"""Settings of the place where users are."""

_CONTAINER = re.compile(
    r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml\Z|(?:^|/)(?:\.devcontainer|docker|compose|vagrant|minikube|keycloak)/|realm[^/]*\.json\Z"
)
_ELSEWHERE = re.compile(
    r"(?:^|[/._-])(?:build|dev|devstack|develop|development|local|test|testing|tests|ci|github|workflows|snippets?|example|examples|sample|demo\w*|mock|fake|fixtures?|factories)(?=[/._-])"
)


def is_container(path: str) -> bool:
    """Settings of containers on one's own machine, which nobody else reaches, unless the path says that users do."""
    return bool(_CONTAINER.search(path)) and not LIVE.search(path)


def is_elsewhere(path: str) -> bool:
    """Files for other places than production."""
    return bool(_ELSEWHERE.search(path))
