"""Which settings of Django are tried when those that are named first do not do."""

from typing import Any

from seatrial.sandbox.inside import again


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
