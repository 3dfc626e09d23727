"""Hyperparameter search: ways to choose the next member of a sweep, each a function of what was tried so far."""

from typing import Any

import numpy as np

from mlcore.jobs.sweeps.space import Axis, grid

Trials = list[
    tuple[dict[str, Any], float | None]
]  # the values of each member so far with its score, None where it has none


def from_grid(axes: tuple[Axis, ...], trials: Trials, seed: int) -> dict[str, Any] | None:
    """The next combination of a grid; None when all were tried."""
    points = grid(axes)
    return points[len(trials)] if len(trials) < len(points) else None


def at_random(axes: tuple[Axis, ...], trials: Trials, seed: int) -> dict[str, Any]:
    """A point drawn evenly from the whole space (Bergstra & Bengio 2012, JMLR 13:281-305)."""
    shares = np.random.default_rng([seed, len(trials)]).random(len(axes))
    return {axis.key: axis.at(share) for axis, share in zip(axes, shares, strict=True)}


def by_tpe(axes: tuple[Axis, ...], trials: Trials, seed: int) -> dict[str, Any]:
    """A point like the best ones so far: tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS), by Optuna.

    The study is rebuilt from the members each time, in memory; the first ten are drawn at random.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    distributions = {axis.key: _distribution(axis, optuna.distributions) for axis in axes}
    sampler = optuna.samplers.TPESampler(seed=seed + len(trials))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for values, score in trials:
        if score is not None and set(values) == set(distributions):
            params = {axis.key: _inner(axis, values[axis.key]) for axis in axes}
            study.add_trial(optuna.create_trial(params=params, distributions=distributions, value=score))
    chosen = study.ask(distributions).params
    return {axis.key: axis.values[chosen[axis.key]] if axis.values else chosen[axis.key] for axis in axes}


def _inner(axis: Axis, value: Any) -> Any:
    """A value as Optuna holds it: by its place among the choices, which may be lists."""
    return axis.values.index(value) if axis.values else value


def _distribution(axis: Axis, kinds: Any) -> Any:
    if axis.values:
        return kinds.CategoricalDistribution(range(len(axis.values)))
    if axis.whole:
        return kinds.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return kinds.FloatDistribution(axis.low, axis.high, log=axis.log)


METHODS = {"grid": from_grid, "random": at_random, "tpe": by_tpe}
