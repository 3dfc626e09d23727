"""What few-shot learning gave: how good it is, its answer for a new picture, and making it last."""

import streamlit as st

from mlcore import images, jobs, library, teach
from mlcore.explanation.render import overlay
from mlcore.library.card import ENOUGH, NOT_ALL
from mlcore.library.out_of_distribution import FEWEST
from pages.parts import charts, formatting, picture, shell
from pages.parts.answer import trust, unlike
from pages.parts.answer.answer import SIDE, tells
from pages.parts.components.into_view import into_view
from pages.parts.layout import metrics
from pages.parts.runs import progress
from pages.parts.trouble import notices, trouble


def measured(lesson) -> None:
    """How often it was right about pictures left out, and what that is worth."""
    share = formatting.percent(lesson.accuracy.value, 0)
    metrics({"Right when left out": share, "Learned in": formatting.duration(lesson.seconds)})
    st.caption(formatting.plain(f"Each picture was judged after learning from the others: {lesson.accuracy.text()}."))
    st.caption(formatting.plain(lesson.sentence))
    notices(lesson.notices, "teach.notices")


def trial(lesson) -> None:
    """Try a new picture: the answer and where the network looked."""
    st.subheader("Try it", anchor=False)
    picture.drop_zone("teach.try", "Drop a new picture")
    chosen = picture.single()
    if chosen is None:
        st.caption("Drop or take a picture that isn't among those above, and it is answered at once.")
        return
    answer = lesson.predict(chosen.picture)
    into_view("teach.answer", chosen.picture.sha256, "See the answer")
    looked = st.toggle("Show where it looked", value=True, key="teach.overlay")
    left, right = st.container(key="teach.answer").columns([2, 3])
    with left:
        _picture(lesson, chosen, answer, looked)
    with right:
        _verdict(lesson, answer)
        names, probabilities = zip(*answer.top(5), strict=True)
        charts.bars(names, probabilities, "teach.bars")
    st.caption(_limits(lesson.detector))


def _verdict(lesson, answer) -> None:
    """What comes first: that the picture is unlike the others, else the answer and how far to believe it."""
    if unlike.is_flagged(answer):
        unlike.heading(answer)
        return
    backing = trust.Backing(lesson.certainty, lesson.promises.calibrated_on)
    st.subheader(formatting.plain(trust.heading(answer, backing)), anchor=False)
    st.write(trust.sentence(answer, backing))
    trust.alternatives(answer, backing)


def _limits(detector) -> str:
    """What an answer can't tell, and how far the lesson notices that itself."""
    always = "It always answers with one of the classes above, whatever the picture shows"
    if detector is None:
        return f"{always}: to notice that a picture is unlike those above, it needs {FEWEST} or more of them."
    count = len(detector.own)
    few = f" With {count} pictures it knows only roughly how far that is." if count < ENOUGH else ""
    rare = "nearly all" if count >= NOT_ALL else "all"
    return f"{always}. First it says if that is further from those above than {rare} of them are from the others.{few}"


def _picture(lesson, chosen, answer, looked: bool) -> None:
    height, width = lesson.shape[:2]
    scale = max(1, -(-SIDE // max(height, width)))
    pixels = images.fit(chosen.picture.pixels, height * scale, width * scale)
    heat = lesson.class_map(chosen.picture, answer.best)
    caption = "The picture as the network sees it"
    if looked and tells(heat):
        pixels = overlay.overlay(pixels, heat, 0.5)
        caption = f"Warm places speak for {answer.best_name}"
    st.image(pixels, width="stretch", alt=f"{chosen.name}. {caption}.")
    st.caption(formatting.plain(caption))


def lasting(draft) -> None:
    """Keep the pictures as a data set and the lesson as a model; then fine-tune it."""
    st.subheader("Keep it", anchor=False)
    run = _run(draft)
    if run is None:
        st.write("A data set of these pictures and a model that every page can use, measured on pictures set aside.")
        st.text_input(
            "Name of the data set",
            key="teach.name",
            placeholder="chosen for you",
            help="Small letters, digits, - and _; empty: made of the names of the classes",
        )
        st.button("Keep as data set and model", key="teach.keep", icon=":material/save:", on_click=_keep, args=(draft,))
        return
    progress.live(run.id)
    if run.state == "done":
        _next(run)
    st.button("Keep the pictures as they are now", key="teach.again", on_click=_forget, args=(draft,))


def _run(draft):
    """The task that made a model of this draft in this session, when there is one."""
    id = st.session_state.get("teach.runs", {}).get(draft.id)
    return next((run for run in jobs.all() if run.id == id), None)


def _next(run) -> None:
    card = library.card_of(run.id)
    accuracy = formatting.interval(card.accuracy)
    st.success(formatting.plain(f"The model is in the library. On pictures set aside it is right in {accuracy}."))
    with st.container(horizontal=True):
        for page, step in {"classify": "Classify", "explain": "Explain", "evaluate": "See how good it is"}.items():
            st.page_link(shell.path(page), label=step, icon=shell.PAGES[page][1], query_params={"model": run.id})
    st.write("Fine-tuning lets all its filters learn from your pictures, slowly. It takes a minute or more.")
    st.button("Fine-tune", key="teach.tune", icon=":material/tune:", on_click=_tune, args=(run.id, run.title))
    if tuned := st.session_state.get("teach.tuned", {}).get(run.id):
        st.page_link(
            shell.path("train"), label="Watch it learn", icon=":material/model_training:", query_params={"run": tuned}
        )


def _keep(draft) -> None:
    """Store the data set and start the task that makes the model; a callback."""
    with trouble("Keeping"):
        kept = teach.keep(draft, st.session_state.get("teach.name", "").strip())
        started = jobs.start_task("teach", {"data": kept.name}, f"Taught: {kept.title}"[:80])
        st.session_state["teach.runs"] = {**st.session_state.get("teach.runs", {}), draft.id: started}


def _forget(draft) -> None:
    st.session_state.get("teach.runs", {}).pop(draft.id, None)


def _tune(model: str, title: str) -> None:
    """Start the run that goes on from the model; a callback."""
    with trouble("Fine-tuning"):
        started = jobs.start(teach.fine_tuning(model), f"{title}, fine-tuned"[:80])
        st.session_state["teach.tuned"] = {**st.session_state.get("teach.tuned", {}), model: started}
