"""Near copies are found; different pictures of a kind aren't."""

import numpy as np
import pytest

from mlcore.data import near_copies, near_pairs


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


def brute_force(looks, alike, mirrored):
    """What is linked, by comparing all with all, again and again."""
    products = looks @ looks.T
    if mirrored:
        products = np.maximum(products, looks @ looks.reshape(-1, 16, 16, 3)[:, :, ::-1].reshape(looks.shape).T)
    near = (products >= alike) | np.eye(len(looks), dtype=bool)
    group_of = np.arange(len(looks))
    while True:
        following = np.array([group_of[row].min() for row in near])
        if (following == group_of).all():
            return group_of
        group_of = following


@pytest.fixture(scope="module")
def crowd():
    """Thumbnails of 150 scenes with copies of a third of them: noisy, mirrored, and both; some plain ones."""
    random = np.random.default_rng(3)
    given = scenes(150, seed=4)
    noisy = np.clip(given[:50] + random.normal(0, 8, given[:50].shape), 0, 255).astype("uint8")
    return np.concatenate(
        [given, noisy, given[20:60, :, ::-1], noisy[:5, :, ::-1], np.full((4, 16, 16, 3), 90, "uint8")]
    )


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "by a few axes first"])
def test_the_search_finds_what_comparing_all_with_all_finds(crowd, monkeypatch, mirrored, whole):
    monkeypatch.setattr(near_pairs, "ALL_AT_ONCE", 2000 if whole else 10)
    monkeypatch.setattr(near_pairs, "ROWS", 32)
    monkeypatch.setattr(near_pairs, "COLUMNS", 48)
    looks = near_copies.unit(crowd)

    found = near_pairs.linked(looks.__getitem__, len(looks), 0.9, mirrored)

    np.testing.assert_array_equal(found, brute_force(looks, 0.9, mirrored))
    assert len(np.unique(found)) < (160 if mirrored else 205)


def test_coordinates_bound_every_correlation(crowd, monkeypatch):
    """So that no pair is missed by looking at the coordinates first."""
    monkeypatch.setattr(near_pairs, "ALL_AT_ONCE", 10)
    looks = near_copies.unit(crowd)

    coordinates, signs = near_pairs._coordinates(looks.__getitem__, len(looks))

    flipped = looks.reshape(-1, 16, 16, 3)[:, :, ::-1].reshape(looks.shape)
    assert (coordinates @ coordinates.T >= looks @ looks.T - 1e-5).all()
    assert ((coordinates * signs) @ coordinates.T >= flipped @ looks.T - 1e-5).all()
    assert coordinates.shape[1] == near_pairs.AXES + 1


def test_a_mirrored_copy_is_one_only_when_asked():
    given = scenes(20)
    both = np.concatenate([given, given[:, :, ::-1]])

    assert len(np.unique(near_copies.copies(both))) == 40
    assert len(np.unique(near_copies.copies(both, mirrored=True))) == 20


def test_a_chain_that_chance_made_is_no_group_of_copies_but_frames_are():
    """1,500 points, spread by 0.15 in six directions with links of up to 0.2, link up; frames leave a gap."""
    random = np.random.default_rng(0)
    ways = near_copies.unit(scenes(7))
    mixed = ways[0] + random.normal(0, 0.15, (1500, 6)) @ ways[1:]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    crowd = np.clip(mixed.reshape(-1, 16, 16, 3) * 1500 + 128, 0, 255).astype("uint8")
    frames = np.clip(scenes(1)[0] + random.normal(0, 4, (120, 16, 16, 3)), 0, 255).astype("uint8")

    def linked(thumbnails):
        return near_pairs.linked(lambda rows: near_copies.unit(thumbnails[rows]), len(thumbnails), near_copies.ALIKE)

    assert np.bincount(linked(crowd)).max() > 1000
    assert np.bincount(near_copies.copies(crowd)).max() < near_copies.CHAIN
    assert len(np.unique(near_copies.copies(frames))) == 1
