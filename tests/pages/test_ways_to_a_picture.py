"""A picture by its address: it becomes the current one, or the reason stands below the box."""

import numpy as np
import pytest

from mlcore import data, images
from mlcore.errors import Kind, Refused
from mlcore.images import fetch
from pages.parts import gallery, picture

BOX = "repair.address"


@pytest.fixture
def web(monkeypatch):
    """What the web holds, by address."""
    pages = {}
    monkeypatch.setattr(fetch, "fetch", lambda url, most: pages[url])
    return pages


def test_a_fetched_picture_is_the_current_one_and_what_is_none_leaves_it(open_page, check, web):
    web["https://a.test/files/cat.png?w=1"] = images.png(np.full((20, 30, 3), 90, "uint8"))
    web["https://a.test/page"] = b"<html>no picture</html>"
    page = open_page("repair")
    check(page.text_input(key=BOX).set_value("https://a.test/files/cat.png?w=1").run())
    assert page.session_state["picture"] == "upload:cat.png"
    assert page.text_input(key=BOX).value == ""

    page.text_input(key=BOX).set_value("https://a.test/page").run()
    assert len(page.error) == 1
    assert page.session_state["picture"] == "upload:cat.png"
    check(page.run())


def test_this_machine_is_never_asked(open_page):
    page = open_page("home")
    page.text_input(key="home.address").set_value("http://127.0.0.1/private.png").run()

    assert "this machine or in a private network" in page.error[0].value
    assert page.text_input(key="home.address").value == "http://127.0.0.1/private.png"


def test_the_address_of_a_picture_names_its_version(tiny_data):
    first, second = (tiny_data.split("test").read([place])[0] for place in (0, 1))
    edited = data.edit("shapes", [data.Drop(tiny_data.split("test").rows[:1])])

    assert gallery.reference(edited.split("test"), 0, second) == "data:shapes@2:test:0"
    assert gallery.reference(tiny_data.split("test"), 0, first) == "data:shapes:test:0"
    np.testing.assert_array_equal(picture._of_data("shapes@2:test:0").picture.pixels, second)
    np.testing.assert_array_equal(picture._of_data("shapes:test:0").picture.pixels, first)
    for name in ("shapes@3:test:0", "shapes@x:test:0", "shapes@:test:0", f"shapes@{'9' * 5000}:test:0"):
        with pytest.raises(Refused) as refused:
            picture._of_data(name)
        assert refused.value.kind == Kind.UNKNOWN_NAME
