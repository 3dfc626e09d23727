"""Every archive gives its pictures with their classes, or is refused for the right reason."""

import io
import os
import tarfile
import time
import zipfile

import numpy as np
import pytest

from mlcore import archives, images
from mlcore.archives import limits, split_names, streams
from mlcore.errors import Kind, Refused
from tests import odd_archives as odd
from tests.odd_archives import Case, files, picture, tarred, zipped

SECONDS = 10  # of the processor, the most that any file may take
pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile, on what the tests write


def read(source) -> tuple[archives.Archive, list[archives.Member]]:
    """Read an archive as a data set; gives it and the members that could be decoded."""
    with archives.open(source) as archive:
        archive.require_classes()
        good = []
        for member, data in archive.pictures():
            try:
                images.decode(data)
            except Refused as refusal:
                archive.skip(member, refusal)
            else:
                good.append(member)
    classes = {member.class_name for member in good}
    if len(classes) < min(2, len(archive.classes)):
        raise Refused(Kind.NEED_TWO_CLASSES if classes else Kind.NO_IMAGES, "Too little is left.")
    return archive, good


@pytest.mark.parametrize("case", odd.good(), ids=str)
def test_a_good_archive_gives_its_pictures(case: Case):
    archive, good = read(io.BytesIO(case.make()))

    counts = {name: sum(member.class_name == name for member in good) for name in archive.classes}
    assert {name: count for name, count in counts.items() if count} == case.classes
    assert tuple(notice.kind for notice in archive.notices) == case.notices
    assert sorted((one.file, one.kind) for one in archive.skipped) == sorted(case.skipped)
    assert archive.ignored == case.ignored
    assert {member.split for member in good} == set(case.splits)


@pytest.mark.parametrize("case", odd.refused(), ids=str)
def test_a_bad_archive_is_refused_for_its_reason(case: Case):
    data = case.make()
    started = time.process_time()
    with pytest.raises(Refused) as refusal:
        read(io.BytesIO(data))

    assert refusal.value.kind == case.kind
    assert refusal.value.message.endswith(".")
    assert "\n" not in refusal.value.message
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("first", [b"", odd.header(b"cat/1.png", 40 << 20), odd.header(b"x", 1 << 33)], ids=len)
def test_an_endless_tar_is_noticed_early(first):
    endless = odd.Endless(first)

    with pytest.raises(Refused) as refusal:
        read(endless)

    assert refusal.value.kind in (Kind.ARCHIVE_BOMB, Kind.NO_IMAGES)
    assert endless.taken < 1 << 20


@pytest.mark.parametrize("how", ["zip", "", "gz", "bz2", "xz"])
def test_what_is_read_is_what_was_packed(how):
    content = {
        f"{label}/{number}.png": picture(number + 50 * (label == "dog"))
        for label in ("cat", "dog")
        for number in range(40)
    }
    data = zipped(content, zipfile.ZIP_DEFLATED) if how == "zip" else tarred(content, how)

    with archives.open(io.BytesIO(data)) as archive:
        assert {member.name: bytes_ for member, bytes_ in archive.pictures()} == content
        backward = {member.name: archive.read(member) for member in reversed(archive.members)}
    assert backward == content


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_our_reading_of_a_tar_agrees_with_pythons(format):
    names = ["cat/1.png", "c" * 90 + "/" + "n" * 90 + ".png", "dog/ä.png"]
    names += ["d" * 200 + "/" + "n" * 150 + ".png"] if format != tarfile.USTAR_FORMAT else []
    data = tarred(files(*names), format=format)

    with archives.open(io.BytesIO(data)) as ours, tarfile.open(fileobj=io.BytesIO(data)) as theirs:
        assert {member.name: bytes_ for member, bytes_ in ours.pictures()} == {
            info.name: theirs.extractfile(info).read() for info in theirs
        }


def test_a_compressed_tar_is_read_from_front_to_back_once(monkeypatch):
    rewinds = []
    rewind = streams.Unpacked._rewind
    monkeypatch.setattr(streams.Unpacked, "_rewind", lambda self: rewinds.append(1) or rewind(self))

    with archives.open(io.BytesIO(tarred(files(*(f"{n % 7}/{n}.png" for n in range(500))), "gz"))) as archive:
        assert sum(1 for _ in archive.pictures()) == 500

    assert len(rewinds) == 2  # once to list, once to read


