"""Explain: why, ask again, look inside, compare; each part in each state."""

import base64
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlcore import data, explanation, images, jobs, library
from mlcore.explanation import judge
from mlcore.explanation.inside import neighbours
from pages.parts.desk import desk
from pages.parts.explain import maps
from pages.parts.explain.grades import OPENINGS

PICTURE = "data:shapes:test:0"
FIRST = len(maps.UNMEASURED)


@pytest.fixture(autouse=True)
def untested(monkeypatch):
    """Testing every map takes seconds; one test of its own does it."""
    monkeypatch.setattr("pages.parts.explain.grades.ON", False)


@pytest.fixture
def part(open_page, tiny_model):
    """Open a part of the page for a test picture."""
    return lambda name="why", **query: open_page("explain", model=tiny_model, picture=PICTURE, part=name, **query)


def alts(page) -> list[str]:
    return [image.proto.imgs[0].alt for image in page.get("image")] + [each["alt"] for each in told(page, "overlay")]


def told(page, component: str) -> list[dict]:
    """What components of our own were given."""
    found = [each.proto for each in page.get("bidi_component")]
    return [json.loads(each.json) for each in found if each.component_name.endswith(f"vitrine_{component}")]


def said(page) -> str:
    return " ".join(each.value for each in [*page.markdown, *page.caption, *page.info])


def test_it_starts_with_a_few_methods_each_with_a_map_and_its_downloads(part):
    page = part()

    assert len([alt for alt in alts(page) if " map of " in alt]) == FIRST
    assert len(page.get("download_button")) == 3 * FIRST
    assert page.query_params["methods"].split(",") == sorted(page.query_params["methods"].split(","), key=_position)


def _position(name: str) -> int:
    entry = explanation.methods.get(name)
    return list(maps.GROUPS).index(maps.group(entry)) * 100 + explanation.methods.names().index(name)


def test_every_method_can_be_chosen_and_is_in_one_group():
    groups = {entry.name: maps.group(entry) for entry in explanation.methods.all()}

    assert set(groups.values()) == set(maps.GROUPS)
    assert groups["occlusion"] == "By covering parts"
    assert groups["grad-cam"] == groups["score-cam"] == "By feature maps"


def test_the_address_brings_methods_class_and_settings(part):
    settings = json.dumps({"smoothgrad": {"samples": 7, "noise": 99, "colour": "red"}, "lime": 3})
    page = part(methods="smoothgrad,gradient", target="1", settings=settings)

    assert len([alt for alt in alts(page) if " map of " in alt]) == 2
    assert page.number_input(key="explain.smoothgrad.samples").value == 7
    assert page.number_input(key="explain.smoothgrad.noise").value == 0.15  # 99 isn't allowed
    assert json.loads(page.query_params["settings"]) == {"smoothgrad": {"samples": 7}}
    assert page.selectbox(key="target").value == "1"


def test_the_address_holds_the_strength_and_the_picture_by_its_pixels(part, check, tiny_data):
    page = part(methods="gradient", strength="0.25")
    assert page.slider(key="explain.strength").value == 0.25
    assert page.query_params["picture"] == f"sha256:{_digest(tiny_data, 0)}"

    page = check(page.slider(key="explain.strength").set_value(0.8).run())
    assert page.query_params["strength"] == "0.8"
    page = check(page.slider(key="explain.strength").set_value(0.6).run())
    assert "strength" not in page.query_params


@pytest.mark.parametrize("strength", ["1.5", "-1", "much", "nan"])
def test_a_strength_that_cannot_be_is_the_usual_one(part, strength):
    assert part(methods="gradient", strength=strength).slider(key="explain.strength").value == 0.6


def test_a_map_is_tested_and_its_verdict_stands_below(part, check):
    page = check(part(methods="gradient").toggle(key="explain.grade").set_value(True).run())

    assert any(text.value.startswith(tuple(f"**{each}" for each in OPENINGS.values())) for text in page.markdown)
    assert "Gradient" in said(page)


def test_it_starts_with_the_methods_that_earned_it_by_the_models_report(part, monkeypatch):
    of_a_starter = judge.load(library.open_classifier("animals-and-vehicles"))
    monkeypatch.setattr("mlcore.explanation.judge.load", lambda classifier: of_a_starter)
    monkeypatch.setattr(judge.Report, "earned", lambda report: ("grad-cam", "grad-cam++", "layer-cam", "gradient"))

    assert set(part().query_params["methods"].split(",")) == {"grad-cam", "grad-cam++", "gradient"}


