"""A GAN in one `fit`: a generator makes pictures, a critic (discriminator) tells them from real ones.

Both are updated at once, from one loss: the critic's part doesn't reach the generator (its pictures are stopped),
the generator's part doesn't reach the critic (its weights go in as stopped copies). One batch of made pictures
serves both, which costs 0.77 of alternating updates, and plain `fit` does it on every backend.
"""

import keras
from keras import ops

from mlcore.backend.gradient_penalty import squared_gradient_norms
from mlcore.backend.stop_gradient import stop_gradient
from mlcore.generation.generators import generators
from mlcore.generation.training import augment, conditioning
from mlcore.generation.training.losses import critic_loss, generator_loss

RAMP = 0.05  # the average looks back over at most this share of the steps so far (StyleGAN2's ramp)
TRACKED = ("critic_loss", "generator_loss", "real_score", "made_score", "slope")


class Gan(keras.Model):
    """A generator in training. Takes pictures uint8 (N, H, W, 3) with classes (N,), as `fit` hands them over."""

    def __init__(self, plan, shape: tuple[int, int, int], classes: int):
        super().__init__(name="gan")
        self.plan, self.channels, self.classes = plan, shape[2], classes
        self.conditional = plan.conditioning != "none"
        entry = generators.get(plan.generator)
        extra = conditioning.extra_channels(plan.conditioning, classes)
        vector = plan.noise + (classes if self.conditional else 0)
        pair = entry.run(entry.settings.model_validate(plan.network), shape, vector, extra)
        self.generator = pair.generator
        self.critic = conditioning.conditional_critic(
            pair.critic, plan.conditioning, shape[2], classes, spectral=plan.regulariser == "spectral"
        )
        self.averaged = keras.models.clone_model(pair.generator)
        self.averaged.set_weights(pair.generator.get_weights())
        self.averaged.trainable = False
        self.random = keras.random.SeedGenerator(plan.seed + 1)
        self.gamma = self.add_weight(shape=(), initializer="ones", trainable=False, name="gamma")
        self.gamma.assign(plan.gamma)  # a variable, since a run that went wrong goes on with twice as much
        self.done = self.add_weight(shape=(), initializer="zeros", trainable=False, name="done")
        self.trackers = [keras.metrics.Mean(name) for name in TRACKED]

    def call(self, pictures, training=False):
        return pictures  # `fit` wants an answer before the loss; the loss does all the work

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The critic's loss plus the generator's, each blind to the other's weights."""
        plan = self.plan
        frozen, x = stop_gradient(self.critic.trainable_variables, x)
        real = (ops.cast(x, "float32") / 127.5 - 1.0)[..., : self.channels]
        label = ops.one_hot(ops.cast(y, "int32"), self.classes)
        fake = self.generator(self._vectors(label), training=True)
        real_view, fake_view = self._varied(real), self._varied(ops.stop_gradient(fake))
        real_score, *real_class = self._judged(real_view, label)
        made_score, *_ = self._judged(fake_view, label)
        critic = critic_loss(plan.loss, real_score, made_score) + self._class_loss(real_class, label)
        slope = self._slope(real_view, fake_view, label)
        fooled, *fooled_class = self._judged_by(frozen, self._varied(fake), label)
        generator = generator_loss(plan.loss, ops.stop_gradient(real_score), fooled)
        generator += self._class_loss(fooled_class, label)
        self._remember(critic, generator, ops.mean(real_score), ops.mean(made_score), slope)
        self._average()
        return critic + slope + generator

    def scores(self, pictures, labels):
        """How real pictures uint8 (N, H, W, 3) of classes (N,) seem to the critic: NumPy (N,)."""
        levels = (ops.cast(pictures, "float32") / 127.5 - 1.0)[..., : self.channels]
        outputs = self.critic([levels, ops.one_hot(ops.cast(labels, "int32"), self.classes)], training=False)
        return ops.convert_to_numpy(_listed(outputs)[0])[:, 0]

    def _vectors(self, label):
        noise = keras.random.normal((ops.shape(label)[0], self.plan.noise), seed=self.random)
        return ops.concatenate([noise, label], axis=1) if self.conditional else noise

    def _judged(self, pictures, label) -> list:
        return _listed(self.critic([pictures, label]))

    def _varied(self, pictures):
        return augment.vary(pictures, self.random) if self.plan.augment else pictures

    def _class_loss(self, logits: list, label):
        if not logits:
            return 0.0
        return self.plan.class_weight * ops.mean(keras.losses.categorical_crossentropy(label, logits[0], True))

    def _judged_by(self, trained: list, pictures, label) -> list:
        other = [each.value for each in self.critic.non_trainable_variables]
        return _listed(self.critic.stateless_call(trained, other, [pictures, label])[0])

    def _slope(self, real, fake, label):
        """How steep the critic is, weighted; every few steps, and then by as much more (lazy, StyleGAN2)."""
        plan = self.plan
        if plan.regulariser in ("none", "spectral") or not plan.gamma:
            return ops.zeros(())
        mix = keras.random.uniform((ops.shape(real)[0], 1, 1, 1), seed=self.random)  # not inside: JAX would lose it
        due = ops.equal(ops.mod(self.done, float(plan.every)), 0.0)
        return ops.cond(due, lambda: plan.every * self._penalty(real, fake, mix, label), lambda: ops.zeros(()))

    def _penalty(self, real, fake, mix, label):
        """R1 on real, R2 on made pictures (arXiv:1801.04406); gradient penalty between them (arXiv:1704.00028)."""
        plan = self.plan

        def slopes(pictures):
            return squared_gradient_norms(lambda inputs: self._judged(inputs, label)[0], pictures)

        if plan.regulariser == "gradient-penalty":
            return self.gamma * ops.mean((ops.sqrt(slopes(real + mix * (fake - real)) + 1e-12) - 1) ** 2)
        total = ops.mean(slopes(real))
        if plan.regulariser == "r1r2":
            total += ops.mean(slopes(fake))
        return self.gamma / 2 * total

    def _remember(self, *values):
        for tracker, value in zip(self.trackers, values, strict=True):
            tracker.update_state(value)

    def _average(self):
        """Move the averaged weights towards the present ones; at first quickly, lest they stay behind."""
        self.done.assign_add(1.0)
        keep = ops.minimum(self.plan.average, ops.power(0.5, 1.0 / (RAMP * self.done)))
        for slow, quick in zip(self.averaged.weights, self.generator.weights, strict=True):
            slow.assign(keep * slow + (1.0 - keep) * quick)


def _listed(outputs) -> list:
    """The score, and the class logits where there are any; Keras gives a lone output bare."""
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]
