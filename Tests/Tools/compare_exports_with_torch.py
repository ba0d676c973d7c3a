"""Compares Limn on exported networks with PyTorch: logits, the gradient by the pixels, Grad-CAM; random weights.

Usage: python compare_exports_with_torch.py LIMN [--only PATTERN] [--spelling SPELLING…] [--keep FOLDER]
(needs numpy, onnx, onnxruntime, onnxscript, torch, torchvision, timm)

Each network of exported_networks.py is exported to ONNX and explained by `limn`; PyTorch computes the same in float64.
A spelling is an exporter and an opset: ts7 … ts20 are PyTorch's TorchScript exporter, dynamo20 … dynamo23 the current
one; pt2 is an archive of torch.export, of operators as the network calls them, pt2core of core ATen's, pt2batch of the
former with the number of images left open; f16 and bf16 are networks exported in these types, whose numbers PyTorch computes in float64 too.

Deviations are relative to the largest magnitude, and should stay below 1e-4. A gradient may deviate further where
PyTorch's own float32 does, or where it moves as far in float64 when pixels move by a millionth, since a rectifier near its kink
decides by rounding; where a network cuts gradients off,
which no file can say, and differences agree with Limn; and in float16 and bfloat16, where the
exporter folds and rounds anew: there the logits of the file computed in float32 by onnxruntime count. It also judges
where an exporter is known to write something else than the network.

Grad-CAM is that of the layer which Limn explains by default, compared with PyTorch's at each module whose output has
that many places: the module that fits is named. The files stay in FOLDER, where one is given, and are not exported
again.
"""

import argparse
import copy
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager

import numpy as np
import onnx
import onnxruntime
import torch
from exported_networks import NETWORKS
from rounding import rounding

# Of logits and gradients.
TOLERANCES = {"f16": (1e-2, 0.2), "bf16": (5e-2, 0.5)}
SPELLINGS = ["ts17", "dynamo20"]


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


@contextmanager
def silence():
    """Keeps the exporters quiet, whose C++ parts write to the terminal on their own."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with open(os.devnull, "w") as nothing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(nothing.fileno(), 1), os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept[0], 1), os.dup2(kept[1], 2)
            os.close(kept[0]), os.close(kept[1])


def export(network, image, path, spelling):
    options = dict(input_names=["image"], output_names=["scores"])
    kinds = {"f16": torch.float16, "bf16": torch.bfloat16}
    with silence():
        if spelling.startswith("pt2"):
            sizes, images = None, image
            if spelling == "pt2batch":
                images = torch.cat([image, image])
                sizes = ({0: torch.export.Dim("images", min=1, max=64)},)
            program = torch.export.export(network, (images,), dynamic_shapes=sizes)
            torch.export.save(program.run_decompositions() if spelling == "pt2core" else program, path)
            return
        if spelling.startswith("ts"):
            torch.onnx.export(network, (image,), path, dynamo=False, opset_version=int(spelling[2:]), **options)
            return
        if spelling in kinds:
            network, image = copy.deepcopy(network).to(kinds[spelling]), image.to(kinds[spelling])
            spelling = "dynamo20"
        opset = int(spelling.removeprefix("dynamo"))
        torch.onnx.export(
            network, (image,), path, dynamo=True, external_data=False, opset_version=opset, **options)


def contiguous(_, __, output):
    """PyTorch 2.13's backward pass of batch normalisation is wrong for one image and a gradient that is a transposed view."""
    if output.requires_grad:
        output.register_hook(torch.Tensor.contiguous)