def test_a_map_of_a_large_picture_is_tested_when_somebody_asks_for_it(part, check, monkeypatch):
    monkeypatch.setattr("pages.parts.explain.grades.SMALL", 8)
    page = check(part(methods="gradient").toggle(key="explain.grade").set_value(True).run())
    assert not any(text.value.startswith(tuple(f"**{each}" for each in OPENINGS.values())) for text in page.markdown)

    page = check(page.button(key="explain.gradient.grade.start").click().run())
    assert any(text.value.startswith(tuple(f"**{each}" for each in OPENINGS.values())) for text in page.markdown)


def test_any_class_can_be_explained(part, check, tiny_model):
    page = part(methods="gradient")
    page = check(page.selectbox(key="target").set_value("1").run())

    assert page.query_params["target"] == "1"
    assert next(alt for alt in alts(page) if " map of " in alt).endswith(
        f"for {library.card_of(tiny_model).classes[1]}"
    )


def _digest(dataset, index: int) -> str:
    return images.Picture(dataset.split("test").read([index])[0]).sha256


def test_another_picture_starts_again_from_its_own_answer(part, check, tiny_data):
    page = part(methods="gradient")
    page.selectbox(key="target").set_value("2").run()
    page.run()
    another = next(each for each in page.button if each.key.startswith("explain.tests.") and each.key[-1:].isdigit())
    page = check(another.click().run())

    index = int(another.key.rpartition(".")[2])
    assert page.query_params["picture"] == f"sha256:{_digest(tiny_data, index)}"


def test_without_a_picture_it_says_what_to_do(open_page, check, tiny_model):
    page = check(open_page("explain", model=tiny_model))

    assert "Choose a picture" in said(page)
    assert not page.get("download_button")


@pytest.mark.parametrize(
    "address", ["data:shapes:test:9999", "data:shapes:test:x", "data:nothing:test:0", "sha256:" + 64 * "0", "sha256:x"]
)
def test_an_address_that_leads_nowhere_is_told_in_words(tiny_model, address):
    page = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=120).run()
    page.query_params.update({"model": tiny_model, "picture": address})
    page.switch_page("pages/explain.py").run()

    assert not page.exception
    assert len(page.error) == 1
    assert page.get("file_uploader")  # the ways to another picture are there all the same


def test_a_picture_is_found_by_its_pixels(open_page, tiny_model, tiny_data):
    pixels = tiny_data.split("test").read([2])[0]
    digest = images.Picture(pixels).sha256
    page = open_page("explain", model=tiny_model, picture=f"sha256:{digest}", part="ask")

    assert page.query_params["picture"] == f"sha256:{digest}"
    assert tiny_data.split("test").name(2) in said(page).replace("\\", "")


def test_an_upload_stands_in_the_address_by_its_pixels(open_page, tiny_model, check):
    pixels = np.random.default_rng(7).integers(0, 256, (16, 16, 3), "uint8")
    page = open_page("explain", model=tiny_model, part="ask")
    page = check(page.get("file_uploader")[0].upload("mine.png", images.png(pixels), "image/png").run())

    assert page.query_params["picture"] == f"sha256:{images.Picture(pixels).sha256}"
    assert "mine" in said(page)


@pytest.fixture
def photograph(open_page, tiny_model):
    """Open a part of the page for a person's picture of 96 x 160 pixels, of which the model sees 16 x 16."""
    middle = data.open("shapes").split("test").read([0])[0].repeat(6, 0).repeat(6, 1)
    pixels = np.pad(middle, ((0, 0), (32, 32), (0, 0)))

    def opened(name: str, **query):
        page = open_page("explain", model=tiny_model, part=name, **query)
        page.file_uploader(key="explain.drop").upload("holiday.png", images.png(pixels), "image/png")
        return page.run()

    return opened


