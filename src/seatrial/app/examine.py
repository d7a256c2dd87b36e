"""The work of an analysis: extract, link, run the rules, and note what was seen on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from seatrial import registry
from seatrial.app import derived, environment, tables
from seatrial.app.analysis import Analysis, Means
from seatrial.app.catalogue import info
from seatrial.app.excerpts import Excerpts
from seatrial.app.leads import leads
from seatrial.app.library import Environment
from seatrial.app.map import edges
from seatrial.app.pairs import pairs
from seatrial.app.settings import Settings
from seatrial.app.workspace import Tree
from seatrial.decisions import suppressions
from seatrial.facts import Store, extract
from seatrial.libraries import load
from seatrial.model.decision import Suppression
from seatrial.model.facts import ClassFacts, FileFacts, FunctionFacts
from seatrial.model.finding import Finding, Place
from seatrial.model.route import Route
from seatrial.model.source import TEXT, Gap, LeftOut, Role, SourceFile, Stage
from seatrial.model.verdict import Counts
from seatrial.program import Program, link
from seatrial.program.kept import Kept
from seatrial.program.manifests import parse
from seatrial.program.needed import needed
from seatrial.rules.contract import Rule

Files = list[tuple[SourceFile, FileFacts]]

_NOT_JUDGED = frozenset({Role.GENERATED, Role.EXAMPLE})


def examine(tree: Tree, settings: Settings, options: Mapping[str, Any], means: Means) -> tuple[Analysis, int]:
    """As `analyse.analyse`, without looking for a known result. Also how often a front end or rule of ours failed."""
    means.progress.step("reading code", len(tree.sources))
    extracted = extract(tree.sources, registry.languages(), means.store, means.jobs, means.progress.advance)
    means.progress.note(f"facts of {extracted.fresh} of {len(tree.sources)} texts were extracted, the rest known")
    files = [_with_role(file, facts) for file, facts in extracted.files]
    means.progress.step("linking")
    tables.recall(means.store)
    kept = derived.recall((file for file, facts in files if facts.functions), means.store)
    program = _link(files, tree, settings, options, means.store, kept)
    rules = [rule for rule_id, rule in registry.rules().items() if settings.is_on(rule_id)]
    findings, failures = _run(rules, program, _widened(files, tree, settings, options, means, kept) or program, means)
    derived.keep(kept, means.store)
    tables.keep(means.store)
    excerpts = Excerpts({source.file.path: source.text for source in tree.sources})
    result = Analysis(
        excerpts.into(sorted(filter(None, map(settings.adjusted, findings)))),
        tuple(_suppressions(files, excerpts)),
        (*tree.gaps, *extracted.gaps, *_damage(files), *_unread(program), *failures),
        (*tree.left_out, *_generated(files)),
        tuple(map(info, rules)),
        _counts(files, program),
        edges(program),
        tuple(sorted(_routes(program))),
        tuple(sorted(pairs(program, findings))),
        tuple(sorted(leads(program, findings))),
    )
    return result, len(extracted.gaps) + len(failures)


def linked(tree: Tree, settings: Settings, options: Mapping[str, Any], means: Means) -> Program:
    """The program that the rules would be asked about, for who asks it something else."""
    means.progress.step("reading code", len(tree.sources))
    extracted = extract(tree.sources, registry.languages(), means.store, means.jobs, means.progress.advance)
    means.progress.step("linking")
    tables.recall(means.store)
    files = [_with_role(file, facts) for file, facts in extracted.files]
    kept = derived.recall((file for file, facts in files if facts.functions), means.store)
    return _link(files, tree, settings, options, means.store, kept)


def _link(
    files: Files, tree: Tree, settings: Settings, options: Mapping[str, Any], store: Store, kept: Kept
) -> Program:
    installed = environment.read(tree.root, tree.installed)
    library = Environment(environment.sites(tree.root, tree.installed), installed, store) if installed else None
    models = load(needed(facts for _, facts in files), settings.libraries)
    return link(files, tree.manifests, models, options, installed, replace(tree.outside, library=library), kept)


def _widened(
    files: Files, tree: Tree, settings: Settings, options: Mapping[str, Any], means: Means, kept: Kept
) -> Program | None:
    """The program with its tests taken for ordinary code, if the user wants them judged as such."""
    if not settings.include_tests:
        return None
    widened = [(_as(file, Role.CODE, only=Role.TEST), facts) for file, facts in files]
    return _link(widened, tree, settings, options, means.store, kept)


def _run(rules: Iterable[Rule], program: Program, widened: Program, means: Means) -> tuple[list[Finding], list[Gap]]:
    findings: list[Finding] = []
    failures: list[Gap] = []
    rules = list(rules)
    means.progress.step("looking for faults", len(rules))
    for rule in rules:
        try:
            findings += rule.findings(program if rule.about_tests else widened)
        except Exception as error:  # noqa: BLE001 - a rule's bug must cost that rule alone; it is told as a Gap
            what = f"the rule {rule.id} failed ({type(error).__name__}: {error}); please report this"
            failures.append(Gap("", 0, Stage.RULES, what))
        means.progress.advance()
    return findings, failures


def _with_role(file: SourceFile, facts: FileFacts) -> tuple[SourceFile, FileFacts]:
    return (_as(file, Role.GENERATED, only=Role.CODE) if facts.generated else file), facts


def _as(file: SourceFile, role: Role, *, only: Role) -> SourceFile:
    return msgspec.structs.replace(file, role=role) if file.role is only else file


def _suppressions(files: Files, excerpts: Excerpts) -> Iterator[Suppression]:
    known = registry.rule_ids()
    for file, facts in files:
        if any("seatrial" in comment.text for comment in facts.comments):
            heads = _decorated(facts)
            for found in suppressions.parse(file.path, facts.comments, known, excerpts.lines(file.path)):
                yield msgspec.structs.replace(found, target=heads.get(found.target, found.target))


def _decorated(facts: FileFacts) -> dict[int, int]:
    """For each line that holds a decorator, the line of what it decorates: a comment above speaks of that."""
    owners: list[FunctionFacts | ClassFacts] = [*facts.functions, *facts.classes]
    return {
        facts.functions[owner.parent].values[decorator].line: owner.line
        for owner in owners
        for decorator in owner.decorators
    }


def _damage(files: Files) -> Iterator[Gap]:
    """One gap for each file of which a part could not be understood, if findings depend on it."""
    for file, facts in files:
        if facts.damage and file.role not in _NOT_JUDGED:
            first, more = facts.damage[0], len(facts.damage) - 1
            yield Gap(file.path, first.line, Stage.FACTS, first.reason + (f" (and {more} more places)" if more else ""))


def _unread(program: Program) -> Iterator[Gap]:
    """What of the manifests could not be understood."""
    yield from parse(program.manifests, program.installed).gaps


def _generated(files: Files) -> Iterator[LeftOut]:
    for file, _ in files:
        if file.role is Role.GENERATED and file.language != TEXT:
            yield LeftOut(file.path, "generated: linked, but not judged", 1)


def _routes(program: Program) -> Iterator[Route]:
    for endpoint in program.endpoints:
        if endpoint.path:
            home, line = endpoint.home, endpoint.home.facts.line
            yield Route(endpoint.path, endpoint.methods, Place(home.file.path, line, line), home.symbol)


def _counts(files: Files, program: Program) -> Counts:
    lines = [(file.role, facts.lines) for file, facts in files if file.language != TEXT]
    return Counts(
        files=len(lines),
        lines=sum(count for role, count in lines if role is not Role.TEST),
        test_lines=sum(count for role, count in lines if role is Role.TEST),
        functions=sum(function.is_callable for function in program.functions),
        endpoints=len(program.endpoints),
        tables=len(program.schema.tables),
        seconds=0.0,
    )
