"""Imagine, on the Repair page: completions of a hole by a generator; apart from the repairs, for it is none."""

import numpy as np
import streamlit as st

from mlcore import generation, images
from mlcore.generation.latent.inversion import USUAL
from mlcore.library.card import Card
from mlcore.progress import Progress
from mlcore.repair.completion import Completion, complete
from pages.parts import background, formatting, pick, shell
from pages.parts.components.data_url import reference
from pages.parts.desk import Key
from pages.parts.formatting import title_in
from pages.parts.generate import controls
from pages.parts.layout import cells
from pages.parts.repair import fills
from pages.parts.trouble import trouble

COUNT = 4
FAR = {
    "alike": "It comes no nearer to what is left than one of its own pictures is to the next.",
    "far": "It can't come near to what is left, so this is probably a picture of another kind than it learned from.",
}


@st.fragment
def panel(damaged: np.ndarray, mask: np.ndarray, name: str) -> None:
    """Alternatives side by side, searched when asked for."""
    st.subheader("Imagine", anchor=False)
    st.write(
        "Plausible alternatives, not a repair: a generator draws pictures of its own kind that agree with what is "
        "left. Where you marked, it may change what was there."
    )
    with trouble("Imagining"):
        cards = {card.id: card for card in generation.all()}
        if not cards:
            st.page_link(shell.path("generate"), label="Train a generator first", icon=":material/arrow_forward:")
            return
        _choose_and_show(cards, damaged, mask, name)


def _choose_and_show(cards: dict[str, Card], damaged: np.ndarray, mask: np.ndarray, name: str) -> None:
    """Generator, class and classifier side by side, and what came of the last click."""
    left, middle, right = st.columns(3)
    with left:
        generator = pick.generator(cards[_generator_id(cards)])
    with middle:
        target = controls.class_of(generator, "imagine.class", anyone="Whichever agrees best")
    with right:
        text = "It is asked what it sees in each alternative"
        judge = pick.classifier_for(generator.card, "Ask a model what it sees", "imagine.judge", text, same=True)
    of = (*pick.stamp(generator.card.id), reference(damaged), reference(mask), target)
    seed = _seed(of)
    if seed is None:
        return
    key = ("imagine", of, seed)
    settings = USUAL.model_copy(update={"seed": seed})

    def make(progress: Progress) -> Completion:
        return complete(generator, damaged, mask, COUNT, target, settings, progress)

    def show(result: Completion) -> None:
        _show(result, generator.card, judge, name)

    background.wait([background.Request(st.container(), "imagine", "Imagining", key, make, show)])


def _generator_id(cards: dict[str, Card]) -> str:
    """A generator by its name."""
    titles = pick.distinct({id: card.title for id, card in cards.items()})
    text = "It draws only what it learned from: digits, for one that learned digits"
    return st.selectbox("Generator", list(titles), format_func=title_in(titles), key="imagine.generator", help=text)


def _seed(of: Key) -> int | None:
    """The seed that was asked for with exactly this in sight, None for none yet; and the button that asks for one."""
    last_of, seed = st.session_state.get("imagine.asked") or (None, 0)
    again = last_of == of
    label, icon = "Imagine others" if again else "Imagine", ":material/auto_awesome:"
    st.button(label, key="imagine.start", icon=icon, on_click=_ask, args=(of, seed + 1 if again else 0))
    return seed if again else None


def _ask(of: Key, seed: int) -> None:
    st.session_state["imagine.asked"] = of, seed
    st.session_state.pop("imagine.off", None)


def _show(result: Completion, card: Card, judge: Card | None, name: str) -> None:
    if result.verdict in FAR:
        st.info(FAR[result.verdict])
    answers = pick.classifier(judge).predict([each.picture for each in result.alternatives]) if judge else []
    for number, cell in enumerate(cells(len(result.alternatives), COUNT, fills.WIDTH)):
        with cell:
            each = result.alternatives[number]
            drawn_as = "" if each.match.target is None else f", drawn as {card.classes[each.match.target]}"
            st.image(fills.large(each.picture), width="stretch", alt=f"{name}, alternative {number + 1}{drawn_as}")
            st.markdown(f"**{formatting.plain(formatting.percent(each.match.error) + ' off' + drawn_as)}**")
            if judge:
                answer = f"{answers[number].best_name} ({formatting.probability(answers[number].confidence, 0)})"
                st.caption(formatting.plain(f"{judge.title} sees {answer}"))
            file = f"imagined-{number + 1}.png"
            controls.download("PNG", images.png(each.picture), file, "image/png", f"imagine.png.{number}")
    st.caption(
        "Sorted by how far each is off in the part that is left: the root mean square difference, as a share of full "
        "brightness. Every pixel outside the mark is as it was."
    )