@pytest.mark.slow
def test_too_many_files_in_a_tar_are_refused():
    with pytest.raises(Refused) as refusal:
        archives.open(io.BytesIO(odd.many_in_tar(100_001)))
    assert refusal.value.kind == Kind.TOO_MANY_FILES


def write(folder, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_a_folder_reads_like_its_zip(tmp_path):
    content = {
        **files(prefix="pets/"),
        "pets/cat/notes.txt": b"x",
        "pets/cat/bad.png": b"text",
        "pets/cat/no ending": picture(77),
        "pets/.git/config": b"x",
        "pets/bird/about.txt": b"x",
        "pets/more.zip": zipped(files()),
    }
    write(tmp_path, content)

    folder, from_folder = read(tmp_path)
    archive, from_zip = read(io.BytesIO(zipped(content)))

    assert set(from_folder) == set(from_zip)
    assert folder.classes == archive.classes
    assert sorted(folder.skipped, key=str) == sorted(archive.skipped, key=str)
    assert folder.notices == archive.notices
    assert folder.ignored == archive.ignored - 1  # nobody looks into .git


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    write(tmp_path, files("b/2.png", "a/9.png", "a/10.png", "b/1.png"))

    with archives.open(str(tmp_path)) as archive:
        assert [member.name for member in archive.members] == ["a/10.png", "a/9.png", "b/1.png", "b/2.png"]


@pytest.mark.parametrize("target", ["/etc/passwd", "cat", "1.png", "nowhere", "."])
def test_a_link_inside_a_folder_is_left_out_and_named(tmp_path, target):
    write(tmp_path, files())
    (tmp_path / "dog" / "link.png").symlink_to(target)

    archive, good = read(tmp_path)

    assert len(good) == 6
    assert [(one.file, one.kind) for one in archive.skipped] == [("dog/link.png", Kind.UNSAFE_LINK)]


def test_a_folder_of_links_says_what_to_do(tmp_path):
    write(tmp_path / "real", files())
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "cat").symlink_to(tmp_path / "real" / "cat")

    with pytest.raises(Refused, match=r"'cat' was left out\. It is a link, which isn't followed"):
        read(tmp_path / "set")


def test_a_backslash_in_the_name_of_a_file_on_disk_is_a_letter(tmp_path):
    write(tmp_path, {**files(), "old\\notes.txt": b"x", "cat/a\\b.png": picture(9)})

    archive, good = read(tmp_path)

    assert "cat/a\\b.png" in [member.name for member in good]
    assert list(archive.classes) == ["cat", "dog"]


@pytest.mark.parametrize("pack", [odd.zipped, odd.tarred, None], ids=["ZIP", "TAR", "folder"])
@pytest.mark.parametrize(
    ("name", "shown"), [("cow\nboy/1.png", "cow?boy/1.png"), ("cat/\x1b[31m.png", "cat/?[31m.png")]
)
def test_a_name_with_control_characters_is_left_out_alone(tmp_path, pack, name, shown):
    content = {**files(), name: picture(9)}
    if not pack:
        write(tmp_path, content)

    archive, good = read(io.BytesIO(pack(content)) if pack else tmp_path)

    assert len(good) == 6
    assert [(one.file, one.kind) for one in archive.skipped] == [(shown, Kind.UNSAFE_PATH)]
    assert archive.skipped[0].message == "Its name holds control characters; give it another."


@pytest.mark.parametrize("pack", [odd.zipped, odd.tarred], ids=["ZIP", "TAR"])
def test_a_name_longer_than_any_disk_takes_is_left_out_alone(pack):
    archive, good = read(io.BytesIO(pack({**files(), f"cat/{'x' * 5000}.png": picture(9)})))

    assert (len(good), archive.skipped[0].file) == (6, f"cat/{'x' * 56}...")


def test_a_folder_that_is_itself_a_link_is_what_the_person_named(tmp_path):
    write(tmp_path / "real", files())
    (tmp_path / "named").symlink_to("real")

    assert len(read(tmp_path / "named")[1]) == 6


def test_a_pipe_inside_a_folder_is_left_out_and_named(tmp_path):
    write(tmp_path, files())
    os.mkfifo(tmp_path / "dog" / "pipe.png")

    archive, good = read(tmp_path)

    assert len(good) == 6
    assert [(one.file, one.kind) for one in archive.skipped] == [("dog/pipe.png", Kind.UNSAFE_MEMBER)]


