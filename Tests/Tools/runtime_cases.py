#!/usr/bin/env python3
"""Writes networks of onnxruntime's own operators, and what onnxruntime makes of them, for ONNXImportTests to compare with.

    pip install numpy onnx onnxruntime
    python3 runtime_cases.py FOLDER [MODEL.onnx…]
    LIMN_RUNTIME_CASES=FOLDER swift test -c release --filter ONNXImportTests

Each case becomes NAME.onnx, NAME.input.npy and NAME.output.npy. The models named, of one input and with random weights
or trained, are written as onnxruntime's optimiser saves them, at the levels EXTENDED and ALL.
"""

import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

ort.set_default_logger_severity(4)
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(7)


def noise(*shape, scale=1.0):
    return random.normal(0, scale, shape).astype("float32")


def run(path, x):
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run([session.get_outputs()[0].name], {session.get_inputs()[0].name: x})[0]


def write(name, model, x):
    path = os.path.join(folder, name + ".onnx")
    onnx.save(model, path)
    y = run(path, x)
    assert np.isfinite(y).all() and np.abs(y).max() > 0, name
    np.save(os.path.join(folder, name + ".input.npy"), x)
    np.save(os.path.join(folder, name + ".output.npy"), np.asarray(y, "float32"))
    print(name, y.shape)


def case(name, x, nodes, weights, output="y", opset=17):
    """`nodes` are (type, inputs, outputs, attributes[, domain]); com.microsoft unless the domain says otherwise."""
    made = [
        helper.make_node(n[0], n[1], n[2], domain=n[4] if len(n) > 4 else "com.microsoft", **n[3]) for n in nodes
    ]
    graph = helper.make_graph(
        made, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, key) for key, array in weights.items()])
    sets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    try:
        write(name, helper.make_model(graph, opset_imports=sets, ir_version=9), x)
    except Exception as error:
        print(name, "cannot be run here:", str(error).splitlines()[0][:200])
        os.remove(os.path.join(folder, name + ".onnx"))


def convolutions():
    x, w, b = noise(1, 4, 7, 6), noise(5, 4, 3, 3), noise(5)
    for activation, parameters in [
        ("Relu", []), ("LeakyRelu", [0.2]), ("Clip", [-0.5, 0.7]), ("HardSigmoid", [0.3, 0.4]), ("Sigmoid", []),
        ("Tanh", []), ("HardSwish", []),
    ]:
        attributes = {"activation": activation, "pads": [1, 1, 1, 1], "strides": [2, 2]}
        if parameters:
            attributes["activation_params"] = parameters
        case(f"fused_conv_{activation}", x, [("FusedConv", ["x", "w", "b"], ["y"], attributes)], {"w": w, "b": b})
    z = noise(1, 5, 5, 4)
    case("fused_conv_residual", x, [("FusedConv", ["x", "w", "b", "z"], ["y"], {"activation": "Relu"})],
         {"w": w, "b": b, "z": z})
    case("fused_conv_plain", x, [("FusedConv", ["x", "w"], ["y"], {"auto_pad": "SAME_UPPER"})], {"w": w})
    images = np.moveaxis(x, 1, -1).copy()
    case("nhwc_fused_conv", images, [("NhwcFusedConv", ["x", "w", "b"], ["y"], {"activation": "Relu"})],
         {"w": w, "b": b})


