"""An attribution map over its picture: the browser blends them, so that another strength shows at once.

The maps of classes that a person may choose next can be put beside the page; then another class shows at once, too.
"""

from mlcore import images
from mlcore.explanation.render import overlay
from pages.parts.components.data_url import address, photograph
from pages.parts.components.own_files import component

_map, _aside = component("overlay"), component("aside")
SENT = 800  # pixels a side: maps stand side by side


def laid_over(
    explanation,
    strength: float,
    alt: str,
    key: str,
    about: str = "",
    signed=None,
    top: float | None = None,
    view: images.View | None = None,
):
    """Draw a map at a strength from 0 to 1 over what the network saw, or at its true place over a `view` of it.

    `about` is what it has in common with the maps that are put aside.
    """
    picture, grey, heat = overlay.layers(explanation, signed, top)
    parts = _photograph(view) if view else {"picture": address(picture), "grey": address(grey), "box": None}
    smooth = explanation.coarse and explanation.picture.ndim == 3
    words = {"about": about, "shown": explanation.class_name, "alt": alt}
    _map(key=key, data={**parts, **words, "heat": address(heat), "smooth": smooth, "strength": strength})


def aside(explanations: dict[str, list], key: str) -> None:
    """Keep maps at hand in the browser: {about: explanations of one method for several classes}."""
    heats = {about: {each.class_name: _heat(each) for each in each_class} for about, each_class in explanations.items()}
    _aside(key=key, data=heats)


def _photograph(view: images.View) -> dict:
    """The browser makes it grey itself, and dims what lies beyond the box: percent from top and left, high and wide."""
    picture = photograph(images.thumbnail(view.pixels, SENT))
    top, left, bottom, right = (100 * share for share in view.box)
    box = {"top": top, "left": left, "height": bottom - top, "width": right - left}
    return {"picture": picture, "grey": picture, "box": box}


def _heat(explanation) -> str:
    return address(overlay.layers(explanation)[2])
