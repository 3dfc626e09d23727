"""The laws of the address, in a real browser: what is chosen, and the address that says so."""

import re

import pytest

from pages.parts.shell import PAGES


def model_of(tab):
    return tab.locator(".st-key-model input").first


def shows(tab, title: str) -> None:
    """Wait until the picker of the model shows a title."""
    tab.wait_for_function("title => document.querySelector('.st-key-model input')?.value === title", arg=title)


def pick(tab, title: str) -> None:
    model_of(tab).click()
    tab.get_by_role("option", name=title).click()


def go(tab, page: str) -> None:
    tab.locator('[data-testid="stSidebarNav"]').get_by_role("link", name=PAGES[page][0]).click()


STARTERS = "Handwritten digits", "Animals and vehicles"


def test_what_came_by_address_is_still_chosen_on_the_next_page(server, tab):
    tab.goto(f"{server}/classify?model=handwritten-digits")
    shows(tab, "Handwritten digits")

    go(tab, "explain")
    tab.get_by_role("heading", name="Explain", exact=True).wait_for()
    shows(tab, "Handwritten digits")


def test_a_link_of_a_page_beats_what_came_by_address(server, tab, tiny_data):
    tab.goto(f"{server}/data?data=shapes")
    tab.locator('[class*="st-key-data-add-digits"] button').click()
    tab.wait_for_url(re.compile("data=digits"))
    tab.get_by_role("link", name="Train a classifier on it").click()

    tab.get_by_role("heading", name="Train", exact=True).wait_for()
    tab.wait_for_function("() => document.querySelector('.st-key-data input')?.value === 'Digits'")


def test_a_click_beats_the_address_and_a_reload_and_a_second_tab_show_the_same(server, tab, open_tab):
    tab.goto(f"{server}/classify?model=handwritten-digits")
    shows(tab, STARTERS[0])
    pick(tab, STARTERS[1])
    tab.wait_for_url(re.compile("model=animals-and-vehicles"))
    shows(tab, STARTERS[1])

    tab.reload()
    shows(tab, STARTERS[1])
    with open_tab() as second:
        second.goto(tab.url)
        shows(second, STARTERS[1])


def test_the_first_click_after_a_restart_counts(serve_home, open_tab):
    with serve_home() as (address, process), open_tab() as tab:
        tab.goto(f"{address}/classify?model=handwritten-digits")
        shows(tab, STARTERS[0])
        tab.wait_for_url(re.compile("way="))
        process.kill()
        process.wait()
        connected = tab.locator('[data-test-connection-state="CONNECTED"]')
        connected.wait_for(state="detached")
        with serve_home(int(address.rsplit(":", 1)[1])):
            connected.wait_for(state="attached")
            pick(tab, STARTERS[1])
            tab.wait_for_url(re.compile("model=animals-and-vehicles"))
            shows(tab, STARTERS[1])


def test_a_page_is_one_entry_of_the_history_and_back_and_forward_restore(photographs, server, tab):
    tab.goto(server)
    tab.locator('[class*="st-key-home-example"] button').first.click()
    tab.get_by_role("link", name="See why").click()
    tab.get_by_role("heading", name="Explain", exact=True).wait_for()
    tab.get_by_text("Look inside", exact=True).click()
    tab.wait_for_url(re.compile("part=inside"))

    tab.go_back()
    tab.get_by_role("link", name="See why").wait_for()
    assert "picture=example" in tab.url
    tab.go_forward()
    tab.wait_for_url(re.compile("part=inside"))
    assert "picture=example" in tab.url
    tab.get_by_text("Look inside", exact=True).wait_for()
    assert tab.locator('[data-testid="stSidebarNav"] a').count() == len(PAGES)


def test_one_press_of_back_leaves_every_page(server, tab):
    tab.goto(server)
    tab.get_by_role("heading", name="What is in this picture?").wait_for()
    for page in [name for name in PAGES if name != "home"]:
        go(tab, page)
        tab.get_by_role("heading", name=PAGES[page][0], exact=True).wait_for()
        tab.wait_for_function("() => document.querySelector('[data-test-script-state=notRunning]')")

        tab.go_back()
        tab.get_by_role("heading", name="What is in this picture?").wait_for()


@pytest.mark.parametrize(
    ("address", "what"),
    [("explain?model=nonexistent", "model"), ("data?data=gone", "data set"), ("generate?generator=gone", "generator")],
)
def test_an_address_that_names_nothing_says_so(server, tab, tiny_data, address, what):
    tab.goto(f"{server}/{address}")

    tab.get_by_role("alert").filter(has_text=re.compile(f"isn.t here. Choose another {what}")).wait_for()
    assert address.partition("?")[2] in tab.url