def test_a_file_that_becomes_a_link_after_listing_is_not_followed(tmp_path):
    write(tmp_path, files())
    (tmp_path / "secret").write_bytes(picture())
    with archives.open(tmp_path) as archive:
        (tmp_path / "cat" / "1.png").unlink()
        (tmp_path / "cat" / "1.png").symlink_to(tmp_path / "secret")
        read_names = [member.name for member, _ in archive.pictures()]

    assert "cat/1.png" not in read_names
    assert [(one.file, one.kind) for one in archive.skipped] == [("cat/1.png", Kind.MISSING_DATA)]


def test_names_in_a_folder_that_arent_utf8_survive(tmp_path):
    write(tmp_path, files())
    with open(os.fsencode(tmp_path) + b"/cat/k\x94t.png", "wb") as file:
        file.write(picture(9))

    with archives.open(tmp_path) as archive:
        assert "cat/köt.png" in [member.name for member, _ in archive.pictures()]


def test_the_code_page_of_names_can_be_chosen():
    words = (
        "\u043a\u043e\u0448\u043a\u0430",
        "\u0441\u043e\u0431\u0430\u043a\u0430",
    )  # by Windows, which looks like DOS
    data = odd.coded(zipped, words, "cp1251")

    with (
        archives.open(io.BytesIO(data), reading=archives.Reading("cp1251")) as chosen,
        archives.open(io.BytesIO(data)) as guessed,
    ):
        assert set(chosen.classes) == set(words) != set(guessed.classes)
        assert "Cyrillic (Windows)" in chosen.notices[0].message
    with pytest.raises(Refused, match="'klingon'; known: cp437"):
        archives.open(io.BytesIO(data), reading=archives.Reading("klingon"))


def test_classes_stand_in_the_order_of_their_numbers():
    with archives.open(io.BytesIO(zipped(files("10/a.png", "9/a.png", "1/a.png", "x2/a.png", "x10/a.png")))) as archive:
        assert list(archive.classes) == ["1", "9", "10", "x2", "x10"]


@pytest.mark.parametrize(
    ("folders", "splits"),
    [
        ("train test", {"train": "train", "test": "test"}),
        ("train car", {"train": "train"}),
        ("latest newest attest", {}),
        ("train_station airport", {}),
        (
            "cats_train cats_test dogs_train dogs_test",
            dict.fromkeys(("cats_train", "dogs_train"), "train") | dict.fromkeys(("cats_test", "dogs_test"), "test"),
        ),
        ("train_test other", {}),
        ("Validating DEV-2 tests", {"Validating": "val", "DEV-2": "val"}),
    ],
)
def test_a_split_is_told_by_its_words(folders, splits):
    assert split_names.splits_of(folders.split()) == splits


@pytest.mark.parametrize("name", ["nothing here", "cat/1.png/deeper", "x" * 300, "nul\0"])
def test_what_is_not_there_is_said_so(tmp_path, name):
    write(tmp_path, files())

    with pytest.raises(Refused) as refusal:
        archives.open(tmp_path / name)
    assert refusal.value.kind == Kind.MISSING_DATA


@pytest.mark.parametrize("place", ["pipe", "/dev/zero"])
def test_a_pipe_or_device_is_refused_without_waiting(tmp_path, place):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Refused) as refusal:
        archives.open(tmp_path / place)
    assert refusal.value.kind == Kind.UNSAFE_MEMBER


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.zip", Kind.CORRUPT_ARCHIVE), ("a.TGZ", Kind.CORRUPT_ARCHIVE), ("a.doc", Kind.UNSUPPORTED_ARCHIVE)],
)
def test_noise_called_an_archive_is_a_damaged_one(tmp_path, name, kind):
    (tmp_path / name).write_bytes(np.random.default_rng(0).bytes(2000))

    with pytest.raises(Refused) as refusal:
        archives.open(tmp_path / name)
    assert refusal.value.kind == kind


def test_content_decides_not_the_name(tmp_path):
    (tmp_path / "pets.jpg").write_bytes(zipped(files()))
    (tmp_path / "pets.zip").write_bytes(tarred(files(), "xz"))

    assert [len(read(tmp_path / name)[1]) for name in ("pets.jpg", "pets.zip")] == [6, 6]


