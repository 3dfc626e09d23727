"""What each change of the training pictures costs, beside a training step and the same change as a Keras layer.

Processor time per picture, the least of some rounds: pictures of 32 pixels beside a step of Fast CNN, and of 224
pixels beside one of EfficientNet-Lite, as training makes them. Pictures are smooth, as photographs are.

    python -m benchmarks.augmentation
"""

import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from benchmarks.measure import write

SIZES = {32: (128, "fast-cnn", 12), 224: (16, "efficientnet-lite", 3)}  # pictures in a batch, network, rounds
CLASSES = 10
STRENGTHS = {
    "rotate": 15,
    "zoom": 0.1,
    "shear": 10,
    "elastic": 0.05,
    "shift": 4,
    "flip": True,
    "flip_vertical": True,
    "quarter_turns": True,
    "strokes": 0.5,
    "invert": True,
    "brightness": 0.2,
    "contrast": 0.2,
    "saturation": 0.3,
    "hue": 30,
    "grey": 0.2,
    "blur": 1.0,
    "noise": 0.05,
    "salt_pepper": 0.05,
    "jpeg": 60,
    "automatic": 1.0,
    "cutout": 8,
    "mixup": 0.2,
    "cutmix": 1.0,
}


def least(work: Callable[[], object], pictures: int, rounds: int) -> float:
    """Microseconds of the processor per picture, in the quickest of some rounds."""
    work()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return round(1e6 * min(times) / pictures, 1)


def smooth(count: int, side: int) -> np.ndarray:
    """Pictures like photographs: soft at the size of the picture, with some grain."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (count, 8, 8, 3), dtype="uint8")
    large = [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BICUBIC)) for one in small]
    return (np.stack(large) + rng.normal(0, 4, (count, side, side, 3))).clip(0, 255).astype("uint8")


def ours(pictures: np.ndarray, name: str) -> Callable[[], object]:
    """One batch changed one way, as the feed does it."""
    from mlcore.data import augmentation
    from mlcore.data.augmentation import mixing
    from mlcore.recipe import Augmentation

    settings, places = Augmentation(**{name: STRENGTHS[name]}), np.arange(len(pictures))

    def work() -> object:
        rng = np.random.default_rng(0)
        if mixing.is_on(settings):
            return mixing.mix(pictures, places % CLASSES, CLASSES, settings, rng)
        return augmentation.apply(pictures, settings, 0, places, rng)

    return work


def keras_layers() -> dict[str, object]:
    """Keras' own layers for the same changes, by the setting; what isn't here it hasn't."""
    from keras import layers

    return {
        "rotate": layers.RandomRotation(15 / 360, fill_mode="reflect"),
        "zoom": layers.RandomZoom(0.1, fill_mode="reflect"),
        "shear": layers.RandomShear(0.17, 0.17, fill_mode="reflect"),
        "elastic": layers.RandomElasticTransform(value_range=(0, 255)),
        "shift": layers.RandomTranslation(4 / 32, 4 / 32, fill_mode="reflect"),
        "flip": layers.RandomFlip("horizontal"),
        "flip_vertical": layers.RandomFlip("vertical"),
        "invert": layers.RandomInvert(0.5, value_range=(0, 255)),
        "brightness": layers.RandomBrightness(0.2),
        "contrast": layers.RandomContrast(0.2, value_range=(0, 255)),
        "saturation": layers.RandomSaturation(0.3, value_range=(0, 255)),
        "hue": layers.RandomHue(30 / 180, value_range=(0, 255)),
        "grey": layers.RandomGrayscale(0.2),
        "blur": layers.RandomGaussianBlur(sigma=1.0, value_range=(0, 255)),
        "automatic": layers.RandAugment(value_range=(0, 255), num_ops=1),
        "cutout": layers.RandomErasing(value_range=(0, 255)),
        "mixup": layers.MixUp(0.2),
        "cutmix": layers.CutMix(1.0),
    }


def theirs(layer, name: str, pictures: np.ndarray) -> Callable[[], object]:
    """The same batch through a Keras layer, compiled as in a pipeline of tf.data."""
    import tensorflow as tf

    images = tf.constant(pictures, "float32")
    labels = tf.one_hot(np.arange(len(pictures)) % CLASSES, CLASSES)
    given = {"images": images, "labels": labels} if name in ("mixup", "cutmix") else images
    return tf.function(lambda: layer(given, training=True))


def step(architecture: str, side: int, pictures: np.ndarray) -> Callable[[], object]:
    """A training step of a network, on a batch that is there already."""
    from mlcore import architectures
    from mlcore.backend.cpu_kernels import use_cpu_kernels
    from mlcore.recipe import Training
    from mlcore.training.optimizers import loss, optimizer

    network = architectures.shelf.get(architecture)
    model = architectures.build(architecture, network.settings().model_dump(), (side, side, 3), CLASSES)
    training = Training(**network.defaults)
    model.compile(optimizer(training, 100), loss(training, CLASSES), jit_compile="auto")
    labels = np.arange(len(pictures)) % CLASSES

    def work() -> object:
        with use_cpu_kernels(model, shared=False):
            return model.train_on_batch(pictures, labels)

    return work


def measured(side: int) -> dict:
    """The step, and for each change its cost, its share of the step, and that of Keras' layer."""
    count, architecture, rounds = SIZES[side]
    pictures = smooth(count, side)
    whole = least(step(architecture, side, pictures), count, rounds)
    result: dict = {"step": {"network": architecture, "microseconds": whole}}
    layers = keras_layers()
    for name in STRENGTHS:
        own = least(ours(pictures, name), count, rounds)
        row = {"microseconds": own, "share_of_step": round(own / whole, 4)}
        if name in layers:
            row["keras"] = least(theirs(layers[name], name, pictures), count, rounds)
        result[name] = row
        print(side, name, row, flush=True)
    return result


if __name__ == "__main__":
    write("augmentation", {str(side): measured(side) for side in SIZES}, "python -m benchmarks.augmentation")
