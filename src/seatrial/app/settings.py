"""The user's settings: `seatrial.toml`, or `[tool.seatrial]` in `pyproject.toml`. Nothing in them is ever run."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from seatrial.app.blame import Blame
from seatrial.errors import ConfigError, ModelError
from seatrial.model.caller import Caller
from seatrial.model.curve import Prices
from seatrial.model.finding import Finding, Severity, scanner_of
from seatrial.model.globs import matcher
from seatrial.model.mandate import TIER_1, CriterionInfo, Requirement
from seatrial.model.policy import Policy
from seatrial.model.source import SIZE_LIMIT
from seatrial.model.text import printable

OWN_FILE = "seatrial.toml"
SHARED_FILE = "pyproject.toml"

Level = Literal["off", "error", "warning", "note"]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one rule is heard, where it differs from what the rule says of itself."""

    severity: Severity | None = None
    confidence: Probability | None = None
    """Its findings below are hidden; by default the policy's `confidence` counts."""
    require: Literal["", "proven-or-cleared"] = ""
    """Its findings shut the gate until a trial has cleared them: the same as the policy's `require-evidence`."""


class AppSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How trials start the program, where that cannot be found out."""

    target: str = ""
    """The application as `module:name` (a factory too), or a Django settings module."""
    python: str = ""
    """The interpreter that has what the program needs; by default that of `.venv` or the like, or one made aside."""
    env: dict[str, str] = {}
    """Environment variables for the program."""
    setup: tuple[tuple[str, ...], ...] = ()
    """Commands to run before the first start, each as a list of words; `python` is the program's own."""
    database_url_env: str = ""
    """The variable that tells the program where its PostgreSQL is."""
    health: str = ""
    """The path that answers with 2xx once the program is ready."""
    auth: dict[Literal["alice", "bob", "root"], Caller] = {}
    """Who asks, where the program lets nobody register: two users, and one who may do everything."""


class TrialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What trials reckon with."""

    prices: Prices = Prices()
    """What running costs, for the answer to "what at 1 TB?"."""


class SignOffSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What sign-offs are asked for, where `.seatrial/roles.toml` asks for them at all."""

    criteria: dict[str, CriterionInfo] = {}
    """Criteria by id, beside or instead of the built-in ones."""
    paths: dict[str, Requirement] = {}
    """By pattern of files (as in `exclude`): what they need. The last that fits wins; empty: all code needs it."""


class ReviewSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the review room behaves."""

    canaries: bool = False
    """The team has opted in: a session may show planted defects, which it tells of at its end."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a user can set. Every key has a default: without any, the defaults serve."""

    policy: Policy = Policy()
    exclude: tuple[str, ...] = ()
    """Patterns of files to leave out, as in `.gitignore`, relative to the audited folder."""
    include_tests: bool = False
    """Judge test code by the rules for ordinary code too."""
    layers: tuple[str | tuple[str, ...], ...] = ()
    """Packages from the top layer down; packages of one layer in a list. A lower one may not import a higher one."""
    source_roots: tuple[str, ...] = ()
    """Folders from which modules are imported, where they are not found by themselves."""
    decisions: str = "docs/decisions"
    """The folder of the decision records."""
    environment: str = ""
    """The virtual environment that the code runs in, where it is not `.venv` or `venv` in the audited folder."""
    package_names: str = ""
    """A file with all names of the package index that is used: what is not in it does not exist."""
    rules: dict[str, Level | RuleSettings] = {}
    """By rule id: `"off"`, a severity, or a table with `severity` and `confidence`."""
    app: AppSettings = AppSettings()
    trial: TrialSettings = TrialSettings()
    per_path: dict[str, dict[str, Level]] = {}
    """By pattern of files (as in `exclude`), then by rule id: what holds there instead. The last that fits wins."""
    sign_offs: SignOffSettings = SignOffSettings()
    review: ReviewSettings = ReviewSettings()
    libraries: dict[str, dict[str, Any]] = {}
    """Models of in-house libraries, in the form of those in `seatrial/libraries`."""

    def is_on(self, rule: str) -> bool:
        """Whether the rule runs."""
        return self.rules.get(rule) != "off"

    def level(self, rule: str, path: str) -> Level | Severity | None:
        """What the user makes of the rule's findings in a file: `"off"`, a severity; None if the rule's own counts."""
        here = [
            levels[rule] for pattern, levels in self.per_path.items() if rule in levels and matcher((pattern,))(path)
        ]
        own = self.rules.get(rule)
        return here[-1] if here else own.severity if isinstance(own, RuleSettings) else own

    def adjusted(self, finding: Finding) -> Finding | None:
        """The finding with the severity that it has here; None if its rule is off there."""
        level = self.level(finding.rule, finding.place.path)
        if level == "off":
            return None
        return msgspec.structs.replace(finding, severity=Severity(level)) if level else finding

    @property
    def judged_by(self) -> Policy:
        """The policy, with what single rules require."""
        asking = [rule for rule, own in self.rules.items() if isinstance(own, RuleSettings) and own.require]
        required = tuple(dict.fromkeys((*self.policy.require_evidence, *asking)))
        return msgspec.structs.replace(self.policy, require_evidence=required)

    def confidence(self, rule: str) -> float:
        """The confidence below which the rule's findings are hidden."""
        own = self.rules.get(rule)
        chosen = own.confidence if isinstance(own, RuleSettings) else None
        return self.policy.confidence if chosen is None else chosen


