"""What came of an action, brought before the eye of the person who acted."""

from pages.parts.components.own_files import component

_component = component("into_view")


def into_view(key: str, result: object, label: str, gently: bool = False, begin: str = "") -> None:
    """Scroll the container of that key into view once for each `result`, where too little of it is visible.

    While it is further down, a button with this `label` floats above the page and leads there. `gently` leaves it at
    that: nothing moves under a hand that paints. `result` is anything that differs when the result does. What the
    container of the key `begin` holds stands above the result and is to be in view with it.
    """
    keys = {"key": key.replace(".", "-"), "begin": (begin or key).replace(".", "-")}
    data = {**keys, "result": repr(result), "label": label, "gently": gently}
    _component(key=f"{key}.into_view", data=data)
