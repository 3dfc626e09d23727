"""How the other explanation libraries are called, each as its users would call it well."""

from functools import partial

import numpy as np
import shap
import tensorflow as tf
import torch
from captum import attr
from lime.lime_image import LimeImageExplainer
from xplique import attributions as xplique

from benchmarks.torch_twin import twin
from mlcore import explanation
from mlcore.backend.gradients import score_of
from mlcore.explanation.toolkit.background import background_of
from mlcore.explanation.toolkit.segments import segments

CHUNK = 128  # pictures at a time, for every library that lets one choose
NOISE = 0.15  # of a picture's range, our default; 0..255 for the libraries that take an absolute spread


def one_thread() -> None:
    """Let TensorFlow and PyTorch compute on one thread each; to be called before either computes."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    torch.set_num_threads(1)


class Subject:
    """A network in Keras and in PyTorch, pictures float32 (N, H, W, 3) and a class to explain."""

    def __init__(self, classifier, pictures: np.ndarray, target: int):
        self.classifier, self.pictures, self.target = classifier, pictures, target
        score = score_of(classifier.model)
        self.score = score.with_background(*background_of(classifier, pictures[0]))
        self.model, self.net = classifier.model, twin(classifier.model)
        self.layer = score.feature_layer()
        self.wanted = np.eye(len(classifier.card.classes), dtype="float32")[[target] * len(pictures)]
        self.labels = segments(pictures[0], 25)

    def tensor(self, count: int) -> torch.Tensor:
        """The first pictures as PyTorch has them, made anew as a person's picture would be."""
        return torch.from_numpy(self.pictures[:count].transpose(0, 3, 1, 2).copy())

    def difference(self) -> float:
        """How far the logits of the two networks are apart."""
        with torch.no_grad():
            theirs = self.net(self.tensor(len(self.pictures))).numpy()
        return float(abs(theirs - self.score.logits(self.pictures)).max())

    def explain(self, method: str, picture: np.ndarray, settings: dict):
        """What a person calls."""
        return explanation.explain(method, self.classifier, picture, self.target, **settings)


def _by_xplique(make, subject: Subject, count: int, **settings):
    explainer = make(subject.model, batch_size=CHUNK, **settings)
    return lambda: explainer.explain(subject.pictures[:count], subject.wanted[:count]).numpy()


def _by_captum(explainer, subject: Subject, count: int, **given):
    def run():
        return (
            explainer.attribute(subject.tensor(count).requires_grad_(), target=subject.target, **given).detach().numpy()
        )

    return run


def gradient(subject: Subject, count: int) -> dict:
    return {
        "xplique": _by_xplique(xplique.Saliency, subject, count),
        "captum": _by_captum(attr.Saliency(subject.net), subject, count, abs=False),
    }


def grad_cam(subject: Subject, count: int) -> dict:
    method = attr.LayerGradCam(subject.net, getattr(subject.net, subject.layer))

    def captum():
        coarse = method.attribute(subject.tensor(count), target=subject.target, relu_attributions=True)
        return attr.LayerAttribution.interpolate(coarse, subject.score.shape[:2], "bilinear").detach().numpy()

    return {"xplique": _by_xplique(xplique.GradCAM, subject, count, conv_layer=subject.layer), "captum": captum}


def grad_cam_plus_plus(subject: Subject, count: int) -> dict:
    return {"xplique": _by_xplique(xplique.GradCAMPP, subject, count, conv_layer=subject.layer)}


