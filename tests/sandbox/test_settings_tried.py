"""Which settings of Django are tried when those that are named first do not do."""

from pathlib import Path
from typing import Any

import pytest

from seatrial.sandbox.inside import again, dummies, settings


def test_the_next_settings_are_turned_to_and_the_first_failure_is_kept() -> None:
    config: dict[str, Any] = {"settings": "shop.production", "more_settings": ["shop.dev", "shop.test"]}
    assert again._next_settings(ValueError("no bucket"), config)
    assert again._next_settings(KeyError("BUCKET"), config)
    assert not again._next_settings(KeyError("BUCKET"), config)
    assert (config["settings"], config["first"]["error"]) == ("shop.test", "ValueError: no bucket")


def test_a_missing_package_leads_to_the_next_settings_at_once() -> None:
    config: dict[str, Any] = {"settings": "shop.dev", "more_settings": ["shop.base"]}
    assert not again._other_settings(ValueError("no bucket"), config)
    assert again._other_settings(ModuleNotFoundError("No module named 'debug_toolbar'"), config)
    assert config["settings"] == "shop.base"


@pytest.mark.parametrize(
    ("error", "is_elsewhere"),
    [
        (ConnectionRefusedError("S3"), True),
        (type("EndpointConnectionError", (Exception,), {})(), True),
        (KeyError("S3"), False),
    ],
)
def test_what_comes_of_a_service_that_is_not_here_is_no_matter_of_settings(
    *, error: Exception, is_elsewhere: bool
) -> None:
    told = ValueError("unable to access S3")
    told.__context__ = error
    assert again._is_elsewhere(told) == is_elsewhere


def test_what_an_example_says_comes_after_the_first_dummy_and_before_the_others() -> None:
    config: dict[str, Any] = {"made_up": {}, "dummies": {}, "variables": ["DB_SECRET"], "prefixes": []}
    config |= {"made_up": {"DB_SECRET": dummies.first("DB_SECRET")}, "fallbacks": [{"DB_SECRET": '{"host": "db"}'}]}
    refused = KeyError("DB_SECRET")
    assert again._missing_settings(refused, config) == {"DB_SECRET": '{"host": "db"}'}
    config["dummies"] = {"DB_SECRET": '{"host": "db"}'}
    assert again._missing_settings(refused, config)["DB_SECRET"] not in ("", '{"host": "db"}')


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("error parsing environment variable SHOP_COOKIE_KEY not found", ["SHOP_COOKIE_KEY"]),
        ("the setting `SHOP_COOKIE_KEY` must be set", ["SHOP_COOKIE_KEY"]),
        ("the HTTP request of the environment failed", []),
        ("no SHOP_COOKIE_KEY in the table", []),
    ],
)
def test_an_error_of_the_programs_own_names_what_it_misses_of_the_environment(text: str, names: list[str]) -> None:
    class SettingError(Exception):
        """None that is known."""

    assert list(settings.missing(SettingError(text), {})) == names


@pytest.mark.parametrize(("dummies", "is_told"), [({}, False), ({"SHOP_KEY": "refused"}, True)])
def test_before_a_second_guess_all_is_set_that_its_own_files_say(*, dummies: dict[str, str], is_told: bool) -> None:
    config: dict[str, Any] = {"made_up": {}, "dummies": dummies, "variables": ["SHOP_KEY"], "prefixes": []}
    config |= {"fallbacks": [{"SHOP_MODE": "development"}]}
    assert again._guessed(KeyError("SHOP_KEY"), config).get("SHOP_MODE") == ("development" if is_told else None)


def test_a_setting_that_is_nothing_is_found_behind_the_name_that_it_was_given(tmp_path: Path) -> None:
    code = "class Service:\n    def __init__(self, config):\n        self.key = config.PAY_SECRET_KEY\n"
    code += "        self.short = self.key[:4]\n"
    (tmp_path / "paying.py").write_text(code)
    config = type("Config", (), {"PAY_SECRET_KEY": None})
    scope: dict[str, Any] = {}
    exec(compile(code, str(tmp_path / "paying.py"), "exec"), scope)
    with pytest.raises(TypeError) as raised:
        scope["Service"](config)
    assert list(settings.missing(raised.value, {"KEY": "x"}, ["PAY_SECRET_KEY", "KEY"])) == ["PAY_SECRET_KEY"]


def test_a_setting_is_found_behind_the_name_whose_value_is_refused(tmp_path: Path) -> None:
    code = "import json\ndef begin(settings):\n    key = settings.FIREBASE_KEY\n    told = json.loads(key)\n"
    (tmp_path / "sending.py").write_text(code)
    scope: dict[str, Any] = {}
    exec(compile(code, str(tmp_path / "sending.py"), "exec"), scope)
    with pytest.raises(ValueError, match="Expecting value") as raised:
        scope["begin"](type("Settings", (), {"FIREBASE_KEY": "x"}))
    first = dummies.first("FIREBASE_KEY")
    assert (
        "service_account" in settings.missing(raised.value, {"FIREBASE_KEY": first}, ["FIREBASE_KEY"])["FIREBASE_KEY"]
    )


def test_a_value_begins_as_the_error_says(tmp_path: Path) -> None:
    code = "def mount(settings):\n    if not settings.API_ROOT.startswith('/'):\n"
    code += "        raise AssertionError(\"A path prefix must start with '/'\", settings.API_ROOT)\n"
    (tmp_path / "mounting.py").write_text(code)
    scope: dict[str, Any] = {}
    exec(compile(code, str(tmp_path / "mounting.py"), "exec"), scope)
    with pytest.raises(AssertionError) as raised:
        scope["mount"](type("Settings", (), {"API_ROOT": "x"}))
    assert settings.missing(raised.value, {"API_ROOT": "x"}, ["API_ROOT"]) == {"API_ROOT": "/seatrial"}


def test_what_django_holds_as_code_is_no_variable() -> None:
    error = type("ImproperlyConfigured", (Exception,), {})("x.Middleware must be added to settings.MIDDLEWARE")
    assert settings.missing(error, {}) == {}


def test_a_function_that_takes_no_such_argument_is_no_matter_of_settings(tmp_path: Path) -> None:
    code = "def take(): ...\ndef begin():\n    API_KEY = 1\n    take(key=API_KEY)\n"
    (tmp_path / "calling.py").write_text(code)
    scope: dict[str, Any] = {}
    exec(compile(code, str(tmp_path / "calling.py"), "exec"), scope)
    with pytest.raises(TypeError, match="unexpected keyword") as raised:
        scope["begin"]()
    assert settings.missing(raised.value, {"API_KEY": "x"}, ["API_KEY"]) == {}
