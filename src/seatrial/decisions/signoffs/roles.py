"""Who has which role: `.seatrial/roles.toml`. Where it is missing, nobody asks for sign-offs."""

import tomllib
from collections.abc import Mapping

import msgspec

from seatrial.errors import DecisionError
from seatrial.model.mandate import Person
from seatrial.model.text import printable

NAME = ".seatrial/roles.toml"


def parse(text: str) -> dict[str, Person]:
    """People by their principals, as `allowed_signers` names them. Raises `DecisionError`."""
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, Person])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise DecisionError(
            printable(f'{NAME}: {error}. Write a table for each person: ["ada@example.org"] roles = ["architect"].')
        ) from None


def encode(people: Mapping[str, Person]) -> str:
    """The file's text for people of whom only the roles are known."""
    tables = (f"[{_quoted(name)}]\nroles = {_list(person.roles)}\n" for name, person in sorted(people.items()))
    return "# Who may sign. Changing it takes two architects.\n\n" + "\n".join(tables)


def _list(words: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a JSON string is a basic string of TOML
