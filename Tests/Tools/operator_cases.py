"""Writes networks of operators that ONNX's suite has no cases for, with what others make of them, for ONNXImportTests.

Usage: python operator_cases.py FOLDER        (needs numpy, onnx, onnxruntime, torch, torchvision)
       LIMN_RUNTIME_CASES=FOLDER swift test -c release --filter ONNXImportTests

Recurrent layers in all their variants, regions aligned, volumes looked at through grids, and steps at places that the
network computes: sorted scores, looked-up boxes, scattered values, lists of tensors.

Every case NAME becomes NAME.onnx with NAME.input.npy and NAME.output.npy, by onnxruntime or ONNX's own evaluator. Those
of PyTorch have its numbers in float64, and with NAME.gradient.npy the gradient of Σ sin(j + 1) · output[j].
"""

import os
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

FOLDER = sys.argv[1]
random = np.random.default_rng(0)
torch.manual_seed(0)
warnings.simplefilter("ignore")


def save(name, x, y, gradient=None):
    np.save(f"{FOLDER}/{name}.input.npy", np.ascontiguousarray(x, dtype=np.float32))
    np.save(f"{FOLDER}/{name}.output.npy", np.ascontiguousarray(y, dtype=np.float32))
    if gradient is not None:
        np.save(f"{FOLDER}/{name}.gradient.npy", np.ascontiguousarray(gradient, dtype=np.float32))
    print(name, y.shape)


def of_torch(name, network, shape, opset=17):
    """A network of PyTorch, its answer and gradient in float64."""
    network.eval()
    x = torch.randn(shape)
    torch.onnx.export(network, x, f"{FOLDER}/{name}.onnx", dynamo=False, opset_version=opset, input_names=["x"])
    wide = network.double()
    t = x.double().requires_grad_(True)
    y = wide(t)
    weights = torch.sin(torch.arange(y.numel(), dtype=torch.float64) + 1).reshape(y.shape)
    (gradient,) = torch.autograd.grad((y * weights).sum(), t)
    save(name, x.numpy(), y.detach().numpy(), gradient.numpy())


def of_nodes(name, nodes, x, weights, output, opset=22, evaluator="onnxruntime"):
    """A graph of nodes over an input `x`."""
    tensors = [numpy_helper.from_array(array, key) for key, array in weights.items()]
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    onnx.save(model, f"{FOLDER}/{name}.onnx")
    if evaluator == "onnxruntime":
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        y = session.run(None, {"x": x})[0]
    else:
        y = ReferenceEvaluator(model).run(None, {"x": x})[0]
    save(name, x, y)


# MARK: Recurrent layers


class Reader(nn.Module):
    """A convolution, and a recurrent layer along the columns, started from the image's mean where asked for."""

    def __init__(self, layer, starts=False, **options):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.Tanh())
        self.layer = layer(16, 5, **options)
        self.directions = self.layer.num_layers * (2 if self.layer.bidirectional else 1)
        self.starts = nn.Linear(1, self.directions * 5) if starts else None
        self.isFirst = options.get("batch_first", False)

    def forward(self, x):
        columns = self.features(x).flatten(1, 2).permute((0, 2, 1) if self.isFirst else (2, 0, 1))
        if self.starts is None:
            return self.layer(columns)[0]
        state = self.starts(x.mean((2, 3))).reshape(1, self.directions, 5).transpose(0, 1).contiguous()
        y, last = self.layer(columns, (state, state.tanh()) if isinstance(self.layer, nn.LSTM) else state)
        last = torch.cat([h.flatten() for h in last]) if isinstance(last, tuple) else last.flatten()
        return torch.cat([y.flatten(), last])[None]


