"""Manifests: what the repository says that it needs, from every format, as one set of values.

    requirements = parse(program.manifests, program.installed)
    requirements.part_of("services/web/app.py").requirements

Nothing is run and nothing is looked up: manifests are read as text. What could not be read is in `Requirements.gaps`.
"""

from seatrial.program.manifests.environment import installed
from seatrial.program.manifests.nouns import Locked, Part, Requirement, Requirements, Use
from seatrial.program.manifests.parse import parse

__all__ = ["Locked", "Part", "Requirement", "Requirements", "Use", "installed", "parse"]
