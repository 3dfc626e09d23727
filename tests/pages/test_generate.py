"""Generate: playing with a generator, training one, watching it, and how good it is."""

import io
import shutil

import pytest
from PIL import Image

from mlcore import data, durable, events, generation, images, jobs, library
from mlcore.data.binding import bound
from mlcore.generation.latent import directions
from mlcore.generation.measure import store
from mlcore.generation.training.estimate import GanEstimate
from pages.parts.generate import train


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No process is started, and nothing is timed; tests of the core do both."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    monkeypatch.setattr(train, "estimate", lambda plan: GanEstimate(1234, 567, 0.25))


@pytest.fixture
def no_starters(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "STARTERS", tmp_path)


def texts(page) -> str:
    kinds = ("markdown", "caption", "subheader", "success", "info", "warning")
    return " ".join(str(each.value) for kind in kinds for each in page.get(kind))


def sheet_of(page) -> str:
    """The address of the first picture on the page, which names its content."""
    return page.get("image")[0].proto.imgs[0].url


@pytest.mark.usefixtures("no_starters")
def test_without_a_generator_one_button_trains_one(open_page, check, tiny_generator):
    library.remove(tiny_generator)
    page = check(open_page("generate", data="shapes32").button(key="generate.first").click().run())

    (run,) = jobs.all()
    assert (run.kind, run.settings) == ("gan", bound(generation.draft("shapes32")).model_dump(mode="json"))
    assert page.selectbox(key="run").value == run.id


def test_the_same_seed_shows_the_same_pictures_and_another_others(open_page, check, tiny_generator):
    page = open_page("generate", generator=tiny_generator)
    first = sheet_of(page)

    other = sheet_of(check(page.number_input(key="play.seed").set_value(7).run()))
    again = sheet_of(check(page.number_input(key="play.seed").set_value(0).run()))

    assert first == again != other
    assert [block.value for block in page.code] == ["0"]


def test_a_locked_seed_stays(open_page, check, tiny_generator):
    page = open_page("generate", generator=tiny_generator)
    check(page.toggle(key="play.lock").set_value(True).run())

    assert page.button(key="play.another").disabled
    assert page.number_input(key="play.seed").disabled


def test_class_count_and_truncation_reach_the_generator(open_page, check, tiny_generator, monkeypatch):
    asked, sample = [], generation.Generator.sample
    monkeypatch.setattr(generation.Generator, "sample", lambda *given: asked.append(given[1:]) or sample(*given))
    page = open_page("generate", generator=tiny_generator)
    page.selectbox(key="play.class").set_value(2)
    page.slider(key="play.truncation").set_value(0.5)
    check(page.run())
    check(page.number_input(key="play.count.10").set_value(5).run())

    assert asked[-1] == (5, 0, 2, 0.5)


def test_a_closer_look_asks_a_classifier_and_finds_the_nearest_training_picture(open_page, tiny_generator, check):
    from pages.parts.generate import inspect

    pictures = data.open("shapes32").split("train").read([4, 9])
    near, names = inspect._neighbours(data.open("shapes32"), pictures)

    assert (near == pictures).all()
    assert len(names) == 2


@pytest.mark.parametrize("play", ["walk", "turn"])
def test_every_way_of_playing_opens(open_page, tiny_generator, play):
    page = open_page("generate", generator=tiny_generator, play=play)

    assert page.get("image")


def test_a_turned_knob_changes_the_pictures_and_reset_brings_them_back(open_page, check, tiny_generator):
    directions.of(generation.open(tiny_generator))
    page = open_page("generate", generator=tiny_generator, play="turn")
    before = sheet_of(page)

    turned = sheet_of(check(page.number_input(key="turn.1.box").set_value(3.0).run()))
    assert page.slider(key="turn.1").value == 3.0
    check(page.button(key="turn.reset").click().run())

    assert turned != before == sheet_of(page)
    assert page.number_input(key="turn.1.box").value == 0.0


def test_the_form_is_filled_with_what_suits_the_data_and_starts_a_run(open_page, check, tiny_generator):
    page = open_page("generate", do="train", data="shapes32")
    page = check(page.button(key="generate.another").click().run()) if not page.selectbox(key="data") else page
    assert "take about **8 min 20 s** here" in texts(page)
    assert "no objects" in texts(page)

    check(page.button(key="generate.start").click().run())

    (run,) = [each for each in jobs.all() if each.state == "queued"]
    assert run.settings == bound(generation.draft("shapes32")).model_dump(mode="json")


def test_data_that_isnt_here_can_be_fetched_first(open_page, tiny_generator):
    page = open_page("generate", do="train", data="mnist")

    assert page.button(key="generate.get").label == "Get it"
    assert "isn't stored yet" in texts(page).replace("\\", "")