def products():
    a, b = noise(2, 3, 4, 5), noise(2, 3, 5, 6)
    for left in (0, 1):
        for right in (0, 1):
            x, w = (np.swapaxes(a, -1, -2).copy() if left else a), (np.swapaxes(b, -1, -2).copy() if right else b)
            case(f"fused_matmul_{left}{right}", x,
                 [("FusedMatMul", ["x", "w"], ["y"], {"transA": left, "transB": right, "alpha": 0.3})], {"w": w})
    # The first axis moves in front of the last, or behind it where the matrix is turned, too.
    for turns in (0, 1):
        order = (3, 0, 1, 2) if turns else (2, 0, 1, 3)
        x, w = np.transpose(a, order).copy(), np.transpose(b, order).copy()
        case(f"fused_matmul_batch_a_{turns}", x,
             [("FusedMatMul", ["x", "w"], ["y"], {"transBatchA": 1, "transA": turns})], {"w": b})
        case(f"fused_matmul_batch_b_{turns}", a,
             [("FusedMatMul", ["x", "w"], ["y"], {"transBatchB": 1, "transB": turns})], {"w": w})
    x, w, c = noise(3, 4), noise(5, 4), noise(5)
    for activation, attributes in [
        ("Relu", {}), ("LeakyRelu", {"activation_alpha": 0.2}), ("Elu", {"activation_alpha": 0.5}), ("Tanh", {}),
        ("Selu", {"activation_alpha": 1.6, "activation_gamma": 1.05}), ("Softplus", {}), ("Softsign", {}),
        ("HardSigmoid", {"activation_alpha": 0.3, "activation_beta": 0.4}), ("Sigmoid", {}),
        ("ThresholdedRelu", {"activation_alpha": 0.5}),
    ]:
        case(f"fused_gemm_{activation}", x,
             [("FusedGemm", ["x", "w", "c"], ["y"],
               {"transB": 1, "alpha": 0.5, "beta": 2.0, "activation": activation, **attributes})], {"w": w, "c": c})


def elementwise():
    x, b = noise(2, 3, 8), noise(8)
    case("bias_gelu", x, [("BiasGelu", ["x", "b"], ["y"], {})], {"b": b})
    case("fast_gelu", x, [("FastGelu", ["x", "b"], ["y"], {})], {"b": b})
    case("gelu", x, [("Gelu", ["x"], ["y"], {})], {})
    case("quick_gelu", x, [("QuickGelu", ["x"], ["y"], {})], {})
    case("quick_gelu_silu", x, [("QuickGelu", ["x"], ["y"], {"alpha": 1.0})], {})
    case("bias_softmax", noise(2, 3, 4, 4),
         [("BiasSoftmax", ["x", "b"], ["y"], {"axis": 3, "is_inner_broadcast": 1})], {"b": noise(2, 1, 1, 4)})
    case("bias_dropout", x, [("BiasDropout", ["x", "b", "r"], ["y"], {})], {"b": b, "r": noise(2, 3, 8)})


def normalisations():
    x, g, b, c, s = noise(2, 3, 8), noise(8), noise(8), noise(8), noise(2, 3, 8)
    w = {"g": g, "b": b, "c": c, "s": s}
    case("skip_layer_norm", x, [("SkipLayerNormalization", ["x", "s", "g", "b", "c"], ["y"], {"epsilon": 1e-3})], w)
    case("skip_layer_norm_sum", x,
         [("SkipLayerNormalization", ["x", "s", "g"], ["n", "", "", "t"], {}), ("Mul", ["n", "t"], ["y"], {}, "")], w)
    case("skip_layer_norm_broadcast", x, [("SkipLayerNormalization", ["x", "r", "g"], ["y"], {})],
         {"g": g, "r": noise(1, 3, 8)})
    case("skip_simplified", x,
         [("SkipSimplifiedLayerNormalization", ["x", "s", "g", "c"], ["n", "", "", "t"], {"epsilon": 1e-4}),
          ("Add", ["n", "t"], ["y"], {}, "")], w)
    case("simplified", x, [("SimplifiedLayerNormalization", ["x", "g"], ["y"], {"epsilon": 1e-4, "axis": -1}, "")], w)
    ids = {"ids": np.array([[1, 3, 0], [2, 2, 1]], "int32"), "segments": np.array([[0, 0, 1], [1, 0, 1]], "int32")}
    tables = {"words": noise(5, 8), "positions": noise(4, 8), "kinds": noise(2, 8)}
    case("embed_layer_norm", x,
         [("EmbedLayerNormalization", ["ids", "segments", "words", "positions", "kinds", "g", "b"], ["n", "m"], {}),
          ("Add", ["n", "x"], ["y"], {}, "")], {**w, **ids, **tables})
    case("embed_layer_norm_words", x,
         [("EmbedLayerNormalization", ["ids", "", "words", "positions", "", "g", "b"], ["n", "m", "e"], {}),
          ("Add", ["n", "x"], ["q"], {}, ""), ("Add", ["q", "e"], ["y"], {}, "")], {**w, **ids, **tables})


