"""An ONNX graph in numbers of 64 bits, by PyTorch: which of two results of 32 bits is nearer to the truth.

onnx's own reference evaluator is wrong for transposed convolutions in groups and for negative padding, and onnxruntime
convolves in 32 bits only. This knows the operators of convolutional networks and of maps that Limn writes, no others.
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F


def run(path, feeds, output):
    """The value of this name, as an array of float64."""
    graph = onnx.load(path).graph
    values = {t.name: tensor(numpy_helper.to_array(t)) for t in graph.initializer}
    values.update({name: tensor(array) for name, array in feeds.items()})
    needed, nodes = {output}, []
    for node in reversed(graph.node):
        if needed & set(node.output):
            nodes.append(node)
            needed.update(node.input)
    for node in reversed(nodes):
        inputs = [values[name] if name else None for name in node.input]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        result = OPERATORS[node.op_type](attributes, *inputs)
        for name, value in zip(node.output, result if isinstance(result, tuple) else (result,)):
            values[name] = value
    return values[output].numpy()


def tensor(array):
    array = torch.from_numpy(np.array(array))
    return array.double() if array.is_floating_point() else array


def borders(a, rank, x=None, kernel=None, strides=None):
    pads = a.get("pads", [0] * 2 * rank)
    if a.get("auto_pad", b"NOTSET").startswith(b"SAME"):
        pads = [0] * 2 * rank
        for i in range(rank):
            total = max((-(-x.shape[i + 2] // strides[i]) - 1) * strides[i] + kernel[i] - x.shape[i + 2], 0)
            small = total // 2
            pads[i], pads[i + rank] = (small, total - small) if a["auto_pad"] == b"SAME_UPPER" else (total - small, small)
    return [p for i in reversed(range(rank)) for p in (pads[i], pads[i + rank])]


def conv(a, x, w, b=None):
    rank = w.dim() - 2
    strides, dilations = a.get("strides", [1] * rank), a.get("dilations", [1] * rank)
    x = F.pad(x, borders(a, rank, x, w.shape[2:], strides))
    return getattr(F, f"conv{rank}d")(x, w, b, strides, 0, dilations, a.get("group", 1))


def conv_transpose(a, x, w, b=None):
    rank = w.dim() - 2
    whole = getattr(F, f"conv_transpose{rank}d")(
        x, w, b, a.get("strides", [1] * rank), 0, a.get("output_padding", [0] * rank), a.get("group", 1),
        a.get("dilations", [1] * rank))
    return F.pad(whole, [-p for p in borders(a, rank)])


def pool(a, x, is_max):
    kernel = a["kernel_shape"]
    rank, strides = len(kernel), a.get("strides", [1] * len(kernel))
    ceil = bool(a.get("ceil_mode"))
    edges = borders(a, rank, x, kernel, strides)
    if is_max:
        return getattr(F, f"max_pool{rank}d")(F.pad(x, edges, value=-torch.inf), kernel, strides, ceil_mode=ceil)
    summed = getattr(F, f"avg_pool{rank}d")
    mean = summed(F.pad(x, edges), kernel, strides, ceil_mode=ceil)
    seen = summed(F.pad(torch.ones_like(x), edges), kernel, strides, ceil_mode=ceil)
    return mean if a.get("count_include_pad") else mean / seen


def reduce(function):
    def reduced(a, x, axes=None):
        axes = a.get("axes") if axes is None else axes.tolist()
        return function(x, list(range(x.dim())) if not axes else list(axes), bool(a.get("keepdims", 1)))
    return reduced


def sliced(a, x, starts, ends, axes=None, steps=None):
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    index = [np.s_[:]] * x.dim()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes, steps):
        index[axis] = np.s_[start:None if step < 0 and end < -x.shape[axis] else end:step]
    return torch.from_numpy(x.numpy()[tuple(index)].copy())


def pad(a, x, amount, value=None, axes=None):
    assert a.get("mode", b"constant") == b"constant" and axes is None
    n = x.dim()
    edges = [p for i in reversed(range(n)) for p in (int(amount[i]), int(amount[i + n]))]
    return F.pad(x, edges, value=0 if value is None else float(value))


def one_hot(a, classes, depth, values):
    hot = F.one_hot(classes.long(), int(depth)).double()
    return (values[0] + hot * (values[1] - values[0])).movedim(-1, a.get("axis", -1))


def gemm(a, x, w, c=None):
    x, w = (x.T if a.get("transA") else x), (w.T if a.get("transB") else w)
    product = a.get("alpha", 1.0) * (x @ w)
    return product if c is None else product + a.get("beta", 1.0) * c


def reshape(a, x, shape):
    return x.reshape([x.shape[i] if s == 0 else s for i, s in enumerate(shape.tolist())])


def flatten(a, x):
    return x.reshape(int(np.prod(x.shape[:a.get("axis", 1)])), -1)


def batch_norm(a, x, scale, bias, mean, var):
    return F.batch_norm(x, mean, var, scale, bias, False, 0, a.get("epsilon", 1e-5))


def cast(a, x):
    return {1: x.double, 7: x.long, 6: x.int, 9: x.bool, 11: x.double}[a["to"]]()


def gather(a, x, index):
    axis = a.get("axis", 0)
    return torch.from_numpy(np.array(np.take(x.numpy(), index.numpy(), axis=axis)))


def unsqueeze(a, x, axes=None):
    return torch.from_numpy(np.expand_dims(x.numpy(), tuple(a.get("axes") or axes.tolist())))


def squeeze(a, x, axes=None):
    axes = a.get("axes") if axes is None else axes.tolist()
    return torch.from_numpy(np.squeeze(x.numpy(), None if axes is None else tuple(axes)))


def split(a, x, sizes=None):
    axis = a.get("axis", 0)
    sizes = a.get("split") if sizes is None else sizes.tolist()
    return tuple(x.split(sizes or x.shape[axis] // a["num_outputs"], axis))


def layer_norm(a, x, scale, bias=None):
    return F.layer_norm(x, scale.shape, scale, bias, a.get("epsilon", 1e-5))


def resize(a, x, roi=None, scales=None, sizes=None):
    size = sizes.tolist() if sizes is not None else [int(n * s) for n, s in zip(x.shape, scales.tolist())]
    mode = {b"nearest": "nearest", b"linear": "bilinear", b"cubic": "bicubic"}[a.get("mode", b"nearest")]
    corners = a.get("coordinate_transformation_mode") == b"align_corners"
    assert not a.get("antialias") and x.dim() == 4
    return F.interpolate(x, size[2:], mode=mode, **({} if mode == "nearest" else {"align_corners": corners}))


def constant_of_shape(shape, value):
    number = torch.zeros(1).double() if value is None else tensor(numpy_helper.to_array(value))
    return number.reshape(()).expand(shape.tolist()).clone()


OPERATORS = {
    "Conv": conv, "ConvTranspose": conv_transpose, "Gemm": gemm, "MatMul": lambda a, x, y: x @ y,
    "BatchNormalization": batch_norm, "LayerNormalization": layer_norm,
    "MaxPool": lambda a, x: pool(a, x, True), "AveragePool": lambda a, x: pool(a, x, False),
    "GlobalAveragePool": lambda a, x: x.mean(list(range(2, x.dim())), True),
    "Relu": lambda a, x: x.relu(), "Neg": lambda a, x: -x, "Abs": lambda a, x: x.abs(), "Sqrt": lambda a, x: x.sqrt(),
    "Exp": lambda a, x: x.exp(), "Erf": lambda a, x: x.erf(), "Tanh": lambda a, x: x.tanh(),
    "Sigmoid": lambda a, x: x.sigmoid(), "Sign": lambda a, x: x.sign(), "Reciprocal": lambda a, x: 1 / x,
    "Clip": lambda a, x, low=None, high=None: x.clamp(a.get("min", low), a.get("max", high)),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)), "Elu": lambda a, x: F.elu(x, a.get("alpha", 1.0)),
    "Selu": lambda a, x: a.get("gamma", 1.05070102) * F.elu(x, a.get("alpha", 1.67326319)),
    "Softsign": lambda a, x: x / (1 + x.abs()), "ThresholdedRelu": lambda a, x: x * (x > a.get("alpha", 1.0)),
    "HardSigmoid": lambda a, x: (a.get("alpha", 0.2) * x + a.get("beta", 0.5)).clamp(0, 1),
    "HardSwish": lambda a, x: x * (x / 6 + 0.5).clamp(0, 1), "Softplus": lambda a, x: F.softplus(x, threshold=1e9),
    "Mish": lambda a, x: x * F.softplus(x, threshold=1e9).tanh(), "Log": lambda a, x: x.log(),
    "PRelu": lambda a, x, slope: torch.where(x < 0, slope * x, x), "Sin": lambda a, x: x.sin(),
    "Cos": lambda a, x: x.cos(), "Floor": lambda a, x: x.floor(),
    "Gelu": lambda a, x: F.gelu(x, approximate=a.get("approximate", b"none").decode()),
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)), "LogSoftmax": lambda a, x: x.log_softmax(a.get("axis", -1)),
    "Add": lambda a, x, y: x + y, "Sub": lambda a, x, y: x - y, "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y if x.is_floating_point() else x // y, "Pow": lambda a, x, y: x ** y,
    "Max": lambda a, x, y: torch.maximum(*torch.broadcast_tensors(x, y)),
    "Min": lambda a, x, y: torch.minimum(*torch.broadcast_tensors(x, y)),
    "Sum": lambda a, *all: sum(all), "Equal": lambda a, x, y: x == y, "Less": lambda a, x, y: x < y,
    "Greater": lambda a, x, y: x > y, "GreaterOrEqual": lambda a, x, y: x >= y, "Or": lambda a, x, y: x | y, "And": lambda a, x, y: x & y,
    "Range": lambda a, start, end, step: torch.arange(start.item(), end.item(), step.item()),
    "Mod": lambda a, x, y: torch.fmod(x, y) if a.get("fmod") else torch.remainder(x, y),
    "IsNaN": lambda a, x: x.isnan(), "IsInf": lambda a, x: x.isinf(),
    "Not": lambda a, x: ~x, "Where": lambda a, t, x, y: torch.where(t, x, y),
    "ReduceSum": reduce(lambda x, axes, keeps: x.sum(axes, keeps)), "ReduceMax": reduce(torch.amax),
    "ReduceMin": reduce(torch.amin), "ReduceMean": reduce(lambda x, axes, keeps: x.mean(axes, keeps)),
    "ArgMax": lambda a, x: torch.from_numpy(
        np.argmax(x.numpy(), a.get("axis", 0), keepdims=bool(a.get("keepdims", 1)))),
    "TopK": lambda a, x, k: torch.topk(x, int(k), a.get("axis", -1), bool(a.get("largest", 1))), "OneHot": one_hot, "Cast": cast, "Reshape": reshape, "Flatten": flatten, "Slice": sliced, "Pad": pad,
    "Transpose": lambda a, x: x.permute(a.get("perm", list(range(x.dim()))[::-1])),
    "Expand": lambda a, x, shape: x * torch.ones(shape.tolist(), dtype=x.dtype),
    "Concat": lambda a, *all: torch.cat(all, a["axis"]), "Gather": gather, "Split": split, "Resize": resize,
    "Unsqueeze": unsqueeze, "Squeeze": squeeze,
    "Identity": lambda a, x: x, "Dropout": lambda a, x, *rest: x, "Shape": lambda a, x: torch.tensor(x.shape),
    "Constant": lambda a: tensor(numpy_helper.to_array(a["value"])),
    "ConstantOfShape": lambda a, shape: constant_of_shape(shape, a.get("value")),
}