def test_data_that_isnt_here_is_fetched_by_a_click(open_page, check, tiny_generator, monkeypatch):
    opened, open_set = [], data.open
    fetch = {"mnist": opened.append}
    monkeypatch.setattr(data, "open", lambda name, report=None: fetch.get(name, open_set)(name))
    check(open_page("generate", do="train", data="mnist").button(key="generate.get").click().run())

    assert opened == ["mnist"]


def test_a_run_shows_its_previews_and_its_end(open_page, check, tiny_generator):
    page = open_page("generate", run=tiny_generator)
    newest = sheet_of(page)

    assert "The generator is in the library" in texts(page)
    assert page.select_slider(key=f"timelapse.{tiny_generator}").value == 6
    check(page.select_slider(key=f"timelapse.{tiny_generator}").set_value(0).run())
    assert sheet_of(page) != newest


def test_the_film_of_a_run_has_a_frame_for_each_preview(tiny_generator):
    from pages.parts.generate import previews
    from pages.parts.runs import history

    folder, files = library.folder(tiny_generator), previews.drawn(history.of(jobs.run(tiny_generator)))
    film = Image.open(io.BytesIO(previews._film(folder, list(files.values()))))

    assert list(files) == list(range(7))
    assert film.n_frames == len({(folder / file).read_bytes() for file in files.values()})
    assert images.decode((folder / files[0]).read_bytes()).pixels.shape[1] <= film.size[0] <= previews.GIF_WIDTH


def test_a_fault_is_shown_while_it_lasts_with_what_to_do(open_page, tiny_generator):
    diary = library.folder(tiny_generator) / "events.jsonl"
    events.append(diary, events.FaultSeen("collapse", 3, "All alike. Train again with gamma=0.6."))
    events.append(diary, events.FaultSeen("ignored-class", 4, "It ignores the class."))
    events.append(diary, events.FaultGone("ignored-class", 6, "The class is shown again."))
    page = open_page("generate", run=tiny_generator)

    shown = [warning.value.replace("\\", "") for warning in page.warning]
    assert shown == ["All alike. Train again with gamma=0.6."]
    assert "The class is shown again" in texts(page)


def test_the_critics_scores_are_drawn_with_named_axes(open_page, tiny_generator):
    from pages.parts.generate import checks
    from pages.parts.runs import history

    told = history.of(jobs.run(tiny_generator))
    look = [each for each in told if isinstance(each, events.SamplesChecked)][-1]
    figure, _, alt = checks.scores(look)
    page = open_page("generate", run=tiny_generator)

    assert [bar.name for bar in figure.data] == ["Real pictures", "Made pictures"]
    assert [sum(bar.y) for bar in figure.data] == pytest.approx([1, 1])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Critic's score", "Share of pictures")
    assert f"after {look.step:,} steps" in alt
    assert checks.SCORES_HELP in texts(page)


def test_a_generator_that_came_along_tells_what_was_measured_of_it_without_its_data(open_page, check, home):
    page = check(open_page("generate", do="measure", generator="made-up-digits"))
    report = store.load("made-up-digits")

    assert not data.all()[0].stored
    assert f"Measured with {report['n']:,} made pictures" in texts(page)
    assert {metric.label: metric.value for metric in page.metric}["Classes present"] == "10 of 10"


def test_measuring_starts_a_task_with_what_was_chosen(open_page, check, tiny_generator):
    page = open_page("generate", do="measure", generator=tiny_generator)
    assert "pixels alone" in texts(page)
    check(page.number_input(key="measure.n").set_value(300).run())
    check(page.button(key="measure.start").click().run())

    (run,) = [each for each in jobs.all() if each.kind == "measure-generator"]
    assert run.settings == {"model": tiny_generator, "classifier": "", "n": 300, "seed": 0}


FOUND = {
    "model": "maker",
    "n": 200,
    "classifier": "Judge",
    "memorisation": 1.25,
    "closeness": {"Judge": 0.9},
    "spaces": [
        {
            "name": "Judge",
            "features": 8,
            "frechet": 12.3,
            "floor": 1.2,
            "noise": 363.0,
            "nothing": 112.2,
            "kernel": 0.1,
            "coverage": {"precision": 0.8, "recall": 0.4, "density": 0.7, "coverage": 0.6},
        }
    ],
    "seen": {
        "accuracy": {"value": 0.98, "low": 0.95, "high": 0.99, "n": 200},
        "shares": [0.3, 0.3, 0.4],
        "present": 3,
        "apart": 0.02,
        "diversity": [0.9, None, 0.7],
    },
    "names": ["cross", "disc", "square"],
    "real_shares": [0.3, 0.3, 0.4],
}


def test_figures_name_their_classifier_and_say_what_they_mean(open_page, tiny_generator):
    durable.write_json(library.folder(tiny_generator) / store.FILE, FOUND)
    page = open_page("generate", do="measure", generator=tiny_generator)

    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Fréchet"] == "12.3"
    assert (shown["Floor"], shown["Noise"], shown["Closeness"]) == ("1.2", "363", "90.0\u00a0%")
    assert (shown["Recall"], shown["Memorisation"], shown["Classes present"]) == ("0.40", "1.25", "3 of 3")
    assert all(metric.help for metric in page.metric)
    assert "Fréchet distance \\(classifier Judge\\)" in texts(page)
    assert "95" in texts(page)
    assert "FID" not in texts(page)


