"""The last feature map of a network, and a network that gives it beside its answers."""

from mlcore.tensors import KerasModel, Tensor


def logits_and_features(model: KerasModel) -> KerasModel:
    """The network with one output for both: logits (N, K), and behind them the means of the last feature map (N, C)."""
    import keras

    maps = last_map(model)
    parts = [model.output] if maps is None else [model.output, keras.layers.GlobalAveragePooling2D()(maps)]
    return keras.Model(model.input, keras.layers.Concatenate()(parts) if len(parts) > 1 else parts[0])


def last_map(model: KerasModel) -> Tensor | None:
    """The last output with height and width that some filter made; None for a network without filters."""
    filters = [at for at, layer in enumerate(model.layers) if "Conv" in type(layer).__name__]
    maps = [layer.output for layer in model.layers[filters[0] :] if len(layer.output.shape) == 4] if filters else []
    return maps[-1] if maps else None
