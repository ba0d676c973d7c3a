#!/usr/bin/env python3
"""Attention methods written out naively in PyTorch, float64, on a tiny vision transformer.

    python3 transformer_methods.py                # the numbers that TransformerMethodTests compares with
    python3 transformer_methods.py --limn LIMN    # exports it in every way there is and compares the command's maps
    python3 transformer_methods.py --recorded transformer.onnx image.npy

The transformer has the weights that a generator of whole numbers makes, so that a test in Swift can have the same. It
reads its answer off the class token or off the mean of the patches.
"""

import argparse
import os
import subprocess
import tempfile

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional

PATCH, WIDTH, HEADS, BLOCKS, CLASSES = 4, 8, 2, 3, 4
TOKENS = 2 * 3 + 1


class Numbers:
    """Numbers in [-1, 1) that are the same in every language: the upper bits of a linear congruential generator."""

    def __init__(self, seed=1):
        self.state = seed

    def __call__(self, *shape, scale=1.0, offset=0.0):
        count = int(np.prod(shape))
        values = np.empty(count, dtype=np.float64)
        for index in range(count):
            self.state = (self.state * 1664525 + 1013904223) % 2**32
            values[index] = ((self.state >> 8) * 2.0**-23 - 1) * scale + offset
        return torch.from_numpy(values.reshape(shape))


class Block(nn.Module):
    heads, activation = HEADS, staticmethod(functional.gelu)

    def __init__(self, numbers):
        super().__init__()
        self.qkv, self.qkv_bias = numbers(WIDTH, 3 * WIDTH, scale=0.5), numbers(3 * WIDTH, scale=0.25)
        self.proj, self.proj_bias = numbers(WIDTH, WIDTH, scale=0.5), numbers(WIDTH, scale=0.25)
        self.norm1 = numbers(WIDTH, scale=0.25, offset=1), numbers(WIDTH, scale=0.25)
        self.norm2 = numbers(WIDTH, scale=0.25, offset=1), numbers(WIDTH, scale=0.25)
        self.fc1, self.fc1_bias = numbers(WIDTH, 2 * WIDTH, scale=0.5), numbers(2 * WIDTH, scale=0.25)
        self.fc2, self.fc2_bias = numbers(2 * WIDTH, WIDTH, scale=0.5), numbers(WIDTH, scale=0.25)

    def forward(self, x):
        return self.run(x)["out"]

    def run(self, x):
        """All that the block computes, by name."""
        s = {"in": x, "ln1": functional.layer_norm(x, x.shape[-1:], *self.norm1, 1e-5)}
        s["qkv"] = s["ln1"] @ self.qkv + self.qkv_bias
        parts = s["qkv"].unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        s["q"], s["k"], s["v"] = parts[0], parts[1], parts[2]
        s["scores"] = s["q"] @ s["k"].transpose(-2, -1)
        s["attention"] = (s["scores"] * s["q"].shape[-1] ** -0.5).softmax(-1)
        s["weighed"] = s["attention"] @ s["v"]
        s["joined"] = s["weighed"].transpose(1, 2).flatten(2)
        s["projected"] = s["joined"] @ self.proj + self.proj_bias
        s["middle"] = x + s["projected"]
        s["ln2"] = functional.layer_norm(s["middle"], x.shape[-1:], *self.norm2, 1e-5)
        s["hidden"] = s["ln2"] @ self.fc1 + self.fc1_bias
        s["active"] = self.activation(s["hidden"])
        s["mlp"] = s["active"] @ self.fc2 + self.fc2_bias
        s["out"] = s["middle"] + s["mlp"]
        return s


