"""Imagine, on the Repair page: what a generator would put into a hole; apart from the repairs, for it is none."""

import numpy as np
import streamlit as st

from mlcore import generation, images
from mlcore.generation.latent.inversion import USUAL
from mlcore.repair.completion import imagine
from pages.parts import background, formatting, pick, shell
from pages.parts.components.data_url import reference
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


def _choose_and_show(cards: dict, damaged, mask, name: str) -> None:
    chosen, wanted, asked = st.columns(3)
    with chosen:
        titles = pick.distinct({id: card.title for id, card in cards.items()})
        id = st.selectbox("Generator", list(titles), format_func=titles.get, key="imagine.generator",
                          help="It draws only what it learned from: digits, for one that learned digits")  # fmt: skip
    generator = pick.generator(cards[id])
    with wanted:
        target = controls.class_of(generator, "imagine.class", anyone="Whichever agrees best")
    with asked:
        text = "It is asked what it sees in each alternative"
        judge = pick.classifier_for(generator.card, "Ask a model what it sees", "imagine.judge", text, same=True)
    of = (*pick.stamp(id), reference(damaged), reference(mask), target)
    kept = st.session_state.get("imagine.asked") or ()
    again = bool(kept) and kept[0] == of
    st.button("Imagine others" if again else "Imagine", key="imagine.start", icon=":material/auto_awesome:",
              on_click=_ask, args=(of, kept[1] + 1 if again else 0))  # fmt: skip
    if again:
        seed = kept[1]
        settings = USUAL.model_copy(update={"seed": seed})
        background.wait([background.Request(
            st.container(), "imagine", "Imagining", ("imagine", *of, seed),
            lambda report: imagine(generator, damaged, mask, COUNT, target, settings, report),
            lambda found: _show(found, generator.card, judge, name),
        )])  # fmt: skip


def _ask(of: tuple, seed: int) -> None:
    st.session_state["imagine.asked"] = of, seed
    st.session_state.pop("imagine.off", None)


def _show(found, card, judge, name: str) -> None:
    if found.verdict in FAR:
        st.info(FAR[found.verdict])
    answers = pick.classifier(judge).predict([each.picture for each in found.alternatives]) if judge else []
    for number, place in enumerate(cells(len(found.alternatives), COUNT, fills.WIDTH)):
        with place:
            each = found.alternatives[number]
            made = "" if each.found.target is None else f", drawn as {card.classes[each.found.target]}"
            st.image(fills.large(each.picture), width="stretch", alt=f"{name}, alternative {number + 1}{made}")
            st.markdown(f"**{formatting.plain(formatting.percent(each.found.error) + ' off' + made)}**")
            if answers:
                seen = f"{answers[number].best_name} ({formatting.percent(answers[number].confidence, 0)})"
                st.caption(formatting.plain(f"{judge.title} sees {seen}"))
            st.download_button("PNG", images.png(each.picture), f"imagined-{number + 1}.png", "image/png",
                               key=f"imagine.png.{number}", icon=":material/download:", on_click="ignore")  # fmt: skip
    st.caption(
        "Sorted by how far each is off in the part that is left: the root mean square difference, as a share of full "
        "brightness. Every pixel outside the mark is as it was."
    )
