"""PyTorch's old format is read as numbers, with their strides; what asks for more than numbers is refused."""

import time

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.modelfiles import torch_state
from tests import torch_files as odd

ONE = odd.state({"w": odd.tensor(odd.storage("0", 2), [2], [1])})


def with_state(*operations: bytes) -> bytes:
    """A file whose state is made by these operations."""
    return odd.HEAD + odd.whole(*operations) + odd.keys("0") + odd.values(1, 2)


def with_tensor(reference: bytes = b"", shape=(2,), strides=(1,), offset: int = 0) -> bytes:
    described = odd.tensor(reference or odd.storage("0", 2), shape, strides, offset)
    return odd.HEAD + odd.state({"w": described}) + odd.keys("0") + odd.values(1, 2)


def test_a_file_put_together_by_hand_is_read():
    file = odd.HEAD + ONE + odd.keys("0") + odd.values(1.5, -2)

    np.testing.assert_array_equal(torch_state.read(file)["w"], np.array([1.5, -2], "float32"))


def test_strides_are_honoured():
    """Six values, read as 2 x 3 in columns: the transpose of what reshaping alone would give."""
    described = odd.tensor(odd.storage("0", 6), [2, 3], [1, 2])
    file = odd.HEAD + odd.state({"w": described}) + odd.keys("0") + odd.values(0, 1, 2, 3, 4, 5)

    np.testing.assert_array_equal(torch_state.read(file)["w"], [[0, 2, 4], [1, 3, 5]])


def test_a_tensor_may_begin_within_its_values():
    described = odd.tensor(odd.storage("0", 6), [2], [3], offset=1)
    file = odd.HEAD + odd.state({"w": described}) + odd.keys("0") + odd.values(0, 1, 2, 3, 4, 5)

    np.testing.assert_array_equal(torch_state.read(file)["w"], [1, 4])


def test_arrays_come_back_as_they_were_whatever_their_order_in_memory():
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(3, 5, 4, 2)).astype("float32").transpose(3, 2, 0, 1)
    given = {"kernel": kernel, "steps": np.array(7, "int64"), "none": np.zeros((0, 3), "float32")}

    back = torch_state.read(odd.saved(given))

    assert list(back) == list(given)
    for name, array in given.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_two_tensors_may_share_their_values():
    pair = {"a": odd.tensor(odd.storage("0", 2), [2], [1]), "b": odd.tensor(odd.storage("0", 2), [1], [1], offset=1)}
    file = odd.HEAD + odd.state(pair) + odd.keys("0") + odd.values(1, 2)

    assert {name: array.tolist() for name, array in torch_state.read(file).items()} == {"a": [1, 2], "b": [2]}


def test_what_is_read_does_not_hang_on_the_file():
    array = torch_state.read(bytearray(with_tensor()))["w"]

    assert array.flags.owndata
    assert array.flags.c_contiguous


UNSAFE = {
    "a function of the system": with_state(odd.name("os", "system"), odd.text("true"), b"\x85R"),
    "a builtin": with_state(odd.name("builtins", "eval"), odd.text("1"), b"\x85R"),
    "another class of torch": with_state(odd.name("torch", "DoubleStorage")),
    "an allowed name in another module": with_state(odd.name("os", "OrderedDict")),
    "a name from the stack": with_state(odd.text("os"), odd.text("system"), b"\x93"),
    "an object with its own state": with_state(odd.name("collections", "OrderedDict"), b")\x81"),
    "a call of a value": with_state(b"K\x01)R"),
    "a call in the magic number": odd.whole(odd.name("os", "getcwd"), b")R"),
    "a reference in the list of keys": odd.HEAD + ONE + odd.whole(b"K\x01Q"),
    "an extension": with_state(b"\x82\x01"),
}


@pytest.mark.parametrize("reason", UNSAFE)
def test_what_could_run_code_is_refused_as_unsafe(reason):
    with pytest.raises(Refused, match="could run code") as refusal:
        torch_state.read(UNSAFE[reason])
    assert refusal.value.kind == Kind.UNSAFE_MODEL


