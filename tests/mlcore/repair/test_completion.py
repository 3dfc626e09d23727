"""Image completion: outside the mask nothing changes, the known part decides what comes first, and what is refused."""

import numpy as np
import pytest

from mlcore import generation, images, repair
from mlcore.cli import main
from mlcore.errors import Kind, Refused
from mlcore.generation.latent.inversion import InversionSettings
from mlcore.repair.completion import complete, known_part

QUICK = InversionSettings(steps=20, starts=20, pool=200)


@pytest.fixture(scope="module")
def maker():
    """The starter that makes digits."""
    return generation.open("made-up-digits")


@pytest.fixture(scope="module")
def seven(maker):
    """A seven that it made."""
    return maker.sample(1, seed=5, target="7")[0]


def test_several_alternatives_that_differ_the_best_agreeing_first(maker, seven):
    mask = repair.damage("centre", 28, 28)

    alternatives = complete(maker, seven, mask, settings=QUICK).alternatives

    assert len(alternatives) == 4
    assert [each.match.error for each in alternatives] == sorted(each.match.error for each in alternatives)
    for each in alternatives:
        np.testing.assert_array_equal(each.picture[~mask], seven[~mask])
        np.testing.assert_array_equal(each.picture[mask], each.match.picture[mask])
    assert len({each.picture.tobytes() for each in alternatives}) == 4


def test_the_searched_part_is_the_known_one(maker, seven):
    """Whatever stands in the hole of the picture that is given, the same is found."""
    mask = repair.damage("centre", 28, 28)
    painted = np.where(mask[..., None], np.uint8(200), seven)

    one, other = (complete(maker, each, mask, settings=QUICK).alternatives[0] for each in (seven, painted))

    np.testing.assert_array_equal(one.picture, other.picture)


def test_a_chosen_class_is_kept_to(maker, seven):
    alternatives = complete(maker, seven, repair.damage("centre", 28, 28), target="1", settings=QUICK).alternatives

    assert {each.match.target for each in alternatives} == {1}


def test_a_larger_picture_keeps_its_size_and_all_that_isnt_lost(maker):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 91, 3), "uint8")
    mask = np.zeros((60, 91), bool)
    mask[20:40, 30:50] = True

    completion = complete(maker, pixels, mask, 2, settings=InversionSettings(steps=2, starts=4, pool=20))

    (first, *_) = completion.alternatives
    assert first.picture.shape == pixels.shape
    np.testing.assert_array_equal(first.picture[~mask], pixels[~mask])
    assert not np.array_equal(first.picture[mask], pixels[mask])
    assert completion.verdict == "far"


def test_known_pixels_alone_make_the_small_picture():
    """A flat picture stays flat, however loud its hole is; a quarter of each small pixel may be lost."""
    mask = np.zeros((8, 8), bool)
    mask[0, 0], mask[4:, 4:] = True, True
    pixels = np.where(mask[..., None], np.uint8(255), np.full((8, 8, 3), 100, "uint8"))

    small, weights = known_part(pixels, mask, (4, 4))

    np.testing.assert_allclose(small[weights > 0], 100, atol=2)  # rounded to whole levels twice
    assert weights[3, 3] == 0
    assert 0.5 <= weights[0, 0] < weights[0, 3]


REFUSED = {
    "must have the same size": np.ones((20, 20), bool),
    "nothing to imagine": np.zeros((28, 40), bool),
    "Too little of the picture is left": np.pad(np.ones((28, 28), bool), [(0, 0), (6, 6)]),
    "168 of the lost pixels lie beyond the 28 x 28": np.pad(
        np.zeros((28, 34), bool), [(0, 0), (6, 0)], constant_values=True
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_masks_that_cant_be_used_are_refused(maker, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        complete(maker, np.zeros((28, 40, 3), "uint8"), REFUSED[sentence])

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_the_command_line_imagines_when_it_is_given_a_generator(seven, tmp_path, capsys, monkeypatch):
    from mlcore.cli import repair as verbs

    monkeypatch.setattr(verbs, "USUAL", QUICK)
    given, out, mask = tmp_path / "a.png", tmp_path / "b.png", repair.damage("centre", 28, 28)
    given.write_bytes(images.png(seven))
    words = ["repair", "made-up-digits", str(given), "--damage", "centre", "--out", str(out)]

    assert main([*words, "--count", "3"]) == 0

    assert "imagined, not repaired" in capsys.readouterr().out
    files = [out, tmp_path / "b-2.png", tmp_path / "b-3.png"]
    pictures = [images.decode(file.read_bytes()).pixels for file in files]
    expected = complete(generation.open("made-up-digits"), seven, mask, 3, settings=QUICK).alternatives
    for picture, each in zip(pictures, expected, strict=True):
        np.testing.assert_array_equal(picture, each.picture)
    assert main([*words, "--class", "eleven"]) == 2
    assert "no class called 'eleven'" in capsys.readouterr().err
    assert main(["repair", "handwritten-digits", *words[2:]]) == 2
    assert "can't repair pictures" in capsys.readouterr().err
    assert main(["repair", "biharmonic", *words[2:], "--count", "3"]) == 2
    assert "--count and --class are for a generator" in capsys.readouterr().err
