"""Which distributions exist, as far as can be told: well-known names, the list of an index, an index's answers."""

from dataclasses import dataclass
from functools import cached_property

from seatrial.libraries import name_filter
from seatrial.model.outside import NameList, Outside
from seatrial.program.manifests.doubt import known

_BEFORE = ("python-", "py-", "py", "django-", "flask-", "pytest-", "apache-", "google-cloud-", "azure-")
_AFTER = ("-python", "-py", "py", "-client", "-sdk", "-api", "-lib", "-core", "-cli", "-stubs")


@dataclass(frozen=True)
class Existing:
    """What the shipped data and `outside` know of names. Names are in normal form."""

    outside: Outside

    @cached_property
    def whole(self) -> NameList | None:
        """All names of an index: the user's list, else the shipped one, if there is any."""
        return self.outside.names or name_filter.shipped()

    def has(self, name: str) -> bool:
        """Whether something shows that a distribution of this name exists. A whole index knows better than we do."""
        listed = name in self.whole.names if self.whole else known(name)
        return listed or self.outside.answers.get(name, False)

    def could_provide(self, module: str) -> bool:
        """Whether a distribution exists that is called nearly as this top-level module."""
        name = module.replace("_", "-").lower().strip("-")
        near = (name, *(f"{before}{name}" for before in _BEFORE), *(f"{name}{after}" for after in _AFTER))
        return any(map(self.has, near))

    def not_listed(self, name: str) -> str:
        """That the list of a whole index lacks the name, in words; empty if it does not, or there is no list."""
        if not self.whole or name in self.whole.names:
            return ""
        return f"it is not among the {self.whole.count:,} names of {self.whole.date} (it may be younger)"

    def not_found(self, name: str) -> str:
        """That an index was asked for the name and does not have it, in words; empty otherwise."""
        return "the package index does not have it" if self.outside.answers.get(name) is False else ""