class Transformer(nn.Module):
    grid = (2, 3)

    def __init__(self, averages=False):
        super().__init__()
        numbers = Numbers()
        self.averages = averages
        self.patch = numbers(WIDTH, 3, PATCH, PATCH, scale=0.25)
        self.token, self.positions = numbers(1, 1, WIDTH), numbers(1, TOKENS, WIDTH, scale=0.5)
        self.blocks = nn.ModuleList(Block(numbers) for _ in range(BLOCKS))
        self.norm = numbers(WIDTH, scale=0.25, offset=1), numbers(WIDTH, scale=0.25)
        self.head, self.head_bias = numbers(WIDTH, CLASSES), numbers(CLASSES, scale=0.25)
        self.image = numbers(1, 3, self.grid[0] * PATCH, self.grid[1] * PATCH)

    def embed(self, image):
        x = functional.conv2d(image, self.patch, stride=PATCH).flatten(2).transpose(1, 2)
        return torch.cat([self.token.expand(1, -1, -1), x], 1) + self.positions

    def read(self, x):
        x = functional.layer_norm(x, x.shape[-1:], *self.norm, 1e-5)
        x = x[:, 1:].mean(1) if self.averages else x[:, 0]
        return x @ self.head + self.head_bias

    def forward(self, image):
        x = self.embed(image)
        for block in self.blocks:
            x = block(x)
        return self.read(x)

    def run(self, image):
        x, states = self.embed(image), []
        for block in self.blocks:
            states.append(block.run(x))
            x = states[-1]["out"]
        return self.read(x), states

    @property
    def readers(self):
        return range(1, TOKENS) if self.averages else range(1)


class Recorded(Transformer):
    """A transformer of the kind that `vit_pytorch` makes, read from its ONNX file; patches are unfolded, not convolved."""

    averages = False

    def __init__(self, path, image):
        nn.Module.__init__(self)
        graph = onnx.load(path).graph
        arrays = {a.name: torch.from_numpy(numpy_helper.to_array(a).astype(np.float64)) for a in graph.initializer}
        nodes = [node for node in graph.node if any(name in arrays for name in node.input)]
        weights = iter([arrays[n.input[1]] for n in nodes if n.op_type == "MatMul" and n.input[1] in arrays])
        norms = iter([(arrays[n.input[1]], arrays[n.input[2]]) for n in nodes if n.op_type == "LayerNormalization"])
        self.split = tuple(arrays[nodes[0].input[1]].int().tolist())
        self.grid = (self.split[2], self.split[4])
        self.token, self.positions = arrays["expand"], arrays["pos_embedding"]
        self.patch, self.patch_bias = next(weights), arrays["to_patch_embedding.1.bias"]
        self.blocks = nn.ModuleList()
        for index in range(sum(n.op_type == "Softmax" for n in graph.node)):
            block, name = Block(Numbers()), f"transformer.layers.{index}."
            block.heads, block.activation = arrays["val_29"].int()[3].item(), functional.relu
            block.qkv, block.qkv_bias = next(weights), 0
            block.proj, block.proj_bias = next(weights), arrays[name + "0.fn.to_out.0.bias"]
            block.fc1, block.fc1_bias = next(weights), arrays[name + "1.fn.net.0.bias"]
            block.fc2, block.fc2_bias = next(weights), arrays[name + "1.fn.net.3.bias"]
            block.norm1, block.norm2 = next(norms), next(norms)
            self.blocks.append(block)
        self.norm = next(norms)
        self.head, self.head_bias = arrays["mlp_head.1.weight"].T, arrays["mlp_head.1.bias"]
        self.image = image

    def embed(self, image):
        x = image.reshape(self.split).permute(0, 2, 4, 3, 5, 1).reshape(1, self.grid[0] * self.grid[1], -1)
        return torch.cat([self.token, x @ self.patch + self.patch_bias], 1) + self.positions


# --- The methods -----------------------------------------------------------------------------------------------------


def rows(network, matrix):
    """The rows of the tokens that are read, as a map."""
    return matrix[list(network.readers)].mean(0)[1:].reshape(network.grid)


def eye(states):
    return torch.eye(states[0]["in"].shape[1], dtype=torch.float64)


def gradients(score, states, name="attention"):
    return torch.autograd.grad(score, [s[name] for s in states], retain_graph=True)


def attention(network, target, block=-1, head=None):
    _, states = network.run(network.image)
    a = states[block]["attention"][0]
    return rows(network, a.mean(0) if head is None else a[head])


def rollout(network, target):
    _, states = network.run(network.image)
    product = eye(states)
    for s in states:
        a = (s["attention"][0].mean(0) + eye(states)) / 2
        product = a / a.sum(-1, keepdim=True) @ product
    return rows(network, product)


def generic_attention(network, target):
    logits, states = network.run(network.image.requires_grad_())
    r = eye(states)
    for s, g in zip(states, gradients(logits[0, target], states)):
        r = r + (g * s["attention"]).clamp(min=0)[0].mean(0) @ r
    return rows(network, r)


