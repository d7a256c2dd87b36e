import re
from pathlib import Path

import pytest

from seatrial.app.settings import RuleSettings, Settings, load
from seatrial.errors import ConfigError
from seatrial.model.finding import Severity
from trees import write

RULES = {"query-in-loop": 1, "unbounded-query": 1}


def test_without_settings_the_defaults_serve(tmp_path: Path) -> None:
    loaded = load(tmp_path, RULES)
    assert (loaded.settings, loaded.options, loaded.file) == (Settings(), {}, "")


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
        exclude = ["legacy/"]
        include-tests = true
        layers = ["shop.api", ["shop.services", "shop.jobs"]]
        source-roots = ["backend"]
        [policy]
        confidence = 0.5
        fail-on = "error"
        gaps-forgiven = 2
        suppressible = ["query-in-loop"]
        require-evidence = ["unbounded-query"]
        [rules]
        unbounded-query = "off"
        query-in-loop = { severity = "note", confidence = 1 }
        [libraries.acme.functions]
        "acme.fetch" = { effects = ["http"] }
    """
    settings = load(write(tmp_path, {"seatrial.toml": text, "backend/shop/__init__.py": ""}), RULES).settings
    assert settings.layers == ("shop.api", ("shop.services", "shop.jobs"))
    assert settings.policy.fail_on is Severity.ERROR
    assert settings.rules == {
        "unbounded-query": "off",
        "query-in-loop": RuleSettings(severity=Severity.NOTE, confidence=1),
    }
    assert settings.libraries == {"acme": {"functions": {"acme.fetch": {"effects": ["http"]}}}}
    assert not settings.is_on("unbounded-query")
    assert settings.level("query-in-loop", "a.py") is Severity.NOTE
    assert (settings.confidence("query-in-loop"), settings.confidence("unbounded-query")) == (1, 0.5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("polcy = 1", 1, ("polcy", "`policy`")),
        ("\n[policy]\nfail_on = 'error'", 3, ("policy.fail_on", "`fail-on`")),
        ("[policy]\n\nfail-on = 'eror'", 3, ("'eror' means nothing here", "`error`")),
        ("[policy]\nconfidence = 3", 2, ("policy.confidence", "<= 1.0", "3")),
        ("exclude = 'a'", 1, ("exclude", "array")),
        ("[rules]\nquery-in-lop = 'off'", 2, ("query-in-lop", "`query-in-loop`")),
        ("[rules]\nquery-in-loop = 'of'", 2, ("'of'", "`off`")),
        ("[rules.'query-in-loop']\nseverty = 'note'", 2, ("severty", "`severity`")),
        ("rules.query-in-loop = {confidence = 'high'}", 1, ("rules.query-in-loop.confidence", "float")),
        ("[policy]\nsuppressible = ['unbound-query']", 2, ("unbound-query", "`unbounded-query`")),
        ("[per-path.'legacy']\nquery-in-lop = 'off'", 2, ("query-in-lop", "`query-in-loop`")),
        ("[per-path.'legacy']\nquery-in-loop = 'of'", 2, ("'of'", "`off`")),
        ("exclude = [\n", 2, ("not TOML",)),
        ("\nsource-roots = ['bakend']", 2, ("source-roots", "`bakend`")),
        ("[tool.seatrial]\nexclude = []", 1, ("tool", "at the top")),
        ("[libraries.acme]\nfunctons = {}", 1, ("libraries.acme", "`functions`")),
        ("\n[libraries.acme.functions]\n'acme.get' = { efects = ['http'] }", 2, ("libraries.acme", "`effects`")),
        ("a = 1\na = 2\n", 2, ("not TOML",)),
    ],
)
def test_an_error_names_file_line_key_and_the_nearest_right_word(
    tmp_path: Path, text: str, line: int, words: tuple[str, ...]
) -> None:
    write(tmp_path, {"seatrial.toml": text})
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, RULES)
    message = str(caught.value)
    assert str(tmp_path / "seatrial.toml") in message
    assert f"line {line}" in message
    assert [word for word in words if word not in message] == []


def test_a_path_can_have_its_own_levels_and_the_last_that_fits_wins(tmp_path: Path) -> None:
    text = """
        rules.query-in-loop = "note"
        [per-path."legacy/"]
        query-in-loop = "off"
        [per-path."legacy/new"]
        query-in-loop = "error"
    """
    settings = load(write(tmp_path, {"seatrial.toml": text}), RULES).settings
    paths = ("a.py", "legacy/a.py", "legacy/new/a.py")
    assert [settings.level("query-in-loop", path) for path in paths] == ["note", "off", "error"]
    assert settings.level("unbounded-query", "legacy/a.py") is None


def test_the_shared_file_serves_and_lines_are_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[project]\nname = 'x'\n[tool.seatrial]\nexclude = ['a']\n"})
    assert load(tmp_path, RULES).settings.exclude == ("a",)
    write(tmp_path, {"pyproject.toml": "[project]\nexlude = 1\n[tool.seatrial]\nexlude = ['a']\n"})
    with pytest.raises(ConfigError, match=r"line 4.*`exclude`"):
        load(tmp_path, RULES)


def test_settings_in_two_files_are_an_error_that_names_both(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.seatrial]\nexclude = ['a']", "seatrial.toml": "exclude = ['b']"})
    with pytest.raises(ConfigError, match=r"two places.*seatrial\.toml and .*pyproject\.toml"):
        load(tmp_path, RULES)


def test_a_subfolder_takes_the_settings_of_its_repository_and_of_nobody_beyond(tmp_path: Path) -> None:
    write(tmp_path, {"seatrial.toml": "exclude = ['beyond']", "repo/.git/HEAD": "", "repo/part/a.py": ""})
    assert load(tmp_path / "repo" / "part", RULES).file == ""
    write(tmp_path, {"repo/seatrial.toml": "exclude = ['repo']"})
    assert load(tmp_path / "repo" / "part", RULES).settings.exclude == ("repo",)


def test_raw_escape_codes_in_a_key_do_not_reach_the_message(tmp_path: Path) -> None:
    write(tmp_path, {"seatrial.toml": '"\\u001b[31mred" = 1'})
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, RULES)
    assert "\x1b" not in str(caught.value)


def test_a_table_whose_name_is_nearly_ours_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[project]\nname = 'a'\n\n[tool.seatrail]\nexclude = ['a']\n"})
    with pytest.raises(ConfigError, match=r"line 4.*did you mean `tool\.seatrial`"):
        load(tmp_path, RULES)


def test_a_table_of_another_tool_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n[tool.serial]\na = 1\n"})
    assert load(tmp_path, RULES).file == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fail-confidnce = 0.8", "policy.fail-confidence"),
        ("[policy]\nexlude = ['a']", "exclude"),
        ("[policy]\nconfidense = 0.8", "confidence"),
        ("[rules.query-in-loop]\nconfidance = 0.8", "confidence"),
        ("[sign-offs.paths.'a/**']\nmin-reviewer = 2", "min-reviewers"),
    ],
)
def test_a_key_that_stands_in_the_wrong_table_is_told_with_the_right_one(tmp_path: Path, text: str, meant: str) -> None:
    write(tmp_path, {"seatrial.toml": text})
    with pytest.raises(ConfigError, match=rf"did you mean `{re.escape(meant)}`\?$"):
        load(tmp_path, RULES)


def test_a_key_that_is_like_none_is_told_with_those_of_its_table(tmp_path: Path) -> None:
    write(tmp_path, {"seatrial.toml": "[review]\nwhatever = 1"})
    with pytest.raises(ConfigError, match=r"there is no key `whatever`; there are: canaries$"):
        load(tmp_path, RULES)
