"""The twin in PyTorch, for whom PyTorch is there: it isn't among what Vitrine needs."""

import numpy as np
import pytest

from mlcore import architectures

torch = pytest.importorskip("torch", reason="PyTorch isn't installed")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("fast-cnn", {}),
        ("resnet9", {"width": 8}),
        ("resnet9", {"width": 8, "fine": True, "fine_map": True}),
        ("resnet9", {"width": 8, "mirror": True}),
    ],
)
def test_the_twin_answers_as_the_network_does(name, settings):
    """Seed 0, 3 pictures; another order of the sums in float32 may move logits by 1e-4 of their size."""
    from benchmarks.torch_twin import twin

    model, rng = architectures.build(name, settings, (32, 32, 3), 5), np.random.default_rng(0)
    model.set_weights([each + 0.1 * rng.random(each.shape, "float32") for each in model.get_weights()])
    pictures = rng.uniform(0, 255, (3, 32, 32, 3)).astype("float32")
    ours = np.asarray(model(pictures, training=False))
    with torch.no_grad():
        theirs = twin(model)(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())).numpy()

    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-4 * np.abs(ours).max())
    assert np.ptp(ours) > 1e-2 * np.abs(ours).max()  # they answer at all
