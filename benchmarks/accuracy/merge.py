"""Bring the SARIF of many roots into one document whose paths start at the set's tree."""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from audits import Audit

Sarif = dict[str, Any]


def merged(audits: Iterable[Audit], tree: Path, files: set[str]) -> Sarif:
    """One document: the results that touch one of `files`."""
    documents = ((json.loads(audit.sarif.read_text()), audit.prefix) for audit in audits if audit.sarif)
    runs = (run for document, prefix in documents for run in rerooted(document, prefix, tree))
    return {"version": "2.1.0", "runs": [_kept(run, lambda result: bool(files & paths_of(result))) for run in runs]}


def at_least(sarif: Sarif, confidence: float) -> Sarif:
    """The document without the results of less confidence; those that state none stay."""
    runs = [_kept(run, lambda result: confidence_of(result) >= confidence) for run in sarif["runs"]]
    return {**sarif, "runs": runs}


def _kept(run: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    return {**run, "results": [result for result in run["results"] if wanted(result)]}


def places_of(node: Any) -> Iterator[tuple[str, int]]:
    """Every file and line of a result, its own place first, then those of its paths and related places."""
    if isinstance(node, list):
        for item in node:
            yield from places_of(item)
    elif isinstance(node, dict):
        if "artifactLocation" in node:
            yield node["artifactLocation"]["uri"], (node.get("region") or {}).get("startLine", 0)
        for key in ("locations", "codeFlows", "threadFlows", "relatedLocations", "location", "physicalLocation"):
            yield from places_of(node.get(key))


def paths_of(result: dict[str, Any]) -> set[str]:
    """The files that a result touches."""
    return {path for path, _ in places_of(result)}


def spread(sarif: Sarif) -> Sarif:
    """The same document with a result for each place that a result touches, so that a scorer sees its path too."""
    runs = [{**run, "results": [one for r in run["results"] for one in _one_a_place(r)]} for run in sarif["runs"]]
    return {**sarif, "runs": runs}


def _one_a_place(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield result  # as it is: its own place may span lines
    for path, line in list(dict.fromkeys(places_of(result)))[1:]:
        place = {"artifactLocation": {"uri": path}, "region": {"startLine": line}}
        yield {**result, "locations": [{"physicalLocation": place}]}


def confidence_of(result: dict[str, Any]) -> float:
    """0 to 1, from `properties.confidence` or `rank`; 1 where the tool gives none."""
    stated = (result.get("properties") or {}).get("confidence")
    if isinstance(stated, int | float):
        return float(stated)
    return float(result["rank"]) / 100 if result.get("rank", -1) >= 0 else 1.0


def rerooted(sarif: Sarif, prefix: str, tree: Path) -> Iterator[dict[str, Any]]:
    """The runs of the program at `tree/prefix`, the places of its results below `prefix`; the input stays as it is."""
    root = str((tree / prefix).resolve())
    for run in sarif.get("runs", []):
        yield {**run, "results": [_moved(result, prefix, root) for result in run.get("results") or []]}


def _moved(node: Any, prefix: str, root: str) -> Any:
    if isinstance(node, list):
        return [_moved(item, prefix, root) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(value, prefix, root) for key, value in node.items()}
    if isinstance(moved.get("artifactLocation"), dict):
        moved["artifactLocation"] = {"uri": _path(moved["artifactLocation"].get("uri", ""), prefix, root)}
    return moved


def _path(uri: str, prefix: str, root: str) -> str:
    path = re.sub(r"^file://", "", uri)
    inside = path.removeprefix(f"{root}/")
    return posixpath.normpath(posixpath.join(prefix, inside))
