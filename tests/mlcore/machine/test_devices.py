"""Devices: what the driver tells, and what a process is told."""

import pytest

from mlcore import doctor
from mlcore.home import home
from mlcore.machine import devices

TOLD = "0, NVIDIA H100 PCIe, 81559, 1024, 37\n1, NVIDIA T4, 15360, 0, [N/A]\nnonsense\n"


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.setattr(devices, "gpus", lambda: devices.parse(TOLD))
    monkeypatch.setattr(devices, "can_use_gpus", lambda: True)


def test_the_drivers_lines_are_read_and_odd_ones_left_out():
    first, second = devices.parse(TOLD)

    assert first == devices.Device("gpu:0", "NVIDIA H100 PCIe", 81559 << 20, 1 << 30, 0.37)
    assert (second.name, second.busy) == ("gpu:1", None)


def test_the_processor_is_the_place_where_no_gpu_is(monkeypatch):
    monkeypatch.setattr(devices, "gpus", lambda: ())

    assert devices.places() == ["cpu"]
    assert devices.environment(["cpu"]) == {}


def test_gpus_come_first_and_the_processor_stays(two_gpus):
    assert devices.places() == ["gpu:0", "gpu:1"]
    assert [each.name for each in devices.devices()] == ["gpu:0", "gpu:1", "cpu"]


def test_a_process_sees_its_own_devices_only(two_gpus):
    assert devices.environment(["gpu:1"])["CUDA_VISIBLE_DEVICES"] == "1"
    assert devices.environment(["gpu:0", "gpu:1"])["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert devices.environment(["cpu"])["CUDA_VISIBLE_DEVICES"] == "-1"


def test_what_was_compiled_for_a_gpu_is_kept(two_gpus):
    assert devices.environment(["gpu:0"])["JAX_COMPILATION_CACHE_DIR"].startswith(str(home()))
    assert "JAX_COMPILATION_CACHE_DIR" not in devices.environment(["cpu"])


def test_the_doctor_tells_memory_and_use(two_gpus, monkeypatch):
    assert "1.1 of 85.5 GB used, 37 % busy" in doctor.device().value
    monkeypatch.setattr(devices, "can_use_gpus", lambda: False)
    assert doctor.device().advice == "Install requirements-gpu.txt."
