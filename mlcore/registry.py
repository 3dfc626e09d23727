"""A shelf: a registry that fills itself from the modules of its package.

Adding something is one new file with one decorated function; nobody edits a list.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mlcore.errors import Kind, unknown
from mlcore.settings import Settings

F = TypeVar("F", bound=Callable)


@dataclass(frozen=True)
class Entry:
    """One thing on a shelf: its name for scripts, its title for people, its settings and its function."""

    name: str
    title: str
    settings: type[Settings]
    run: Callable
    traits: frozenset[str]
    defaults: Mapping = field(default_factory=dict)  # what suits this entry in settings that aren't its own
    about: Any = None  # what else this shelf says of its entries
    check: Callable | None = None  # says before the work begins what can't be; see each shelf for what it is given

    @property
    def summary(self) -> str:
        """The first sentence of the function's docstring."""
        return (self.run.__doc__ or "").strip().split("\n", 1)[0]


class Registry:
    """The entries of one shelf, in order of their module and declaration."""

    def __init__(self, thing: str, package: str):
        self.thing, self._package = thing, package
        self._entries: dict[str, Entry] = {}
        self._filled = False

    def add(
        self,
        name: str,
        title: str,
        settings: type[Settings] = Settings,
        traits: tuple[str, ...] = (),
        defaults: Mapping | None = None,
        check: Callable | None = None,
        about: Any = None,
    ) -> Callable[[F], F]:
        """Decorate the function that does the work."""

        def keep(run: F) -> F:
            if name in self._entries:
                raise ValueError(f"Two {self.thing} entries are called {name!r}.")
            self._entries[name] = Entry(name, title, settings, run, frozenset(traits), defaults or {}, about, check)
            return run

        return keep

    def get(self, name: str) -> Entry:
        """The entry of that name; raises Refused(unknown-name)."""
        self._fill()
        if name not in self._entries:
            raise unknown(Kind.UNKNOWN_NAME, self.thing, name, self._entries)
        return self._entries[name]

    def all(self) -> list[Entry]:
        """Every entry on the shelf."""
        self._fill()
        return list(self._entries.values())

    def names(self) -> list[str]:
        """Every name on the shelf."""
        return [entry.name for entry in self.all()]

    def _fill(self) -> None:
        if self._filled:
            return
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        # A module that somebody imported earlier has registered earlier: the order must not depend on that.
        self._entries = dict(sorted(self._entries.items(), key=lambda item: item[1].run.__module__))
        self._filled = True
