"""The Repair page: nothing yet, a known damage measured, an intact picture, a network of one's own."""


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


def test_training_without_data_leads_to_data(open_page):
    page = open_page("repair")

    assert not any(button.label == "Start training" for button in page.button)


def test_training_starts_a_run(open_page, tiny_data, monkeypatch):
    from mlcore import jobs

    begun = []
    monkeypatch.setattr(jobs, "start_task", lambda *words: begun.append(words))
    page = open_page("repair")
    next(button for button in page.button if button.label == "Start training").click().run()

    assert not page.exception
    assert begun[0][0] == "repair"
    assert begun[0][1]["data"] == "shapes"


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
