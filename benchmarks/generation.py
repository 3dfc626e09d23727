"""A generator after a minute: our default recipe beside that of the keras.io examples, at equal CPU time.

Everybody learns MNIST for the same CPU seconds of all threads, building and compiling included; ours pays for its
previews and checkpoints, too. A round is a seed. Each is then measured on pictures nobody trained on, by our digits
classifier and in a space that no classifier made. A second tutorial takes our learning rate, so that the difference
isn't that of one number.

    python -m benchmarks.generation [CPU_SECONDS [SEEDS]]      MNIST from MLCORE_HOME or the network
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from benchmarks.measure import measure, ratio, show, summary, write
from mlcore import data, library
from mlcore.generation import measure as compare
from mlcore.generation.latent import sampling

ROOT = Path(__file__).parents[1]
DATA, CLASSIFIER = "mnist", "handwritten-digits"
NOISE, WIDTH, BATCH = 64, 32, 64  # of the default recipe; the tutorial gets the same
COMPARED = 2000  # pictures on each side
OURS, TUTORIAL, FASTER = "ours", "keras.io style", "keras.io style at our rate"


class Tutorial(keras.Model):
    """A conditional DCGAN as in keras.io's `conditional_gan`: the label as channels, first the critic, then the other.

    Its networks have the filters and kernels of our `tiny`, with batch normalisation in the generator as DCGAN wants.
    Takes pictures -1..1 (N, 28, 28, 1) with one-hot classes (N, 10).
    """

    def __init__(self):
        super().__init__()
        self.generator, self.critic = tutorial_generator(), tutorial_critic()
        self.random = keras.random.SeedGenerator()

    def compile(self, rate: float):
        """Two optimisers, as the example has."""
        super().compile()
        self.for_critic, self.for_generator = (keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2))
        self.entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def call(self, pictures):
        return self.critic(pictures)

    def train_step(self, batch):
        """One update of the critic on real and made pictures, then one of the generator with fresh noise."""
        pictures, label, _ = keras.utils.unpack_x_y_sample_weight(batch)
        shown = ops.tile(label[:, None, None], (1, 28, 28, 1))
        both = ops.concatenate([pictures, self.generator(self._vectors(label), training=True)], axis=0)
        seen = ops.concatenate([both, ops.concatenate([shown, shown], axis=0)], axis=-1)
        real, fake = ops.ones((ops.shape(label)[0], 1)), ops.zeros((ops.shape(label)[0], 1))
        critic = self._update(
            self.critic,
            self.for_critic,
            lambda: self.entropy(ops.concatenate([real, fake], axis=0), self.critic(seen, training=True)),
        )
        fooled = self._update(self.generator, self.for_generator, lambda: self._fooled(label, shown, real))
        return {"critic_loss": critic, "generator_loss": fooled}

    def _fooled(self, label, shown, real):
        made = self.generator(self._vectors(label), training=True)
        return self.entropy(real, self.critic(ops.concatenate([made, shown], axis=-1), training=True))

    def _vectors(self, label):
        noise = keras.random.normal((ops.shape(label)[0], NOISE), seed=self.random)
        return ops.concatenate([noise, label], axis=1)

    def _update(self, network, optimizer, loss):
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply_gradients(
            zip(tape.gradient(value, network.trainable_weights), network.trainable_weights, strict=True)
        )
        return value


def tutorial_generator() -> keras.Model:
    """Noise and class (N, 74) to pictures -1..1 (N, 28, 28, 1)."""
    return keras.Sequential(
        [
            keras.Input((NOISE + 10,)),
            layers.Dense(7 * 7 * 2 * WIDTH, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Reshape((7, 7, 2 * WIDTH)),
            layers.Conv2DTranspose(WIDTH, 4, 2, "same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh"),
        ]
    )


def tutorial_critic() -> keras.Model:
    """A picture with its class as ten channels (N, 28, 28, 11) to a logit (N, 1)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 11)),
            layers.Conv2D(WIDTH, 4, 2, "same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(2 * WIDTH, 4, 2, "same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


class Budget(keras.callbacks.Callback):
    """Ends `fit` when the CPU seconds are spent; counts the steps."""

    def __init__(self, seconds: float):
        super().__init__()
        self._end, self.steps = time.process_time() + seconds, 0

    @property
    def spent(self) -> bool:
        """Whether the time is over; the process' clock counts every thread."""
        return time.process_time() >= self._end

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        self.model.stop_training = self.spent


def tutorial(dataset, seed: int, seconds: float, rate: float) -> tuple[keras.Model, int]:
    """The tutorial's generator after some CPU seconds, and its steps; pictures are prepared before the clock runs."""
    import tensorflow as tf

    split = dataset.split("train")
    pictures = split.read(np.arange(len(split)))[..., :1].astype("float32") / 127.5 - 1
    labels = np.eye(10, dtype="float32")[split.labels]
    budget = Budget(seconds)
    keras.utils.set_random_seed(seed)
    rows = tf.data.Dataset.from_tensor_slices((pictures, labels))
    gan = Tutorial()
    gan.compile(rate)
    batches = rows.shuffle(10_000, seed).batch(BATCH, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
    gan.fit(batches, epochs=10_000, verbose=0, callbacks=[budget])
    return gan.generator, budget.steps


def ours(dataset, seed: int, seconds: float) -> tuple[keras.Model, int]:
    """Our generator after some CPU seconds of the project's own training, and its steps."""
    from mlcore.generation import settings
    from mlcore.generation.training import loop

    plan = settings.draft(dataset.name, "tiny", [f"seed={seed}", "steps=100000"])
    with tempfile.TemporaryDirectory() as folder:
        budget = Budget(seconds)
        trained = loop.train(plan, Path(folder), should_stop=lambda: budget.spent)
    return trained.gan.averaged, trained.progress.step


CONTENDERS = {
    OURS: ours,
    TUTORIAL: lambda *given: tutorial(*given, rate=2e-4),
    FASTER: lambda *given: tutorial(*given, rate=1e-3),
}


class Sampler:
    """A network with pictures -1..1, drawn as `measure` wants it."""

    conditional = True

    def __init__(self, network):
        self._network = network

    def latents(self, count: int, seed: int) -> np.ndarray:
        """Random numbers (count, noise)."""
        return sampling.latents(NOISE, count, seed)

    def draw(self, latents: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Pictures uint8 (N, 28, 28, 3) of random numbers and classes."""
        return sampling.draw(self._network, sampling.vectors(latents, shares))


def figures(found: compare.Measured) -> dict[str, float]:
    """What was measured of a generator as a flat table: the space of pixels first, then the classifier's."""
    flat = {}
    for space, name in zip(found.spaces, ("pixels", "classifier"), strict=True):
        numbers = {name: getattr(space, name) for name in ("frechet", "floor", "noise", "kernel")}
        flat |= {f"{name} {figure}": value for figure, value in (numbers | vars(space.coverage)).items()}
    seen = found.classes
    flat |= {"class accuracy": seen.accuracy.value, "classes present": seen.present, "shares apart": seen.apart}
    return flat | {"least diversity": min(seen.diversity), "memorisation": found.memorisation}


def contend(contender: str, seed: int, seconds: float) -> None:
    """Train one contender in this process, measure it and print its figures."""
    dataset, classifier = data.open(DATA), library.open_classifier(CLASSIFIER)
    cpu = time.process_time()
    network, steps = CONTENDERS[contender](dataset, seed, seconds)
    facts = {"training_cpu_seconds": time.process_time() - cpu, "steps": steps}
    print(json.dumps(facts | figures(compare.measure(Sampler(network), dataset, classifier, COMPARED))))


def apart(contender: str, seed: int, seconds: float) -> dict:
    """A contender in a fresh process, without a GPU."""
    command = [sys.executable, "-m", "benchmarks.generation", "--contender", contender, str(seed), str(seconds)]
    quiet = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    told = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True, check=True)
    print(contender, seed, told.stdout.splitlines()[-1], flush=True)
    return json.loads(told.stdout.splitlines()[-1])


def against(result: dict, other: str) -> dict:
    """Ours beside another of the same seeds: the ratio of distances, and what we have more of in shares."""
    compared = {"classifier frechet ratio": ratio(result, OURS, other, "classifier frechet")}
    compared["pixels frechet ratio"] = ratio(result, OURS, other, "pixels frechet")
    for space, figure in itertools.product(("classifier", "pixels"), ("precision", "recall", "density", "coverage")):
        pairs = zip(*(result[name][f"{space} {figure}"]["rounds"] for name in (OURS, other)), strict=True)
        compared[f"{space} {figure} more"] = summary([mine - theirs for mine, theirs in pairs])
    return compared


def main(seconds: float = 60, seeds: int = 3) -> None:
    """Train and measure everybody with every seed, show and keep the result."""
    data.open(DATA)
    turns = {name: itertools.count() for name in CONTENDERS}
    candidates = {name: lambda name=name: apart(name, next(turns[name]), seconds) for name in CONTENDERS}
    result = measure(candidates, rounds=seeds, warm=0)
    show(result)
    found = {other: against(result, other) for other in (TUTORIAL, FASTER)}
    show(found)
    facts = {"budget_cpu_seconds": seconds, "compared": COMPARED, "classifier": CLASSIFIER}
    write("generation", result, f"python -m benchmarks.generation {seconds:g} {seeds}", ours_against=found, **facts)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        contend(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    else:
        main(*(float(text) for text in sys.argv[1:2]), *(int(text) for text in sys.argv[2:3]))
