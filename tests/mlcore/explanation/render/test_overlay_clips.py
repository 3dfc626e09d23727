"""The frames of a clip in rows, with their heat on one scale."""

import numpy as np

from mlcore import clips
from mlcore.explanation.render import overlay

RNG = np.random.default_rng(0)
CLIP = RNG.integers(0, 256, (5, 8, 8, 3), "uint8")


def frame(sheet, number):
    """The frame of that number in a sheet of four columns."""
    top, left = number // 4 * 10, number % 4 * 10
    return sheet[top : top + 8, left : left + 8]


def test_a_strip_holds_every_frame_in_reading_order_with_white_between():
    sheet = clips.strip(CLIP)

    assert sheet.shape == (18, 38, 3)
    for number in range(5):
        np.testing.assert_array_equal(frame(sheet, number), CLIP[number])
    assert (sheet[8:10] == 255).all()
    assert (frame(sheet, 7) == 255).all()  # there is no eighth frame
    assert clips.strip(CLIP, columns=5).shape == (8, 48, 3)


def test_frames_share_one_scale():
    """The strongest place of a weak frame isn't drawn as strongly as that of a strong one."""
    heat = np.zeros((5, 8, 8), "float32")
    heat[0, 2, 2], heat[3, 4, 4] = 1.0, 10.0
    black = np.zeros_like(CLIP)

    sheet = overlay.overlay(black, heat, strength=1.0)

    alone = overlay.overlay(black[0], heat[0], strength=1.0)
    assert frame(sheet, 0)[2, 2].sum() < alone[2, 2].sum()
    np.testing.assert_array_equal(frame(sheet, 3)[4, 4], alone[2, 2])
    assert not frame(sheet, 1).any()


def test_without_strength_the_frames_stay_as_they_are():
    sheet = overlay.overlay(CLIP, RNG.normal(size=(5, 4, 4)), strength=0.0)

    np.testing.assert_array_equal(sheet, clips.strip(CLIP))


def test_frames_are_enlarged_to_a_quarter_of_the_side():
    assert overlay.enlarged(CLIP, 320).shape == (5, 80, 80, 3)
