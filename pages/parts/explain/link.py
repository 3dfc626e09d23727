"""The settings of methods in the address of Explain."""

import json
from contextlib import suppress
from typing import Any

from mlcore import reader
from mlcore.errors import Refused
from mlcore.settings import fields, read
from pages.parts import address
from pages.parts.form import fill


def read_settings(entries, prefix: str) -> None:
    """Fill the forms of shelf entries, which live under `prefix.NAME`, with the settings in the address."""
    asked = _plain(address.take("settings"))
    for entry in entries:
        if isinstance(asked.get(entry.name), dict):
            fill(entry.settings, f"{prefix}.{entry.name}", _possible(entry.settings, asked[entry.name]))


def write_settings(chosen: dict[str, dict], entries) -> None:
    """Put settings {entry name: values} into the address, those that aren't the default."""
    changed: dict[str, dict[str, Any]] = {}
    for entry in entries:
        usual = {spec.name: spec.default for spec in fields(entry.settings)}
        values = {name: value for name, value in chosen[entry.name].items() if value != usual.get(name)}
        changed |= {entry.name: values} if values else {}
    address.show("settings", json.dumps(changed, separators=(",", ":")) if changed else "")


def _plain(text: str | None) -> dict:
    settings = reader.parse_or(text or "{}", None)
    return settings if isinstance(settings, dict) else {}


def _possible(settings, values: dict) -> dict:
    """Those of the values that the settings allow; the others stay at their default."""
    allowed: dict[str, Any] = {}
    for name, value in values.items():
        with suppress(Refused):
            allowed |= {name: getattr(read(settings, {name: value}), name)}
    return allowed
