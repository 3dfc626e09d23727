"""Near copies are found; different pictures of a kind aren't."""

import numpy as np

from mlcore.data import near_copies


def scenes(count=30, seed=0):
    """Coarse random patterns, made of 4 x 4 fields."""
    fields = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3), dtype="uint8")
    return fields.repeat(4, axis=1).repeat(4, axis=2)


def test_a_brighter_and_a_noisy_copy_belong_to_their_picture():
    picture = scenes(1)[0]
    random = np.random.default_rng(1)
    brighter = np.clip(picture * 1.15, 0, 255).astype("uint8")
    noisy = np.clip(picture + random.normal(0, 6, picture.shape), 0, 255).astype("uint8")

    assert set(near_copies.groups(np.stack([picture, brighter, noisy]))) == {0}


def test_pictures_linked_by_a_third_are_one_group():
    picture = scenes(1)[0].astype("float32")
    steps = np.stack([np.clip(picture + 6 * n * (np.arange(16) / 16)[:, None, None], 0, 255) for n in range(40)])
    seen = near_copies.signatures(steps.astype("uint8"))

    assert (seen[0] * seen[-1]).sum() < near_copies.ALIKE
    assert set(near_copies.groups(steps.astype("uint8"))) == {0}


def test_the_same_thing_in_another_colour_is_another_picture():
    red = scenes(1)[0] * np.array([1, 0, 0], "uint8")

    assert len(np.unique(near_copies.groups(np.stack([red, red[..., ::-1]])))) == 2


def test_pictures_that_only_share_their_make_are_different():
    assert len(np.unique(near_copies.groups(scenes()))) == 30


def test_plain_pictures_have_nothing_to_compare():
    assert len(np.unique(near_copies.groups(np.full((3, 16, 16, 3), 90, "uint8")))) == 3
