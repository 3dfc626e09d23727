"""The parts of the Repair page: the mask of what is lost, and the repairs side by side with their scores."""

from typing import Any

import numpy as np
import streamlit as st

from mlcore import images, library, repair
from mlcore.repair.mask_files import read_mask, smaller
from pages.parts import formatting, pick
from pages.parts.components.brush import brush
from pages.parts.formatting import title_in
from pages.parts.generate.controls import download
from pages.parts.layout import cells, reserved, table
from pages.parts.picture import ANY_FILE
from pages.parts.repair.fills import WIDTH, filled, large, ways
from pages.parts.trouble import trouble

PAINTED_HEIGHT = 400  # pixels of brushes and picture, about
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
    """The picture, smaller if it is large: what is painted on, and what the ways are compared on."""
    longest = max(pixels.shape[:2])
    if longest <= LARGEST:
        return pixels
    height, width = (max(8, round(side * LARGEST / longest)) for side in pixels.shape[:2])
    return images.fit(pixels, height, width)


def what_is_lost(pixels: np.ndarray, name: str, full: np.ndarray) -> tuple[np.ndarray | None, bool]:
    """The mask bool (H, W), and whether what lies under it is known; `full` is the picture as it was given."""
    ways = {BY_HAND: "Paint it yourself", **DAMAGES, BY_MASK: "A mask from a file"}
    way = pick.one("What is lost?", ways, "damage", BY_HAND)
    if way == BY_HAND:
        with reserved("repair.place", PAINTED_HEIGHT):
            mask = brush(pixels, "repair.brush", name)
        intact = st.toggle(
            "The marked part is intact",
            key="repair.intact",
            help="Then it is hidden, filled, and the result compared with what was there",
        )
        return mask, intact
    if way == BY_MASK:
        return _mask_file(pixels, full), False
    seed = st.number_input("Seed", 0, 9999, 0, key="repair.seed", help="Another number, another damage of this kind")
    height, width = pixels.shape[:2]
    mask = repair.damage(way, height, width, int(seed))
    st.image(large(np.where(mask[..., None], np.uint8(127), pixels)), width="stretch", alt=f"{name}, damaged")
    return mask, True


def _mask_file(pixels: np.ndarray, full: np.ndarray) -> np.ndarray | None:
    """A mask out of a picture of the same size as the one that was given."""
    text = "Bright where pixels are lost, or painted on a clear layer; as large as the picture"
    file = st.file_uploader("A mask as a picture", type=ANY_FILE, key="repair.mask", help=text)
    if file is None:
        return None
    mask = smaller(repair.checked_mask(full, read_mask(file.getvalue())), *pixels.shape[:2])
    hidden = np.where(mask[..., None], np.uint8(127), pixels)
    st.image(large(hidden), width="stretch", alt="The picture with the mask in grey")
    return mask


def repairs(damaged: np.ndarray, mask: np.ndarray, truth: np.ndarray | None, name: str) -> None:
    """The repairs side by side at a size to compare, each with its download, and below how near they come."""
    titles = ways()
    chosen, judge = _chosen_ways(titles), _judge()
    rows = []
    for slot, way in zip(cells(len(chosen), 4, WIDTH), chosen, strict=True):
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
        table(rows, "repair.table", "repairs.csv", alt="How near each repair comes to the truth")
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
