"""How a name that nothing shows to exist becomes a match."""

from seatrial.model.finding import Place
from seatrial.program.manifests.suspects import Suspect
from seatrial.rules.contract import Match


def match(suspect: Suspect, mend: str = "") -> Match:
    """The match at the first import, or at the requirement."""
    need, requirement = suspect.need, suspect.requirement
    reasons = "; ".join(suspect.signs)
    if need is None:
        assert requirement is not None
        return Match(
            f"`{suspect.name}` is required, but it is no known distribution" + (f"; {reasons}" if reasons else ""),
            place=Place(requirement.path, requirement.line, requirement.line),
            key=requirement.name,
            confidence=suspect.confidence,
            mend=mend,
        )
    first = need.imports[0]
    others = f" (and in {need.others})" if need.others else ""
    return Match(
        f"`{suspect.name}` is imported{others}, but no dependency, lock or installed distribution provides it; {reasons}",
        function=first.file.functions[first.function],
        line=first.line,
        key=suspect.name,
        path=need.steps,
        confidence=suspect.confidence,
        mend=mend,
    )