def noisy(kind: str, make, subject: Subject, count: int) -> dict:
    """SmoothGrad and VarGrad."""
    tunnel = attr.NoiseTunnel(attr.Saliency(subject.net))
    given = {"nt_type": kind, "nt_samples": 50, "stdevs": NOISE * 255, "abs": False}
    return {
        "xplique": _by_xplique(make, subject, count, nb_samples=50, noise=NOISE * 255),
        "captum": _by_captum(tunnel, subject, count, **given, nt_samples_batch_size=max(1, CHUNK // count)),
    }


def integrated_gradients(subject: Subject, count: int) -> dict:
    method = attr.IntegratedGradients(subject.net)
    given = {"baselines": 0, "n_steps": 50, "method": "riemann_trapezoid", "internal_batch_size": CHUNK}
    return {
        "xplique": _by_xplique(xplique.IntegratedGradients, subject, count, steps=50, reducer="sum"),
        "captum": _by_captum(method, subject, count, **given),
    }


def expected_gradients(subject: Subject, count: int) -> dict:
    """As many gradients as ours: 4 for each of the background pictures. shap always explains every class."""
    background = torch.from_numpy(subject.score.background.transpose(0, 3, 1, 2).copy())
    explainer = shap.GradientExplainer(subject.net, background, batch_size=CHUNK)
    given = {"baselines": background, "n_samples": 4 * len(background)}
    return {
        "captum": _by_captum(attr.GradientShap(subject.net), subject, count, **given),
        "shap": lambda: explainer.shap_values(subject.tensor(count), nsamples=4 * len(background)),
    }


def occlusion(subject: Subject, count: int) -> dict:
    given = {"sliding_window_shapes": (3, 4, 4), "strides": (3, 4, 4), "baselines": 0}
    return {
        "xplique": _by_xplique(xplique.Occlusion, subject, count, patch_size=4, patch_stride=4, occlusion_value=0.0),
        "captum": _by_captum(attr.Occlusion(subject.net), subject, count, **given, perturbations_per_eval=64),
    }


def rise(subject: Subject, count: int) -> dict:
    return {"xplique": _by_xplique(xplique.Rise, subject, count, nb_samples=1000, grid_size=8, mask_value=0.0)}


def lime(subject: Subject, count: int) -> dict:
    """The library with the compiled call and large batches; its ten per batch through `predict` take far longer."""
    explainer = LimeImageExplainer(random_state=0)

    def by_lime():
        explainer.explain_instance(
            subject.pictures[0].astype("double"),
            lambda batch: subject.score.logits(batch),
            labels=(subject.target,),
            top_labels=None,
            hide_color=0,
            num_samples=1000,
            batch_size=CHUNK,
            segmentation_fn=lambda picture: segments(picture, 25),
            random_seed=0,
        )

    captum = attr.Lime(subject.net)
    given = {"baselines": 0, "feature_mask": _mask(subject.labels), "n_samples": 1000, "perturbations_per_eval": CHUNK}
    return {
        "lime": by_lime,
        "xplique": _by_xplique(xplique.Lime, subject, count, nb_samples=1000, **_regions(subject.labels)),
        "captum": _by_captum(captum, subject, count, **given),
    }


def kernel_shap(subject: Subject, count: int) -> dict:
    return {name: partial(run, subject, subject.labels, 0) for name, run in SHAPLEY.items()}


def shapley_by_shap(subject: Subject, labels: np.ndarray, number: int, samples: int = 1000) -> np.ndarray:
    """Values (M,) by shap's KernelExplainer; l1_reg would otherwise keep ten regions only."""
    picture, size = subject.pictures[number], int(labels.max()) + 1

    def of(kept):
        return subject.score.values(picture * (kept[:, labels] > 0.5)[..., None], subject.target)

    explainer = shap.KernelExplainer(of, np.zeros((1, size)))
    return explainer.shap_values(np.ones((1, size)), nsamples=samples, l1_reg=False, silent=True)[0]


def shapley_by_xplique(subject: Subject, labels: np.ndarray, number: int, samples: int = 1000) -> np.ndarray:
    """Values (M,) by xplique."""
    make = partial(xplique.KernelShap, nb_samples=samples, ref_value=np.zeros(3, "float32"))
    explainer = _kept(subject, labels, ("xplique", samples), lambda: make(subject.model, CHUNK, **_space(labels)))
    heat = explainer.explain(subject.pictures[number : number + 1], subject.wanted[:1]).numpy()
    return _of_regions(heat.reshape(labels.shape), labels)


def shapley_by_captum(subject: Subject, labels: np.ndarray, number: int, samples: int = 1000) -> np.ndarray:
    """Values (M,) by captum."""
    picture = torch.from_numpy(subject.pictures[number : number + 1].transpose(0, 3, 1, 2).copy())
    given = {"baselines": 0, "feature_mask": _mask(labels), "n_samples": samples, "perturbations_per_eval": CHUNK}
    heat = attr.KernelShap(subject.net).attribute(picture, target=subject.target, **given)
    return _of_regions(heat[0, 0].detach().numpy(), labels)


def _kept(subject: Subject, labels: np.ndarray, key: tuple, make):
    """An explainer that is built once for each cut of a picture."""
    kept = subject.__dict__.setdefault("explainers", {})
    key = (*key, labels.tobytes())
    return kept.setdefault(key, None) or kept.update({key: make()}) or kept[key]


def _of_regions(heat: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """These libraries give every pixel of a region the region's value."""
    return np.array([heat[labels == number].mean() for number in range(labels.max() + 1)])


def _mask(labels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(labels)[None, None].long()


def _space(labels: np.ndarray) -> dict:
    regions = tf.constant(labels, tf.int32)
    return {"map_to_interpret_space": lambda picture: regions}


def _regions(labels: np.ndarray) -> dict:
    return _space(labels) | {"ref_value": np.zeros(3, "float32")}


SHAPLEY = {"shap": shapley_by_shap, "xplique": shapley_by_xplique, "captum": shapley_by_captum}
PEERS = {
    "gradient": gradient,
    "grad-cam": grad_cam,
    "grad-cam++": grad_cam_plus_plus,
    "smoothgrad": partial(noisy, "smoothgrad", xplique.SmoothGrad),
    "vargrad": partial(noisy, "vargrad", xplique.VarGrad),
    "integrated-gradients": integrated_gradients,
    "expected-gradients": expected_gradients,
    "occlusion": occlusion,
    "rise": rise,
    "lime": lime,
    "kernel-shap": kernel_shap,
}
