#!/usr/bin/env python3
"""Numbers of other libraries for one small network, map and image: Tests/MetricTests/MetricReferences.swift.

    pip install torch grad-cam captum quantus scikit-image scipy tensorflow xplique
    python3 Tests/Tools/metric_references.py > Tests/MetricTests/MetricReferences.swift

The network is `ChainNetwork.judged` of the tests. What libraries draw at random is drawn here as the metrics do it, by
SplitMix64, and handed to them, so that everything else is theirs.
"""
import importlib.util
import json
import os
import subprocess
import sys

import numpy as np

# TensorFlow and PyTorch do not run in one process.
IS_TENSORFLOW = sys.argv[1:] == ["tensorflow"]
if IS_TENSORFLOW:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    import xplique.metrics
    import xplique.metrics.fidelity
else:
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name == "tensorflow" else find(name, *rest)
    import quantus
    import scipy.spatial
    import scipy.stats
    import torch
    from captum.metrics import infidelity, sensitivity_max
    from pytorch_grad_cam.metrics import road
    from pytorch_grad_cam.metrics.arcc import Complexity
    from pytorch_grad_cam.metrics.cam_mult_image import CamMultImageConfidenceChange, DropInConfidence
    from skimage.feature import hog
    from skimage.metrics import structural_similarity

SIDE, CLASS = 10, 1
MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed, stream=None):
        self.state = seed
        if stream is not None:
            self.state = (self.state + stream * 0x9E3779B97F4A7C15) & MASK
            first = SplitMix64(self.next())
            self.state = first.next()

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return bits ^ (bits >> 31)

    def uniform(self):
        return (self.next() >> 40) * 2.0**-24

    def below(self, bound):
        return (self.next() * bound) >> 64


def scattered(shape, stride):
    """The tests' `Tensor.scattered`, in the same single precision."""
    steps = np.arange(1, np.prod(shape) + 1, dtype=np.float32) * np.float32(stride)
    return (2 * np.fmod(steps, np.float32(1)) - 1).reshape(shape)


W1, W2 = scattered([6, 3 * SIDE * SIDE], 0.61803) / 8, scattered([4, 6], 0.73205)
IMAGE, MAP = scattered([3, SIDE, SIDE], 0.31), scattered([SIDE, SIDE], 0.7)
# The map in steps of a quarter.
TIED = np.floor(4 * MAP) / 4


found = {}

if not IS_TENSORFLOW:

    class Network(torch.nn.Module):
        """`ChainNetwork.judged`, with probabilities where asked."""

        def __init__(self, probabilities=False):
            super().__init__()
            self.probabilities = probabilities
            self.hidden = torch.nn.Linear(W1.shape[1], 6, bias=False)
            self.logits = torch.nn.Linear(6, 4, bias=False)
            with torch.no_grad():
                self.hidden.weight.copy_(torch.tensor(W1))
                self.logits.weight.copy_(torch.tensor(W2))

        def forward(self, x):
            z = self.logits(torch.relu(self.hidden(x.flatten(1).to(self.hidden.weight.dtype))))
            return z.softmax(1) if self.probabilities else z

    logits, probabilities = Network().double().eval(), Network(True).double().eval()
    x = torch.tensor(IMAGE).double()[None]
    found["probability"] = float(probabilities(x)[0, CLASS])


def by_road():
    targets, model = [lambda output: output[CLASS].detach()], Network(True)
    image, cams = torch.tensor(IMAGE)[None], MAP[None]

    class Quiet(road.NoisyLinearImputer):
        def __init__(self):
            super().__init__(noise=0)

    road.NoisyLinearImputer = Quiet
    found["road morf"] = -float(road.ROADMostRelevantFirstAverage()(image, cams, targets, model)[0])
    found["road lerf"] = float(road.ROADLeastRelevantFirstAverage()(image, cams, targets, model)[0])
    found["road combined"] = float(road.ROADCombined()(image, cams, targets, model)[0])


def by_masking():
    cam = np.maximum(MAP, 0) / MAP.max()
    change = CamMultImageConfidenceChange()(
        torch.tensor(IMAGE)[None], cam[None], [lambda output: output[CLASS].detach()], Network(True))
    found["masked change"] = float(change[0])


