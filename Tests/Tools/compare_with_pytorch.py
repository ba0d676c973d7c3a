"""Compares Limn with PyTorch on networks with random weights: the logits, and the gradient of a logit by the pixels.

Usage: python compare_with_pytorch.py LIMN [--only PATTERN] [--exporter dynamo|torchscript|both] [--keep FOLDER]
(needs numpy, onnx, onnxscript, torch, torchvision, timm)

Each network of torchvision and timm is exported to ONNX and explained by `limn`; PyTorch computes the same in float64.
Deviations are relative to the largest magnitude. The table also shows the layer that Limn explains by default. The
files stay in FOLDER, where one is given, and are not exported again.
"""

import argparse
import copy
import fnmatch
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import timm
import torch
import torchvision

CLASS = 3
TOLERANCE = 1e-4


def tv(name, **options):
    return lambda: getattr(torchvision.models, name)(weights=None, num_classes=10, **options)


def tm(name, **options):
    return lambda: timm.create_model(name, pretrained=False, num_classes=10, **options)


def vision_transformer():
    return torchvision.models.VisionTransformer(
        image_size=64, patch_size=16, num_layers=2, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=10)


# Name, the side of its images, and how it is made; small versions where the library offers them.
NETWORKS = [
    ("alexnet", 224, tv("alexnet")),
    ("vgg11_bn", 224, tv("vgg11_bn")),
    ("resnet18", 64, tv("resnet18")),
    ("resnet50", 64, tv("resnet50")),
    ("resnext50_32x4d", 64, tv("resnext50_32x4d")),
    ("wide_resnet50_2", 64, tv("wide_resnet50_2")),
    ("squeezenet1_1", 96, tv("squeezenet1_1")),
    ("densenet121", 64, tv("densenet121")),
    ("googlenet", 96, tv("googlenet", aux_logits=False, init_weights=False)),
    ("inception_v3", 128, tv("inception_v3", aux_logits=False, init_weights=False)),
    ("timm/inception_v4", 128, tm("inception_v4")),
    ("mobilenet_v2", 64, tv("mobilenet_v2")),
    ("mobilenet_v3_small", 64, tv("mobilenet_v3_small")),
    ("efficientnet_b0", 64, tv("efficientnet_b0")),
    ("efficientnet_v2_s", 64, tv("efficientnet_v2_s")),
    ("mnasnet0_5", 64, tv("mnasnet0_5")),
    ("shufflenet_v2_x0_5", 64, tv("shufflenet_v2_x0_5")),
    ("regnet_y_400mf", 64, tv("regnet_y_400mf")),
    ("timm/nf_resnet26", 96, tm("nf_resnet26")),
    ("timm/nfnet_l0", 96, tm("nfnet_l0")),
    ("convnext_tiny", 64, tv("convnext_tiny")),
    ("timm/convnext_atto", 64, tm("convnext_atto")),
    ("timm/convnextv2_atto", 64, tm("convnextv2_atto")),
    ("vit", 64, vision_transformer),
    ("timm/vit_tiny", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3)),
    ("timm/vit_tiny_gap", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, class_token=False, global_pool="avg")),
    ("timm/vit_tiny_reg4", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, reg_tokens=4, global_pool="avg")),
    ("timm/vit_tiny_map", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, class_token=False, global_pool="map")),
    ("timm/deit_tiny_distilled", 96, tm("deit_tiny_distilled_patch16_224", img_size=96, depth=3)),
    ("timm/cait_xxs24", 96, tm("cait_xxs24_224", img_size=96, depth=2)),
    ("timm/beit", 96, tm("beit_base_patch16_224", img_size=96, embed_dim=96, depth=3, num_heads=3)),
    ("timm/eva02_tiny", 112, tm("eva02_tiny_patch14_224", img_size=112, depth=3)),
    ("timm/xcit_nano", 96, tm("xcit_nano_12_p16_224", img_size=96)),
    ("swin_t", 224, tv("swin_t")),
    ("swin_v2_t", 256, tv("swin_v2_t")),
    ("timm/swin_tiny", 224, tm("swin_tiny_patch4_window7_224", embed_dim=48, depths=(2, 2, 2, 2))),
    ("timm/swinv2_tiny", 256, tm("swinv2_tiny_window8_256", embed_dim=48, depths=(2, 2, 2, 2))),
    ("timm/swin_s3_tiny", 224, tm("swin_s3_tiny_224", embed_dim=48, depths=(2, 2, 2, 2))),
    ("maxvit_t", 224, tv("maxvit_t")),
    ("timm/maxvit_rmlp_pico", 256, tm("maxvit_rmlp_pico_rw_256")),
    ("timm/coatnet_nano", 224, tm("coatnet_nano_rw_224")),
    ("timm/mobilevit_xxs", 128, tm("mobilevit_xxs")),
    ("timm/mobilevitv2_050", 128, tm("mobilevitv2_050")),
    ("timm/mixer_s32", 224, tm("mixer_s32_224")),
    ("timm/resmlp_12", 224, tm("resmlp_12_224")),
    ("timm/gmlp_ti16", 224, tm("gmlp_ti16_224")),
    ("timm/poolformer_s12", 96, tm("poolformer_s12")),
    ("timm/pvt_v2_b0", 96, tm("pvt_v2_b0")),
    ("timm/twins_svt_small", 224, tm("twins_svt_small", depths=(1, 1, 2, 1))),
    ("timm/levit_128s", 224, tm("levit_128s")),
    ("timm/davit_tiny", 96, tm("davit_tiny", depths=(1, 1, 1, 1))),
    ("timm/edgenext_xx_small", 96, tm("edgenext_xx_small")),
    ("timm/focalnet_tiny_srf", 96, tm("focalnet_tiny_srf")),
    ("timm/hiera_tiny", 224, tm("hiera_tiny_224")),
    ("timm/fastvit_t8", 128, tm("fastvit_t8")),
]


