"""Compares Limn on networks whose output is no list of classes with PyTorch's autograd: scores and input gradients.

Usage: python compare_outputs_with_torch.py LIMN [--folder FOLDER] [--size N] [NETWORK…]
       (needs numpy, onnx, onnxscript, pillow, torch, torchvision)

FCN and DeepLab with their outputs 'out' and 'aux', a small U-Net with several classes and with one mask, a binary head and an
embedding, all with random weights, are exported to FOLDER, a temporary one unless given, where networks exported before
are taken as they are. Regions are a box, a mask, one pixel, everything, and what the network predicts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torchvision
from PIL import Image


class UNet(torch.nn.Module):
    """Three levels; half as many rows and columns of logits as of pixels."""

    def __init__(self, classes):
        super().__init__()

        def block(a, b, stride=1):
            return torch.nn.Sequential(
                torch.nn.Conv2d(a, b, 3, stride, 1), torch.nn.BatchNorm2d(b), torch.nn.ReLU(), torch.nn.Conv2d(b, b, 3, 1, 1),
                torch.nn.ReLU())

        self.start, self.one, self.two = block(3, 8, 2), block(8, 16, 2), block(16, 32, 2)
        self.up_two, self.up_one = torch.nn.ConvTranspose2d(32, 16, 2, 2), torch.nn.ConvTranspose2d(16, 8, 2, 2)
        self.join_one, self.join = block(32, 16), block(16, 8)
        self.head = torch.nn.Conv2d(8, classes, 1)

    def forward(self, x):
        x = self.start(x)
        y = self.one(x)
        y = self.join_one(torch.cat([y, self.up_two(self.two(y))], 1))
        z = self.head(self.join(torch.cat([x, self.up_one(y)], 1)))
        return torch.sigmoid(z) if z.shape[1] == 1 else torch.softmax(z, 1)


class Outputs(torch.nn.Module):
    """A network of torchvision with its dictionary of outputs as a tuple."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return tuple(self.network(x).values())


def build(name):
    torch.manual_seed(sum(map(ord, name)))
    models = torchvision.models
    if name.startswith(("fcn", "deeplab")):
        network = Outputs(getattr(models.segmentation, name)(weights=None, weights_backbone=None, aux_loss=True))
    elif name == "unet":
        network = UNet(5)
    elif name == "mask":
        network = UNet(1)
    else:
        network = models.resnet18(num_classes={"binary": 1, "embedding": 64}[name])
    # Fresh batch normalisations do nothing, and deep networks then answer everywhere alike.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    network.eval()
    if isinstance(network, UNet):
        # Every class, or either side, should win somewhere.
        with torch.no_grad():
            network.head.weight *= 20
            network.head.bias -= logits(network, torch.randn(1, 3, 96, 96)).mean((1, 2))
    return network


def logits(network, x, output=0):
    """What comes before a sigmoid or softmax at the end."""
    if isinstance(network, UNet):
        known = []
        hook = network.head.register_forward_hook(lambda _, __, z: known.append(z))
        network(x)
        hook.remove()
        return known[0][0]
    y = network(x)
    return (y[output] if isinstance(y, tuple) else y)[0]


def weights(region, z, size, index, negative):
    """A weight for each place of the output grid; regions of pixels are averaged over the cells."""
    h, w = z.shape[1:]
    if region == "all":
        return torch.ones(h, w, dtype=torch.float64)
    if region == "predicted":
        own = z[0] > 0 if z.shape[0] == 1 else z.argmax(0) == index
        return (own != negative).double()
    if region.endswith(".png"):
        mask = torch.tensor(np.asarray(Image.open(region).convert("L")) >= 128).double()
    else:
        edges = [int(number) for number in region.split(",")]
        left, top, right, bottom = edges if len(edges) == 4 else (*edges, edges[0] + 1, edges[1] + 1)
        mask = torch.zeros(size, size, dtype=torch.float64)
        mask[top:bottom, left:right] = 1
    return torch.nn.functional.adaptive_avg_pool2d(mask[None], (h, w))[0]