def legrad(network, target):
    _, states = network.run(network.image.requires_grad_())
    total = 0
    for s in states:
        g = gradients(network.read(s["out"])[0, target], [s])[0]
        total = total + g.clamp(min=0)[0].mean((0, 1))
    return (total / len(states))[1:].reshape(network.grid)


def bi_attn(network, target, form="token", steps=20):
    logits, states = network.run(network.image.requires_grad_())
    r = eye(states)
    for block, s, g in zip(network.blocks, states, gradients(logits[0, target], states)):
        a = s["attention"][0]
        if form == "token":
            projected = s["v"].transpose(1, 2).flatten(2) @ block.proj
            p = a.mean(0) @ torch.diag(projected[0].norm(dim=-1) / s["in"][0].norm(dim=-1))
        else:
            importance = (a.transpose(-1, -2) @ g[0]).abs().mean((-1, -2))
            p = torch.einsum("h,hij->ij", importance / importance.sum(), a)
        r = r + p @ r
    total = 0
    for alpha in np.linspace(0, 1, steps):
        logits, states = network.run(network.image.detach() * alpha + 0 * network.image)
        total = total + gradients(logits[0, target], states[-1:])[0]
    return rows(network, (total / steps).clamp(min=0)[0].mean(0) * r)


def transformer_attribution(network, target, normalized=False):
    logits, states = network.run(network.image.requires_grad_())
    relevances = relevance(network, states, target)
    product = eye(states)
    for g, r in zip(gradients(logits[0, target], states), relevances):
        a = eye(states) + (g * r).clamp(min=0)[0].mean(0)
        product = (a / a.sum(-1, keepdim=True) if normalized else a) @ product
    return rows(network, product)


# --- The relevance propagation of Chefer et al., CVPR 2021 -----------------------------------------------------------


def divide(a, b):
    return torch.where(b == 0, torch.zeros_like(a), a / torch.where(b == 0, torch.ones_like(b), b))


def by_linear(r, x, weight):
    positive, negative = weight.clamp(min=0), weight.clamp(max=0)
    s = divide(r, x.clamp(min=0) @ positive + x.clamp(max=0) @ negative)
    return x.clamp(min=0) * (s @ positive.T) + x.clamp(max=0) * (s @ negative.T)


def by_sum(r, a, b):
    ra, rb = a * divide(r, a + b), b * divide(r, a + b)
    share = ra.sum().abs() / (ra.sum().abs() + rb.sum().abs())
    return ra * divide(share * r.sum(), ra.sum()), rb * divide((1 - share) * r.sum(), rb.sum())


def by_product(r, a, b):
    s = divide(r, a @ b)
    return a * (s @ b.transpose(-1, -2)) / 2, b * (a.transpose(-1, -2) @ s) / 2


def relevance(network, states, target):
    """The relevance of each block's attention."""
    with torch.no_grad():
        r = torch.zeros(1, network.head.shape[1], dtype=torch.float64)
        r[0, target] = 1
        x = functional.layer_norm(states[-1]["out"], states[-1]["out"].shape[-1:], *network.norm, 1e-5)
        whole = torch.zeros_like(x)
        if network.averages:
            mean = x[:, 1:].mean(1)
            whole[:, 1:] = x[:, 1:] * divide(by_linear(r, mean, network.head), mean)[:, None] / (x.shape[1] - 1)
        else:
            whole[:, 0] = by_linear(r, x[:, 0], network.head)
        r, found = whole, []
        for block, s in reversed(list(zip(network.blocks, states))):
            skip, mlp = by_sum(r, s["middle"], s["mlp"])
            mlp = by_linear(by_linear(mlp, s["active"], block.fc2), s["ln2"], block.fc1)
            skip, inner = by_sum(skip + mlp, s["in"], s["projected"])
            inner = by_linear(inner, s["joined"], block.proj)
            inner = inner.unflatten(-1, (block.heads, -1)).transpose(1, 2)
            on_attention, on_values = by_product(inner, s["attention"], s["v"])
            found.append(on_attention)
            on_queries, on_keys = by_product(on_attention, s["q"], s["k"].transpose(-2, -1))
            parts = torch.stack([on_queries, on_keys.transpose(-2, -1), on_values])
            on_qkv = parts.permute(1, 3, 0, 2, 4).flatten(2)
            r = skip + by_linear(on_qkv, s["ln1"], block.qkv)
        return found[::-1]


