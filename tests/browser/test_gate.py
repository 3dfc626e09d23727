"""With a login configured: what a stranger's browser shows, and that everything works in that of somebody logged in."""

import pytest

from benchmarks import doors, server

EXAMPLE = server.ROOT / "mlcore/starters/examples/horse.png"


@pytest.fixture
def guarded(tmp_path):
    """The address of a server that asks for a login."""
    with doors.guarded(tmp_path, doors.SECRETS) as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/data", "/explain?picture=data:digits:test:0"])
def test_a_stranger_sees_the_way_to_log_in_at_every_address(guarded, tab, path):
    tab.goto(guarded + path)

    tab.get_by_text("Please log in to go on.").wait_for()
    tab.get_by_role("button", name="Log in").wait_for()
    assert tab.locator("[data-testid=stFileUploader]").count() == 0


def test_who_is_logged_in_uploads_and_sees_pictures(guarded, tab):
    cookie = doors.cookies("logged in", guarded)["_streamlit_user"]
    tab.context.add_cookies([{"name": "_streamlit_user", "value": cookie, "url": guarded}])
    tab.goto(guarded)
    tab.locator("input[type=file]").first.set_input_files(EXAMPLE)

    tab.get_by_text("horse", exact=False).first.wait_for()
    tab.wait_for_function("[...document.querySelectorAll('img')].some(i => i.src.includes('/media') && i.naturalWidth)")
