"""Counterfactual search: the smallest part of a picture that, once covered, turns the answer into another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation.counterfactual.edit import FILLS
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, choice, number

Logits = Callable[[np.ndarray], np.ndarray]  # uint8 (N, H, W, 3) to scores (N, K)
Patches = tuple[int, ...]  # the numbers of some patches of the picture


class CounterfactualSettings(Settings):
    patches: int = number(8, 2, 24, "Patches along each side of the picture; more find smaller places, slower")
    fill: Literal["blur", "grey", "average"] = choice("blur", "What a covered patch is replaced by")
    rivals: int = number(3, 1, 10, "Other answers that the search tries to reach", expert=True)
    most: float = number(0.5, 0.02, 1.0, "Share of the picture that may be covered at most", expert=True)


USUAL = CounterfactualSettings()


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """The smallest covering the search met that turns the answer; where it met none, `exists` is False.

    `mask` bool (H, W) is what is covered and `picture` uint8 (H, W, 3) the covered picture. `before` and `after` are
    class numbers, `share` the covered share of the picture, `patches` its number of patches out of `of`, `asked` the
    pictures the classifier was asked. No patch of it can be left out; that no other covering is smaller is certain
    only where what each patch does to the scores adds up.
    """

    exists: bool
    before: int
    after: int
    mask: np.ndarray
    picture: np.ndarray
    share: float
    patches: int
    of: int
    asked: int


def counterfactual(
    logits: Logits, pixels: np.ndarray, settings: CounterfactualSettings = USUAL, progress: Progress = silent
) -> Counterfactual:
    """Search the smallest set of patches whose covering changes the answer for a picture uint8 (H, W, 3).

    For each of the likeliest rivals, patches are covered one by one, always the one that closes most of the gap
    in score; then every patch that isn't needed is given back. `progress` hears of each step; an exception
    in it cancels. Raises Refused(non-finite-weights).
    """
    search = _Search(logits, pixels, settings, progress)
    coverings = [covering for rival in search.rivals() if (covering := search.towards(rival)) is not None]
    smallest = min((search.pruned(covering) for covering in coverings), key=len, default=None)
    return search.result(smallest)


class _Search:
    """The coverings of one picture and what the classifier answers for them; a covering is a set of patches."""

    def __init__(
        self, logits: Logits, pixels: np.ndarray, settings: CounterfactualSettings, progress: Progress
    ) -> None:
        self._logits, self._pixels, self._progress, self.asked = logits, pixels, progress, 0
        self._instead = np.asarray(FILLS[settings.fill](pixels, None))
        self._patch = _patch_numbers(pixels.shape[0], pixels.shape[1], settings.patches)
        self._all = tuple(range(int(self._patch.max()) + 1))
        self._sizes = np.bincount(self._patch.ravel()) / self._patch.size
        self._most, self._tried = settings.most, settings.rivals
        self._start = self._scores([()])[0]
        self.before = int(self._start.argmax())
        self._alone = self._scores([(each,) for each in self._all])

    def rivals(self) -> list[int]:
        """The other answers, those first that seem to need the fewest patches by what each patch does alone."""
        others = [each for each in range(len(self._start)) if each != self.before]
        return sorted(others, key=self._needed)[: self._tried]

    def towards(self, rival: int) -> Patches | None:
        """Patches that turn the answer, chosen one by one towards a rival; None when too many would be needed."""
        chosen: Patches = ()
        scores = self._alone
        while True:
            left = [each for each in self._all if each not in chosen]
            if not left:
                return None
            scores = self._scores([(*chosen, each) for each in left]) if chosen else scores
            chosen = (*chosen, left[int((scores[:, self.before] - scores[:, rival]).argmin())])
            if self._sizes[list(chosen)].sum() > self._most:
                return None
            self._progress(len(chosen) / len(self._all), f"{len(chosen)} patches covered")
            if self._turns(chosen):
                return chosen

    def pruned(self, chosen: Patches) -> Patches:
        """The same without the patches that aren't needed, the least effective tried first, until all are needed."""
        for each in sorted(chosen, key=lambda each: -self._alone[each, self.before]):
            rest = tuple(other for other in chosen if other != each)
            if rest and self._turns(rest):
                return self.pruned(rest)
        return chosen

    def result(self, chosen: Patches | None) -> Counterfactual:
        """What a page shows of a covering, or of the lack of one."""
        covered = chosen or ()
        return Counterfactual(
            exists=chosen is not None,
            before=self.before,
            after=int(self._scores([covered])[0].argmax()),
            mask=np.isin(self._patch, covered),
            picture=self._covered(covered),
            share=float(self._sizes[list(covered)].sum()),
            patches=len(covered),
            of=len(self._all),
            asked=self.asked,
        )

    def _needed(self, rival: int) -> float:
        gap = self._start[self.before] - self._start[rival]
        closed = gap - (self._alone[:, self.before] - self._alone[:, rival])
        reached = np.cumsum(np.sort(closed)[::-1]) > gap
        return float(reached.argmax()) if reached.any() else len(self._all) + float(gap - closed.max())

    def _turns(self, chosen: Patches) -> bool:
        return int(self._scores([chosen])[0].argmax()) != self.before

    def _scores(self, coverings: Sequence[Patches]) -> np.ndarray:
        self.asked += len(coverings)
        scores = np.asarray(self._logits(np.stack([self._covered(each) for each in coverings])), "float32")
        if not np.isfinite(scores).all():
            raise Refused(Kind.NON_FINITE_WEIGHTS, "The network gives numbers that aren't finite for this picture.")
        return scores

    def _covered(self, chosen: Patches) -> np.ndarray:
        return np.where(np.isin(self._patch, chosen)[..., None], self._instead, self._pixels).astype("uint8")


def _patch_numbers(height: int, width: int, along: int) -> np.ndarray:
    """The number of each pixel's patch, int (height, width); sides that don't divide give patches of two sizes."""
    rows = np.arange(height) * min(along, height) // height
    columns = np.arange(width) * min(along, width) // width
    return rows[:, None] * (int(columns[-1]) + 1) + columns