class Loaded(msgspec.Struct, frozen=True):
    """Settings and where they come from. `options` is the table as written: rules read their own keys from it."""

    settings: Settings
    options: dict[str, Any]
    file: str
    """The file's path; empty if there is none."""


def load(root: Path, rule_ids: Mapping[str, object]) -> Loaded:
    """The settings for the tree at `root`.

    They lie in that folder, or else in the nearest folder above it within the same repository; settings in two
    files of one folder are an error. `rule_ids` holds the rules that exist.

    Raises:
        ConfigError: names file, line, key and the nearest right one.
    """
    for folder in _folders(root.resolve()):
        found = list(_in_folder(folder))
        if len(found) > 1:
            places = " and ".join(printable(str(file)) for file, *_ in found)
            raise ConfigError(f"settings stand in two places, {places}: keep one, since only one would be heard.")
        for file, table, text, options in found:
            blame = Blame(str(file), text, table)
            if not table and isinstance(options.get("tool"), dict):
                raise blame.error(("tool",), f"in {OWN_FILE} the keys stand at the top, without `tool.seatrial`")
            settings = _settings(options, rule_ids, blame)
            _check_folders(settings, (root, folder), blame)
            _check_libraries(settings, blame)
            return Loaded(settings, options, str(file))
    return Loaded(Settings(), {}, "")


def decisions_folder(root: Path) -> str:
    """Where the decision records of the tree at `root` lie, from there; nothing else in the settings is looked at.

    Raises `ConfigError` if the settings are no TOML, or name a folder outside of the tree.
    """
    for folder in _folders(root.resolve()):
        for file, table, text, options in _in_folder(folder):
            name = options.get("decisions", Settings().decisions)
            if not isinstance(name, str) or name.startswith("/") or ".." in name.split("/"):
                raise Blame(str(file), text, table).error(("decisions",), "must be a folder in the tree")
            return name.strip("/")
    return Settings().decisions


def of_commit(root: Path, read: Callable[[str], bytes | None], rule_ids: Mapping[str, object]) -> Loaded:
    """The same as `load`, with `read` in place of the disk: it gives a file's bytes by its path from `root`, or None.

    Only what lies in `root` or in the repository's top folder is looked for. Raises `ConfigError`.
    """
    above = "../" * (len(_folders(root.resolve())) - 1)
    for folder in dict.fromkeys(("", above)):
        for name, keys in ((OWN_FILE, ()), (SHARED_FILE, ("tool", "seatrial"))):
            data = read(folder + name)
            found = _parsed(Path(folder + name), data.decode("utf-8", "replace"), keys) if data is not None else None
            if found is not None:
                text, options = found
                return Loaded(_settings(options, rule_ids, Blame(folder + name, text, keys)), options, folder + name)
    return Loaded(Settings(), {}, "")


