"""The Repair page: nothing yet, a known damage measured, an intact picture, a network of one's own."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image


def texts(app):
    return " ".join(each.value for kind in (app.markdown, app.caption, app.info) for each in kind)


def test_without_a_picture_it_says_what_to_do(open_page):
    page = open_page("repair")

    assert "Choose a picture above" in texts(page)


def test_a_clip_gets_a_sentence_and_another_picture_can_be_chosen(open_page, check, clip_model):
    page = open_page("repair", picture="data:motions:test:0", damage="centre")
    assert "single pictures and not on clips" in texts(page)

    check(page.button(key="repair.example.horse").click().run())
    assert "every other pixel is as it was" in texts(page)


def test_a_picture_that_is_gone_gets_a_sentence_and_another_can_be_chosen(open_page):
    page = open_page("repair", damage="centre")
    page.query_params["picture"] = "sha256:0"
    page.run()
    assert "isn't here" in page.error[0].value.replace("\\", "")

    page.button(key="repair.example.horse").click().run()
    assert not page.error
    assert "every other pixel is as it was" in texts(page)


def test_a_known_damage_is_filled_several_ways_and_measured(open_page):
    app = open_page("repair", picture="example:horse", damage="centre")

    rows = {row["Way"]: row for row in app.dataframe[0].value.to_dict("records")}
    assert {"Mean colour", "Smoothest surface"} <= set(rows)
    assert rows["Smoothest surface"]["PSNR (dB)"] > rows["Mean colour"]["PSNR (dB)"]
    assert "every other pixel is as it was" in texts(app)


def test_a_model_says_what_it_sees_in_each_repair(open_page):
    app = open_page("repair", picture="example:horse", damage="scratches")
    app.selectbox(key="repair.judge").set_value("animals-and-vehicles").run()

    assert not app.exception
    assert all(row["Answer"].split(" (")[0] for row in app.dataframe[0].value.to_dict("records"))


def test_nothing_marked_says_so(open_page):
    app = open_page("repair", picture="example:horse")

    assert "Nothing is marked yet" in texts(app)


def png(pixels):
    held = BytesIO()
    Image.fromarray(pixels).save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def with_mask(open_page):
    """The page with a picture of 32 x 32 pixels and a mask out of a file."""

    def show(mask):
        page = open_page("repair", picture="example:horse", damage="mask")
        page.file_uploader(key="repair.mask").upload("mask.png", png(mask), "image/png").run()
        assert not page.exception
        return page

    return show


def test_a_mask_out_of_a_file_is_filled(with_mask):
    mask = np.zeros((32, 32, 4), "uint8")
    mask[8:16, 8:16] = 0, 0, 0, 255  # black paint on a clear layer

    page = with_mask(mask)

    assert not page.error
    assert "6\u00a0% of the picture was filled" in texts(page).replace(" %", "\u00a0%")


def test_a_mask_of_another_shape_is_refused_as_the_command_line_does(with_mask):
    page = with_mask(np.full((64, 128), 255, "uint8"))

    (sentence,) = [each.value for each in (*page.error, *page.info, *page.warning)]
    assert sentence.startswith("The mask has 128 x 64 pixels and the picture 32 x 32")


def test_a_mask_that_marks_nothing_says_so(with_mask):
    page = with_mask(np.zeros((32, 32), "uint8"))

    assert page.error[0].value.startswith("The mask marks nothing")


def test_training_without_data_leads_to_data(open_page):
    page = open_page("repair")

    assert not any(button.label == "Start training" for button in page.button)


def test_training_starts_a_run_with_the_settings_of_the_preset(open_page, check, tiny_data, monkeypatch):
    from mlcore import jobs
    from mlcore.repair import presets

    begun = []
    monkeypatch.setattr(jobs, "start_task", lambda *words: begun.append(words))
    page = open_page("repair")
    page = check(page.get("button_group")[-1].set_value("long").run())
    check(page.button(key="repair.start").click().run())

    assert begun == [("repair", presets.draft("shapes", "long").model_dump(mode="json"), "Repair of shapes")]
    assert begun[0][1]["steps"] == 6000


def test_what_training_takes_is_measured_when_asked_for(open_page, check, tiny_data, monkeypatch):
    from mlcore.repair.estimate import RepairEstimate
    from pages.parts.repair import train

    monkeypatch.setattr(train, "estimate", lambda plan: RepairEstimate(1234, 0.25))
    page = open_page("repair")
    page = check(page.toggle(key="repair.measure").set_value(True).run())

    assert "**6 min 15 s** here" in texts(page)  # 1,500 steps
    assert "1,234 parameters" in texts(page)


def test_a_network_that_came_along_is_the_first_way(open_page):
    page = open_page("repair", picture="example:horse", damage="centre")
    rows = {row["Way"]: row for row in page.dataframe[0].value.to_dict("records")}

    assert page.selectbox(key="way").value == "model:repaired-photographs"
    assert next(iter(rows)) == "Repair of small photographs"
    assert "32 x 32 pixels, the picture's own size" in texts(page).replace("\\", "")


def test_a_photograph_is_repaired_in_its_own_size_whatever_it_is_painted_at(open_page):
    page = open_page("repair", picture="example:palace", damage="blocks")

    assert "640 x 427 pixels, the picture's own size" in texts(page).replace("\\", "")


def test_a_mask_at_another_size_marks_the_same_places():
    from pages.parts.repair.large import at_size

    mask = np.array([[True, False], [False, True]])

    assert (at_size(mask, (4, 6, 3)) == mask.repeat(2, axis=0).repeat(3, axis=1)).all()
    assert (at_size(mask, (2, 2, 3)) == mask).all()


def test_imagining_is_kept_apart_and_starts_when_asked(open_page, monkeypatch):
    from mlcore.generation.latent.inversion import InversionSettings
    from pages.parts.repair import alternatives

    monkeypatch.setattr(alternatives, "USUAL", InversionSettings(steps=2, starts=10, pool=50))
    app = open_page("repair", picture="example:seven", damage="centre")
    assert "not a repair" in texts(app)
    before = len(app.get("image"))

    app.button(key="imagine.start").click().run()

    assert not app.exception
    assert not app.error
    assert len(app.get("image")) == before + alternatives.COUNT
    shares = [float(part.split("\\")[0]) for part in texts(app).split("**") if "drawn as" in part]
    assert len(shares) == alternatives.COUNT
    assert shares == sorted(shares)
    assert "Handwritten digits sees" in texts(app)
    first = [image.proto.imgs[0].url for image in app.get("image")[before:]]
    app.button(key="imagine.start").click().run()  # now "Imagine others"
    assert [image.proto.imgs[0].url for image in app.get("image")[before:]] != first


def test_imagining_without_a_generator_leads_to_one(open_page, monkeypatch):
    from mlcore import generation

    monkeypatch.setattr(generation, "all", list)
    page = open_page("repair", picture="example:seven", damage="centre")

    assert "Train a generator first" in [link.proto.label for link in page.main.get("page_link")]
    assert not [button for button in page.button if button.key == "imagine.start"]


def test_two_networks_of_one_title_are_two_ways(monkeypatch):
    from types import SimpleNamespace

    from pages.parts.repair import fills

    twins = [SimpleNamespace(id=name, title="Repair of pets") for name in ("first", "second")]
    monkeypatch.setattr(fills, "all_repairers", lambda: twins)

    offered = fills.ways()

    assert (offered["model:first"], offered["model:second"]) == ("Repair of pets", "Repair of pets (2)")
    assert len(set(offered.values())) == len(offered)
