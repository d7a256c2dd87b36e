"""What the guides name exists, what they show works."""

import re
import textwrap
import tomllib
from pathlib import Path
from types import FunctionType

import click
import msgspec
import pytest

from repository import ROOT, code_in, exists, guides, text
from seatrial import registry, testing
from seatrial.app import settings
from seatrial.app.audit import Request, audit
from seatrial.model.curve import Prices
from seatrial.model.finding import Quality
from seatrial.model.mandate import Requirement
from seatrial.model.policy import Policy
from seatrial.model.verdict import State
from seatrial.rules.contract import Unbound
from seatrial.surfaces.cli import main

PATH = re.compile(r"(?<![\w./-])(?:src|tests|docs|examples|benchmarks|requirements|\.ci)/[\w./<>*…-]+")
COMMAND = re.compile(r"^\s*(?:- run: )?(?:pipx run (?:--spec \S+ )?)?seatrial ([a-z][a-z-]*)?([^\n#|]*)", re.MULTILINE)
TARGET = re.compile(r"(?<![\w./-])make ([a-z.-]+)")


@pytest.mark.parametrize("guide", guides())
def test_every_path_in_a_guide_exists(guide: str) -> None:
    named = [path.rstrip(".") for code in code_in(text(guide)) for path in PATH.findall(code)]
    assert [path for path in named if not exists(path)] == []


@pytest.mark.parametrize("guide", guides())
def test_every_link_in_a_guide_leads_somewhere(guide: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text(guide))
    assert [link for link in links if not (ROOT / guide).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("guide", guides())
def test_every_command_in_a_guide_exists_with_its_options(guide: str) -> None:
    wrong = []
    for code in code_in(text(guide)):
        for name, rest in COMMAND.findall(code):
            command = main.cli.get_command(click.Context(main.cli), name) if name else main.cli
            if isinstance(command, click.Group) and command is not main.cli and rest.split():
                command = command.get_command(click.Context(command), rest.split()[0])
            known = {option for one in command.params for option in one.opts} if command else set()
            wrong += [
                f"{name} {option}" for option in re.findall(r"(?<!\S)--?[a-z][\w-]*", rest) if option not in known
            ]
            wrong += [name] if command is None else []
    assert wrong == []


@pytest.mark.parametrize("guide", guides())
def test_every_make_target_in_a_guide_exists(guide: str) -> None:
    targets = set(re.findall(r"^([\w.-]+):", text("Makefile"), re.MULTILINE))
    assert {name for code in code_in(text(guide)) for name in TARGET.findall(code)} <= targets


def test_the_guide_for_rules_shows_a_rule_that_keeps_its_page() -> None:
    source = text("CONTRIBUTING.md").partition("~~~python\n")[2].partition("~~~")[0]
    module: dict[str, object] = {}
    exec(compile(source, "CONTRIBUTING.md", "exec"), module)
    check, page = module["check"], module["__doc__"]
    assert isinstance(check, Unbound)
    assert isinstance(check.check, FunctionType)
    assert testing.problems(check.bind("many-arguments", Quality.ARCHITECTURE, str(page))) == []


MODELS = """
from django.db import models

class Order(models.Model):
    province = models.CharField(max_length=80)

def count(provinces, totals):
"""


def test_the_comment_in_the_readme_accepts_a_finding(tmp_path: Path) -> None:
    example = text("README.md").partition("```python\n")[2].partition("```")[0]
    (tmp_path / "shop.py").write_text(MODELS + textwrap.indent(example, "    "))
    verdict = audit(Request(root=tmp_path, rules=("query-in-loop",), cached=False)).verdict
    assert [(one.finding.rule, one.state) for one in verdict.judged] == [("query-in-loop", State.SUPPRESSED)]
    assert verdict.unused == ()


def test_the_exit_codes_in_the_readme_are_the_real_ones() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text("README.md"), re.MULTILINE)}
    assert codes == {0, 1, main.CANNOT_RUN, main.OUR_BUG, main.INTERRUPTED}


def documented(heading: str) -> dict[str, str]:
    """Keys and defaults of the first table below a heading of the page on settings."""
    section = text("docs/settings.md").partition(heading)[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+?) \|", section, re.MULTILINE))


def default(field: msgspec.inspect.Field) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return list(field.default) if type(field.default) is tuple else field.default


def form(type_: type[msgspec.Struct]) -> dict[str, object]:
    found = msgspec.inspect.type_info(type_)
    assert isinstance(found, msgspec.inspect.StructType)
    return {field.encode_name: default(field) for field in found.fields}


def test_the_page_on_settings_has_every_key_with_its_default() -> None:
    tables = {"policy", "rules", "per-path", "libraries", "app", "trial", "sign-offs", "review"}
    top = {key: value for key, value in form(settings.Settings).items() if key not in tables}
    assert {
        key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in documented("## What is read").items()
    } == top
    policy = {key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in documented("## `[policy]`").items()}
    assert policy == form(Policy)
    app = {key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in documented("## `[app]`").items()}
    assert app == form(settings.AppSettings)
    prices = {key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in documented("## `[trial]`").items()}
    assert prices == form(Prices)
    signed = documented("## `[sign-offs]`")
    needs = {key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in signed.items()}
    assert needs == form(Requirement)
    room = {key: tomllib.loads(f"x = {value.strip('`')}")["x"] for key, value in documented("## `[review]`").items()}
    assert room == form(settings.ReviewSettings)
    assert documented("## `[rules]`").keys() == form(settings.RuleSettings).keys()
    assert all(f"## `[{table}]`" in text("docs/settings.md") for table in tables)


def test_the_example_on_the_page_on_settings_is_read(tmp_path: Path) -> None:
    (tmp_path / "backend/src").mkdir(parents=True)
    (tmp_path / "seatrial.toml").write_text(text("docs/settings.md").partition("```toml\n")[2].partition("```")[0])
    loaded = settings.load(tmp_path, registry.rule_ids())
    assert loaded.settings.policy.confidence == 0.8
    assert loaded.options.keys() == form(settings.Settings).keys()