def attention():
    n, s, d, heads = 2, 5, 8, 2
    x, w, b = noise(n, s, d), noise(d, 3 * d, scale=0.5), noise(3 * d)
    weights = {"w": w, "b": b}

    def attend(name, inputs, attributes, further):
        case("attention_" + name, x, [("Attention", inputs, ["y"], {"num_heads": heads, **attributes})],
             {**weights, **further})

    attend("plain", ["x", "w", "b"], {}, {})
    attend("causal", ["x", "w", "b"], {"unidirectional": 1}, {})
    attend("scaled", ["x", "w", "b"], {"scale": 0.7}, {})
    attend("mask2", ["x", "w", "b", "m"], {}, {"m": np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], "int32")})
    attend("mask2_filter", ["x", "w", "b", "m"], {"mask_filter_value": -1.5},
           {"m": np.array([[1, 0, 1, 0, 0], [1, 1, 1, 1, 0]], "int32")})
    seen = (random.random((n, s, s)) > 0.3).astype("int32") | np.eye(s, dtype="int32")
    attend("mask3", ["x", "w", "b", "m"], {"unidirectional": 1}, {"m": seen})
    attend("ends", ["x", "w", "b", "m"], {}, {"m": np.array([3, 5], "int32")})
    attend("ends_starts", ["x", "w", "b", "m"], {}, {"m": np.array([4, 5, 1, 2], "int32")})
    attend("bias", ["x", "w", "b", "", "", "a"], {}, {"a": noise(1, heads, s, s)})
    case("attention_sizes", x,
         [("Attention", ["x", "v", "c"], ["y"], {"num_heads": heads, "qkv_hidden_sizes": [4, 4, 10]})],
         {"v": noise(d, 18, scale=0.5), "c": noise(18)})
    case("attention_past", x,
         [("Attention", ["x", "w", "b", "", "p"], ["y", "q"], {"num_heads": heads, "unidirectional": 1})],
         {**weights, "p": noise(2, n, heads, 3, d // heads)})
    k, v = noise(n, 4, d), noise(n, 4, 6)
    case("mha", x, [("MultiHeadAttention", ["x", "k", "v"], ["y"], {"num_heads": heads})], {"k": k, "v": v})
    case("mha_bias", x, [("MultiHeadAttention", ["x", "k", "v", "b"], ["y"], {"num_heads": heads})],
         {"k": k, "v": v, "b": noise(2 * d + 6)})
    case("mha_mask", x, [("MultiHeadAttention", ["x", "k", "v", "", "m", "a"], ["y"], {"num_heads": heads})],
         {"k": k, "v": v, "m": np.array([[1, 1, 0, 1], [0, 1, 1, 1]], "int32"), "a": noise(1, heads, s, 4)})
    case("mha_packed", x,
         [("MatMul", ["x", "w"], ["t"], {}, ""), ("Reshape", ["t", "shape"], ["p"], {}, ""),
          ("MultiHeadAttention", ["p"], ["y"], {"num_heads": heads})],
         {"w": w, "shape": np.array([n, s, heads, 3, d // heads])})
    case("mha_past", x,
         [("MultiHeadAttention", ["x", "k", "v", "", "", "", "pk", "pv"], ["y", "nk", "nv"], {"num_heads": heads})],
         {"k": noise(n, s, d), "v": noise(n, s, d), "pk": noise(n, heads, 2, d // heads),
          "pv": noise(n, heads, 2, d // heads)})


def quantised():
    for bits, block, columns, points in [
        (4, 16, 32, None), (4, 32, 80, "packed"), (4, 16, 40, "real"), (8, 16, 32, None), (8, 32, 64, "packed"),
        (2, 32, 64, None),
    ]:
        rows, blocks = 6, -(-columns // block)
        weights = {
            "w": random.integers(0, 256, (rows, blocks, block * bits // 8)).astype("uint8"),
            "s": np.abs(noise(rows, blocks)) * 0.1,
        }
        inputs = ["x", "w", "s"]
        if points == "packed":
            weights["z"] = random.integers(0, 256, (rows, -(-blocks * bits // 8))).astype("uint8")
        elif points == "real":
            weights["z"] = (7 + noise(rows, blocks)).astype("float32")
        inputs += ["z"] if points else []
        weights = {**weights, "bias": noise(rows)}
        case(f"nbits_{bits}_{block}_{columns}_{points}", noise(2, 3, columns),
             [("MatMulNBits", inputs + ([""] if not points else []) + ["", "bias"], ["y"],
               {"K": columns, "N": rows, "bits": bits, "block_size": block})], weights)
    x, w = noise(2, 3, 8), random.integers(0, 256, (8, 6)).astype("uint8")
    case("dynamic_matmul", x, [("DynamicQuantizeMatMul", ["x", "w", "s", "z", "b"], ["y"], {})],
         {"w": w, "s": np.array(0.02, "float32"), "z": np.array(120, "uint8"), "b": noise(6)})
    case("dynamic_matmul_columns", x, [("DynamicQuantizeMatMul", ["x", "w", "s", "z"], ["y"], {})],
         {"w": w, "s": np.abs(noise(6)) * 0.02, "z": random.integers(100, 140, 6).astype("uint8")})
    q = [("QuantizeLinear", ["x", "t", "u"], ["q"], {}, "")]
    point = {"t": np.array(0.02, "float32"), "u": np.array(128, "uint8")}
    case("integer_to_float", x,
         q + [("MatMulIntegerToFloat", ["q", "w", "t", "s", "u", "z", "b"], ["y"], {})],
         {**point, "w": w, "s": np.abs(noise(6)) * 0.02, "z": random.integers(100, 140, 6).astype("uint8"), "b": noise(6)})
    case("qattention", x,
         q + [("QAttention", ["q", "v", "b", "t", "s", "", "u", "z"], ["y"], {"num_heads": 2})],
         {**point, "v": random.integers(-128, 128, (8, 24)).astype("int8"), "b": noise(24),
          "s": np.array(0.01, "float32"), "z": np.array(3, "int8")})
    images = noise(1, 6, 5, 4)
    case("nhwc_max_pool", images,
         q + [("NhwcMaxPool", ["q"], ["p"], {"kernel_shape": [2, 2]}), ("DequantizeLinear", ["p", "t", "u"], ["y"], {}, "")],
         point)
    case("qlinear_average_last", images,
         q + [("QLinearGlobalAveragePool", ["q", "t", "u", "t", "u"], ["p"], {"channels_last": 1}),
              ("DequantizeLinear", ["p", "t", "u"], ["y"], {}, "")], point)
    case("qlinear_conv_last", images,
         q + [("QLinearConv", ["q", "t", "u", "w", "s", "z", "o", "u"], ["p"], {"channels_last": 1}),
              ("DequantizeLinear", ["p", "o", "u"], ["y"], {}, "")],
         {**point, "w": random.integers(0, 256, (5, 4, 3, 3)).astype("uint8"), "s": np.array(0.01, "float32"),
          "z": np.array(127, "uint8"), "o": np.array(0.05, "float32")})


def optimised():
    for path in sys.argv[2:]:
        stem = "_".join(path.split("/")[-2:])[:-5]
        shape = [extent if isinstance(extent, int) else 1 for extent in ort.InferenceSession(path).get_inputs()[0].shape]
        x = noise(*shape)
        for level in ("EXTENDED", "ALL"):
            options = ort.SessionOptions()
            options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, "ORT_ENABLE_" + level)
            options.optimized_model_filepath = os.path.join(folder, "saved.onnx")
            ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            write(f"{stem}_{level.lower()}", onnx.load(options.optimized_model_filepath), x)
            os.remove(options.optimized_model_filepath)


for part in (convolutions, products, elementwise, normalisations, attention, quantised, optimised):
    part()
