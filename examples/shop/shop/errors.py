"""Errors of the domain; the API turns them into HTTP answers."""


class ShopError(Exception):
    """Base of every expected error."""

    status_code = 400


class NotFound(ShopError):
    """The thing asked for does not exist."""

    status_code = 404


class Conflict(ShopError):
    """The request does not fit the current state."""

    status_code = 409


class Forbidden(ShopError):
    """The caller may not do this."""

    status_code = 403


class UpstreamError(ShopError):
    """A service we depend on did not answer as expected."""

    status_code = 502
