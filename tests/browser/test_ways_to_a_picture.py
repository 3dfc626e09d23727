"""A picture is chosen by a press on itself, by its name, by keys, from the clipboard."""

import base64
import re

from pages.parts.layout import WHOLE
from tests.browser.conftest import settle
from tests.browser.test_journeys import png

PICTURE = f'[class*="st-key-{WHOLE}-"] img'


def press(tab, image) -> None:
    """Press in the middle of a picture, whatever lies there."""
    image.scroll_into_view_if_needed()
    settle(tab)
    box = image.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_press_on_an_example_chooses_it(server, tab):
    for page in ("explain", "repair", "generate?play=encode"):
        tab.goto(f"{server}/{page}")
        tab.get_by_role("tab", name="An example").click()
        press(tab, tab.locator(PICTURE).first)
        tab.wait_for_url(re.compile("picture=example"))


def test_a_picture_has_one_name_and_one_stop_for_the_keyboard(server, tab):
    tab.goto(server)
    part = tab.locator(f".st-key-{WHOLE}-home-horse")
    button = part.get_by_role("button", name="Horse", exact=True)
    button.wait_for()
    part.hover()
    assert part.get_by_role("button").count() == 1

    button.press("Enter")
    tab.wait_for_url(re.compile("picture=example%3Ahorse"))


def test_pictures_of_a_split_lead_on(server, tab, tiny_model):
    tab.goto(f"{server}/explain?model={tiny_model}")
    tab.get_by_role("tab", name="One of the test pictures").click()
    press(tab, tab.get_by_alt_text(re.compile("^Test picture")).first)
    tab.wait_for_url(re.compile("picture="))

    tab.goto(f"{server}/evaluate?model=animals-and-vehicles")
    press(tab, tab.locator(f".st-key-evaluate-mistakes {PICTURE}").first)
    tab.get_by_role("heading", name="Explain", exact=True).wait_for()
    tab.wait_for_url(re.compile("picture=sha256"))


PASTE = """([name, text]) => {
    const held = new DataTransfer();
    if (name) held.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name, {type: "image/png"}));
    else held.setData("text/plain", text);
    const event = new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true, composed: true});
    (document.activeElement ?? document.body).dispatchEvent(event);
}"""
COPY = """async text => {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})})]);
}"""


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_pasted_picture_is_taken_as_a_dropped_one_is(server, tab):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto(f"{server}/repair")
    tab.get_by_role("button", name="Paste", exact=True).wait_for()
    tab.get_by_label("The address of a picture").focus()
    tab.evaluate(PASTE, [None, "words"])  # what is pasted into a field of text stays there
    assert tab.get_by_text("There is no picture on the clipboard.").count() == 0
    tab.get_by_label("The address of a picture").blur()
    tab.evaluate(PASTE, [None, "words"])
    tab.get_by_text("There is no picture on the clipboard.").wait_for()
    tab.evaluate(PASTE, ["broken.png", coded(b"no picture")])
    tab.get_by_role("alert").wait_for()
    tab.evaluate(PASTE, ["mine.png", coded(png())])
    tab.get_by_text("Nothing is marked yet").first.wait_for()

    tab.goto(f"{server}/explain?model=handwritten-digits")
    tab.get_by_role("button", name="Paste", exact=True).wait_for()
    tab.evaluate(COPY, coded(png()))
    tab.get_by_role("button", name="Paste", exact=True).click()
    tab.get_by_text("pasted.png").first.wait_for()
    tab.wait_for_url(re.compile("picture=sha256"))

    tab.get_by_text("Another picture", exact=True).wait_for()
    tab.get_by_role("button", name="Paste", exact=True).wait_for(state="hidden")  # folded away, and still listening
    settle(tab)
    tab.evaluate(PASTE, ["again.png", coded(png())])
    tab.get_by_text("again.png").filter(visible=True).first.wait_for()
