"""Probes are what their names say, the same for the same seed, and of any size."""

import numpy as np
import pytest

from mlcore.evaluation import probes


@pytest.fixture(scope="module")
def made():
    return probes.probes((48, 64, 3), 20)


@pytest.mark.parametrize("shape", [(1, 1, 3), (16, 16, 3), (33, 20, 3), (4, 16, 16, 3)])
def test_there_are_so_many_of_every_kind_and_size(shape):
    made = probes.probes(shape, 3)

    assert {pictures.shape for pictures in made.values()} == {(3, *shape)}
    assert {pictures.dtype.name for pictures in made.values()} == {"uint8"}


def test_the_same_seed_makes_the_same_and_another_one_others(made):
    again, other = probes.probes((48, 64, 3), 20), probes.probes((48, 64, 3), 20, seed=1)

    for name, pictures in made.items():
        np.testing.assert_array_equal(pictures, again[name])
        assert (pictures != other[name]).any()


def test_clips_stand_still():
    clips = probes.probes((3, 8, 8, 3), 2)["uniform noise"]

    np.testing.assert_array_equal(clips[:, 0], clips[:, 2])


def test_one_colour_is_one_colour(made):
    assert all(len(np.unique(picture.reshape(-1, 3), axis=0)) == 1 for picture in made["one colour"])
    assert len({picture[0, 0].tobytes() for picture in made["one colour"]}) == 20


def test_uniform_noise_holds_every_level_alike(made):
    """184,320 values in 256 levels: 720 each, deviation 27; five deviations."""
    counts = np.bincount(made["uniform noise"].ravel(), minlength=256)

    assert abs(counts - counts.mean()).max() < 5 * np.sqrt(counts.mean())


def test_gaussian_noise_has_its_mean_and_spread(made):
    """Clipping at both ends, two deviations away, takes 4 % of the spread."""
    noise = made["Gaussian noise"].astype(float)

    assert noise.mean() == pytest.approx(127.5, abs=1)
    assert noise.std() == pytest.approx(62, abs=2)


def test_the_amplitude_of_pink_noise_falls_as_one_over_the_frequency():
    """The slope of log amplitude by log frequency is -1; over 20 pictures of 64 x 64 it is told to 0.01."""
    noise = np.stack([probes.pink_noise(np.random.default_rng(seed), (64, 64, 3)) for seed in range(20)])
    power = (abs(np.fft.rfft2(noise, axes=(1, 2))) ** 2).mean(axis=(0, 3))
    frequency = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.rfftfreq(64)[None])
    middle = (frequency > 0.05) & (frequency < 0.45)

    slope = np.polyfit(np.log(frequency[middle]), np.log(power[middle]) / 2, 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


def test_blank_paper_is_light_and_smooth(made):
    paper = made["blank paper"].astype(float)

    assert paper.mean() > 190
    assert abs(np.diff(paper, axis=2)).mean() < 5
