"""What training a repair network will take, measured on a few steps."""

from dataclasses import dataclass

from mlcore.repair.settings import RepairSettings


@dataclass(frozen=True)
class RepairEstimate:
    """Parameters of the network and seconds of a step; loading, saving and previews are left out."""

    parameters: int
    seconds_per_step: float

    def seconds(self, plan: RepairSettings) -> float:
        """All steps of a plan, or its time limit where that is shorter."""
        return min(self.seconds_per_step * plan.steps, plan.minutes * 60 or float("inf"))


def estimate(plan: RepairSettings) -> RepairEstimate:
    """Time a few steps of a plan on a network that is thrown away; loads Keras and takes some seconds.

    Raises Refused for data that isn't here.
    """
    import keras

    from mlcore import data
    from mlcore.repair.loop import feed
    from mlcore.repair.network import InpaintingModel
    from mlcore.training.probe import seconds_per_step
    from mlcore.training.steps import stream, training_split

    dataset, model = data.open(plan.data, seen=plan.fingerprint), InpaintingModel(plan)
    model.compile(optimizer=keras.optimizers.Adam(plan.learning_rate), jit_compile="auto")
    batch = feed(stream(training_split(dataset, plan.batch_size), plan, 0), plan).at(0)
    return RepairEstimate(model.network.count_params(), seconds_per_step(model, batch))
