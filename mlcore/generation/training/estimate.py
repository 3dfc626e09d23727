"""What training a generator will take, measured on a few steps."""

from dataclasses import dataclass

MOST_STEPS = 8  # timed; the smoothness of the critic is checked in one of them by default


@dataclass(frozen=True)
class GanEstimate:
    """Parameters of both networks and seconds of a step; saving and previews are left out."""

    generator_parameters: int
    critic_parameters: int
    seconds_per_step: float

    def seconds(self, plan) -> float:
        """All steps of a plan with these networks, or its time limit where that is shorter."""
        return min(self.seconds_per_step * plan.steps, plan.minutes * 60 or float("inf"))


def estimate(plan) -> GanEstimate:
    """Time a few steps of a plan on networks that are thrown away; loads Keras and takes some seconds.

    Raises Refused for data that no generator suits.
    """
    from mlcore import data
    from mlcore.generation.generators import checked
    from mlcore.generation.settings import is_grey
    from mlcore.generation.training.gan import Gan

    dataset = data.open(plan.data, seen=plan.fingerprint)
    checked(dataset.shape)
    gan = Gan(plan, (*dataset.shape[:2], 1 if is_grey(dataset) else 3), len(dataset.classes))
    seconds = _seconds_per_step(gan, dataset.shape)
    return GanEstimate(gan.generator.count_params(), gan.critic.count_params(), seconds)


def _seconds_per_step(gan, shape) -> float:
    import keras
    import numpy as np

    from mlcore.training.probe import seconds_per_step

    random, size = np.random.default_rng(0), gan.plan.batch_size
    batch = random.integers(0, 256, (size, *shape), "uint8"), random.integers(0, gan.classes, size).astype("int32")
    gan.compile(optimizer=keras.optimizers.Adam(gan.plan.learning_rate), jit_compile="auto")
    return seconds_per_step(gan, batch, min(gan.plan.every, MOST_STEPS))
