"""The browser's history: one entry for a page, however often its address changes."""

from pages.parts.components.own_files import component

_component = component("history")


def keeps_one_entry(known: bool) -> bool:
    """Have the browser keep one entry for a page; whether it does. It needn't say so again once that is `known`."""
    return bool(_component(key="history", data={"known": known}, on_ready_change=lambda: None).ready) or known
