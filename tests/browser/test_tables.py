"""Tables leave by our own button, which makes formulas harmless, and not by Streamlit's, which doesn't."""

EXPORT = "button[aria-label^='Download as CSV']"  # Streamlit's; when it is called otherwise, this and style.css change


def test_streamlits_own_export_of_a_table_isnt_offered(tab, server, tiny_data):
    tab.goto(f"{server}/data")
    tab.locator("[data-testid=stDataFrame]").first.hover()
    tab.get_by_role("button", name="Search").first.wait_for()

    assert tab.locator(EXPORT).count() >= 1
    assert not any(button.is_visible() for button in tab.locator(EXPORT).all())


def test_nor_when_the_table_fills_the_window(tab, server, tiny_data):
    tab.goto(f"{server}/data")
    tab.locator("[data-testid=stDataFrame]").first.hover()
    tab.get_by_role("button", name="Fullscreen").first.click()
    tab.get_by_role("button", name="Close fullscreen").first.wait_for()

    assert tab.locator(EXPORT).count() >= 1
    assert not any(button.is_visible() for button in tab.locator(EXPORT).all())