def by_xplique():
    weights = [tf.constant(W1.T), tf.constant(W2.T)]

    def model(batch):
        flat = tf.reshape(tf.transpose(batch, [0, 3, 1, 2]), [-1, W1.shape[1]])
        return tf.nn.relu(flat @ weights[0]) @ weights[1]

    inputs = IMAGE.transpose(1, 2, 0)[None]
    for index in range(4):
        targets = np.eye(4, dtype=np.float32)[[index]]
        for name, metric in [("drop", xplique.metrics.AverageDropMetric), ("gain", xplique.metrics.AverageGainMetric),
                             ("increase", xplique.metrics.AverageIncreaseMetric)]:
            judge = metric(model, inputs, targets, activation="softmax")
            found[f"{name} of {index}"] = judge.evaluate(np.maximum(MAP, 0)[None])
            # Signs and all.
            found[f"{name} of {index}, stretched"] = judge.evaluate(MAP[None])
    # NumPy sorts equal numbers as they come, unless it is told not to.
    argsort, np.argsort = np.argsort, lambda a, **k: argsort(a, **k, kind="stable")
    for mode in ["insertion", "deletion"]:
        judge = xplique.metrics.fidelity.CausalFidelity(
            model, inputs, np.eye(4, dtype=np.float32)[[CLASS]], causal_mode=mode, activation="softmax")
        found[f"{mode} of ties"] = judge.evaluate(TIED[None])
    np.argsort = argsort
    # Cells of a grid, each drawn as `RandomSegmentMasks` draws them.
    drawn = np.zeros((60, 25), np.float32)
    for index in range(60):
        generator = SplitMix64(7, index)
        drawn[index] = [1 - generator.uniform() for _ in range(25)]
    uniform, tf.random.uniform = tf.random.uniform, lambda *a, **k: tf.constant(drawn)
    judge = xplique.metrics.MuFidelity(
        model, inputs, np.eye(4, dtype=np.float32)[[CLASS]], grid_size=5, subset_percent=0.2, nb_samples=60,
        activation="softmax")
    found["mu-fidelity"] = judge.evaluate(MAP[None])
    tf.random.uniform = uniform


def square(index, seed=7, side=3):
    generator = SplitMix64(seed, index)
    top, left = generator.below(SIDE - side + 1), generator.below(SIDE - side + 1)
    mask = np.zeros((SIDE, SIDE))
    mask[top:top + side, left:left + side] = 1
    return mask


def by_infidelity():
    hidden = torch.tensor(np.stack([square(i) for i in range(40)]))[:, None].expand(-1, 3, -1, -1)

    def perturbed(inputs):
        return hidden, inputs * (1 - hidden)

    # A third of the map for each channel, so that their sum is the map.
    attribution = torch.tensor(MAP).double()[None, None].expand(1, 3, -1, -1) / 3
    for name, normalize in [("infidelity scaled", True), ("infidelity", False)]:
        found[name] = float(infidelity(
            probabilities, perturbed, x, attribution, target=CLASS, n_perturb_samples=40, normalize=normalize)[0])


def noise(index, radius, seed=7):
    generator = SplitMix64(seed, index)
    extent = IMAGE.max() - IMAGE.min()
    numbers = [radius * extent * (2 * generator.uniform() - 1) for _ in range(IMAGE.size)]
    return np.array(numbers).reshape(IMAGE.shape)


def explained(inputs):
    """Input times gradient of the probability, the channels added up."""
    inputs = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        probabilities(inputs)[:, CLASS].sum().backward()
    return (inputs.grad * inputs).sum(1).detach()


