"""Stacks of rows to start from: the simple families, ready to be changed."""


def _convolution(filters: int, **more: int | str) -> dict:
    return {"type": "convolution", "filters": filters, **more}


def _normalised(filters: int, **more: int | str) -> list[dict]:
    plain = _convolution(filters, activation="none", **more)
    return [plain, {"type": "batch-normalization"}, {"type": "activation"}]


def _residual(filters: int, before: int) -> list[dict]:
    """Two convolutions around which row `before` takes a shortcut."""
    inner = [*_normalised(filters), *_normalised(filters)[:2]]
    return [*inner, {"type": "add", "row": before}, {"type": "activation"}]


def _dense(units: int) -> dict:
    return {"type": "dense", "units": units}


FLATTEN, POOL, AVERAGE = {"type": "flatten"}, {"type": "max-pooling"}, {"type": "global-average-pooling"}
TEMPLATES = {
    "Small CNN": [*_normalised(32), POOL, *_normalised(64), AVERAGE, _dense(64)],
    "Linear": [FLATTEN],
    "MLP": [FLATTEN, _dense(128)],
    "CNN": [_convolution(32), POOL, _convolution(64), POOL, FLATTEN, _dense(64)],
    "CIFAR CNN": [_convolution(32), POOL, _convolution(64), POOL, _convolution(64), FLATTEN, _dense(64)],
    "VGG-style": [
        *(row for filters in (32, 64) for row in [*_normalised(filters), *_normalised(filters), POOL]),
        *_normalised(128),
        AVERAGE,
    ],
    "Residual": [
        *_normalised(32),  # rows 1 to 3
        *_residual(32, 3),  # rows 4 to 10
        *_normalised(64, stride=2),  # rows 11 to 13
        *_residual(64, 13),
        AVERAGE,
    ],
}
START = TEMPLATES["Small CNN"]
