"""What people do, in a real browser against a real server."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from mlcore import jobs, training

LONG = ["training.epochs=1000", "training.minutes=0", "training.early_stopping=0"]


def png() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), "uint8")).save(file, "PNG")
    return file.getvalue()


def drop(tab, key: str, *files) -> None:
    tab.locator(f".st-key-{key.replace('.', '-')} input[type=file]").set_input_files(
        [{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files]
    )


def epoch_shown(tab) -> int:
    """The epoch that the live view speaks of."""
    text = tab.get_by_text(re.compile(r"epoch \d+ of")).first.inner_text()
    return int(re.search(r"epoch (\d+) of", text)[1])


@pytest.fixture
def long_run(tiny_data):
    """A run that lasts until somebody stops it."""
    run = jobs.start(training.draft("shapes", "mlp", None, LONG))
    yield run
    jobs.stop(run)


def test_a_dropped_picture_is_answered_with_what_to_do_next(photographs, server, tab):
    tab.goto(server)
    tab.get_by_text("Drop a picture, or choose a file").wait_for()

    drop(tab, "home.drop", ("noise.png", "image/png", png()))

    tab.get_by_label(re.compile("^Bar chart of the most likely classes")).first.wait_for()
    tab.get_by_role("link", name="See why").click()
    tab.get_by_role("img", name=re.compile("^Grad-CAM map of noise.png")).wait_for()
    assert tab.get_by_text("noise.png").is_visible()


def test_one_click_on_an_example_is_enough(photographs, server, tab):
    tab.goto(server)
    tab.locator('[class*="st-key-home-example"] button').first.click()

    tab.get_by_label(re.compile("^Bar chart of the most likely classes")).first.wait_for()
    assert "picture=example" in tab.url


def test_a_bad_file_gets_one_sentence(server, tab):
    tab.goto(server)
    tab.get_by_text("Drop a picture, or choose a file").wait_for()

    drop(tab, "home.drop", ("bad.png", "image/png", b"not a picture"))

    alert = tab.get_by_role("alert").first
    alert.wait_for()
    assert "Traceback" not in alert.inner_text()


def test_from_a_click_to_a_model_in_the_library(server, tab):
    tab.goto(f"{server}/data")
    tab.locator('[class*="st-key-data-add-digits"] button').click()
    tab.get_by_role("link", name="Train a classifier on it").click()
    tab.get_by_role("button", name="Start training").click()

    tab.get_by_text("The model is in the library").wait_for(timeout=600_000)
    tab.get_by_role("link", name="See how good it is").click()
    tab.get_by_role("heading", name="Class by class").wait_for()


def test_a_reload_and_a_second_tab_find_the_run_again(server, tab, open_tab, long_run):
    tab.goto(f"{server}/train")
    tab.get_by_text(re.compile(r"epoch \d+ of 1000")).first.wait_for()
    before = epoch_shown(tab)

    tab.reload()
    tab.get_by_text(re.compile(r"epoch \d+ of 1000")).first.wait_for()
    assert epoch_shown(tab) >= before
    assert f"run={long_run}" in tab.url

    with open_tab() as second:
        second.goto(f"{server}/train")
        second.get_by_text(re.compile(r"epoch \d+ of 1000")).first.wait_for()

    tab.get_by_role("button", name="Stop").click()
    tab.locator(".st-key-progress-resume button:enabled").wait_for()


@pytest.mark.slow
def test_a_killed_server_loses_nothing(serve_home, open_tab, long_run):
    with serve_home() as (address, process), open_tab() as tab:
        tab.goto(f"{address}/train?run={long_run}")
        tab.get_by_text(re.compile(r"epoch \d+ of 1000")).first.wait_for()
        before, port = epoch_shown(tab), int(address.rsplit(":", 1)[1])
        process.kill()
        process.wait()
        assert jobs.run(long_run).live

        with serve_home(port):
            tab.goto(f"{address}/train?run={long_run}")
            tab.get_by_text(re.compile(r"epoch \d+ of 1000")).first.wait_for()
            assert epoch_shown(tab) > before


def test_a_click_on_a_cell_shows_its_pictures(server, tab, tiny_model):
    tab.goto(f"{server}/evaluate?model={tiny_model}")
    chart = tab.get_by_label(re.compile("^Confusion matrix")).first
    chart.wait_for()
    cell = tab.locator(".st-key-evaluate-confusion .scatterlayer path.point").nth(2)  # truth 0, answer 2
    cell.wait_for(state="attached")
    box = cell.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    tab.wait_for_url(re.compile("answer=2"))
    assert "truth=0" in tab.url