def test_figures_of_a_generator_that_came_along_are_found_in_the_runs(tiny_generator, home, tmp_path, monkeypatch):
    shutil.move(home / "models" / tiny_generator, tmp_path / "maker")
    monkeypatch.setattr(library, "STARTERS", tmp_path)
    id = jobs.start_task("measure-generator", {"model": "maker"})
    folders = [library.folder(run.id) for run in jobs.about("measure-generator", "maker")]
    assert store.load("maker", folders) is None

    durable.write_json(library.folder(id) / store.FILE, FOUND)

    assert store.load("maker", folders) == FOUND


def test_runs_lead_from_a_generator_to_this_page(open_page, tiny_generator):
    page = open_page("runs", run=tiny_generator)
    table = next(table.value for table in page.dataframe if "Progress" in table.value)

    (row,) = table[table["Run"] == "Maker"].to_dict("records")
    assert (row["What"], row["Test accuracy"], row["Data"]) == ("Generator", "", "shapes32")
    assert page.button(key="runs.watch")
    assert "Generate" in [link.proto.label for link in page.main.get("page_link")]


@pytest.fixture
def shortly(monkeypatch):
    """Searches take two steps; the core tests how well they find."""
    from mlcore.generation.latent import edit, inversion

    short = inversion.InversionSettings(steps=2, starts=4, pool=30)
    monkeypatch.setattr(edit.inversion_of, "__defaults__", (None, short, None))


def shown(page) -> list[str]:
    """The addresses of the given picture, the nearest and the changed one; the strip of the way comes after them."""
    return [image.proto.imgs[0].url for image in page.get("image")[-4:-1]]


@pytest.mark.usefixtures("shortly")
def test_a_picture_is_encoded_and_what_is_found_can_be_changed(open_page, check, tiny_generator):
    page = open_page("generate", generator=tiny_generator, play="encode", picture="example:horse")
    given, nearest, changed = shown(page)
    assert "can't come near this picture" in texts(page)
    assert given != nearest == changed

    found = page.selectbox(key="encode.class").value
    check(page.selectbox(key="encode.class").set_value((found + 1) % 3).run())
    other = shown(page)[2]
    check(page.selectbox(key="encode.class").set_value(found).run())
    check(page.slider(key="encode.share").set_value(100).run())
    walked = shown(page)[2]
    check(page.slider(key="encode.share").set_value(0).run())
    check(page.number_input(key="encode.0.box").set_value(3.0).run())
    turned = shown(page)[2]

    assert len({nearest, other, walked, turned}) == 4
    check(page.button(key="encode.reset").click().run())
    assert shown(page)[2] == nearest


@pytest.mark.usefixtures("shortly")
def test_another_picture_begins_without_changes(open_page, check, tiny_generator):
    page = open_page("generate", generator=tiny_generator, play="encode", picture="example:seven")
    check(page.slider(key="encode.share").set_value(70).run())
    check(page.button(key="encode.example.horse").click().run())

    assert page.slider(key="encode.share").value == 0


def test_encoding_without_a_picture_says_what_to_do(open_page, tiny_generator):
    page = open_page("generate", generator=tiny_generator, play="encode")

    assert "Choose a picture above" in texts(page)


@pytest.mark.usefixtures("shortly", "clip_model")
def test_encoding_a_clip_gets_a_sentence_and_another_picture_can_be_chosen(open_page, check):
    page = open_page("generate", play="encode", picture="data:motions:test:0")
    assert "single pictures and not on clips" in page.info[0].value

    check(page.button(key="encode.example.horse").click().run())
    assert page.slider(key="encode.share").value == 0


@pytest.mark.parametrize("verdict", ["near", "alike", "far"])
def test_how_near_a_generator_comes_is_said_in_words_and_figures(verdict):
    from pages.parts.generate.inversion import VERDICTS

    told = VERDICTS[verdict].format(off="3.0\u00a0%", usual="9.0\u00a0%")

    assert "3.0\u00a0%" in told
    assert "9.0\u00a0%" in told
    assert ("can't come near" in told) == (verdict == "far")


def test_a_figure_of_older_reports_that_would_flatter_isnt_shown(open_page, tiny_generator):
    older = {**FOUND, "spaces": [{name: value for name, value in FOUND["spaces"][0].items() if name != "nothing"}]}
    durable.write_json(library.folder(tiny_generator) / store.FILE, older)

    shown = {
        metric.label: metric.value for metric in open_page("generate", do="measure", generator=tiny_generator).metric
    }

    assert (shown["Closeness"], shown["Noise"]) == ("–", "363")
