"""A network that mends the smooth fill of a hole, and a critic that wants the mended picture to look real.

The network adds to the fill what a smooth surface can't have: edges and strokes. Its last layer begins at 0, so it
begins as good as the fill. Errors count in the hole alone; the critic looks at patches (hinge loss, spectral
normalisation) and weighs a tenth by default: alone it collapses, with a fiftieth it changes nothing.
"""

import keras
from keras import layers, ops

from mlcore.generation.losses import critic_loss, generator_loss

TRACKED = ("error", "smooth_error", "critic_loss")


def unet(width: int, size: tuple = (None, None)) -> keras.Model:
    """Fill and mask, levels 0..255 (N, H, W, 4), to what is to be added (N, H, W, 3); H and W in multiples of 4.

    A U-Net (Ronneberger et al. 2015, arXiv:1505.04597) of two halvings.
    """
    given = keras.Input((*size, 4))
    scaled = layers.Rescaling(1 / 127.5, offset=-1.0)(given)
    fine = _twice(scaled, width)
    middle = _twice(layers.MaxPooling2D(2)(fine), 2 * width)
    coarse = _twice(layers.MaxPooling2D(2)(middle), 4 * width)
    middle = _twice(layers.Concatenate()([layers.UpSampling2D(2)(coarse), middle]), 2 * width)
    fine = _twice(layers.Concatenate()([layers.UpSampling2D(2)(middle), fine]), width)
    change = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros")(fine)
    return keras.Model(given, layers.Rescaling(127.5)(change), name="unet")


def _twice(x, width: int):
    for _ in range(2):
        x = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(x))
    return x


def patch_critic(width: int) -> keras.Model:
    """Pictures -1..1 (N, H, W, 3) to a score for each patch of 22 pixels."""
    norm = layers.SpectralNormalization
    seen = keras.Input((None, None, 3))
    x = seen
    for filters in (width, 2 * width):
        x = layers.LeakyReLU(0.2)(norm(layers.Conv2D(filters, 4, 2, "same"))(x))
    return keras.Model(seen, norm(layers.Conv2D(1, 4, padding="same"))(x), name="critic")


class Mender(keras.Model):
    """A repair network in training. Takes truth, fill and mask uint8 (N, H, W, 7), as `holes.Damaged` makes them."""

    def __init__(self, plan):
        super().__init__(name="mender")
        self.plan, self.network = plan, unet(plan.width)
        self.critic = patch_critic(plan.width) if plan.adversarial else None
        self.trackers = [keras.metrics.Mean(name) for name in TRACKED]

    def call(self, pictures, training=False):
        return pictures  # `fit` wants an answer before the loss; the loss does all the work

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Squared error in the hole, the critic's opinion of the mended picture, and the critic's own loss."""
        x = ops.cast(x, "float32")
        truth, smooth, mask = x[..., :3], x[..., 3:6], x[..., 6:] / 255
        mended = smooth + mask * self.network(x[..., 3:], training=True)
        error, smooth_error = (_error(truth, each, mask) for each in (mended, smooth))
        critic, opinion = self._critic(truth, mended) if self.critic else (ops.zeros(()), ops.zeros(()))
        for tracker, value in zip(self.trackers, (error, smooth_error, critic), strict=True):
            tracker.update_state(value)
        return error + self.plan.adversarial * ERROR_SCALE * opinion + critic

    def _critic(self, truth, mended):
        real, made = truth / 127.5 - 1, mended / 127.5 - 1
        own = critic_loss(
            "hinge", self.critic(real, training=True), self.critic(ops.stop_gradient(made), training=True)
        )
        trained = [ops.stop_gradient(each.value) for each in self.critic.trainable_variables]
        other = [each.value for each in self.critic.non_trainable_variables]
        return own, generator_loss("hinge", 0.0, self.critic.stateless_call(trained, other, made)[0])


ERROR_SCALE = 0.05  # brings the critic's scores to the size of squared errors


def _error(truth, repaired, mask):
    """Mean squared difference of levels 0..1 in the hole."""
    return ops.sum(ops.square((truth - repaired) / 255) * mask) / (3 * ops.sum(mask) + 1e-6)