def run(limn, arguments):
    done = subprocess.run([limn, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}\n{done.stderr}")
    return done.stdout


def compare(limn, folder, name, size):
    network, path = build(name), os.path.join(folder, f"{name}-{size}.onnx")
    shape = (1, 3, size, size)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    # Something to see, so that not every pixel is answered alike.
    x += 2 * torch.sin(torch.linspace(0, 9, size))[None, None, None] * torch.cos(torch.linspace(0, 7, size))[None, None, :, None]
    image, other = os.path.join(folder, f"image-{size}.npy"), os.path.join(folder, f"other-{size}.npy")
    r = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    np.save(image, x.numpy())
    np.save(other, r.numpy())
    if not os.path.exists(path):
        torch.onnx.export(network, (x,), path, dynamo=True, opset_version=18, external_data=False)
    network = network.double()
    x, r = x.double().requires_grad_(), r.double()
    cases = []
    if name == "embedding":
        similarity = torch.cosine_similarity(logits(network, x), logits(network, r).detach(), dim=0)
        cases.append((["--similar-to", other], similarity))
    elif name == "binary":
        z = logits(network, x)[0]
        p = torch.sigmoid(z)
        cases += [(["--target", "positive"], z), (["--target", "negative"], -z)]
        cases += [(["--target", "negative", "--score", "probability"], 1 - p)]
    else:
        mask = os.path.join(folder, f"mask-{size}.png")
        rows, columns = np.mgrid[:size, :size]
        disc = (rows - size / 3) ** 2 + (columns - size / 2) ** 2 < (size / 5) ** 2
        Image.fromarray((255 * disc).astype(np.uint8)).save(mask)
        several = name.startswith(("fcn", "deeplab"))
        for output in (0, 1) if several else (0,):
            z = logits(network, x, output)
            counts = torch.bincount(z.argmax(0).flatten(), minlength=z.shape[0])
            index = int(counts.argmax()) if z.shape[0] > 1 else 0
            for region in ["predicted", "all", mask, f"{size // 4},{size // 3},{size // 2},{size - 5}", f"{size // 2},{size // 3}"]:
                for negative in (False, True) if z.shape[0] == 1 else (False,):
                    w = weights(region, z, size, index, negative)
                    target = ("negative" if negative else "positive") if z.shape[0] == 1 else str(index)
                    options = ["--target", target, "--region", region]
                    if several:
                        options += ["--logits", str(output)]
                    score = (w * z[index]).sum() / w.sum() * (-1 if negative else 1)
                    cases.append((options, score))
                    if region == mask:
                        p = torch.sigmoid(z)[0] if z.shape[0] == 1 else torch.softmax(z, 0)[index]
                        p = 1 - p if negative else p
                        cases.append((options + ["--score", "probability"], (w * p).sum() / w.sum()))
    worst = 0
    for options, score in cases:
        (gradient,) = torch.autograd.grad(score, x, retain_graph=True)
        array = os.path.join(folder, "gradient.npy")
        command = ["explain", image, "--model", path, "--method", "gradient", *options]
        value = json.loads(run(limn, command + ["--json", "-o", array]))["score"]["value"]
        expected, got = gradient[0].numpy(), np.load(array)
        off = np.abs(got - expected).max() / np.abs(expected).max()
        error = abs(value - score.item()) / max(abs(score.item()), 1e-3)
        worst = max(worst, off, error)
        print(f"  {' '.join(os.path.basename(o) for o in options):64} score {value:9.5f} off {error:.1e}, gradient off {off:.1e}")
    print(f"{name}: worst {worst:.1e}", flush=True)
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("--folder")
    parser.add_argument("--size", type=int, default=96, help="pixels of a side; a multiple of 16")
    parser.add_argument("networks", nargs="*", default=[])
    options = parser.parse_intermixed_args()
    torch.set_num_threads(1)
    names = options.networks or ["binary", "embedding", "unet", "mask", "deeplabv3_mobilenet_v3_large", "fcn_resnet50"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or temporary
        os.makedirs(folder, exist_ok=True)
        worst = max(compare(options.limn, folder, name, options.size) for name in names)
    sys.exit(0 if worst < 1e-3 else f"worst {worst:.1e}")


if __name__ == "__main__":
    main()