CORRUPT = {
    "empty": b"",
    "a ZIP": b"PK\x03\x04" + bytes(100),
    "another magic number": odd.whole(odd.integer(1)) + odd.PROTOCOL,
    "another protocol": odd.MAGIC + odd.whole(odd.integer(1000)) + odd.SYSTEM,
    "a big-endian machine": odd.MAGIC + odd.PROTOCOL + odd.whole(b"}", odd.text("little_endian"), b"\x89s"),
    "the state is no dictionary": with_state(b"]"),
    "it holds a text": with_state(b"}", odd.text("w"), odd.text("no tensor"), b"s"),
    "it holds a class": with_state(b"}", odd.text("w"), odd.name("torch", "FloatStorage"), b"s"),
    "a storage for a tensor": with_state(b"}", odd.text("w"), odd.storage("0", 2), b"s"),
    "a key that is no text": with_state(b"}]]s"),
    "an odd number of keys and values": with_state(b"}(", odd.text("w"), b"u"),
    "no mark": with_state(b"t"),
    "nothing on the stack": with_state(b"s"),
    "nothing in the memo": with_state(b"h\x07"),
    "a tensor of nothing": with_state(odd.name("torch._utils", "_rebuild_tensor_v2"), b")R"),
    "a list that holds itself": with_state(b"]q\x01h\x01a"),
    "a state that holds itself": with_state(odd.DICTIONARY, b"q\x01", odd.text("w"), b"h\x01s"),
    "a dictionary used as a list": with_state(b"}]a"),
    "a list used as a dictionary": with_state(b"]", odd.text("w"), b"Ns"),
    "a huge count of values": with_tensor(odd.storage("0", 1 << 60)),
    "a negative count of values": with_tensor(odd.storage("0", -1)),
    "a huge side": with_tensor(shape=[1 << 40]),
    "a repeated value": with_tensor(shape=[100_000], strides=[0]),
    "a stride beyond": with_tensor(strides=[1 << 62]),
    "a stride too long": with_tensor(strides=[2]),
    "a negative stride": with_tensor(strides=[-1]),
    "an offset beyond": with_tensor(offset=1),
    "more strides than sides": with_tensor(strides=[1, 1]),
    "more axes than there are": with_tensor(shape=[1] * 40, strides=[1] * 40),
    "a long text": with_state(b"X" + b"\xff\xff\xff\x7f"),
    "a long name": with_state(b"c" + b"x" * 5000),
    "broken letters": with_state(b"X\x01\x00\x00\x00\xff"),
    "no values": odd.HEAD + ONE + odd.keys("0"),
    "a wrong count": odd.HEAD + ONE + odd.keys("0") + odd.values(1, 2, 3),
    "values are missing": (odd.HEAD + ONE + odd.keys("0") + odd.values(1, 2))[:-1],
    "something follows": odd.HEAD + ONE + odd.keys("0") + odd.values(1, 2) + b"\0",
    "values of no tensor": odd.HEAD + ONE + odd.keys("0", "1") + odd.values(1, 2) + odd.values(1),
    "values that aren't listed": odd.HEAD + ONE + odd.keys(),
    "the same values twice": odd.HEAD + ONE + odd.keys("0", "0") + 2 * odd.values(1, 2),
    "two types of the same values": odd.HEAD
    + odd.state({"a": odd.tensor(odd.storage("0", 2), [2], [1]), "b": odd.tensor(odd.storage("0", 1), [1], [1])})
    + odd.keys("0")
    + odd.values(1, 2),
}


@pytest.mark.parametrize("reason", CORRUPT)
def test_what_is_damaged_is_refused_as_corrupt(reason):
    with pytest.raises(Refused) as refusal:
        torch_state.read(CORRUPT[reason])
    assert refusal.value.kind == Kind.CORRUPT_MODEL
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan])
def test_weights_that_are_no_numbers_are_refused(number):
    with pytest.raises(Refused) as refusal:
        torch_state.read(odd.HEAD + ONE + odd.keys("0") + odd.values(1, number))
    assert refusal.value.kind == Kind.NON_FINITE_WEIGHTS


@pytest.mark.parametrize(
    "operations",
    [b"]" * 900_000, b"(" * 900_000, b")" + b"\x85" * 900_000, b"N" * 2_000_000],
    ids=lambda given: given[-1:],
)
def test_deep_or_endless_files_are_refused_soon(operations):
    started = time.process_time()
    with pytest.raises(Refused) as refusal:
        torch_state.read(with_state(operations))
    assert refusal.value.kind == Kind.CORRUPT_MODEL
    assert time.process_time() - started < 10


def test_a_file_cut_off_anywhere_is_refused():
    file = odd.saved({"w": np.arange(6, dtype="float32").reshape(2, 3).T, "n": np.array(3, "int64")})

    for length in range(len(file)):
        with pytest.raises(Refused):
            torch_state.read(file[:length])


def test_a_file_with_any_byte_changed_is_read_or_refused():
    file = bytearray(odd.saved({"w": np.arange(6, dtype="float32").reshape(2, 3).T, "n": np.array(3, "int64")}))

    for position in range(len(file)):
        for value in (0, 0x28, 0x51, 0x52, 0x7F, 0xFF):
            changed = bytes(file[:position]) + bytes([value]) + bytes(file[position + 1 :])
            try:
                arrays = torch_state.read(changed)
            except Refused:
                continue
            assert all(isinstance(array, np.ndarray) for array in arrays.values())


def test_a_file_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(torch_state, "MAX_FILE", 10)
    with pytest.raises(Refused) as refusal:
        torch_state.read(with_tensor())
    assert refusal.value.kind == Kind.MODEL_TOO_LARGE