class Reference:
    """What PyTorch makes of an image, in float64, with what every module puts out and its gradient."""

    def __init__(self, network, image):
        # Before the network is run, which leaves some with arrays of their own that cannot be copied.
        self.exact = copy.deepcopy(network).double()
        single = image.clone().requires_grad_()
        scores = network(single)
        # The likeliest class: others may end in a rectifier that lets nothing through.
        self.target = int(scores[0].argmax())
        scores[0, self.target].backward()
        image = image.double().requires_grad_()
        self.outputs, hooks = {}, []
        for name, module in self.exact.named_modules():
            if hasattr(module, "inplace"):
                module.inplace = False
            hook = module.register_forward_hook(lambda _, __, output, name=name: self.keep(name, output))
            hooks.append(hook)
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                hooks.append(module.register_forward_hook(contiguous))
        exact = self.exact(image)
        exact[0, self.target].backward()
        self.scores, self.gradient = exact.detach()[0].numpy(), image.grad[0].numpy()
        self.kinks = deviation(single.grad[0].numpy(), self.gradient)
        self.image = image.detach()
        for hook in hooks:
            hook.remove()

    def widen(self):
        """Counts what moves in float64 by rounding, too, which takes a few passes more."""
        self.kinks = max(self.kinks, rounding(lambda x: self.exact(x)[0, self.target], self.image, self.gradient))

    def keep(self, name, output):
        if torch.is_tensor(output) and output.ndim in (3, 4) and output.shape[0] == 1 and output.requires_grad:
            output.retain_grad()
            self.outputs[name] = output

    def slope_deviation(self, gradient):
        """How far a gradient's slope along a direction is from differences: some networks cut gradients off on purpose."""
        direction = torch.randn(self.image.shape, dtype=torch.float64)
        step = 1e-5
        with torch.no_grad():
            forth, back = (self.exact(self.image + sign * step * direction)[0, self.target] for sign in (1, -1))
        slope = float(forth - back) / (2 * step)
        return abs(float((direction[0].numpy() * gradient).sum()) - slope) / max(abs(slope), 1e-30)

    def grad_cam(self, height, width):
        """Grad-CAM at each module whose output can be read as maps of that size, by name."""
        for name, output in self.outputs.items():
            if output.grad is None:
                continue
            value, gradient = output.detach()[0].numpy(), output.grad[0].numpy()
            for order in arrangements(value.shape, height, width):
                a, g = (order(array).reshape(-1, height * width) for array in (value, gradient))
                yield name, (g.mean(1) @ a).reshape(height, width)


def arrangements(shape, height, width):
    """The ways in which an array of a shape can be read as [channels, height, width]; of tokens, the last are taken."""
    if len(shape) == 3 and shape[1:] == (height, width):
        yield lambda array: array
    if len(shape) == 3 and shape[:2] == (height, width):
        yield lambda array: array.transpose(2, 0, 1)
    if len(shape) == 2 and height * width <= shape[0] < height * width + 10:
        yield lambda array: array[shape[0] - height * width:].T
    if len(shape) == 2 and height * width < shape[0] < height * width + 10:
        yield lambda array: array[:height * width].T


def limn(*arguments):
    run = subprocess.run(arguments, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else f"exit {run.returncode}")
    return run.stdout


def deviation(a, b):
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)) if a.shape == b.shape else float("inf")


def reference(make, side, spelling):
    torch.manual_seed(0)
    network, image = randomised(make()), torch.randn(1, 3, side, side)
    if spelling in ("f16", "bf16"):
        kind = torch.float16 if spelling == "f16" else torch.bfloat16
        network, image = network.to(kind).float(), image.to(kind).float()
    return network, image


def runtime(model, spelling, image, scores):
    """How far the scores are from onnxruntime's, which is given files in float16 and bfloat16 as float32."""
    if model.endswith(".pt2"):
        return 0.0
    network = onnx.load(model)
    if spelling in TOLERANCES:
        network = widened(network)
    session = onnxruntime.InferenceSession(network.SerializeToString(), providers=["CPUExecutionProvider"])
    return deviation(scores, session.run(None, {session.get_inputs()[0].name: image.numpy()})[0].ravel())


