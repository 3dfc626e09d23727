"""The parts of the Repair page: the mask of what is lost, the repairs with their scores, a network of one's own."""

from typing import Any

import numpy as np
import streamlit as st

from mlcore import data, images, jobs, library, repair
from mlcore.repair.settings import RepairSettings
from pages.parts import formatting, pick, shell
from pages.parts.components.brush import brush
from pages.parts.form import form
from pages.parts.formatting import title_in
from pages.parts.generate.controls import download
from pages.parts.layout import cells
from pages.parts.repair.fills import WIDTH, filled, large, ways
from pages.parts.trouble import trouble

LARGEST = 256  # pixels of the longer side: what several ways can fill while a person waits
BY_HAND, BY_MASK = "hand", "mask"
DAMAGES = {
    "centre": "A hole in the middle",
    "scratches": "Scratches",
    "blocks": "Missing blocks",
    "noise": "Missing pixels",
    "strokes": "Strokes",
}


def workable(pixels: np.ndarray) -> np.ndarray:
    """The picture, smaller if it is large; says so."""
    longest = max(pixels.shape[:2])
    if longest <= LARGEST:
        return pixels
    height, width = (max(8, round(side * LARGEST / longest)) for side in pixels.shape[:2])
    st.caption(f"Shown and repaired at {width} x {height} pixels; the command line repairs the full size.")
    return images.fit(pixels, height, width)


def what_is_lost(pixels: np.ndarray, name: str) -> tuple[np.ndarray | None, bool]:
    """The mask bool (H, W), and whether what lies under it is known."""
    ways = {BY_HAND: "Paint it yourself", **DAMAGES, BY_MASK: "A mask from a file"}
    way = pick.one("What is lost?", ways, "damage", BY_HAND)
    if way == BY_HAND:
        mask = brush(pixels, "repair.brush", name)
        intact = st.toggle(
            "The marked part is intact",
            key="repair.intact",
            help="Then it is hidden, filled, and the result compared with what was there",
        )
        return mask, intact
    if way == BY_MASK:
        return _mask_file(pixels), False
    seed = st.number_input("Seed", 0, 9999, 0, key="repair.seed", help="Another number, another damage of this kind")
    height, width = pixels.shape[:2]
    mask = repair.damage(way, height, width, int(seed))
    st.image(large(np.where(mask[..., None], np.uint8(127), pixels)), width="stretch", alt=f"{name}, damaged")
    return mask, True


def _mask_file(pixels: np.ndarray) -> np.ndarray | None:
    """A mask out of a picture: bright is lost; brought to the picture's size."""
    file = st.file_uploader("A picture that is bright where pixels are lost", type="image", key="repair.mask")
    if file is None:
        return None
    mask = images.fit(images.decode(file.getvalue()).pixels, *pixels.shape[:2]).mean(axis=2) >= 128
    hidden = np.where(mask[..., None], np.uint8(127), pixels)
    st.image(large(hidden), width="stretch", alt="The picture with the mask in grey")
    return mask


def repairs(damaged: np.ndarray, mask: np.ndarray, truth: np.ndarray | None, name: str) -> None:
    """The repairs side by side, each with its download, and below how near they come."""
    titles = ways()
    chosen, judge = _chosen_ways(titles), _judge()
    rows = []
    for slot, way in zip(cells(len(chosen), 3, WIDTH), chosen, strict=True):
        with slot, trouble(titles[way]):
            repaired = filled(way, damaged, mask)
            st.image(large(repaired), width="stretch", alt=f"{name} repaired by {titles[way]}")
            st.markdown(f"**{formatting.plain(titles[way])}**")
            rows.append({"Way": titles[way], **_figures(repaired, mask, truth, judge)})
            file = f"{way.replace(':', '-')}.png"
            download("PNG", images.png(repaired), file, "image/png", f"repair.png.{way}")
    _table(rows, mask, truth)


def _chosen_ways(titles: dict[str, str]) -> list[str]:
    """Some of the ways, the first four unless others are chosen."""
    options: dict[str, Any] = {"selection_mode": "multi", "default": list(titles)[:4], "wrap": True}
    return st.pills("Ways to fill it", list(titles), format_func=title_in(titles), key="repair.ways", **options)


def _judge() -> str:
    """The id of the classifier that is asked, empty for none."""
    titles = {"": "Nobody"} | {card.id: card.title for card in library.classifiers() if not card.is_sequence}
    titles = pick.distinct(titles)
    return st.selectbox("Ask a model what it sees", list(titles), format_func=title_in(titles), key="repair.judge")


def _table(rows: list[dict], mask: np.ndarray, truth) -> None:
    st.caption(f"{formatting.percent(mask.mean(), 0)} of the picture was filled; every other pixel is as it was.")
    if rows and len(rows[0]) > 1:
        st.dataframe(rows, hide_index=True, key="repair.table", alt="How near each repair comes to the truth")
    if truth is None:
        st.caption("What was there isn't known, so the repairs can't be measured.")
    else:
        st.caption(
            "Measured in the hole: L1 is the mean difference (0 is perfect), PSNR and SSIM say how alike they are "
            "(more is better)."
        )


def _figures(repaired, mask, truth, judge: str) -> dict:
    figures: dict[str, float | str | None] = {}
    if truth is not None:
        score = repair.score(truth, repaired, mask)
        figures = {
            "L1": round(score.l1, 3),
            "PSNR (dB)": score.psnr and round(score.psnr, 1),
            "SSIM": round(score.ssim, 3),
        }
    if judge:
        answer = library.open_classifier(judge).predict(repaired)
        figures["Answer"] = f"{answer.best_name} ({formatting.probability(answer.confidence)})"
    return figures


def train() -> None:
    """A form for a network of one's own, and how far those in training are."""
    st.write("A network that has seen many pictures of a kind fills holes with what such pictures have there.")
    stored = pick.distinct({one.name: one.title for one in data.all() if one.stored and len(one.shape) == 3})
    if not stored:
        st.page_link(shell.path("data"), label="Add a data set first", icon=":material/arrow_forward:")
        return
    name = st.selectbox("Data set to learn from", list(stored), format_func=title_in(stored), key="repair.data")
    settings = form(RepairSettings, "repair.settings", without=("data",))
    st.button("Start training", key="repair.start", on_click=_start, args=({**settings, "data": name},))
    for run in jobs.all():
        if run.kind == "repair" and (run.live or run.state == "queued"):
            st.progress(run.progress, text=formatting.plain(f"{run.title}: {formatting.percent(run.progress, 0)}"))
    st.page_link(shell.path("runs"), label="All runs", icon=":material/list_alt:")


def _start(settings: dict) -> None:
    with trouble("Starting the run"):
        jobs.start_task("repair", settings, f"Repair of {settings['data']}")
