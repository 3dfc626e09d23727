"""Inpainting network: a U-Net that corrects the smooth fill of a hole, and a patch critic (discriminator) beside it.

The network adds to the fill what a smooth surface can't have: edges and strokes. Its last layer begins at 0, so it
begins as good as the fill. Errors count in the hole alone, and as a share of the fill's, lest scratches, which are
filled well and have few pixels, drown in boxes. The critic looks at patches (hinge loss, spectral normalisation) and
weighs a tenth by default: it wants the repaired picture to look real.
"""

import keras
from keras import layers, ops

from mlcore.backend.stop_gradient import stop_gradient
from mlcore.generation.training.losses import critic_loss, generator_loss
from mlcore.repair.settings import RepairSettings
from mlcore.tensors import Tensor

RAMP = 0.05  # what is saved is an average that looks back over this share of the steps so far (half of its weight)
EASY = 0.005  # squared error of a fill, levels 0..1, below which doing better counts less and less
TRACKED = ("error", "smooth_error", "critic_loss")


def unet(width: int, size: tuple[int | None, int | None] = (None, None)) -> keras.Model:
    """Fill and mask, levels 0..255 (N, H, W, 4), to what is to be added (N, H, W, 3); H and W in multiples of 4.

    A U-Net (Ronneberger et al. 2015, arXiv:1505.04597) on half and a quarter of the sides: a level of full size
    would take most of the time, and after the same time it wasn't better.
    """
    given = keras.Input((*size, 4))
    scaled = layers.Rescaling(1 / 127.5, offset=-1.0)(given)
    fine = layers.ReLU()(layers.Conv2D(width, 4, 2, "same")(scaled))
    fine = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(fine))
    coarse = _twice(_twice(layers.MaxPooling2D(2)(fine), 2 * width), 2 * width)
    fine = _twice(layers.Concatenate()([layers.UpSampling2D(2)(coarse), fine]), width)
    change = layers.Conv2DTranspose(3, 4, 2, "same", kernel_initializer="zeros")(fine)
    return keras.Model(given, layers.Rescaling(127.5)(change), name="unet")


def _twice(x: Tensor, width: int) -> Tensor:
    for _ in range(2):
        x = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(x))
    return x


def patch_critic(width: int) -> keras.Model:
    """Pictures -1..1 (N, H, W, 3) to a score for each patch of 22 pixels."""
    norm = layers.SpectralNormalization
    pictures = keras.Input((None, None, 3))
    x = pictures
    for filters in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(norm(layers.Conv2D(filters, 4, 2, "same"))(x))
    return keras.Model(pictures, norm(layers.Conv2D(1, 4, padding="same"))(x), name="critic")


class InpaintingModel(keras.Model):
    """A repair network in training. Takes truth, fill and mask uint8 (N, H, W, 7), as `masks.Damaged` makes them.

    `averaged` is what is kept: the network with the weights of the last steps averaged, which errs less.
    """

    def __init__(self, plan: RepairSettings) -> None:
        super().__init__(name="inpainting_model")
        self.plan, self.network, self.averaged = plan, unet(plan.width), unet(plan.width)
        self.averaged.set_weights(self.network.get_weights())
        self.averaged.trainable = False
        self.done = self.add_weight(shape=(), initializer="zeros", trainable=False, name="done")
        self.critic = patch_critic(plan.width) if plan.adversarial else None
        self.trackers = [keras.metrics.Mean(name) for name in TRACKED]

    def call(self, pictures: Tensor, training: bool = False) -> Tensor:
        return pictures  # `fit` wants an answer before the loss; the loss does all the work

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """Squared error over that of the fill, the critic's opinion of repaired pictures, and the critic's own loss."""
        trained, x = stop_gradient(self.critic.trainable_variables if self.critic else [], ops.cast(x, "float32"))
        truth, smooth, mask = x[..., :3], x[..., 3:6], x[..., 6:] / 255
        repaired = smooth + mask * self.network(x[..., 3:], training=True)
        error, smooth_error = (_errors(truth, each, mask) for each in (repaired, smooth))
        critic, opinion = self._critic_losses(trained, truth, repaired)
        for tracker, value in zip(self.trackers, (ops.mean(error), ops.mean(smooth_error), critic), strict=True):
            tracker.update_state(value)
        self._average()
        return ops.mean(error / (smooth_error + EASY)) + self.plan.adversarial * opinion + critic

    def _average(self) -> None:
        self.done.assign_add(1.0)
        keep = ops.power(0.5, 1.0 / (RAMP * self.done))
        for slow, quick in zip(self.averaged.weights, self.network.weights, strict=True):
            slow.assign(keep * slow + (1.0 - keep) * quick)

    def _critic_losses(self, trained: list[Tensor], truth: Tensor, repaired: Tensor) -> tuple[Tensor, Tensor]:
        """The critic's own loss, and its opinion of repaired pictures as a loss; both 0 without a critic."""
        if self.critic is None:
            return ops.zeros(()), ops.zeros(())
        real, fake = truth / 127.5 - 1, repaired / 127.5 - 1
        own = critic_loss(
            "hinge", self.critic(real, training=True), self.critic(ops.stop_gradient(fake), training=True)
        )
        other = [each.value for each in self.critic.non_trainable_variables]
        return own, generator_loss("hinge", 0.0, self.critic.stateless_call(trained, other, fake)[0])


def _errors(truth: Tensor, repaired: Tensor, mask: Tensor) -> Tensor:
    """Mean squared difference of levels 0..1 in each picture's hole (N,)."""
    squared = ops.sum(ops.square((truth - repaired) / 255) * mask, axis=(1, 2, 3))
    return squared / (3 * ops.sum(mask, axis=(1, 2, 3)) + 1e-6)
