"""What is dropped is answered in words on the page: no picture, too large, or a format that browsers don't know."""

from tests.heic_files import heic

DROP = ".st-key-repair-drop input[type=file]"


def drop(tab, name, data, kind):
    tab.locator(DROP).set_input_files([{"name": name, "mimeType": kind, "buffer": data}])


def test_what_is_dropped_is_answered_in_words(tab, server):
    tab.goto(f"{server}/repair")
    drop(tab, "paper.pdf", b"%PDF-1.7 not a picture", "application/pdf")
    tab.get_by_text("This is a file of the format PDF; a picture has to be PNG").wait_for()

    tab.reload()
    drop(tab, "IMG_0001.HEIC", heic("plain"), "")  # most browsers know no type for it
    tab.get_by_text("Nothing is marked yet").first.wait_for()

    tab.reload()
    tab.get_by_text("Choose a picture above").wait_for()
    tab.locator(DROP).evaluate(TOO_LARGE)
    tab.get_by_text("File must be 60.0MB or smaller.").wait_for()


TOO_LARGE = """input => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(61 * 1024 * 1024)], "huge.png", {type: "image/png"}));
    input.files = files.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
}"""