def test_a_map_lies_over_the_persons_own_picture_at_its_place_until_they_want_the_networks(photograph, check):
    page = check(photograph("why", methods="gradient"))
    [shown] = told(page, "overlay")
    assert images.decode(base64.b64decode(shown["picture"].partition(",")[2])).pixels.shape == (96, 160, 3)
    assert shown["box"] == {"top": 0, "left": pytest.approx(20), "height": 100, "width": pytest.approx(60)}
    assert "The network sees the framed part at 16 x 16 pixels" in said(page)

    page = check(page.toggle(key="explain.as_seen").set_value(True).run())
    [seen] = told(page, "overlay")
    assert images.decode(base64.b64decode(seen["picture"].partition(",")[2])).pixels.shape == (16, 16, 3)
    assert (seen["box"], seen["heat"]) == (None, shown["heat"])


def test_a_test_picture_that_exists_only_in_small_stays_as_it_is(part):
    page = part(methods="gradient")

    assert "explain.as_seen" not in [each.key for each in page.toggle]
    assert told(page, "overlay")[0]["box"] is None


def test_ask_again_edits_the_persons_own_picture_and_asks_about_what_the_network_sees(photograph, check, tiny_model):
    page = check(photograph("ask"))
    [brush], [pair] = told(page, "brush"), told(page, "before_after")
    assert (brush["width"], brush["height"]) == (96, 96)  # the middle of it, in its own size

    page = check(page.slider(key="ask.brightness").set_value(0.0).run())
    [pair] = told(page, "before_after")
    after = images.decode(base64.b64decode(pair["after"].partition(",")[2])).pixels
    assert after.shape == (96, 96, 3)
    assert after.max() == 0
    black = library.open(tiny_model).predict(np.zeros((16, 16, 3), "uint8"))
    assert any(
        then == f"{black.confidence * 100:.1f}\u00a0%" for _, then in _pairs(page.get("plotly_chart")[0].proto.alt)
    )


def test_what_would_change_its_mind_is_shown_in_the_persons_own_picture(photograph, check):
    page = check(photograph("ask").button(key="ask.flip.search").click().run())

    pairs = told(page, "before_after")
    assert len(pairs) == 2
    sizes = [images.decode(base64.b64decode(each["after"].partition(",")[2])).pixels.shape for each in pairs]
    assert set(sizes) == {(96, 96, 3)}


def test_ask_again_changes_nothing_until_asked_and_then_tells_both_answers(part, check, tiny_model):
    page = part("ask")
    chart = page.get("plotly_chart")[0].proto.alt
    assert "Still" in said(page)
    assert all(before == then for before, then in _pairs(chart))

    page = check(page.slider(key="ask.brightness").set_value(0.0).run())
    black = library.open(tiny_model).predict(np.zeros((16, 16, 3), "uint8"))
    assert any(
        then == f"{black.confidence * 100:.1f}\u00a0%" for _, then in _pairs(page.get("plotly_chart")[0].proto.alt)
    )

    page = check(page.button(key="ask.reset").click().run())
    assert "Still" in said(page)


def _pairs(alt: str) -> list[tuple[str, str]]:
    rows = alt.partition(": ")[2].rstrip(".").split("; ")
    return [(row.split(" then ")[0].split(" ", 1)[1], row.split(" then ")[1]) for row in rows]


def test_the_search_for_what_would_change_its_mind_ends_in_a_sentence(part, check):
    page = check(part("ask").button(key="ask.flip.search").click().run())

    assert "covered pictures were tried" in said(page)


@pytest.mark.parametrize("view", ["maps", "filters", "wishes"])
def test_looking_inside_shows_pictures(part, view):
    assert len(alts(part("inside", inside=view))) > 1


def test_what_it_saw_as_it_learned_can_be_looked_at_epoch_by_epoch(part, check, tiny_model):
    page = part("inside", inside="learned")
    assert [alt for alt in alts(page) if "pictures with heat" in alt]

    page = check(page.select_slider(key=f"learning.epoch.{tiny_model}").set_value(1).run())

    assert "Where it looks after epoch 1" in [image.proto.imgs[0].caption for image in page.get("image")]


def test_a_model_that_kept_nothing_of_how_it_learned_says_so(part, home):
    shutil.rmtree(home / "models" / "tiny" / "progress")

    assert "Nothing was kept" in said(part("inside", inside="learned"))


