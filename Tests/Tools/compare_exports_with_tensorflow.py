"""Compares Limn on networks of keras.applications that tf2onnx exported with TensorFlow: logits and pixel gradients.

Usage: python compare_exports_with_tensorflow.py LIMN [--only PATTERN…] [--opset N…] [--keep FOLDER]
(needs numpy, onnx, tensorflow, tf2onnx)

The files take images with the channels last, as TensorFlow does, or first, as tf2onnx' `inputs_as_nchw` makes them; the
weights are random. Deviations are relative to the largest magnitude, TensorFlow's own float32 among them; a gradient is
compared by its norm, since of millions of rectifiers a few lie so near zero that rounding decides.
"""

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
import tf2onnx

NETWORKS = {
    "mobilenetv2": ("MobileNetV2", 96), "resnet50": ("ResNet50", 64), "resnet50v2": ("ResNet50V2", 64),
    "efficientnetb0": ("EfficientNetB0", 64), "mobilenet": ("MobileNet", 96), "densenet121": ("DenseNet121", 64),
    "mobilenetv3small": ("MobileNetV3Small", 64), "inceptionv3": ("InceptionV3", 160), "xception": ("Xception", 96),
    "nasnetmobile": ("NASNetMobile", 64), "convnexttiny": ("ConvNeXtTiny", 64), "vgg16": ("VGG16", 64),
    "efficientnetv2b0": ("EfficientNetV2B0", 64),
}


def limn(*arguments):
    run = subprocess.run(arguments, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else f"exit {run.returncode}")
    return run.stdout


def build(name):
    keras.utils.set_random_seed(0)
    kind, side = NETWORKS[name]
    model = getattr(keras.applications, kind)(
        weights=None, input_shape=(side, side, 3), classes=10, classifier_activation=None)
    random = np.random.default_rng(0)
    for weight in model.weights:
        last, shape = weight.path.split("/")[-1], tuple(weight.shape)
        if "variance" in last or last == "gamma":
            weight.assign(random.uniform(0.7, 1.3, shape).astype("float32"))
        elif len(shape) == 1 and "count" not in last and "mean" != last:
            weight.assign(random.normal(0, 0.1, shape).astype("float32"))
    x = random.uniform(-1, 1, (1, side, side, 3)).astype("float32")
    if any(type(layer).__name__ == "Rescaling" for layer in model.layers):
        x = (x + 1) * 127
    # Statistics that fit, or deep random networks would fade to nothing.
    norms = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"]
    for norm in norms:
        norm.momentum = 0.0
    if norms:
        batch = random.uniform(x.min(), x.max(), (8, side, side, 3)).astype("float32")
        model(batch, training=True)
        for norm in norms:
            norm.moving_variance.assign(norm.moving_variance.numpy() + 1e-3)
    return model, x


def export(model, x, path, opset, layout):
    signature = [tf.TensorSpec((1,) + x.shape[1:], tf.float32, name="image")]
    function = tf.function(lambda image: model(image, training=False))
    options = {"inputs_as_nchw": ["image"]} if layout == "first" else {}
    tf2onnx.convert.from_function(
        function, input_signature=signature, opset=opset, output_path=path, **options)


def compare(command, name, opset, layout, folder):
    stem = os.path.join(folder, f"{name}-tf{opset}-{layout}")
    model, x = build(name)
    if not os.path.exists(stem + ".onnx"):
        export(model, x, stem + ".onnx", opset, layout)
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        scores = model(variable, training=False)
        target = int(tf.argmax(scores[0]))
        score = scores[0, target]
    expected, pulled = scores.numpy()[0], tape.gradient(score, variable).numpy()[0].astype(np.float64)
    if not np.abs(pulled).max() > 0:
        raise RuntimeError("TensorFlow's gradient is zero, which shows nothing")
    image = x[0].transpose(2, 0, 1) if layout == "first" else x[0]
    pulled = pulled.transpose(2, 0, 1) if layout == "first" else pulled
    np.save(stem + ".npy", image)
    network = [stem + ".npy", "--model", stem + ".onnx"]
    report = json.loads(limn(command, "predict", *network, "--top", "10", "--json"))[0]
    found = np.zeros(10)
    for prediction in report["predictions"]:
        found[prediction["index"]] = prediction["logit"]
    gradient = stem + "-gradient.npy"
    limn(command, "explain", *network, "--method", "gradient", "--target", str(target), "-o", gradient)
    layers = json.loads(limn(command, "layers", "--model", stem + ".onnx", "--json"))
    automatic = layers.get("automatic", {}).get("name", "none")
    layer = next((layer for layer in layers["layers"] if layer["name"] == automatic), None)
    place = f"{automatic} {layer['operator']} {layer['shape']} on {layer['grid']}" if layer else "no spatial layer"
    taken = np.load(gradient)
    if taken.shape != pulled.shape:
        return 0, float("inf"), f"its gradient is {taken.shape} where the image is {pulled.shape}"
    logits = float(np.abs(found - expected).max() / np.abs(expected).max())
    return logits, float(np.linalg.norm(taken - pulled) / np.linalg.norm(pulled)), place


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("--only", nargs="*", default=["*"])
    parser.add_argument("--opset", nargs="*", type=int, default=[13])
    parser.add_argument("--layout", nargs="*", choices=["first", "last"], default=["last"])
    parser.add_argument("--keep")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name in NETWORKS:
            if not any(fnmatch.fnmatch(name, pattern) for pattern in options.only):
                continue
            for opset in options.opset:
                for layout in options.layout:
                    try:
                        logits, gradient, place = compare(options.limn, name, opset, layout, folder)
                        isRight = logits < 1e-3 and gradient < 2e-2
                        line = f"logits {logits:.1e}, gradient {gradient:.1e}  {place}"
                    except Exception as error:
                        isRight, line = False, str(error)[:300]
                    failures += not isRight
                    mark = "" if isRight else "WRONG "
                    print(f"{name:18} opset {opset}, channels {layout:5}  {mark}{line}", flush=True)
    sys.exit(1 if failures else 0)


main()