METHODS = {
    "attention": attention,
    "attention(layer=0, head=1)": lambda n, t: attention(n, t, 0, 1),
    "attention-rollout": rollout,
    "generic-attention": generic_attention,
    "legrad": legrad,
    "bi-attn": bi_attn,
    "bi-attn(form=head)": lambda n, t: bi_attn(n, t, "head"),
    "transformer-attribution": transformer_attribution,
    "transformer-attribution(normalized=true)": lambda n, t: transformer_attribution(n, t, True),
}


# --- Exports ---------------------------------------------------------------------------------------------------------


class Single(nn.Module):
    """The same network in float32, its attention as `form` spells it."""

    def __init__(self, network, form):
        super().__init__()
        self.network, self.form = network, form
        for module in network.modules():
            for name, value in list(vars(module).items()):
                if isinstance(value, torch.Tensor):
                    setattr(module, name, value.float())
                elif isinstance(value, tuple) and value and isinstance(value[0], torch.Tensor):
                    setattr(module, name, tuple(v.float() for v in value))

    def forward(self, image):
        x = self.network.embed(image)
        for block in self.network.blocks:
            x = x + self.attend(block, functional.layer_norm(x, (WIDTH,), *block.norm1, 1e-5))
            h = functional.layer_norm(x, (WIDTH,), *block.norm2, 1e-5)
            # In brackets: relevance is shared out sum by sum.
            x = x + (functional.gelu(h @ block.fc1 + block.fc1_bias) @ block.fc2 + block.fc2_bias)
        return self.network.read(x)

    def attend(self, block, x):
        size = WIDTH // HEADS
        if self.form == "multihead":
            return functional.multi_head_attention_forward(
                x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1), WIDTH, HEADS, block.qkv.T.contiguous(),
                block.qkv_bias, None, None, False, 0.0, block.proj.T.contiguous(), block.proj_bias, training=False,
                need_weights=False)[0].transpose(0, 1)
        if self.form == "separate":
            parts = zip(block.qkv.chunk(3, 1), block.qkv_bias.chunk(3))
            q, k, v = ((x @ w + b).reshape(1, TOKENS, HEADS, size).transpose(1, 2) for w, b in parts)
            joined = ((q @ k.transpose(-2, -1)) / size**0.5).softmax(-1) @ v
            return joined.transpose(1, 2).reshape(1, TOKENS, WIDTH) @ block.proj + block.proj_bias
        qkv = (x @ block.qkv + block.qkv_bias).reshape(1, TOKENS, 3, HEADS, size)
        if self.form == "einsum":
            q, k, v = qkv.unbind(2)
            a = (torch.einsum("bihd,bjhd->bhij", q, k) * size**-0.5).softmax(-1)
            joined = torch.einsum("bhij,bjhd->bihd", a, v).reshape(1, TOKENS, WIDTH)
        else:
            q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
            if self.form == "sdpa":
                joined = functional.scaled_dot_product_attention(q, k, v)
            else:
                joined = ((q @ k.transpose(-2, -1)) * size**-0.5).softmax(-1) @ v
            joined = joined.transpose(1, 2).reshape(1, TOKENS, WIDTH)
        return joined @ block.proj + block.proj_bias


def exports(folder, averages):
    """Files of the network, by what they are."""
    image = Transformer().image.float()
    read = "mean" if averages else "token"

    def export(form, opset, dynamo):
        name = f"{form}, {'torch.export' if dynamo else 'TorchScript'}, opset {opset}, {read}"
        path = os.path.join(folder, name.replace(", ", "-") + ".onnx")
        module = Single(Transformer(averages), form).eval()
        torch.onnx.export(
            module, (image,), path, dynamo=dynamo, opset_version=opset, input_names=["image"], output_names=["logits"])
        return name, path

    for form in ["plain", "sdpa", "einsum", "multihead", "separate"]:
        yield export(form, 17, False)
        yield export(form, 18, True)
    # ONNX's own operator Attention.
    yield export("sdpa", 23, True)
    for operator in ["Attention", "MultiHeadAttention"]:
        path = os.path.join(folder, f"{operator}-{read}.onnx")
        onnx.save(fused(Transformer(averages), operator), path)
        yield f"onnxruntime's {operator}, {read}", path