def widened(network):
    """The same network with every array and type of 16 bits in float32."""
    narrow = (onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16)
    graph = network.graph

    def wide(tensor):
        if tensor.data_type in narrow:
            array = onnx.numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))

    for tensor in graph.initializer:
        wide(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                wide(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i in narrow:
                attribute.i = onnx.TensorProto.FLOAT
    for value in [*graph.input, *graph.output]:
        if value.type.tensor_type.elem_type in narrow:
            value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    del graph.value_info[:]
    return network


def compare(command, make, side, spelling, stem):
    """The deviations of logits, gradient and Grad-CAM, a remark, and whether all is right."""
    model, image_file, gradient, cam = stem + (".pt2" if spelling.startswith("pt2") else ".onnx"), stem + ".npy", stem + "-gradient.npy", stem + "-cam.npy"
    network, image = reference(make, side, spelling)
    known = Reference(network, image)
    if not os.path.exists(model):
        try:
            export(network, image, model, spelling)
        except Exception as error:
            return "", "", "", f"not exported: {(str(error).strip() or repr(error)).splitlines()[0][:90]}", True
    np.save(image_file, image.numpy()[0])
    explain = [command, "explain", image_file, "--model", model, "--target", str(known.target), "--method"]
    try:
        report = json.loads(limn(command, "predict", image_file, "--model", model, "--top", "10", "--json"))[0]
        limn(*explain, "gradient", "-o", gradient)
        layers = json.loads(limn(command, "layers", "--model", model, "--json"))
        automatic = layers.get("automatic", {}).get("name")
        if automatic:
            limn(*explain, "grad-cam", "-o", cam)
    except RuntimeError as error:
        return "", "", "", str(error), False
    scores = np.zeros(len(known.scores))
    for prediction in report["predictions"]:
        scores[prediction["index"]] = prediction["logit"]
    worst = [deviation(scores, known.scores), deviation(np.load(gradient), known.gradient)]
    tolerance, slack = TOLERANCES.get(spelling, (1e-4, 1e-4))
    if worst[1] >= max(slack, 2 * known.kinks):
        known.widen()
    runs, remark = runtime(model, spelling, image, scores), ""
    isRight = worst[0] < tolerance and worst[1] < max(slack, 2 * known.kinks) and runs < max(1e-4, 10 * worst[0])
    if worst[0] < tolerance and not isRight and (slope := known.slope_deviation(np.load(gradient))) < 1e-3:
        isRight, remark = True, f" (PyTorch's gradient leaves something out: differences {slope:.0e})"
    elif isRight and worst[1] >= slack:
        remark = f" (by rounding, PyTorch's: {known.kinks:.0e})"
    if spelling in TOLERANCES:
        remark, isRight = f" (onnxruntime's float32: {runs:.0e})", isRight and runs < 1e-4
    elif not worst[0] < tolerance and runs < 1e-4:
        remark, isRight = f" (the exporter's mistake: onnxruntime {runs:.0e})", True
    logits, pulled = (f"{value:.1e}" for value in worst)
    if not automatic:
        return logits, pulled, "", "no spatial layer", isRight
    layer = next(layer for layer in layers["layers"] if layer["name"] == automatic)
    found = np.load(cam).squeeze()
    fits = [(deviation(found, map), name) for name, map in known.grad_cam(*layer["grid"])]
    best, module = min(fits, default=(float("inf"), ""))
    place = f"{automatic} {layer['operator']} {layer['shape']} on {layer['grid']}{remark}"
    if best > max(10 * slack, 2 * known.kinks):
        return logits, pulled, "", place + ", no module's output", isRight
    return logits, pulled, f"{best:.1e}", f"{place} = {module}", isRight


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("--only", nargs="*", default=["*"])
    parser.add_argument("--spelling", nargs="*", default=SPELLINGS)
    parser.add_argument("--keep")
    options = parser.parse_args()
    failures = 0
    print(f"{'network':24} {'spelling':8} {'logits':>8} {'gradient':>8} {'Grad-CAM':>8}  default layer, or what went wrong")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for name, side, make in NETWORKS:
            if not any(fnmatch.fnmatch(name, pattern) for pattern in options.only):
                continue
            for spelling in options.spelling:
                stem = os.path.join(folder, re.sub(r"\W+", "-", name) + "-" + spelling)
                try:
                    logits, gradient, cam, remark, isRight = compare(options.limn, make, side, spelling, stem)
                except Exception as error:
                    logits, gradient, cam, remark, isRight = "", "", "", f"not compared: {error!r}"[:200], False
                failures += not isRight
                mark = "" if isRight else "WRONG "
                print(f"{name:24} {spelling:8} {logits:>8} {gradient:>8} {cam:>8}  {mark}{remark}", flush=True)
    sys.exit(1 if failures else 0)


main()
