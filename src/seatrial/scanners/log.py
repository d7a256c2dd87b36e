"""The part of a SARIF 2.1.0 log that says what was found, decoded.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", §3.14 to §3.30. What is not named
here is passed over; what is named may be absent, as the standard allows.
"""

from typing import Any

import msgspec


class NotSarifError(ValueError):
    """The bytes are no SARIF 2.1.0 log; the message says why not."""


class _Node(msgspec.Struct, frozen=True):
    """A SARIF object: camel case outside, every property optional."""


class Message(_Node, frozen=True, rename="camel"):
    """§3.11: plain text."""

    text: str = ""
    markdown: str = ""


class Component(_Node, frozen=True, rename="camel"):
    """§3.54: which tool component something belongs to."""

    name: str = ""
    index: int = -1


class Reference(_Node, frozen=True, rename="camel"):
    """§3.52 and §3.54: a rule or taxon by id, index or both."""

    id: str = ""
    index: int = -1
    tool_component: Component = Component()


class Relationship(_Node, frozen=True, rename="camel"):
    """§3.53: what a rule has to do with another, such as a weakness of CWE."""

    target: Reference = Reference()


class Configuration(_Node, frozen=True, rename="camel"):
    """§3.50: how a rule is heard unless a result says otherwise."""

    level: str = "warning"


class Descriptor(_Node, frozen=True, rename="camel"):
    """§3.49: a rule."""

    id: str = ""
    short_description: Message = Message()
    full_description: Message = Message()
    help: Message = Message()
    default_configuration: Configuration = Configuration()
    relationships: tuple[Relationship, ...] = ()
    properties: dict[str, Any] = {}


class Driver(_Node, frozen=True, rename="camel"):
    """§3.19: the scanner itself, or an extension of it."""

    name: str = ""
    rules: tuple[Descriptor, ...] = ()


class Tool(_Node, frozen=True, rename="camel"):
    """§3.18."""

    driver: Driver = Driver()
    extensions: tuple[Driver, ...] = ()


class Artifact(_Node, frozen=True, rename="camel"):
    """§3.4: a file; `uri` may be relative to the base that `uri_base_id` names."""

    uri: str = ""
    uri_base_id: str = ""


class Region(_Node, frozen=True, rename="camel"):
    """§3.30: lines, 1-based; `end_line` 0 if it is the first."""

    start_line: int = 0
    end_line: int = 0


class Physical(_Node, frozen=True, rename="camel"):
    """§3.29."""

    artifact_location: Artifact = Artifact()
    region: Region = Region()


class Location(_Node, frozen=True, rename="camel"):
    """§3.28."""

    physical_location: Physical = Physical()
    message: Message = Message()


class FlowLocation(_Node, frozen=True, rename="camel"):
    """§3.38: one step."""

    location: Location = Location()


class ThreadFlow(_Node, frozen=True, rename="camel"):
    """§3.37."""

    locations: tuple[FlowLocation, ...] = ()


class CodeFlow(_Node, frozen=True, rename="camel"):
    """§3.36: how it comes about."""

    thread_flows: tuple[ThreadFlow, ...] = ()


class Result(_Node, frozen=True, rename="camel"):
    """§3.27: one thing that was found."""

    rule_id: str = ""
    rule_index: int = -1
    rule: Reference = Reference()
    kind: str = "fail"
    level: str = ""
    message: Message = Message()
    locations: tuple[Location, ...] = ()
    code_flows: tuple[CodeFlow, ...] = ()
    taxa: tuple[Reference, ...] = ()
    suppressions: tuple[dict[str, Any], ...] | None = None
    baseline_state: str = ""
    rank: float = -1.0
    properties: dict[str, Any] = {}


class Run(_Node, frozen=True, rename="camel"):
    """§3.14: one run of one scanner."""

    tool: Tool = Tool()
    results: tuple[Result, ...] | None = None
    original_uri_base_ids: dict[str, Artifact] = {}


class _Log(_Node, frozen=True, rename="camel"):
    version: str
    runs: tuple[Run, ...]


def read(data: bytes) -> tuple[Run, ...]:
    """The runs of a log, given as the bytes of its file (UTF-8, with or without a byte order mark).

    Raises:
        NotSarifError: it is no JSON, no SARIF, or of another version.
    """
    try:
        log = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Log)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotSarifError(str(error)) from error
    if not log.version.startswith("2.1"):
        raise NotSarifError(f"SARIF {log.version}, where 2.1.0 is read")
    return log.runs