def fused(network, operator):
    """The network with one of the operators that onnxruntime's optimiser puts in place of attention."""
    nodes, weights = [], []

    def constant(array, dtype=np.float32):
        array = np.asarray(array.numpy() if isinstance(array, torch.Tensor) else array, dtype)
        weights.append(numpy_helper.from_array(array, f"c{len(weights)}"))
        return weights[-1].name

    def add(op, *inputs, **attributes):
        nodes.append(helper.make_node(op, inputs, [f"v{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def linear(x, weight, bias):
        return add("Add", add("MatMul", x, constant(weight)), constant(bias))

    def norm(x, parameters):
        return add("LayerNormalization", x, *map(constant, parameters), epsilon=1e-5)

    x = add("Conv", "image", constant(network.patch), strides=[PATCH, PATCH])
    x = add("Transpose", add("Reshape", x, constant([1, WIDTH, -1], np.int64)), perm=[0, 2, 1])
    x = add("Add", add("Concat", constant(network.token), x, axis=1), constant(network.positions))
    for block in network.blocks:
        y = norm(x, block.norm1)
        if operator == "Attention":
            parts = [y, constant(block.qkv), constant(block.qkv_bias)]
        else:
            parts = [linear(y, w, b) for w, b in zip(block.qkv.chunk(3, 1), block.qkv_bias.chunk(3))]
        y = add(operator, *parts, num_heads=HEADS, domain="com.microsoft")
        x = add("Add", x, linear(y, block.proj, block.proj_bias))
        y = add("Gelu", linear(norm(x, block.norm2), block.fc1, block.fc1_bias), domain="com.microsoft")
        x = add("Add", x, linear(y, block.fc2, block.fc2_bias))
    x = norm(x, network.norm)
    if network.averages:
        x = add("Slice", x, *(constant([v], np.int64) for v in (1, TOKENS, 1)))
        x = add("ReduceMean", x, axes=[1], keepdims=0)
    else:
        x = add("Gather", x, constant(0, np.int64), axis=1)
    x = linear(x, network.head, network.head_bias)
    graph = helper.make_graph(
        nodes, "transformer",
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, list(network.image.shape))],
        [helper.make_tensor_value_info(x, onnx.TensorProto.FLOAT, [1, CLASSES])], weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def compare(limn):
    worst = 0
    for averages in [False, True]:
        torch.set_default_dtype(torch.float64)
        network = Transformer(averages)
        expected = {name: method(network, 1).detach().numpy() for name, method in METHODS.items()}
        torch.set_default_dtype(torch.float32)
        with tempfile.TemporaryDirectory() as folder:
            picture = os.path.join(folder, "image.npy")
            np.save(picture, network.image.detach().numpy().astype(np.float32))
            for name, path in exports(folder, averages):
                for method, map in expected.items():
                    out = os.path.join(folder, "map.npy")
                    run = subprocess.run(
                        [limn, "explain", picture, "--model", path, "--method", method, "--target", "1", "-o", out],
                        capture_output=True, text=True)
                    if run.returncode:
                        print(f"{name:32} {method:42} {run.stderr.strip()}")
                        worst = float("inf")
                        continue
                    deviation = np.abs(np.load(out) - map).max() / np.abs(map).max()
                    worst = max(worst, deviation)
                    print(f"{name:32} {method:42} {deviation:.1e}")
    print(f"worst {worst:.1e}")
    return worst < 1e-4


def show(network, target, methods=METHODS):
    print("  logits", [float(f"{v:.9g}") for v in network(network.image)[0].tolist()])
    for name, method in methods.items():
        print(f"  {name}:", [float(f"{v:.9g}") for v in method(network, target).flatten().tolist()])


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    parser = argparse.ArgumentParser()
    parser.add_argument("--limn", help="the command, whose maps of every export are compared")
    parser.add_argument("--recorded", nargs=2, metavar=("ONNX", "NPY"), help="another transformer, and an image for it")
    arguments = parser.parse_args()
    if arguments.limn:
        raise SystemExit(0 if compare(arguments.limn) else 1)
    if arguments.recorded:
        show(Recorded(arguments.recorded[0], torch.from_numpy(np.load(arguments.recorded[1]).astype(np.float64))), 1)
        raise SystemExit(0)
    for averages in [False, True]:
        print("mean of patches" if averages else "class token")
        show(Transformer(averages), 1)