def by_neighbors():
    samples, radius = 6, 0.05

    def neighbors(inputs):
        return inputs + torch.tensor(np.stack([noise(i, radius) for i in range(len(inputs))]))

    found["max-sensitivity"] = float(sensitivity_max(
        lambda inputs, **_: (explained(inputs[0] if isinstance(inputs, tuple) else inputs),), x, neighbors,
        n_perturb_samples=samples)[0])

    def explain(model, inputs, targets, **_):
        return explained(torch.tensor(inputs).double()).numpy()[:, None]

    calls = {"count": 0}

    def perturb(arr, indices, **_):
        calls["count"] += 1
        return arr + noise((calls["count"] - 1) % samples, radius).reshape(1, -1)

    size = np.linalg.norm(explained(x).numpy())
    common = dict(perturb_func=perturb, normalise=False, abs=False, disable_warnings=True, display_progressbar=False)
    metrics = {
        "average-sensitivity": quantus.AvgSensitivity(nr_samples=samples, **common),
        "local-lipschitz": quantus.LocalLipschitzEstimate(
            nr_samples=samples, norm_numerator=quantus.distance_euclidean,
            norm_denominator=quantus.distance_euclidean, **common),
        "relative-input-stability": quantus.RelativeInputStability(nr_samples=samples, **common),
        "relative-output-stability": quantus.RelativeOutputStability(nr_samples=samples, **common),
    }
    for name, metric in metrics.items():
        value = metric(model=logits, x_batch=x.numpy(), y_batch=np.array([CLASS]), a_batch=explain(None, x.numpy(), 0),
                       explain_func=explain, softmax=False, channel_first=True)[0]
        # Quantus divides by the distance of the images in the network's numbers, of a map in its own.
        extent = float(IMAGE.max() - IMAGE.min())
        found[name] = float(value) * (extent / size if name == "local-lipschitz" else 1)


def by_correlation():
    count, hidden = 40, 20
    choices = []
    for index in range(count):
        generator, order = SplitMix64(7, index), list(range(SIDE * SIDE))
        for place in range(hidden):
            other = place + generator.below(len(order) - place)
            order[place], order[other] = order[other], order[place]
        choices.append(np.concatenate([np.array(order[:hidden]) + c * SIDE * SIDE for c in range(3)]))
    drawn, np.random.choice = np.random.choice, lambda *a, **k: choices.pop(0)
    metric = quantus.FaithfulnessCorrelation(
        nr_runs=count, subset_size=hidden, perturb_baseline=0, normalise=False, abs=False, disable_warnings=True)
    found["faithfulness-correlation"] = float(metric(
        model=logits, x_batch=x.numpy(), y_batch=np.array([CLASS]), a_batch=MAP[None, None].astype(float),
        softmax=True, channel_first=True)[0])
    np.random.choice = drawn
    metric = quantus.RegionPerturbation(
        patch_size=2, regions_evaluation=12, perturb_baseline=0, normalise=False, abs=False, disable_warnings=True)
    losses = metric(
        model=logits, x_batch=x.numpy(), y_batch=np.array([CLASS]), a_batch=MAP[None, None].astype(float),
        softmax=True, channel_first=True)[0]
    # Without the first term of the sum, which is zero.
    found["region-perturbation"] = float(np.sum(losses) / (len(losses) + 1))


