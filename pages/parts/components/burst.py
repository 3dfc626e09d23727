"""Pictures from the camera while a button is held, several a second, into a drop zone of the page."""

from pages.parts.components.own_files import component

_component = component("burst", "into_drop_zone")


def burst(key: str, drop: str) -> None:
    """The camera and a button to hold, by mouse, finger or key; a tap takes one picture.

    What was recorded goes into the drop zone of the key `drop`, which takes many files and is replaced after each lot.
    """
    _component(key=f"{key}.burst", data={"key": drop.replace(".", "-")})
