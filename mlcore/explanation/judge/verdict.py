"""From numbers to words: whether to believe a map, by a rule that can be read here.

Four checks decide. Each passes when
    faithfulness    insertion area minus deletion area lies above what 19 of 20 random maps of the same grain keep to,
    randomisation   the mean rank correlation with networks of random weights is below 0.5,
    stability       the mean rank correlation under a little noise is at least 0.5,
    seeds           the rank correlation with another seed is at least 0.5 (methods with chance only).

    believe      faithfulness passed, and all others that were made
    looks nice   at least half of the random maps are as faithful, or randomisation failed: the map tells of the
                 picture, not of the network
    unclear      all else; also where the probability hardly moves, so that no order of places can be told from another

Mu-fidelity is shown beside the rule and isn't part of it: there is no random map it would have to be better than.
"""

from typing import Literal

from mlcore.explanation.judge.faithfulness import faithfulness
from mlcore.explanation.judge.words import listed

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


def measured(found: dict) -> dict:
    """What decides, by name; `found` maps the names of the checks to what they found, or None."""
    curves = found.get("deletion"), found.get("insertion")
    faithful = {"faithfulness": faithfulness(*curves)} if all(curves) else {}
    return faithful | {name: found[name] for name in SAID if found.get(name)}


def outcomes(measured: dict) -> dict[str, bool]:
    """Whether each of the checks that decide passed."""
    good = {
        "faithfulness": lambda each: each.better,
        "randomisation": lambda each: not each.alike,
        "stability": lambda each: each.alike,
        "seeds": lambda each: each.alike,
    }
    return {name: good[name](each) for name, each in measured.items()}


def still(found: dict) -> bool:
    """Whether curves were drawn and the probability moved in none of them."""
    curves = [found[name] for name in ("deletion", "insertion") if found.get(name)]
    return bool(curves) and not any(curve.moves for curve in curves)


def verdict(found: dict) -> Verdict:
    """The verdict that follows from what the checks found."""
    deciding = measured(found)
    passed = outcomes(deciding)
    if still(found) or "faithfulness" not in passed:
        return "unclear"
    if deciding["faithfulness"].worse or not passed.get("randomisation", True):
        return "looks nice"
    return "believe" if all(passed.values()) else "unclear"


def sentence(found: dict) -> str:
    """The verdict and its reasons in plain words."""
    return OPENING[verdict(found)] + reasons(found)


def reasons(found: dict) -> str:
    """What failed first, then what held: one or two sentences, of which the first begins small."""
    if still(found):
        return f"{STILL}."
    deciding = measured(found)
    passed = outcomes(deciding)
    held = [_said(name, deciding[name], True) for name, good in passed.items() if good]
    failed = [_said(name, deciding[name], False) for name, good in passed.items() if not good]
    failed += [] if "faithfulness" in deciding else [UNTESTED]
    though = f" Still, {listed(held)}." if failed and held else ""
    return f"{listed(failed or held)}.{though}"


def _said(name: str, each, good: bool) -> str:
    return SAID[name][0 if good else 1].format(**(_counts(each) if name == "faithfulness" else {}))


def _counts(each) -> dict:
    n, others = each.random.n, each.random.n - each.beaten
    return {
        "most": f"all {n}" if not others else f"{each.beaten} of {n}",
        "others": others,
        "n": n,
        "do": "does" if others == 1 else "do",
    }
