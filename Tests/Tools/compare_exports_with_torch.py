"""Compares Limn on exported networks with PyTorch: logits and input gradients, with random weights.

Usage: python compare_exports_with_torch.py LIMN [--folder FOLDER] [--old] [NETWORK…]
       (needs numpy, onnx, onnxscript, timm, torch, torchvision)

Networks are exported by PyTorch's current exporter, or by its TorchScript one with --old. Files go to FOLDER, a
temporary one unless given, where networks exported before are taken as they are.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import timm
import torch
import torchvision

# Each is small enough to be exported in a moment: the operators matter, not the size.
TIMM = {
    "vit_tiny_patch16_224": {}, "deit_tiny_patch16_224": {}, "beit_base_patch16_224": {"depth": 2},
    "swin_tiny_patch4_window7_224": {"depths": (1, 1, 2, 1)}, "swinv2_cr_tiny_224": {}, "maxvit_rmlp_pico_rw_256": {},
    "swinv2_tiny_window8_256": {"depths": (1, 1, 2, 1)}, "maxvit_tiny_tf_224": {}, "coatnet_nano_rw_224": {},
    "mobilevit_xxs": {}, "mobilevitv2_050": {}, "convnext_atto": {}, "convnextv2_atto": {}, "nfnet_f0": {},
    "dm_nfnet_f0": {}, "efficientnet_b0": {}, "tf_efficientnetv2_b0": {}, "efficientnetv2_rw_t": {}, "mixer_s32_224": {},
    "inception_v4": {}, "regnety_002": {}, "mobilenetv3_small_100": {}, "mnasnet_small": {}, "resnext50_32x4d": {},
    "xcit_nano_12_p16_224": {}, "poolformer_s12": {}, "edgenext_xx_small": {}, "levit_128s": {},
}
TORCHVISION = [
    "shufflenet_v2_x0_5", "googlenet", "inception_v3", "mnasnet0_5", "vit_b_32", "swin_t", "swin_v2_t", "maxvit_t",
    "efficientnet_v2_s", "regnet_y_400mf", "convnext_tiny", "wide_resnet50_2", "densenet121",
]
SEGMENTATION = ["deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large", "fcn_resnet50"]
OWN = ["unet", "upsampling"]


class UNet(torch.nn.Module):
    """Two levels with transposed convolutions, group and instance normalisation."""

    def __init__(self):
        super().__init__()
        self.down = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3, 1, 1), torch.nn.GroupNorm(4, 16), torch.nn.Mish())
        self.deep = torch.nn.Sequential(torch.nn.Conv2d(16, 32, 3, 2, 1), torch.nn.InstanceNorm2d(32), torch.nn.Hardswish())
        self.up = torch.nn.ConvTranspose2d(32, 16, 4, 2, 1)
        self.head = torch.nn.Conv2d(32, 5, 1)

    def forward(self, x):
        x = self.down(x)
        return self.head(torch.cat([x, self.up(self.deep(x))], 1)).mean((2, 3))


class Upsampling(torch.nn.Module):
    """Every way that PyTorch enlarges and shrinks a map, one after the other."""

    def forward(self, x):
        f = torch.nn.functional.interpolate
        x = f(x, scale_factor=2, mode="nearest")
        x = f(x, size=(37, 29), mode="bilinear", align_corners=False)
        x = f(x, size=(50, 41), mode="bilinear", align_corners=True)
        x = f(x, size=(33, 60), mode="bicubic", align_corners=False)
        x = torch.nn.functional.pixel_shuffle(torch.cat([x] * 4, 1), 2)
        return torch.nn.functional.adaptive_avg_pool2d(x.sin(), 2).flatten(1)


class Mean(torch.nn.Module):
    """A segmentation network with one score per class: the mean over the image."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)["out"].mean((2, 3))


def build(name):
    torch.manual_seed(sum(map(ord, name)))
    if name in TIMM:
        model = timm.create_model(name, pretrained=False, **TIMM[name])
    elif name in TORCHVISION:
        extra = {"aux_logits": False, "init_weights": True} if name in ("googlenet", "inception_v3") else {}
        model = getattr(torchvision.models, name)(weights=None, **extra)
    elif name in SEGMENTATION:
        model = Mean(getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None))
    else:
        model = UNet() if name == "unet" else Upsampling()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.8, 1.2)
    for parameter in model.parameters():
        # Layer scales and gains that begin at zero would hide whole branches.
        if parameter.abs().max() < 1e-3:
            torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()


def size(name, model):
    if name in OWN:
        return (3, 32, 32)
    if name in TIMM:
        return model.pretrained_cfg["input_size"]
    return (3, 299, 299) if name == "inception_v3" else (3, 224, 224)


def limn(command, *arguments):
    run = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip())
    return run.stdout


def compare(command, name, folder, old):
    """The largest difference of the logits and of a class's gradient, each relative to the largest magnitude."""
    model = build(name)
    shape = size(name, model)
    x = torch.randn(1, *shape)
    path = os.path.join(folder, name + ("-old" if old else "") + ".onnx")
    if not os.path.exists(path):
        torch.onnx.export(model, (x,), path, dynamo=not old, verbose=False, input_names=["image"])
    source, gradient = os.path.join(folder, "x.npy"), os.path.join(folder, "gradient.npy")
    np.save(source, x.numpy())
    image = x.double().requires_grad_()
    logits = model.double()(image)[0]
    target = int(logits.argmax())
    logits[target].backward()
    network = ["--model", path]
    report = json.loads(limn(command, "predict", source, *network, "--json", "--top", len(logits)))[0]
    found = np.zeros(len(logits))
    for prediction in report["predictions"]:
        found[prediction["index"]] = prediction["logit"]
    limn(command, "explain", source, *network, "--method", "gradient", "--target", target, "-o", gradient)
    expected, pulled = logits.detach().numpy(), image.grad[0].numpy()
    return (
        np.abs(found - expected).max() / np.abs(expected).max(),
        np.abs(np.load(gradient) - pulled).max() / np.abs(pulled).max(),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limn")
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--folder")
    parser.add_argument("--old", action="store_true")
    options = parser.parse_intermixed_args()
    folder = options.folder or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    failures = 0
    for name in options.networks or [*TIMM, *TORCHVISION, *SEGMENTATION, *OWN]:
        try:
            logits, gradient = compare(options.limn, name, folder, options.old)
            good = logits < 1e-4 and gradient < 1e-3
            mark = "" if good else "  <-- differs"
            print(f"{name}: logits {logits:.1e}, gradient {gradient:.1e}{mark}", flush=True)
        except Exception as error:
            good = False
            print(f"{name}: {str(error)[:600]}", flush=True)
        failures += not good
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
