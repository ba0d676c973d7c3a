"""What other libraries compute where they depart from the papers: Tests/MethodTests/CompatibilityReferences.swift.

    pip install torch grad-cam torchcam captum zennit xplique tf-keras-vis tensorflow
    python Tests/Tools/compat_references.py > Tests/MethodTests/CompatibilityReferences.swift

Gradients and activations are those of `cam_references.py`'s network for class 1, scaled so that an epsilon shows; every
number comes out of the library's own function.
"""
import io
import os
import sys
from contextlib import redirect_stdout
from types import SimpleNamespace

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np
import torch

sys.path.insert(0, os.path.dirname(__file__))
with redirect_stdout(io.StringIO()):
    from cam_references import Network, ramp, scattered


def torch_cam(method, a, g):
    """The weights of torch-cam's extractor for an activation and a gradient at hand."""
    extractor = SimpleNamespace(hook_a=[a], hook_g=[g], _backprop=lambda *_, **__: None)
    return method._get_weights(extractor, 1, None)[0][0].numpy()


def tf_keras_vis(a, g):
    """Its rectified map where a linear network with this gradient follows; the exponential that it has as a factor taken out."""
    import tensorflow as tf
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.utils.scores import CategoricalScore

    last = lambda t: np.moveaxis(t.numpy(), 1, -1).astype(np.float32)
    activation, gradient = last(a), last(g)
    image = tf.keras.Input(activation.shape[1:])
    maps = tf.keras.layers.Conv2D(activation.shape[-1], 1, use_bias=False, name="maps")(image)
    scores = tf.keras.layers.Dense(1, use_bias=False)(tf.keras.layers.Flatten()(maps))
    model = tf.keras.Model(image, scores)
    model.layers[1].set_weights([np.eye(activation.shape[-1], dtype=np.float32)[None, None]])
    model.layers[-1].set_weights([gradient.reshape(-1, 1)])
    map = GradcamPlusPlus(model)(
        CategoricalScore(0), activation, penultimate_layer="maps", seek_penultimate_conv_layer=False,
        expand_cam=False, normalize_cam=False)
    return map[0] / np.exp(float(model(activation)[0, 0]))


def hsic(masks, scores):
    import tensorflow as tf
    from xplique.attributions.global_sensitivity_analysis.hsic_estimators import BinaryEstimator

    count = len(scores)
    result = BinaryEstimator()(tf.constant(masks[..., None]), tf.constant(scores[:, None]), tf.constant(count))
    # It divides by N where the paper has (N − 1)².
    return np.asarray(result).reshape(masks.shape[1:]) * count / (count - 1) ** 2


def numbers():
    from pytorch_grad_cam import FEM, GradCAMPlusPlus, XGradCAM
    from torchcam.methods import GradCAMpp as TorchCAMpp, XGradCAM as TorchXGradCAM

    network, x, target = Network(torch.nn.ReLU), ramp([1, 2, 8, 8]).double(), 1
    y = network(x.clone().requires_grad_())[0, target]
    a = network.a2
    g, = torch.autograd.grad(y, a)
    a = a.detach()
    faint = 1e-3 * g
    arrays = (a.numpy(), faint.numpy())
    yield "pytorch-grad-cam grad-cam++", GradCAMPlusPlus.get_cam_weights(None, None, None, None, *arrays)[0]
    yield "pytorch-grad-cam fem", FEM.get_cam_image(SimpleNamespace(k=1), None, None, None, a.numpy(), None, False)[0]
    # Channels whose activations cancel out but for about the epsilon.
    b = scattered([1, 4, 4, 4], 0.41421).double()
    b = 1e-6 * (b - b.mean((2, 3), keepdim=True) + 0.1)
    yield "near nothing", b.numpy()
    yield "near nothing gradient", scattered([1, 4, 4, 4], 0.3).numpy()
    h = scattered([1, 4, 4, 4], 0.3).double()
    yield "pytorch-grad-cam xgrad-cam", XGradCAM.get_cam_weights(None, None, None, None, b.numpy(), h.numpy())[0]
    yield "torch-cam xgrad-cam", torch_cam(TorchXGradCAM, b, h)
    yield "torch-cam grad-cam++", torch_cam(TorchCAMpp, a, g.clone())
    import tensorflow as tf
    from xplique.attributions.grad_cam_pp import GradCAMPP

    last = lambda t: tf.constant(np.moveaxis(t.numpy(), 1, -1).astype(np.float32))
    weights = GradCAMPP._compute_weights(last(g), last(a))
    # It takes the mean over places where the paper has their sum.
    yield "xplique grad-cam++", np.asarray(weights).ravel() * a.shape[2] * a.shape[3]
    yield "tf-keras-vis grad-cam++", tf_keras_vis(a, 0.1 * g)
    from xplique.attributions import IntegratedGradients

    points = IntegratedGradients._get_interpolated_points(tf.constant(x.numpy(), tf.float32), 6, tf.zeros(x.shape[1:]))
    points = torch.tensor(points.numpy()).double().requires_grad_()
    gradients, = torch.autograd.grad(network(points)[:, target].sum(), points)
    mean = IntegratedGradients._average_gradients(tf.constant(gradients.numpy()[None]))
    yield "xplique integrated-gradients", x.numpy()[0] * np.asarray(mean)[0]
    masks = (scattered([40, 2, 2], 0.61803).numpy() > 0).astype(np.float32)
    scores = (scattered([40], 0.41421).numpy() + 3 + 2 * masks[:, 0, 1]).astype(np.float32)
    yield "hsic scores", scores
    yield "xplique hsic", hsic(masks, scores)
    from captum.attr import IntegratedGradients as Captum

    yield "captum integrated-gradients", Captum(network).attribute(x, target=target, n_steps=6)[0].detach().numpy()
    from zennit.composites import ExcitationBackprop

    with ExcitationBackprop().context(network):
        inside = x.clone().requires_grad_()
        out = network(inside)
        start = torch.zeros_like(out)
        start[0, target] = 1
        relevance, = torch.autograd.grad(out, network.a1, grad_outputs=start)
    yield "zennit excitation-backprop", relevance.sum(1)[0].detach().numpy()


def main():
    print("/// What other libraries compute where they depart from the papers, on `ChainNetwork.closed()` for class 1.")
    print("///\n/// Made by `Tests/Tools/compat_references.py`.")
    print("let compatibilityReferences: [String: [Float]] = [")
    for name, array in numbers():
        values = ["%.8g" % v for v in np.asarray(array, dtype=np.float64).ravel()]
        print(f'  "{name}": [')
        for start in range(0, len(values), 6):
            print("    " + ", ".join(values[start:start + 6]) + ",")
        print("  ],")
    print("]")


if __name__ == "__main__":
    main()
