"""Where ways meet: after branches, and around loops."""

from seatrial.frontends.python.body import Body, Env, Loop
from seatrial.model.facts import NONE, Phi


class Ends:
    """The ways through a branching statement, which meet again behind it."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.was_live = body.live
        self.envs: list[Env] = []
        self.dead: list[Env] = []

    def start(self, env: Env) -> None:
        """A way begins, with a copy of these variables."""
        self.body.env = dict(env)
        self.body.live = self.was_live

    def end(self) -> bool:
        """A way ends here; whether it leaves the block."""
        (self.envs if self.body.live else self.dead).append(self.body.env)
        return not self.body.live

    def meet(self, line: int) -> None:
        """All ways that did not leave the block go on together."""
        self.body.live = bool(self.envs)
        join(self.body, self.envs or self.dead[:1], line)


def join(body: Body, envs: list[Env], line: int) -> None:
    """The current point is reached from the ends of several ways, with these variables."""
    first, rest = envs[0], envs[1:]
    if rest and body.loop is not None:
        _complete(body, envs)
    body.env = first
    if all(env == first for env in rest):
        return
    merged: Env = {}
    for name in dict.fromkeys(name for env in envs for name in env):
        merged[name] = _one_of(body, [env[name] for env in envs if name in env], line)
    body.env = merged


def _one_of(body: Body, options: list[int], line: int) -> int:
    distinct = tuple(dict.fromkeys(options))
    return distinct[0] if len(distinct) == 1 else body.add(Phi(line, distinct))


def _complete(body: Body, envs: list[Env]) -> None:
    """Let every way know the variables from before the loop that one of them has touched."""
    for name in dict.fromkeys(name for env in envs for name in env):
        for env in envs:
            if name not in env:
                body.env = env
                body.read(name)


def enter_loop(body: Body, line: int) -> Loop:
    """Begin a loop: within it, `env` holds what the loop has touched."""
    body.loop = Loop(line, body.env, body.loop)
    body.env = {}
    return body.loop


def leave_loop(body: Body, loop: Loop) -> None:
    """End a loop's body: complete its phis, and set the variables to what they hold when no element is left."""
    ends = [*loop.continues, body.env] if body.live else loop.continues
    for name, phi in loop.phis.items():
        _patch(body, phi, [end.get(name, phi) for end in ends])
    body.loop = loop.outer
    after = dict(loop.env)
    for name in dict.fromkeys(name for end in ends for name in end):
        phi = loop.phis.get(name, NONE)
        if phi == NONE:
            body.env = loop.env
            options = [body.read(name), *(end[name] for end in ends if name in end)]
            known = [i for i in options if i != NONE]
            after[name] = _one_of(body, known, loop.line)
        elif len(_options(body, phi)) > 1:
            after[name] = phi
    body.env = after


def _options(body: Body, phi: int) -> tuple[int, ...]:
    found = body.values[phi]
    return found.options if isinstance(found, Phi) else ()


def _patch(body: Body, phi: int, more: list[int]) -> None:
    options = tuple(i for i in dict.fromkeys((*_options(body, phi), *more)) if i != phi)
    body.values[phi] = Phi(body.values[phi].line, options)
