"""An attribution map over its picture: the browser blends them, so that another strength shows at once.

The maps of classes that a person may choose next can be put beside the page; then another class shows at once, too.
"""

from mlcore.explanation.render import overlay
from pages.parts.components.data_url import address
from pages.parts.components.own_files import component

_map, _aside = component("overlay"), component("aside")


def laid_over(explanation, strength: float, alt: str, key: str, about: str = "", signed=None, top: float | None = None):
    """Draw a map at a strength from 0 to 1; `about` is what it has in common with the maps that are put aside."""
    picture, grey, heat = overlay.layers(explanation, signed, top)
    parts = {"picture": address(picture), "grey": address(grey), "heat": address(heat)}
    smooth = explanation.coarse and explanation.picture.ndim == 3
    words = {"about": about, "shown": explanation.class_name, "alt": alt}
    _map(key=key, data={**parts, **words, "smooth": smooth, "strength": strength})


def aside(explanations: dict[str, list], key: str) -> None:
    """Keep maps at hand in the browser: {about: explanations of one method for several classes}."""
    heats = {about: {each.class_name: _heat(each) for each in each_class} for about, each_class in explanations.items()}
    _aside(key=key, data=heats)


def _heat(explanation) -> str:
    return address(overlay.layers(explanation)[2])
