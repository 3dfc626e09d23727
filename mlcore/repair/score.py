"""Quality of a repair (L1, PSNR, SSIM), where the truth is known; measured in the hole alone."""

from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """l1: mean difference of levels 0..1, lower is better. psnr in dB and ssim (-1..1): higher is better.

    ssim is the mean over the hole of the map of Wang et al. 2004 with a window of 7 pixels, which sees a rim of
    known pixels; an empty hole is repaired perfectly (psnr None).
    """

    l1: float
    psnr: float | None
    ssim: float

    def to_json(self) -> dict[str, float | None]:
        """Plain values."""
        return asdict(self)


def score(truth: np.ndarray, repaired: np.ndarray, mask: np.ndarray) -> Score:
    """Compare pictures uint8 (H, W, 3) in the mask bool (H, W)."""
    if not mask.any():
        return Score(0.0, None, 1.0)
    from skimage.metrics import structural_similarity

    difference = (truth[mask].astype("float64") - repaired[mask]) / 255
    squared = float((difference**2).mean())
    _, similarity = structural_similarity(truth, repaired, win_size=7, channel_axis=-1, full=True)
    return Score(
        l1=float(np.abs(difference).mean()),
        psnr=float(-10 * np.log10(squared)) if squared else None,
        ssim=float(similarity.mean(axis=-1)[mask].mean()),
    )
