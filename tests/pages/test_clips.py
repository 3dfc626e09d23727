"""The pages with clips: a set of clips is shown, trained on, answered and explained; pictures are told apart."""

import numpy as np

from mlcore import architectures
from pages.parts.explain.grades import OPENINGS
from tests.motions import animation, clip, png


def test_a_set_of_clips_is_shown_with_its_frames(open_page, check, clip_model):
    page = check(open_page("data", data="motions"))

    assert any(caption.value.startswith("4 frames of 16 × 16 pixels, version 1.") for caption in page.caption)
    assert any(metric.label == "Training clips" for metric in page.metric)


def test_only_architectures_for_clips_are_offered_for_clips(open_page, check, clip_model, tiny_data):
    page = check(open_page("train", data="motions"))
    titles = {entry.title for entry in architectures.fitting((4, 16, 16, 3))}
    assert set(page.selectbox(key="architecture").options) == titles
    assert page.number_input(key="train.training.batch_size").value == 64  # the defaults of a network for clips

    page = check(page.selectbox(key="data").set_value("shapes").run())
    assert not titles & set(page.selectbox(key="architecture").options)

    page = check(page.selectbox(key="data").set_value("motions").run())
    assert set(page.selectbox(key="architecture").options) == titles


def test_a_clip_is_answered_with_its_timeline(open_page, check, clip_model):
    page = open_page("classify", model=clip_model)
    page.file_uploader(key="classify.pictures").upload("a.gif", animation(clip(0, 99)), "image/gif")
    page = check(page.run())

    assert len(page.get("plotly_chart")) == 2
    assert any("stood still" in caption.value for caption in page.caption)


def test_a_picture_for_a_model_of_clips_gets_a_sentence(open_page, clip_model):
    page = open_page("classify", model=clip_model)
    page.file_uploader(key="classify.pictures").upload("a.png", png(np.zeros((16, 16, 3), "uint8")), "image/png")
    page.run()

    assert not page.exception
    assert not page.error
    assert "single picture" in page.info[0].value


def test_several_clips_get_a_table(open_page, check, clip_model):
    page = open_page("classify", model=clip_model)
    for number in range(2):
        page.file_uploader(key="classify.pictures").upload(f"{number}.gif", animation(clip(1, number)), "image/gif")
    page = check(page.run())

    assert sorted(page.dataframe[0].value["File"]) == ["0.gif", "1.gif"]


def test_a_clip_is_explained_and_what_takes_one_picture_isnt_offered(open_page, check, clip_model):
    page = check(open_page("explain", model=clip_model, picture="data:motions:test:0", methods="gradient"))
    parts = next(each for each in page.segmented_control if each.label == "What do you want to know?")

    assert parts.options == ["Why this answer", "Compare"]
    assert any(caption.value.startswith("The brighter") for caption in page.caption)
    page = check(page.button(key="explain.gradient.grade.start").click().run())
    assert any(text.value.startswith(tuple(f"**{each}" for each in OPENINGS.values())) for text in page.markdown)
