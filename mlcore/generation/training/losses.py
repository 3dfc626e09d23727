"""What the two networks play for: losses of scores (N, 1) of real and fake pictures; a high score means real."""

from keras import ops


def critic_loss(kind: str, real, fake):
    """How badly the critic tells real from fake pictures."""
    return {
        "relativistic": lambda: softplus(fake - real),
        "non-saturating": lambda: softplus(-real) + softplus(fake),
        "hinge": lambda: ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake)),
        "wasserstein": lambda: ops.mean(fake) - ops.mean(real),
    }[kind]()


def generator_loss(kind: str, real, fake):
    """How badly the generator fools the critic.

    Relativistic: Jolicoeur-Martineau 2018, arXiv:1807.00734 (RpGAN); non-saturating: Goodfellow et al. 2014,
    arXiv:1406.2661, section 3; hinge: Lim and Ye 2017, arXiv:1705.02894; Wasserstein: arXiv:1701.07875.
    """
    return {
        "relativistic": lambda: softplus(real - fake),
        "non-saturating": lambda: softplus(-fake),
        "hinge": lambda: -ops.mean(fake),
        "wasserstein": lambda: -ops.mean(fake),
    }[kind]()


def softplus(scores):
    """The mean of log(1 + e^s)."""
    return ops.mean(ops.softplus(scores))
