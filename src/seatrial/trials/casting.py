"""Chooses the actors: made by the program's own ways in, else by its models, else as rows of its users' table."""

from collections.abc import Mapping, Sequence

import msgspec

from seatrial.model.caller import Caller
from seatrial.sandbox import Application, StartError
from seatrial.trials.actors import Actor, Cast, registered, told
from seatrial.trials.api import PASSWORD, Api
from seatrial.trials.minting import minted
from seatrial.trials.settled import by_settings


def cast(
    application: Application, api: Api, framework: str, callers: Mapping[str, Caller], settings: Mapping[str, str]
) -> Cast:
    """Takes the actors that the user tells of; else makes them through the program's own register and login operations.

    Where it has no such ways, they are made as its framework makes users, or are rows of its users' table and prove
    who they are by its own means. Where it has none either, the one user whom `settings` speak of asks.
    """
    if callers:
        return told(application, api, callers)
    found = registered(application, api)
    if found.known:
        return found
    is_django = framework == "django"
    actors = _by_model(application) if is_django else minted(application, api, found.proofs)
    made = {actor.name: actor for actor in actors}
    if made:
        return Cast(made["alice"], made["bob"], made["root"], found.proofs)
    return by_settings(application, api, settings) or found


def _by_model(application: Application) -> Sequence[Actor]:
    """Users made by the program's own model, beside its workers; none if it has no such model."""
    try:
        return msgspec.json.decode(application.beside("users", {"password": PASSWORD}), type=list[Actor])
    except StartError:
        return []
