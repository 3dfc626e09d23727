"""A picture by its address: it becomes the current one, or the reason stands below the box."""

import numpy as np
import pytest

from mlcore import images
from mlcore.images import fetch

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