def test_pictures_without_classes_can_be_read(tmp_path):
    with archives.open(io.BytesIO(zipped(files("1.png", "x/2.png", "x/y/3.png")))) as archive:
        assert [member.name for member, _ in archive.pictures()] == ["1.png", "x/2.png", "x/y/3.png"]


def test_files_are_closed(tmp_path):
    (tmp_path / "good.zip").write_bytes(zipped(files()))
    (tmp_path / "bad.zip").write_bytes(zipped(files())[:-9])
    (tmp_path / "good.tgz").write_bytes(tarred(files(), "gz"))
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0

    for name in ("good.zip", "good.tgz"):
        with archives.open(tmp_path / name):
            pass
    with pytest.raises(Refused):
        archives.open(tmp_path / "bad.zip")

    assert (len(os.listdir("/proc/self/fd")) if before else 0) == before


def test_an_upload_stays_open_for_its_owner():
    upload = io.BytesIO(zipped(files()))
    with archives.open(upload, "pets.zip"):
        pass

    assert not upload.closed


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for case in (*odd.good()[:12], *odd.refused()[:30]):
        try:
            read(io.BytesIO(case.make()))
        except Refused:
            continue

    assert list(tmp_path.rglob("*")) == []


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        position = int(rng.integers(len(changed)))
        match rng.integers(3):
            case 0:
                changed[position] ^= 1 << int(rng.integers(8))
            case 1:
                changed[position : position + 4] = rng.bytes(4)
            case 2:
                del changed[max(1, position) :]
    return bytes(changed)


def outcomes(seed: int, number: int) -> int:
    """Read damaged archives; the number that still gave pictures. Anything but that or Refused is an error."""
    rng, accepted = np.random.default_rng(seed), 0
    whole = [zipped(files()), zipped(files(), zipfile.ZIP_DEFLATED), zipped(files(), zipfile.ZIP_BZIP2)]
    whole += [
        zipped(files(), zipfile.ZIP_LZMA),
        *(tarred(files(prefix="r" * 150 + "/"), how) for how in ("", "gz", "bz2", "xz")),
    ]
    for turn in range(number):
        try:
            read(io.BytesIO(damaged(rng, whole[turn % len(whole)])))
        except Refused:
            continue
        accepted += 1
    return accepted


def test_damaged_archives_are_read_or_refused():
    assert 0 < outcomes(seed=0, number=300) < 300


@pytest.mark.slow
def test_many_damaged_archives_are_read_or_refused():
    assert 0 < outcomes(seed=1, number=3000) < 3000


def test_a_file_on_the_own_disk_may_hold_what_its_size_allows():
    small, large = limits.own(10**6), limits.own(5 * 10**9)

    assert (limits.UPLOAD.total, small.total, large.total) == (2 * 10**9, 2 * 10**9, 20 * 10**9)
    assert (limits.UPLOAD.files, small.files) == (100_000, 2_000_000)


@pytest.mark.parametrize("how", ["zip", "gz", ""])
def test_an_archive_that_unpacks_to_more_than_its_limits_is_refused_by_path_too(monkeypatch, tmp_path, how):
    content = files(*(f"{label}/{n}.png" for label in "ab" for n in range(20)))
    path = tmp_path / "set"
    path.write_bytes(zipped(content) if how == "zip" else tarred(content, how))
    unpacked = sum(map(len, content.values()))

    for most, kind in ((10**6, None), (unpacked // 2, Kind.ARCHIVE_BOMB)):
        monkeypatch.setattr(limits, "own", lambda size, most=most: limits.Limits(total=most))
        if kind is None:
            assert len(archives.open(path).members) == 40
            continue
        with pytest.raises(Refused) as refusal:
            read(path)
        assert refusal.value.kind == kind


@pytest.mark.parametrize("how", ["zip", ""])
def test_more_files_than_an_upload_may_have_come_in_from_the_own_disk(monkeypatch, tmp_path, how):
    content = files(*(f"{label}/{n}.png" for label in "ab" for n in range(20)))
    data = zipped(content) if how == "zip" else tarred(content, how)
    (tmp_path / "set").write_bytes(data)
    monkeypatch.setattr(limits, "UPLOAD", limits.Limits(files=39))

    assert len(archives.open(tmp_path / "set").members) == 40
    with pytest.raises(Refused, match="2,000,000") as refusal:
        archives.open(io.BytesIO(data))
    assert refusal.value.kind == Kind.TOO_MANY_FILES
