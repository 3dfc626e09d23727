"""A hand on the mouse."""

from tests.browser.conftest import settle


def paint(tab, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw on the picture from one place to another, told in shares of its width and height."""
    settle(tab)
    canvas = tab.locator("canvas.ink")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for number, (x, y) in enumerate((start, end)):
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
        if not number:
            tab.mouse.down()
    tab.mouse.up()
