"""Verdict: whether to believe a saliency map, from numbers to words by a rule that can be read here.

Four checks decide. Each passes when
    faithfulness    insertion area minus deletion area lies above what 19 of 20 random maps of the same grain keep to,
                    and above that of the middle and of the edges of the picture, which know nothing of the network,
    randomisation   the mean rank correlation with networks of random weights is below 0.5,
    stability       the mean rank correlation under a little noise is at least 0.5,
    seeds           the rank correlation with another seed is at least 0.5 (methods with chance only).

    believe      faithfulness passed, and all others that were made
    looks nice   at least half of the random maps are as faithful, or randomisation failed: the map tells of the
                 picture, not of the network
    unclear      all else; also where the probability hardly moves, so that no order of places can be told from another

Mu-fidelity is shown beside the rule and isn't part of it: there is no random map it would have to be better than.
"""

from typing import Literal, TypedDict

from mlcore.explanation.judge.faithfulness import Curve, Faithfulness, faithfulness
from mlcore.explanation.judge.likeness import Likeness
from mlcore.explanation.judge.words import listed
from mlcore.intervals import Interval

Verdict = Literal["believe", "unclear", "looks nice"]

# What is said of a check that passed, and of one that failed.
SAID = {
    "faithfulness": (
        "its strongest places matter more to the network than those of {most} random maps",
        "{others} of {n} random maps {do} as well",
    ),
    "randomisation": (
        "a network with random weights gives another map",
        "a network with random weights gives nearly the same map",
    ),
    "stability": ("a little noise leaves it as it is", "a little noise in the picture changes it"),
    "seeds": ("another seed gives the same map", "another seed gives another map"),
}
OPENING = {"believe": "Believe it: ", "unclear": "Unclear: ", "looks nice": "It looks nice, but "}
STILL = "the probability of this class hardly changes here, whichever places are taken away, so no map can be tested"
UNTESTED = "it wasn't compared with random maps"


class Results(TypedDict, total=False):
    """What each check gave, by its name; None or missing where it wasn't made, or can't be."""

    deletion: Curve | None
    insertion: Curve | None
    fidelity: Interval | None
    stability: Likeness | None
    seeds: Likeness | None
    randomisation: Likeness | None


def faithfulness_of(results: Results) -> Faithfulness | None:
    """How faithful the map is beside random ones; None unless both curves were drawn."""
    deletion, insertion = results.get("deletion"), results.get("insertion")
    return faithfulness(deletion, insertion) if deletion and insertion else None


def outcomes(results: Results) -> dict[str, bool]:
    """Whether each of the checks that decide passed, of those that were made."""
    faithful, weights = faithfulness_of(results), results.get("randomisation")
    noise, seeds = results.get("stability"), results.get("seeds")
    passed = {
        "faithfulness": None if faithful is None else faithful.better,
        "randomisation": None if weights is None else not weights.alike,
        "stability": None if noise is None else noise.alike,
        "seeds": None if seeds is None else seeds.alike,
    }
    return {name: good for name, good in passed.items() if good is not None}


def still(results: Results) -> bool:
    """Whether curves were drawn and the probability moved in none of them."""
    curves = [curve for curve in (results.get("deletion"), results.get("insertion")) if curve]
    return bool(curves) and not any(curve.moves for curve in curves)


def verdict(results: Results) -> Verdict:
    """The verdict that follows from what the checks gave."""
    faithful, passed = faithfulness_of(results), outcomes(results)
    if still(results) or faithful is None:
        return "unclear"
    if faithful.worse or not passed.get("randomisation", True):
        return "looks nice"
    return "believe" if all(passed.values()) else "unclear"


def sentence(results: Results) -> str:
    """The verdict and its reasons in plain words."""
    return OPENING[verdict(results)] + reasons(results)


def reasons(results: Results) -> str:
    """What failed first, then what held: one or two sentences, of which the first begins small."""
    if still(results):
        return f"{STILL}."
    faithful, passed = faithfulness_of(results), outcomes(results)
    counts = _counts(faithful) if faithful else {}
    held = [SAID[name][0].format(**counts) for name, good in passed.items() if good]
    failed = [_failure(name, faithful).format(**counts) for name, good in passed.items() if not good]
    failed += [] if faithful else [UNTESTED]
    though = f" Still, {listed(held)}." if failed and held else ""
    return f"{listed(failed or held)}.{though}"


def _failure(check: str, faithful: Faithfulness | None) -> str:
    """What is said of a check that failed; a map that only the blind ones match is told so."""
    if check == "faithfulness" and faithful and faithful.unbeaten and faithful.value > faithful.random.high:
        verb = "does" if len(faithful.unbeaten) == 1 else "do"
        titles = listed([f"the {title[0].lower()}{title[1:]}" for title in faithful.unbeaten])
        return f"{titles} {verb} as well, without knowing the network"
    return SAID[check][1]


def _counts(faithful: Faithfulness) -> dict[str, str | int]:
    n, others = faithful.random.n, faithful.random.n - faithful.beaten
    return {
        "most": f"all {n}" if not others else f"{faithful.beaten} of {n}",
        "others": others,
        "n": n,
        "do": "does" if others == 1 else "do",
    }
