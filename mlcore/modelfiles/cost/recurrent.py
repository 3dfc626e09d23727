"""Rules of recurrent layers, and of layers around other layers."""

from typing import Any

from mlcore.modelfiles.cost.rules import Call, known, loop, rule
from mlcore.modelfiles.cost.tally import Asked, Shape, numbers

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}


@rule("SimpleRNN GRU LSTM")
def recurrent(call: Call) -> Asked:
    units = call.whole("units")
    states: tuple[Shape, ...] = ((call.x[0], units),) * (2 if call.name == "LSTM" else 1)
    return _over_time(call, _cell_weights(call.name, call.config, call.width), units, states)


def _cell_weights(name: str, config: dict[str, Any], width: int) -> tuple[Shape, ...]:
    """Kernel, recurrent kernel and bias of a cell; a GRU that resets after has two biases in one."""
    units, gates = known(config["units"]), GATES[name]
    weights: list[Shape] = [(width, gates * units), (units, gates * units)]
    if config.get("use_bias", True):
        twice = name == "GRU" and config.get("reset_after", True)
        weights.append((2, gates * units) if twice else (gates * units,))
    return tuple(weights)


def _over_time(
    call: Call, weights: tuple[Shape, ...], width: int | None, states: tuple[Shape, ...], calls: int = 1
) -> Asked:
    """What a cell with these weights and states gives step by step; written out, each step is a layer."""
    outputs: tuple[Shape, ...] = ((*call.x[:2], width) if call.flag("return_sequences") else (call.x[0], width),)
    outputs += states if call.flag("return_state") else ()
    steps = numbers(call.x[:2])
    work = steps * sum(numbers((1, *weight)) for weight in weights)
    between = steps * sum(weight[-1] or 0 for weight in weights)
    return Asked(outputs, weights, between, work, calls * loop(call))


@rule("SimpleRNNCell GRUCell LSTMCell")
def cell(call: Call) -> Asked:
    name, units = call.name.removesuffix("Cell"), call.whole("units")
    weights = _cell_weights(name, call.config, call.width)
    states = 2 if name == "LSTM" else 1
    return Asked(((call.x[0], units),) * (1 + states), weights, work=sum(map(numbers, weights)))


@rule("StackedRNNCells")
def stacked_cells(call: Call) -> Asked:
    """Gives the last cell's answer, and behind it the states of all."""
    x, weights, states = call.x, tuple[Shape, ...](), tuple[Shape, ...]()
    for inner in call.config["cells"]:
        asked = call.ask(inner, [x])
        x, weights, states = asked.outputs[0], weights + asked.weights, states + asked.outputs[1:]
    return Asked((x, *states), weights, calls=len(call.config["cells"]))


@rule("RNN")
def of_cells(call: Call) -> Asked:
    inner = call.ask(call.config["cell"], [(call.x[0], *call.x[2:])])
    return _over_time(call, inner.weights, inner.outputs[0][-1], inner.outputs[1:], inner.calls)


@rule("Bidirectional")
def bidirectional(call: Call) -> Asked:
    forward = call.ask(call.config["layer"], call.inputs[:1])
    backward = call.ask(call.config.get("backward_layer") or call.config["layer"], call.inputs[:1])
    first, second, mode = forward.outputs[0], backward.outputs[0], call.config.get("merge_mode", "concat")
    both: tuple[Shape, ...] = (first, second) if mode is None else (first,)
    if mode == "concat":
        both = ((*first[:-1], known(first[-1]) + known(second[-1])),)
    outputs = (*both, *forward.outputs[1:], *backward.outputs[1:])
    between = forward.between + backward.between + numbers(second)
    calls = 1 + forward.calls + backward.calls
    return Asked(outputs, forward.weights + backward.weights, between, forward.work + backward.work, calls)


@rule("TimeDistributed EachFrame")
def time_distributed(call: Call) -> Asked:
    """Each step in turn, a layer for each, or as our own layer does all steps in one."""
    inner = call.ask(call.config["layer"], [(call.x[0], *call.x[2:])])
    steps = numbers((None, call.x[1]))
    output = (inner.outputs[0][0], call.x[1], *inner.outputs[0][1:])
    calls = inner.calls * (steps if call.name == "TimeDistributed" else 1)
    return Asked((output,), inner.weights, (inner.between + numbers(call.x)) * steps, inner.work * steps, 1 + calls)


@rule("SpectralNormalization")
def spectral_normalization(call: Call) -> Asked:
    inner = call.ask(call.config["layer"], call.inputs)
    kernel = inner.weights[0]
    steps = call.whole("power_iterations", 1)
    weights = (*inner.weights, (1, kernel[-1]))
    return Asked(inner.outputs, weights, inner.between + numbers(kernel), inner.work, inner.calls + steps)
