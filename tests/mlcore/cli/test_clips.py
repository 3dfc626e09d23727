"""The verbs with clips: check, data add, classify with its timeline, explain; and videos that go in and train."""

import json

import numpy as np
import pytest

from mlcore.cli import main
from tests import motions


@pytest.fixture
def run(capsys):
    """Run a command with --json: its exit status and document."""

    def command(*words):
        capsys.readouterr()
        status = main([*map(str, words), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def gif(tmp_path):
    path = tmp_path / "clip.gif"
    path.write_bytes(motions.animation(motions.clip(1, 50, frames=9)))
    return path


def test_check_says_what_a_video_and_an_animation_hold(run, tmp_path, gif):
    (tmp_path / "clip.mp4").write_bytes(motions.video(motions.clip(1, 50, frames=20, side=32)))
    (tmp_path / "cut.mp4").write_bytes((tmp_path / "clip.mp4").read_bytes()[:-20])
    status, document = run("check", tmp_path / "clip.mp4", tmp_path / "cut.mp4", gif)
    video, cut, animation = document["files"]

    assert status == 2  # one of them is refused

    facts = {name: video[name] for name in ("accepted", "type", "width", "height", "frames", "notices")}
    assert facts == {"accepted": True, "type": "clip", "width": 32, "height": 32, "frames": 20, "notices": []}
    assert video["seconds"] == pytest.approx(2.0, abs=0.01)
    assert (cut["accepted"], cut["kind"]) == (False, "truncated-or-corrupt")
    assert [notice["kind"] for notice in animation["notices"]] == ["animated-first-frame"]


def test_clips_are_added_with_a_number_of_frames(run, home, tmp_path):
    status, document = run("data", "add", motions.gifs(tmp_path, 6), "--name", "own", "--frames", 3, "--size", 12)

    assert (status, document["shape"]) == (0, [3, 12, 12, 3])
    assert document["classes"] == {"left": 6, "right": 6}


def test_a_clip_is_classified_with_its_timeline(run, clip_model, gif):
    status, document = run("classify", clip_model, gif)
    (row,) = document["pictures"]

    assert status == 0
    assert {each["class"] for each in row["top"]} == set(motions.CLASSES)
    best = row["timeline"][0]
    assert best["class"] == row["top"][0]["class"]
    assert len(best["probabilities"]) == motions.FRAMES
    assert best["probabilities"][-1] == pytest.approx(row["top"][0]["probability"], abs=1e-5)


def test_a_folder_of_frames_and_an_archive_are_classified_clip_by_clip(run, clip_model, tmp_path):
    for number, pixels in enumerate(motions.clip(0, 3, frames=6)):
        (tmp_path / "frames").mkdir(exist_ok=True)
        (tmp_path / "frames" / f"{number}.png").write_bytes(motions.png(pixels))
    (tmp_path / "more").mkdir()
    _, document = run("classify", clip_model, tmp_path / "frames", motions.gifs(tmp_path / "more", 2))

    assert len(document["pictures"]) == 5
    assert all("top" in row for row in document["pictures"])


def test_a_picture_is_refused_by_a_model_for_clips(run, clip_model, tmp_path):
    (tmp_path / "a.png").write_bytes(motions.png(np.zeros((16, 16, 3), "uint8")))
    status, document = run("classify", clip_model, tmp_path / "a.png")

    assert status == 2
    assert document["error"]["kind"] == "not-compatible"


def test_a_clip_is_explained_frame_by_frame(run, clip_model, gif, tmp_path):
    status, document = run(
        "explain", clip_model, gif, "--method", "gradient", "--out", tmp_path / "a.png", "--npy", tmp_path / "a.npy"
    )

    assert (status, document["method"]) == (0, "gradient")
    assert np.load(tmp_path / "a.npy").shape == (4, 16, 16)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_folder_of_videos_goes_in_and_trains(run, home, tmp_path):
    """Seed 0, 40 short MP4s; chance is one half. What is promised here is the way, not the accuracy."""
    for label, name in enumerate(motions.CLASSES):
        (tmp_path / "videos" / name).mkdir(parents=True)
        for number in range(20):
            video = motions.video(motions.clip(label, number, frames=12, side=32))
            (tmp_path / "videos" / name / f"{number}.mp4").write_bytes(video)

    added = run("data", "add", tmp_path / "videos", "--name", "videos", "--frames", 6, "--size", 16)[1]
    made = run("train", "--data", "videos", "--architecture", "conv-lstm", "--set", "training.epochs=2")
    answered = run("classify", made[1]["id"], tmp_path / "videos" / "left" / "0.mp4")

    assert added["shape"] == [6, 16, 16, 3]
    assert (made[0], answered[0]) == (0, 0)
    assert len(answered[1]["pictures"][0]["timeline"][0]["probabilities"]) == 6
