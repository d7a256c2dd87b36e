"""Somebody who asks the program, as the user tells it where the program lets nobody register."""

import msgspec


class Caller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `headers` or `login`. A value that begins with `$` is that variable of the user's own environment."""

    headers: dict[str, str] = {}
    """What proves who asks, as it is sent."""
    login: dict[str, str] = {}
    """What the program's own way to log in is given, by the names of its fields."""
    name: str = ""
    """A text by which rows name them (an address, a user's name), where `login` does not tell it."""