def _check_folders(settings: Settings, bases: tuple[Path, ...], blame: Blame) -> None:
    """A source root that is nowhere would be obeyed in silence. Raises `ConfigError`."""
    for name in settings.source_roots:
        if not any((base / name).is_dir() for base in bases):
            raise blame.error(("source-roots",), f"there is no folder `{name}` here")


def _check_libraries(settings: Settings, blame: Blame) -> None:
    """Raises `ConfigError` for a library model that does not have the right form."""
    if not settings.libraries:
        return
    from seatrial import libraries  # noqa: PLC0415 - brings the models, which a run without own ones may not need

    for name, model in settings.libraries.items():
        try:
            libraries.load((), {name: model})
        except ModelError as error:
            raise blame.error(("libraries", name), str(error).removeprefix(f"[libraries.{name}]: ")) from error


def _in_folder(folder: Path) -> Iterator[tuple[Path, tuple[str, ...], str, dict[str, Any]]]:
    for name, table in ((OWN_FILE, ()), (SHARED_FILE, ("tool", "seatrial"))):
        file = folder / name
        found = _table(file, table) if file.is_file() else None
        if found is not None:
            yield file, table, *found


def _folders(root: Path) -> list[Path]:
    """The root and the folders above it, up to the repository's own."""
    above = [root, *root.parents]
    top = next((depth for depth, folder in enumerate(above) if (folder / ".git").exists()), 0)
    return above[: top + 1]


def _table(file: Path, keys: tuple[str, ...]) -> tuple[str, dict[str, Any]] | None:
    if file.stat().st_size > SIZE_LIMIT:
        raise ConfigError(printable(f"{file} is too large to be read: the limit is {SIZE_LIMIT / 1e6:g} MB"))
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(printable(f"{file} cannot be read: {error}")) from error
    return _parsed(file, text, keys)


def _parsed(file: Path, text: str, keys: tuple[str, ...]) -> tuple[str, dict[str, Any]] | None:
    try:
        found: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = str(error).replace("at end of document", f"at line {text.count(chr(10)) + 1}, the end")
        raise ConfigError(printable(f"{file} is not TOML: {where}")) from error
    except RecursionError:
        raise ConfigError(printable(f"{file} is nested too deeply to be read")) from None
    for key in keys:
        _check_name(file, text, found, key)
        found = found.get(key) if isinstance(found, dict) else None
    return (text, found) if isinstance(found, dict) else None


def _check_name(file: Path, text: str, table: Any, key: str) -> None:
    """Raises `ConfigError` for a table whose name is nearly ours: it would be passed over in silence."""
    names = [name for name in table if name != key] if isinstance(table, dict) and key == "seatrial" else []
    for near in get_close_matches(key, names, cutoff=0.87):
        raise Blame(str(file), text, ()).error(("tool", near), f"did you mean `tool.{key}`?")


def _settings(options: dict[str, Any], rule_ids: Mapping[str, object], blame: Blame) -> Settings:
    try:
        settings = msgspec.convert(options, Settings)
    except msgspec.ValidationError as error:
        raise blame.fault(options, Settings, str(error)) from error
    named = (
        *((("per-path", pattern, rule), rule) for pattern, levels in settings.per_path.items() for rule in levels),
        *((("rules", rule), rule) for rule in settings.rules),
        *((("policy", "suppressible"), rule) for rule in settings.policy.suppressible if rule != "*"),
        *((("policy", "require-evidence"), rule) for rule in settings.policy.require_evidence),
    )
    for keys, rule in named:
        if rule not in rule_ids and not scanner_of(rule):
            raise blame.unknown(keys, "rule", rule, rule_ids)
    return _with_tiers(settings, options)


def _with_tiers(settings: Settings, options: dict[str, Any]) -> Settings:
    """What the tier of some paths says, where they say nothing else themselves."""
    paths = {
        pattern: msgspec.convert({**TIER_1, **options["sign-offs"]["paths"][pattern]}, Requirement)
        if asked.tier == 1
        else asked
        for pattern, asked in settings.sign_offs.paths.items()
    }
    return msgspec.structs.replace(settings, sign_offs=msgspec.structs.replace(settings.sign_offs, paths=paths))
