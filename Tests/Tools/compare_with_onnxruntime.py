"""Compares `limn predict` with onnxruntime on real networks: the five likeliest classes and their probabilities.

Usage: python compare_with_onnxruntime.py LIMN   (needs numpy, pillow, onnxruntime, and LIMN_TEST_DATA)

Each photograph goes to Limn as it is, and to onnxruntime as Pillow and NumPy prepare it.
"""

import json
import os
import subprocess
import sys

import numpy as np
import onnxruntime
from PIL import Image

DATA = os.path.join(os.environ["LIMN_TEST_DATA"], "zoo")
CIFAR = dict(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), scale=1 / 255, stretch=True)
TF = dict(mean=(1, 1, 1), std=(1, 1, 1), scale=1 / 127.5)
CAFFE = dict(mean=(103.939, 116.779, 123.68), std=(1, 1, 1), scale=1, bgr=True)
NETWORKS = [
    # file, input side, preparation, options for limn, what the network ends in
    ("squeezenet1.1_winml_fp32.onnx", 224, CAFFE, ["--preset", "caffe"], "probabilities"),
    ("squeezenet1.1_winml_fp16.onnx", 224, CAFFE, ["--preset", "caffe"], "probabilities"),
    ("mobilenet_v2_1.0_224.onnx", 224, TF, ["--preset", "tf"], "logits"),
    ("mobilenet_v1_0.25_128.onnx", 128, TF, ["--preset", "tf"], "probabilities"),
    ("cifar10_resnet20_ts13.onnx", 32, CIFAR, ["--preset", "imagenet", "--fit", "stretch"], "logits"),
    ("cifar10_resnet20_dyn18.onnx", 32, CIFAR, ["--preset", "imagenet", "--fit", "stretch"], "logits"),
    ("fer2013_mini_xception_64.onnx", 64, dict(TF, grey=True), ["--preset", "tf", "--fit", "stretch"], "probabilities"),
]


def prepare(path, side, mean, std, scale, bgr=False, grey=False, stretch=False):
    image = Image.open(path).convert("RGB")
    if grey:
        array = np.asarray(image.convert("L").resize((side, side), Image.BILINEAR), np.float32)
        return ((array * scale - mean[0]) / std[0])[None, None].astype(np.float32)
    short = int(side / 0.875)
    w, h = image.size
    size = (short, int(short * h / w)) if w <= h else (int(short * w / h), short)
    left, top = int(round((size[0] - side) / 2)), int(round((size[1] - side) / 2))
    cropped = image.resize(size, Image.BILINEAR).crop((left, top, left + side, top + side))
    array = np.asarray(image.resize((side, side), Image.BILINEAR) if stretch else cropped, np.float32)
    array = array[:, :, ::-1] if bgr else array
    return ((array * scale - mean) / std).transpose(2, 0, 1)[None].astype(np.float32)


def main(limn):
    photos = sorted(f for f in os.listdir(os.path.join(DATA, "photos")) if f.endswith((".png", ".jpg")))
    worst_overall, disagreements = 0.0, 0
    for name, side, preparation, options, end in NETWORKS:
        model = os.path.join(DATA, "models", name)
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        worst, same = 0.0, 0
        for photo in photos:
            path = os.path.join(DATA, "photos", photo)
            source = session.get_inputs()[0]
            kind = np.float16 if source.type == "tensor(float16)" else np.float32
            image = prepare(path, side, **preparation).astype(kind)
            scores = session.run(None, {source.name: image})[0].astype(np.float32).ravel()
            if end == "logits":
                scores = np.exp(scores - scores.max())
                scores /= scores.sum()
            expected = [int(i) for i in np.argsort(-scores, kind="stable")[:5]]
            run = subprocess.run(
                [limn, "predict", path, "--model", model, "--json"] + options, capture_output=True, check=True)
            found = json.loads(run.stdout)[0]["predictions"]
            worst = max([worst] + [abs(p["probability"] - float(scores[p["index"]])) for p in found])
            same += [p["index"] for p in found] == expected
        print(f"{name}: same five classes on {same} of {len(photos)} photographs, probabilities within {worst:.1e}")
        worst_overall, disagreements = max(worst, worst_overall), disagreements + len(photos) - same
    print(f"largest difference {worst_overall:.1e}, {disagreements} photographs with other classes")
    return 0 if worst_overall < 1e-3 and disagreements == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