def by_departures():
    """What libraries compute where they depart from the papers, at their own settings but for what is drawn."""
    targets, model = [lambda output: output[CLASS].detach()], Network(True)
    image = torch.tensor(IMAGE)[None]
    # Ties in the middle: of ties at an end it removes all pixels, or none.
    cams = np.where(abs(MAP) < 0.35, np.float32(0), MAP)[None]
    found["road of ties"] = float(road.ROADCombined()(image, cams, targets, model)[0])
    cam = np.maximum(MAP, 0) / MAP.max()
    drop = DropInConfidence()(image, cam[None], [lambda output: output[0].detach()], model)
    found["drop of 0, not divided"] = float(drop[0])
    unit = (MAP - MAP.min()) / (MAP.max() - MAP.min())
    found["map-complexity stretched"] = float(Complexity()(unit[None])[0])
    samples, radius = 6, 0.2
    size = IMAGE.max() - IMAGE.min()

    def neighbors(inputs):
        # `noise` is a share of the image's range; these move its own numbers.
        return inputs + torch.tensor(np.stack([noise(i, radius / size) for i in range(len(inputs))]))

    def channels(inputs, **_):
        inputs = (inputs[0] if isinstance(inputs, tuple) else inputs).detach().clone().requires_grad_()
        with torch.enable_grad():
            probabilities(inputs)[:, CLASS].sum().backward()
        return ((inputs.grad * inputs).detach(),)

    found["max-sensitivity of channels"] = float(sensitivity_max(channels, x, neighbors, n_perturb_samples=samples)[0])

    def explain(model, inputs, targets, **_):
        return explained(torch.tensor(inputs).double()).numpy()[:, None]

    for name, metric in [("max", quantus.MaxSensitivity), ("average", quantus.AvgSensitivity)]:
        calls = {"count": 0}

        def perturb(arr, indices, **_):
            calls["count"] += 1
            return arr + noise((calls["count"] - 1) % samples, radius / size).reshape(1, -1)

        judge = metric(
            nr_samples=samples, perturb_func=perturb, normalise=True, disable_warnings=True, display_progressbar=False)
        found[f"{name}-sensitivity of scaled maps"] = float(judge(
            model=logits, x_batch=x.numpy(), y_batch=np.array([CLASS]), a_batch=explain(None, x.numpy(), 0),
            explain_func=explain, softmax=False, channel_first=True)[0])
    single = np.zeros((1, 40000))
    single[0, 7] = 3
    found["sparseness of a pixel"] = float(quantus.Sparseness(disable_warnings=True).evaluate_batch(
        x_batch=None, a_batch=single / 3)[0])
    corner = np.zeros((1, 1, SIDE, SIDE))
    corner[..., :3, :7] = 1
    found["relevance-mass of both signs"] = float(quantus.RelevanceMassAccuracy(disable_warnings=True).evaluate_batch(
        a_batch=MAP[None, None].astype(float), s_batch=corner)[0])
    # Eight images with maps of two kinds.
    images = np.stack([scattered([3, SIDE, SIDE], 0.31 + 0.07 * k) for k in range(8)])
    maps = np.stack([
        scattered([SIDE, SIDE], 0.717 + 0.13 * (k % 2)) + np.float32(0.25) * scattered([SIDE, SIDE], 0.217 + 0.031 * k)
        for k in range(8)])
    scores = quantus.Sufficiency(disable_warnings=True)(
        model=logits, x_batch=images, y_batch=np.zeros(8, int), a_batch=maps[:, None].astype(float), softmax=False,
        channel_first=True)
    for k, score in enumerate(scores):
        found[f"sufficiency of {k}"] = float(score)


def by_similarity():
    def smooth(phase, height=52, width=50):
        """The tests' `waves`: whole multiples of 1/64."""
        y, x = np.mgrid[0:height, 0:width]
        return ((y * y + 3 * x * (phase + 1) + x * y * phase) % 128).astype(np.float64) / 64 - 1

    def unit(a):
        return (a - a.min()) / (a.max() - a.min())

    a, b = smooth(0), smooth(1)
    held = {
        "spearman": scipy.stats.spearmanr(a.ravel(), b.ravel())[0],
        "ssim": structural_similarity(unit(a), unit(b), data_range=1),
        "hog": scipy.stats.pearsonr(*[hog(m, pixels_per_cell=(16, 16)) for m in (a, b)])[0],
        "cosine": 1 - scipy.spatial.distance.cosine(a.ravel(), b.ravel()),
    }
    print("Tests/AttributionKitTests/MapSimilarityTests.swift:", held, file=sys.stderr)


if __name__ == "__main__":
    if IS_TENSORFLOW:
        by_xplique()
        print(json.dumps({name: float(value) for name, value in found.items()}))
        sys.exit()
    answer = subprocess.run([sys.executable, __file__, "tensorflow"], stdout=subprocess.PIPE, check=True)
    found.update(json.loads(answer.stdout.splitlines()[-1]))
    for part in [by_road, by_masking, by_infidelity, by_neighbors, by_correlation, by_departures, by_similarity]:
        part()
    print("/// What other libraries make of `ChainNetwork.judged`, of one map and of one image.")
    print("///")
    print("/// Made by `Tests/Tools/metric_references.py`.")
    print("let metricReferences: [String: Float] = [")
    for name, value in found.items():
        print(f'  "{name}": {float(value):.8g},')
    print("]")
