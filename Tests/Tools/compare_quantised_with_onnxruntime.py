"""Compares Limn on networks that onnxruntime quantised with onnxruntime: what they predict, and what Limn says of them.

Usage: python compare_quantised_with_onnxruntime.py LIMN [--only PATTERN…] [--keep FOLDER]
(needs numpy, onnx, onnxruntime, torch, torchvision)

Networks of torchvision with random weights are exported, quantised in every way of onnxruntime's tools, and run. The
first quantised values of each are compared number by number: but for sums that lie between two whole numbers, where
rounding in float32 decides, they must be the same. Networks with random weights are chaotic, so that one such number
may change all logits behind it; these are shown beside what quantisation itself changes, with the cosine between the
gradient, which goes straight through the rounding, and that of the network in float32.
"""

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

NETWORKS = {"mobilenet_v2": 64, "resnet18": 64, "efficientnet_b0": 64, "shufflenet_v2_x1_0": 64, "vit": 64}
SIGNED, UNSIGNED = QuantType.QInt8, QuantType.QUInt8
KINDS = {
    "qdq-u8s8": dict(quant_format=QuantFormat.QDQ, activation_type=UNSIGNED, weight_type=SIGNED),
    "qdq-s8s8-channel": dict(quant_format=QuantFormat.QDQ, activation_type=SIGNED, weight_type=SIGNED, per_channel=True),
    "operators-u8u8": dict(quant_format=QuantFormat.QOperator, activation_type=UNSIGNED, weight_type=UNSIGNED),
    "operators-s8s8-channel": dict(
        quant_format=QuantFormat.QOperator, activation_type=SIGNED, weight_type=SIGNED, per_channel=True),
    "dynamic": None,
}
CLASS = 3


class Images(CalibrationDataReader):
    def __init__(self, images):
        self.rest = iter([{"image": image} for image in images])

    def get_next(self):
        return next(self.rest, None)


def export(name, side, path):
    torch.manual_seed(0)
    if name == "vit":
        network = torchvision.models.VisionTransformer(
            image_size=side, patch_size=16, num_layers=2, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=10)
        torch.nn.init.normal_(network.heads.head.weight, std=0.1)
    else:
        network = getattr(torchvision.models, name)(weights=None, num_classes=10)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        # Statistics that fit, or deep random networks would fade to a few quantisation steps.
        network.train()(torch.randn(16, 3, side, side))
    torch.onnx.export(
        network.eval(), (torch.randn(1, 3, side, side),), path, dynamo=False, opset_version=17,
        input_names=["image"], output_names=["scores"])


def limn(*arguments):
    run = subprocess.run(arguments, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else f"exit {run.returncode}")
    return run.stdout, run.stderr


def pulled(command, image, model, output):
    options = ["--method", "gradient", "--target", str(CLASS), "-o", output]
    said = limn(command, "explain", image, "--model", model, *options)[1]
    return np.load(output).ravel(), said


def run(model, image):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Without fusion every QuantizeLinear stands where the file has it.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"image": image})[0].ravel()


def first_values(command, model, image, array, folder, count=6):
    """The largest share of numbers that differ among those of the first quantised values."""
    network, path, worst = onnx.load(model), os.path.join(folder, "first.onnx"), 0.0
    constants = {tensor.name for tensor in network.graph.initializer}
    kinds = ("QuantizeLinear", "DynamicQuantizeLinear", "QLinear")
    values = [
        node.output[0] for node in network.graph.node if node.op_type.startswith(kinds) and node.input[0] not in constants]
    for value in values[:count]:
        first = onnx.ModelProto()
        first.CopyFrom(network)
        del first.graph.output[:]
        first.graph.initializer.append(onnx.helper.make_tensor("one row", onnx.TensorProto.INT64, [2], [1, -1]))
        first.graph.node.append(onnx.helper.make_node("Cast", [value], ["as real"], to=onnx.TensorProto.FLOAT))
        first.graph.node.append(onnx.helper.make_node("Reshape", ["as real", "one row"], ["flat"]))
        first.graph.output.append(onnx.helper.make_tensor_value_info("flat", onnx.TensorProto.FLOAT, [1, None]))
        onnx.save(first, path)
        expected = run(path, array)
        found = logits(command, image, path, len(expected))
        if np.abs(found - expected).max() > 1:
            return 1.0
        worst = max(worst, float((np.abs(found - expected) > 0.5).mean()))
    return worst


def logits(command, image, model, count):
    report = json.loads(limn(command, "predict", image, "--model", model, "--top", str(count), "--json")[0])[0]
    found = np.zeros(count)
    for prediction in report["predictions"]:
        found[prediction["index"]] = prediction["logit"]
    return found


def compare(command, name, kind, folder):
    side, path = NETWORKS[name], os.path.join(folder, name + "-float32.onnx")
    if not os.path.exists(path):
        export(name, side, path)
        quant_pre_process(path, path, skip_symbolic_shape=True)
    random = np.random.default_rng(0)
    images = random.normal(0, 1, (8, 1, 3, side, side)).astype(np.float32)
    quantised = os.path.join(folder, f"{name}-{kind}.onnx")
    if not os.path.exists(quantised):
        if KINDS[kind] is None:
            quantize_dynamic(path, quantised, weight_type=UNSIGNED)
        else:
            quantize_static(path, quantised, Images(images), **KINDS[kind])
    image = os.path.join(folder, f"{name}.npy")
    np.save(image, images[0][0])
    expected, exact = run(quantised, images[0]), run(path, images[0])
    found = logits(command, image, quantised, 10)
    (gradient, said), (plain, _) = (
        pulled(command, image, model, os.path.join(folder, "gradient.npy")) for model in (quantised, path))
    layers = json.loads(limn(command, "layers", "--model", quantised, "--json")[0])
    spread = np.abs(expected).max()
    cosine = float(gradient @ plain / np.linalg.norm(gradient) / np.linalg.norm(plain))
    return (
        first_values(command, quantised, image, images[0], folder), float(np.abs(found - expected).max() / spread),
        float(np.abs(exact - expected).max() / spread), cosine, "quantis" in said,
        layers.get("automatic", {}).get("name", "none"),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("--only", nargs="*", default=["*"])
    parser.add_argument("--keep")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name in NETWORKS:
            for kind in KINDS:
                if not any(fnmatch.fnmatch(f"{name}/{kind}", pattern) for pattern in options.only):
                    continue
                try:
                    share, deviation, rounding, cosine, isSaid, layer = compare(options.limn, name, kind, folder)
                    isRight = share < 5e-3 and deviation < max(1.5 * rounding, 1e-3) and isSaid
                    line = (
                        f"{share:.1e} of the first numbers differ, logits {deviation:.1e} (quantisation {rounding:.1e}), "
                        f"gradient's cosine {cosine:.2f}, {'says so' if isSaid else 'does not say so'}, {layer}")
                except Exception as error:
                    isRight, line = False, (str(error) or repr(error))[:300]
                failures += not isRight
                print(f"{name:20} {kind:22}  {'' if isRight else 'WRONG '}{line}", flush=True)
    sys.exit(1 if failures else 0)


main()
