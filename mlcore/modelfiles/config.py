"""Walks through a network's description, every object and every number in it."""

from typing import Any

from mlcore.errors import Kind, Refused
from mlcore.modelfiles import allowed

MAX_NODES = 400_000  # values in the description; a DenseNet-201 has 60,000
MAX_LAYERS = 1500  # NASNet-Large has 1,041
MAX_DEPTH = 40  # objects within objects; Keras builds them by recursion, and ours reach 6
MAX_WIDTH = 65_536
MAX_WINDOW = 4096
MAX_NUMBER = 1 << 24
WIDTHS = {"units", "filters", "output_dim", "num_heads", "key_dim", "value_dim", "depth_multiplier", "n"}
WINDOWS = {"padding", "cropping", "size", "kernel_size", "pool_size", "height", "width", "output_size"}
UNLIMITED = {"seed", "shared_object_id"}


def check(config: Any) -> int:
    """The number of layers; raises Refused for the first thing in the description that isn't allowed."""
    if not isinstance(config, dict) or str(config.get("class_name")) not in allowed.MODELS:
        raise Refused(Kind.CORRUPT_MODEL, "The file doesn't describe a Keras network.")
    waiting, count, layers = [("", config, 0)], 0, 0
    while waiting:
        key, value, depth = waiting.pop()
        count += 1
        if count > MAX_NODES:
            raise too_large("its description has too many parts")
        if isinstance(value, dict):
            layers += _object(value)
            depth += "class_name" in value
            if depth > MAX_DEPTH:
                raise too_large(f"its layers are nested more than {MAX_DEPTH} deep")
            # what it was trained with is never built: networks are loaded without it
            parts = value.items()
            waiting += [(name, part, depth) for name, part in parts if value is not config or name != "compile_config"]
        elif isinstance(value, list):
            waiting += [(key, part, depth) for part in value]
        else:
            _value(key, value)
        if layers > MAX_LAYERS:
            raise too_large(f"it has more than {MAX_LAYERS:,} layers")
    return layers


def too_large(what: str) -> Refused:
    """The refusal for a network that would take too much memory or time."""
    return Refused(Kind.MODEL_TOO_LARGE, f"The model isn't loaded: {what}.")


def _object(value: dict) -> bool:
    """Check the object that a dict stands for, if it stands for one; True for a layer."""
    if "class_name" not in value:
        return False
    name, module, registered = value["class_name"], value.get("module"), value.get("registered_name")
    if not isinstance(name, str) or not isinstance(module, str | None) or not isinstance(registered, str | None):
        raise Refused(Kind.CORRUPT_MODEL, "The description of the network can't be read.")
    if name in allowed.DANGEROUS:
        raise unsafe(f"a {name.strip('_')} can run code or read files")
    if name == "function":
        _function(value.get("config"), module, registered)
        return False
    if registered in allowed.OWN and allowed.OWN[registered] == name and (module or "mlcore.").startswith("mlcore."):
        return True
    if registered not in (None, name, f"Keras>{name}"):
        raise _unknown(f"{name} (called {registered})")
    return _is_layer(name, module)


def _is_layer(name: str, module: str | None) -> bool:
    if name in allowed.VALUES:
        return False
    for names, modules, is_layer in _KNOWN:
        if name in names and modules.fullmatch(module or "keras"):
            return is_layer
    raise _unknown(name)


_KNOWN = [
    (allowed.LAYERS, allowed.LAYER_MODULE, True),
    (allowed.MODELS, allowed.LAYER_MODULE, False),
    (allowed.OPERATIONS, allowed.OPERATION_MODULE, True),
    (allowed.PARTS, allowed.PART_MODULE, False),
]


def _function(name: Any, module: str | None, registered: str | None) -> None:
    """Only activations may be named as functions: any other that Keras knows could be called while loading."""
    if not isinstance(name, str) or name not in allowed.FUNCTIONS or registered not in (None, name, "function"):
        raise unsafe(f"it calls a function that is no activation: {str(name)[:60]!r}")
    module = module or "builtins"
    if not allowed.FUNCTION_MODULE.fullmatch(module):
        raise unsafe(f"it takes a function from {module[:60]!r}")


def _value(key: str, value: Any) -> None:
    if isinstance(value, str) and key.endswith("activation") and value not in allowed.FUNCTIONS:
        raise _unknown(f"the activation {value[:60]!r}")
    if isinstance(value, bool) or not isinstance(value, int) or key in UNLIMITED:
        return
    most = MAX_WIDTH if key in WIDTHS else MAX_WINDOW if key in WINDOWS else MAX_NUMBER
    if abs(value) > most:
        raise too_large(f"its {key or 'number'} of {value:,} is above {most:,}")


def unsafe(what: str) -> Refused:
    """The refusal for a model that could do more than arithmetic."""
    return Refused(Kind.UNSAFE_MODEL, f"The model isn't loaded: {what}. Build it from ordinary layers.")


def _unknown(name: str) -> Refused:
    return Refused(Kind.UNKNOWN_LAYER, f"The model isn't loaded: it uses {name}, which is no ordinary Keras layer.")