def recurrent_torch():
    for label, layer in (("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)):
        of_torch(f"torch_{label}", Reader(layer), (1, 1, 8, 10))
        of_torch(f"torch_{label}_both", Reader(layer, bidirectional=True, batch_first=True), (1, 1, 8, 10))
        of_torch(f"torch_{label}_deep", Reader(layer, starts=True, bidirectional=True, num_layers=2), (1, 1, 8, 10))
    of_torch("torch_rnn_relu", Reader(nn.RNN, nonlinearity="relu"), (1, 1, 8, 10))


def recurrent_nodes():
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}
    steps, rows, width, units = 4, 3, 5, 2

    def numbers(*shape):
        return random.normal(0, 0.6, shape).astype(np.float32)

    def case(name, kind, direction="forward", result=0, lengths=None, states=False, peepholes=False, bias=True,
             evaluator="onnxruntime", **attributes):
        d = 2 if direction == "bidirectional" else 1
        layout = attributes.get("layout", 0)
        weights = {"w": numbers(d, gates[kind] * units, width), "r": numbers(d, gates[kind] * units, units)}
        inputs = ["x", "w", "r", "", "", "", "", ""]
        if bias:
            weights["b"], inputs[3] = numbers(d, 2 * gates[kind] * units), "b"
        if lengths is not None:
            weights["lengths"], inputs[4] = np.array(lengths, dtype=np.int32), "lengths"
        if states:
            shape = (rows, d, units) if layout else (d, rows, units)
            weights["h"], inputs[5] = numbers(*shape), "h"
            if kind == "LSTM":
                weights["c"], inputs[6] = numbers(*shape), "c"
        if peepholes:
            weights["p"], inputs[7] = numbers(d, 3 * units), "p"
        while inputs[-1] == "":
            inputs.pop()
        outputs = ["", "", ""][: 3 if kind == "LSTM" else 2]
        outputs[result] = "y"
        node = helper.make_node(kind, inputs, outputs, hidden_size=units, direction=direction, **attributes)
        x = numbers(*((rows, steps, width) if layout else (steps, rows, width))) * 2
        of_nodes(name, [node], x, weights, "y", evaluator=evaluator)

    for kind in gates:
        for direction in ("forward", "reverse", "bidirectional"):
            for result in range(3 if kind == "LSTM" else 2):
                case(f"{kind}_{direction}_{result}", kind, direction, result, states=True)
                case(f"{kind}_{direction}_{result}_lengths", kind, direction, result, lengths=[4, 2, 3], states=True)
        case(f"{kind}_bare", kind, bias=False)
        case(f"{kind}_clip", kind, clip=0.3, states=True, result=1)
        for result in range(2):
            case(f"{kind}_layout_{result}", kind, layout=1, states=True, result=result, evaluator="onnx")
    case("LSTM_peepholes", "LSTM", "bidirectional", peepholes=True, states=True)
    case("LSTM_coupled", "LSTM", "forward", peepholes=True, input_forget=1)
    case("LSTM_functions", "LSTM", activations=["HardSigmoid", "Softsign", "LeakyRelu"], activation_alpha=[0.3, 0.1],
         activation_beta=[0.4])
    case("GRU_before", "GRU", "bidirectional", linear_before_reset=1, states=True)
    case("GRU_functions", "GRU", linear_before_reset=1, activations=["HardSigmoid", "Elu"], activation_alpha=[0.3, 0.7],
         activation_beta=[0.4])
    case("RNN_functions", "RNN", "bidirectional", activations=["Affine", "ThresholdedRelu"], activation_alpha=[0.8, 0.1],
         activation_beta=[0.1])


# MARK: Places that the network computes


class Best(nn.Module):
    """A head without suppression, as YOLO v10 has it: the best rows by their best class, then the best of these."""

    def __init__(self):
        super().__init__()
        self.features = nn.Conv2d(3, 9, 3, 2, 1)

    def forward(self, x):
        y = self.features(x).flatten(2).transpose(1, 2)
        boxes, scores = y.split([4, 5], 2)
        scores = scores.sigmoid()
        rows = scores.amax(2).topk(6, 1).indices.unsqueeze(2)
        boxes, scores = boxes.gather(1, rows.repeat(1, 1, 4)), scores.gather(1, rows.repeat(1, 1, 5))
        best, index = scores.flatten(1).topk(6, 1)
        box = boxes.gather(1, (index // 5).unsqueeze(2).repeat(1, 1, 4))
        return torch.cat([box, best.unsqueeze(2), (index % 5).unsqueeze(2).to(best.dtype)], 2)


class Placed(nn.Module):
    """Values put where the largest ones are, added up and in place of others, and looked up again."""

    def __init__(self):
        super().__init__()
        self.features = nn.Conv2d(3, 4, 3, 2, 1)
        self.table = nn.Embedding(30, 3)

    def forward(self, x):
        y = self.features(x).flatten(2)
        values, places = y.topk(5, 2)
        added = torch.zeros_like(y).scatter_add(2, places, values * values)
        put = y.scatter(2, places, values.tanh())
        looked = self.table(places[:, :, 0] % 30)
        rows = y[0, y.mean(2).argmax(1)]
        return torch.cat([added.flatten(), put.flatten(), looked.flatten(), rows.flatten()])[None]


class Volume(nn.Module):
    """A volume looked at through a grid that it computes."""

    def __init__(self, **options):
        super().__init__()
        self.options = options
        self.grid = nn.Conv3d(2, 3, 3, 1, 1)

    def forward(self, x):
        grid = self.grid(x).permute(0, 2, 3, 4, 1)
        return nn.functional.grid_sample(x, grid, **self.options)


class Regions(nn.Module):
    """Regions of a map, two of them beyond it."""

    def __init__(self, aligned, samples):
        super().__init__()
        self.features = nn.Conv2d(3, 4, 3, 2, 1)
        self.options = dict(output_size=(3, 2), spatial_scale=0.5, sampling_ratio=samples, aligned=aligned)

    def forward(self, x):
        y = self.features(x)
        rows = [[0, 1.5, 2, 12, 13], [0, -4, -3, 6, 30], [0, 3, 3, 3.5, 3.2]]
        return torchvision.ops.roi_align(y, torch.tensor(rows, dtype=x.dtype), **self.options)


def computed_places():
    of_torch("best_rows", Best(), (1, 3, 16, 16))
    of_torch("placed", Placed(), (1, 3, 16, 16))
    for aligned in (False, True):
        of_torch(f"regions_{aligned}", Regions(aligned, 2), (1, 3, 16, 16), opset=16)
    of_torch("regions_adaptive", Regions(True, 0), (1, 3, 16, 16), opset=16)
    for mode in ("bilinear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                name = f"grid3d_{mode}_{padding}_{corners}"
                network = Volume(mode=mode, padding_mode=padding, align_corners=corners)
                of_torch(name, network, (1, 2, 4, 5, 6), opset=20)
    boxes = np.array([[1.2, 0, 9, 7.5], [-2, 3, 20, 12]], dtype=np.float32)
    for mode in ("avg", "max"):
        for shift in ("half_pixel", "output_half_pixel"):
            node = helper.make_node(
                "RoiAlign", ["x", "boxes", "images"], ["y"], mode=mode, coordinate_transformation_mode=shift,
                output_height=2, output_width=3, sampling_ratio=2, spatial_scale=0.7)
            weights = {"boxes": boxes, "images": np.array([0, 1])}
            x = random.normal(size=(2, 3, 9, 8)).astype(np.float32)
            of_nodes(f"roialign_{mode}_{shift}", [node], x, weights, "y", opset=18)


def whole_numbers():
    x = random.normal(0, 3, (1, 12)).astype(np.float32)
    weights = {"k": np.array([5]), "seven": np.array(7), "three": np.array(3), "zero": np.array(0)}
    nodes = [
        helper.make_node("TopK", ["x", "k"], ["values", "places"]),
        helper.make_node("Mul", ["places", "seven"], ["m"]), helper.make_node("Sub", ["m", "places"], ["s"]),
        helper.make_node("Div", ["s", "three"], ["d"]), helper.make_node("Neg", ["d"], ["n"]),
        helper.make_node("Mod", ["n", "seven"], ["rest"]), helper.make_node("Add", ["rest", "places"], ["sum"]),
        helper.make_node("Cast", ["sum"], ["byte"], to=TensorProto.INT32),
        helper.make_node("ReduceSum", ["byte"], ["total"], keepdims=1),
        helper.make_node("Sub", ["byte", "total"], ["less"]), helper.make_node("Abs", ["less"], ["size"]),
        helper.make_node("Cast", ["size"], ["y"], to=TensorProto.FLOAT)]
    of_nodes("whole_numbers", nodes, x, weights, "y")
    x = random.normal(0, 3, (2, 6, 3)).astype(np.float32)
    nodes = [
        helper.make_node("SplitToSequence", ["x", "lengths"], ["parts"], axis=1),
        helper.make_node("SequenceAt", ["parts", "one"], ["second"]),
        helper.make_node("SequenceInsert", ["parts", "second", "zero"], ["more"]),
        helper.make_node("SequenceErase", ["more", "last"], ["fewer"]),
        helper.make_node("ConcatFromSequence", ["fewer"], ["y"], axis=1)]
    weights = {"lengths": np.array([1, 2, 3]), "one": np.array(1), "zero": np.array(0), "last": np.array(-1)}
    of_nodes("sequence", nodes, x, weights, "y")


os.makedirs(FOLDER, exist_ok=True)
recurrent_torch()
recurrent_nodes()
computed_places()
whole_numbers()