def randomised(network):
    """The network with nothing left at the zeros and ones of its initialisation, which would hide mistakes."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim <= 1 or parameter.abs().max() < 1e-4:
                parameter.add_(0.1 * torch.randn_like(parameter))
        for name, buffer in network.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.1)
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    return network.eval()


def export(network, image, path, exporter):
    options = dict(input_names=["image"], output_names=["scores"])
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            torch.onnx.export(network, (image,), path, dynamo=True, external_data=False, **options)
        else:
            torch.onnx.export(network, (image,), path, dynamo=False, opset_version=17, **options)


def expected(network, image):
    network, image = copy.deepcopy(network).double(), image.double().requires_grad_()
    scores = network(image)
    scores[0, CLASS].backward()
    return scores.detach()[0].numpy(), image.grad[0].numpy()


def limn(*arguments):
    run = subprocess.run(arguments, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else f"exit {run.returncode}")
    return run.stdout


def deviation(a, b):
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)) if a.shape == b.shape else float("inf")


def compare(command, name, side, make, exporter, folder):
    stem = os.path.join(folder, re.sub(r"\W+", "-", name) + "-" + exporter)
    model, arrays = stem + ".onnx", stem + ".npz"
    if not os.path.exists(arrays):
        torch.manual_seed(0)
        network, image = randomised(make()), torch.randn(1, 3, side, side)
        try:
            export(network, image, model, exporter)
        except Exception as error:
            return "", "", f"not exported: {str(error).strip().splitlines()[0][:90] if str(error) else error!r}", True
        scores, gradient = expected(network, image)
        np.savez(arrays, image=image.numpy()[0], scores=scores, gradient=gradient)
    known = np.load(arrays)
    np.save(stem + ".npy", known["image"])
    network = [stem + ".npy", "--model", model]
    try:
        report = json.loads(limn(command, "predict", *network, "--top", "10", "--json"))[0]
        scores = np.zeros(10)
        for prediction in report["predictions"]:
            scores[prediction["index"]] = prediction["logit"]
        limn(command, "explain", *network, "--method", "gradient", "--target", str(CLASS), "-o", stem + "-gradient.npy")
        layers = json.loads(limn(command, "layers", "--model", model, "--json"))
    except RuntimeError as error:
        return "", "", str(error), False
    automatic = layers.get("automatic", {}).get("name", "none")
    layer = next((layer for layer in layers["layers"] if layer["name"] == automatic), None)
    place = f"{automatic} {layer['operator']} {layer['shape']} on {layer['grid']}" if layer else "no spatial layer"
    worst = [deviation(scores, known["scores"]), deviation(np.load(stem + "-gradient.npy"), known["gradient"])]
    return f"{worst[0]:.1e}", f"{worst[1]:.1e}", place, max(worst) < TOLERANCE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("--only", default="*")
    parser.add_argument("--exporter", choices=["dynamo", "torchscript", "both"], default="both")
    parser.add_argument("--keep")
    options = parser.parse_args()
    exporters = ["dynamo", "torchscript"] if options.exporter == "both" else [options.exporter]
    failures = 0
    print(f"{'network':26} {'exporter':11} {'logits':>8} {'gradient':>8}  default layer, or what went wrong")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name, side, make in NETWORKS:
            if not fnmatch.fnmatch(name, options.only):
                continue
            for exporter in exporters:
                logits, gradient, remark, isRight = compare(options.limn, name, side, make, exporter, folder)
                failures += not isRight
                print(f"{name:26} {exporter:11} {logits:>8} {gradient:>8}  {'' if isRight else 'WRONG '}{remark}", flush=True)
    sys.exit(1 if failures else 0)


main()
