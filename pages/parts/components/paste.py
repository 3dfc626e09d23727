"""A picture from the clipboard, into a drop zone of the page."""

from pages.parts.components.own_files import component

_component = component("paste", "into_drop_zone")


def paste(key: str) -> None:
    """Put what is pasted anywhere on the page into the drop zone of that key; limits and refusals are the drop zone's.

    A button does the same where the browser lets a page read the clipboard.
    """
    _component(key=f"{key}.paste", data={"key": key.replace(".", "-")}, width="content")