def test_pictures_of_every_class_are_made_in_the_background_and_shown(part, check, monkeypatch, tiny_model, home):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    page = check(part("inside", inside="wishes").button(key="inside.wish.all").click().run())

    run = next(run for run in jobs.all() if run.kind == "activation-maximisation")
    assert (run.settings["model"], run.settings["layer"]) == (tiny_model, "")
    assert "0 pictures so far" in said(page)
    (home / "models" / run.id / "pictures").mkdir()
    (home / "models" / run.id / "pictures" / "0001.png").write_bytes(images.png(np.zeros((16, 16, 3), "uint8")))

    assert f"Pleases {library.card_of(tiny_model).classes[1]}" in alts(check(page.run()))


def test_many_pictures_become_an_archive(part, check):
    page = part("ask")
    pixels = np.random.default_rng(1).integers(0, 256, (16, 16, 3), "uint8")
    uploader = next(each for each in page.get("file_uploader") if each.key == "many.files")
    page = check(uploader.upload("one.png", images.png(pixels), "image/png").run())
    page = check(page.button(key="many.start").click().run())

    assert "1 picture explained." in [each.value for each in page.success]


def test_alike_pictures_are_looked_for_when_asked(part, check, tiny_model):
    page = part("inside", inside="alike")
    assert "has to look at" in said(page)

    page = check(page.button(key="inside.alike.begin").click().run())

    headings = [each.value for each in page.subheader]
    assert headings[0] == "Most like this picture"
    assert len(headings) == 4
    assert neighbours.are_known(library.open(tiny_model))


def test_without_the_training_pictures_it_says_where_to_get_them(open_page, tiny_model, home):
    shutil.copytree(home / "data" / "shapes", home / "data" / "other")
    shutil.rmtree(home / "data" / "shapes")
    page = open_page("explain", model=tiny_model, picture="data:other:test:0", part="inside", inside="alike")

    assert "aren't on this machine" in said(page).replace("\\", "")


@pytest.mark.parametrize("what", ["classes", "methods"])
def test_comparing_shows_two_maps_and_one_scale(part, what):
    page = part("compare", compare=what, method="gradient")

    shown = alts(page)
    assert len([alt for alt in shown if " map for " in alt]) == 2
    assert len([alt for alt in shown if alt.startswith("Colour scale")]) == 1
    assert "rank correlation" in said(page)


def test_two_models_are_compared_on_a_class_that_both_know(part, home):
    shutil.copytree(home / "models" / "tiny", home / "models" / "second")
    page = part("compare", compare="models", rival="second", method="gradient")

    assert len([alt for alt in alts(page) if " map for " in alt]) == 2
    assert "almost the same way" in said(page)


def test_without_another_model_it_says_so(part):
    assert "no other model" in said(part("compare", compare="models"))


def test_a_mask_from_a_browser_is_read_and_anything_else_is_none():
    from pages.parts.components.brush import read_mask
    from pages.parts.components.data_url import PREFIX, address

    drawn = np.zeros((6, 8, 3), "uint8")
    drawn[1:3, 2:5] = 255

    np.testing.assert_array_equal(read_mask(address(drawn), (6, 8)), drawn[..., 0] > 0)
    short = PREFIX + base64.b64encode(images.png(drawn)[:40]).decode()
    for bad in [None, "", 7, "data:image/png;base64,%%%", short, address(drawn * 0), PREFIX]:
        assert read_mask(bad, (6, 8)) is None
    assert read_mask(address(drawn), (8, 6)) is None


def test_the_maps_of_the_next_classes_are_worked_out_ahead(part, monkeypatch):
    monkeypatch.setattr(maps, "LIKELY", 1)
    before = set(desk().works)
    part(methods="gradient,rise")
    begun = {key[-3:-1]: work for key, work in desk().works.items() if key not in before}

    assert [method for method, _ in begun] == ["gradient", "rise", "gradient"]  # the third for another class
    assert all(work.future.result(timeout=60).method for work in begun.values())


def test_the_maps_of_the_next_classes_are_laid_beside_the_page(part, monkeypatch):
    """Chosen, they are the very maps that the server would send."""
    monkeypatch.setattr(maps, "LIKELY", 1)
    page = part(methods="gradient", target="1")
    [shown], [aside] = told(page, "overlay"), told(page, "aside")
    [[other, heat]] = aside[shown["about"]].items()
    page.selectbox(key="target").set_value(str(page.selectbox(key="target").options.index(other))).run()
    [chosen] = told(page, "overlay")

    assert chosen["heat"] == heat != shown["heat"]
    assert chosen["about"] == shown["about"]
