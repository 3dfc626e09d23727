"""What can be refused or noticed, and how it is said.

    MLCoreError           anything the core raises on purpose
      Refused             the person's input; carries a Kind and one sentence

A Refused message says what happened, what was given and what is allowed. Its kind is for scripts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Kind(StrEnum):
    """Every kind of refusal and notice, as scripts see it."""

    # pictures: refusals
    EMPTY_FILE = "empty-file"
    NOT_AN_IMAGE = "not-an-image"
    UNSUPPORTED_FORMAT = "unsupported-format"
    TRUNCATED_OR_CORRUPT = "truncated-or-corrupt"
    TOO_MANY_PIXELS = "too-many-pixels"
    UNSUPPORTED_PIXEL_TYPE = "unsupported-pixel-type"
    METADATA_TOO_LARGE = "metadata-too-large"
    TOO_MANY_FRAMES = "too-many-frames"
    # pictures: notices
    ANIMATED_FIRST_FRAME = "animated-first-frame"
    READ_SMALLER = "read-smaller"
    NO_END_MARK = "no-end-mark"
    FEWER_BITS = "fewer-bits"
    VERY_SMALL = "very-small"
    EXTREME_ASPECT = "extreme-aspect"
    FEW_FRAMES = "few-frames"
    # masks
    NOTHING_MARKED = "nothing-marked"
    # addresses of pictures
    UNSAFE_ADDRESS = "unsafe-address"
    # archives: refusals
    CORRUPT_ARCHIVE = "corrupt-archive"
    UNSUPPORTED_ARCHIVE = "unsupported-archive"
    ENCRYPTED_ARCHIVE = "encrypted-archive"
    ARCHIVE_BOMB = "archive-bomb"
    UNSAFE_PATH = "unsafe-path"
    UNSAFE_LINK = "unsafe-link"
    UNSAFE_MEMBER = "unsafe-member"
    TOO_MANY_FILES = "too-many-files"
    NO_IMAGES = "no-images"
    NO_CLASS_FOLDERS = "no-class-folders"
    NEED_TWO_CLASSES = "need-two-classes"
    UNCLEAR_SPLITS = "unclear-splits"
    UNCLEAR_LABELS = "unclear-labels"
    # archives: notices
    NO_LABEL = "no-label"
    SKIPPED_FILES = "skipped-files"
    LABELS_FROM_TABLE = "labels-from-table"
    CLASSES_IN_WORDS = "classes-in-words"
    DUPLICATE_NAMES = "duplicate-names"
    SIMILAR_CLASS_NAMES = "similar-class-names"
    EMPTY_CLASS = "empty-class"
    NAMES_GUESSED = "names-guessed"
    CLASS_NOT_IN_SPLIT = "class-not-in-split"
    CLASS_TOO_SMALL = "class-too-small"
    RESIZED = "resized"
    LABEL_CONFLICT = "label-conflict"
    TRAIN_TEST_LEAK = "train-test-leak"
    NEAR_DUPLICATES = "near-duplicates"
    NEAR_LABEL_CONFLICT = "near-label-conflict"
    TRAIN_TEST_NEAR_LEAK = "train-test-near-leak"
    KEPT_TOGETHER = "kept-together"
    # model files
    UNSAFE_MODEL = "unsafe-model"
    UNKNOWN_LAYER = "unknown-layer"
    CORRUPT_MODEL = "corrupt-model"
    MODEL_TOO_LARGE = "model-too-large"
    NON_FINITE_WEIGHTS = "non-finite-weights"
    UNSUPPORTED_MODEL_FORMAT = "unsupported-model-format"
    # training
    DEAD_OUTPUT = "dead-output"
    # names and requests
    UNKNOWN_MODEL = "unknown-model"
    UNKNOWN_RUN = "unknown-run"
    UNKNOWN_DATA = "unknown-data"
    UNKNOWN_NAME = "unknown-name"
    BAD_SETTING = "bad-setting"
    NOT_COMPATIBLE = "not-compatible"
    MISSING_DATA = "missing-data"
    MISSING_FILE = "missing-file"
    UNREADABLE_FILE = "unreadable-file"
    NO_NETWORK = "no-network"
    DISK_FULL = "disk-full"
    OUT_OF_MEMORY = "out-of-memory"
    CANCELLED = "cancelled"


class MLCoreError(Exception):
    """Anything the core raises on purpose."""


class Refused(MLCoreError):
    """The input can't be used; the message is one sentence for the person who gave it."""

    def __init__(self, kind: Kind, message: str):
        self.kind, self.message = kind, message
        super().__init__(message)

    def __reduce__(self) -> tuple[type["Refused"], tuple[Kind, str]]:
        return type(self), (self.kind, self.message)


@dataclass(frozen=True)
class Notice:
    """Something worth knowing about input that was accepted."""

    kind: Kind
    message: str


def unknown(kind: Kind, thing: str, name: str, names: Iterable[str]) -> Refused:
    """The refusal for a name that isn't there, with the nearest names that are."""
    names = sorted(names)
    near = get_close_matches(str(name), names, n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    allowed = f" Known: {', '.join(names[:20])}." if names else " There is none yet."
    return Refused(kind, f"There is no {thing} called {str(name)!r}.{guess}{allowed}")
