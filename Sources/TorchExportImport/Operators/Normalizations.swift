import GraphEngine
import Kernels

/// Normalisations, and what makes weights of scores.
extension OperatorTable {
  static let normalizations: [String: Lower] = [
    "batch_norm": one(batchNormalization), "cudnn_batch_norm": one(batchNormalization),
    "_native_batch_norm_legit_no_training": batchNormalizationOnly,
    "native_batch_norm": batchNormalizationOnly, "_native_batch_norm_legit": instanceStatistics,
    "_batch_norm_no_update": batchNormalizationOnly,
    "instance_norm": one(instanceNormalization), "layer_norm": one(layerNormalization),
    "native_layer_norm": { (call, graph) throws(TorchExportError) in
      [.tensor(try layerNormalization(call, &graph)), .none, .none]
    },
    "group_norm": one(groupNormalization),
    "native_group_norm": { (call, graph) throws(TorchExportError) in
      [.tensor(try groupNormalization(call, &graph)), .none, .none]
    },
    "rms_norm": one(rootMeanSquareNormalization),
    "_fused_rms_norm": { (call, graph) throws(TorchExportError) in
      [.tensor(try rootMeanSquareNormalization(call, &graph)), .none]
    },
    "_weight_norm": one(weightNormalization),
    "_weight_norm_interface": { (call, graph) throws(TorchExportError) in
      [.tensor(try weightNormalization(call, &graph)), .none]
    },
    "softmax": one(softmax), "_softmax": one(softmax), "_safe_softmax": one(softmax),
    "log_softmax": one(logSoftmax), "_log_softmax": one(logSoftmax),
  ]

  private static func batchNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    if try call.truth("training") {
      // Of one array alone, as weights are standardised: each channel by its own statistics.
      if call["running_mean"].isNone, try call.tensor("input").shape.first == 1 {
        return try instanceNormalization(call, &graph)
      }
      throw call.unsupported("it takes statistics of all images at once: export the network after network.eval()")
    }
    let x = try call.tensor("input")
    guard x.shape.count >= 2 else { throw call.malformed("\(spelled(x.shape)) has no channels") }
    let channels = x.shape[1]
    func statistic(_ name: String, _ standard: Float) throws(TorchExportError) -> TensorValue {
      let given = try call.optionalTensor(name)
      if let given, given.array == nil { throw call.unsupported("its \(name) depends on the image") }
      return given ?? TensorValue(NDArray(repeating: standard, shape: [channels]))
    }
    let inputs = [
      x, try statistic("weight", 1), try statistic("bias", 0), try statistic("running_mean", 0),
      try statistic("running_var", 1),
    ]
    let epsilon = call["eps"].isNone ? try call.real("epsilon", 1e-5) : try call.real("eps")
    return try graph.add(BatchNormalization(epsilon: epsilon), inputs, for: call)
  }

  private static let batchNormalizationOnly: Lower = { (call, graph) throws(TorchExportError) in
    [.tensor(try batchNormalization(call, &graph)), .none, .none]
  }

  /// Statistics of the images at hand: of each image where it stands alone, as instance normalisation is taken apart.
  private static let instanceStatistics: Lower = { (call, graph) throws(TorchExportError) in
    let x = try call.tensor("input")
    guard try call.truth("training"), call["running_mean"].isNone else {
      return try batchNormalizationOnly(call, &graph)
    }
    guard x.shape[0] == 1 else { throw call.unsupported("it takes statistics of all images at once") }
    let result = try graph.grouped(
      x, groups: x.shape[1], epsilon: try call.real("eps", 1e-5), try call.optionalTensor("weight"),
      try call.optionalTensor("bias"), for: call)
    return [.tensor(result), .none, .none]
  }

  private static func instanceNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    if try !call.truth("use_input_stats", true) { return try batchNormalization(call, &graph) }
    let x = try call.tensor("input")
    guard x.shape.count > 2 else { throw call.malformed("\(spelled(x.shape)) has no places") }
    return try graph.grouped(
      x, groups: x.shape[1], epsilon: try call.real("eps", 1e-5), try call.optionalTensor("weight"),
      try call.optionalTensor("bias"), for: call)
  }

  private static func groupNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor("input")
    let groups = call["num_groups"].isNone ? try call.integer("group") : try call.integer("num_groups")
    guard x.shape.count >= 2, groups > 0, x.shape[1] % groups == 0 else {
      throw call.malformed("\(spelled(x.shape)) does not fit \(groups) groups")
    }
    return try graph.grouped(
      x, groups: groups, epsilon: try call.real("eps", 1e-5), try call.optionalTensor("weight"),
      try call.optionalTensor("bias"), for: call)
  }

  private static func layerNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor("input")
    let normalized = try call.integers("normalized_shape")
    guard x.shape.suffix(normalized.count) == normalized[...], !normalized.isEmpty else {
      throw call.malformed("\(spelled(x.shape)) does not end in \(spelled(normalized))")
    }
    let axis = x.shape.count - normalized.count
    let op = LayerNormalization(axis: axis, epsilon: try call.real("eps", 1e-5))
    let (scale, shift) = (try call.optionalTensor("weight"), try call.optionalTensor("bias"))
    let one = TensorValue(NDArray(repeating: 1, shape: normalized))
    if scale?.array == nil && scale != nil || shift?.array == nil && shift != nil {
      var result = try graph.add(op, [x, one], for: call)
      if let scale { result = try graph.combine(.multiply, result, scale, for: call) }
      if let shift { result = try graph.combine(.add, result, shift, for: call) }
      return result
    }
    return try graph.add(op, [x, scale ?? one] + (shift.map { [$0] } ?? []), for: call)
  }

  /// `x / √(mean(x²) + ε) · γ`.
  private static func rootMeanSquareNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor("input")
    let normalized = try call.integers("normalized_shape")
    let axes = Array((x.shape.count - normalized.count)..<x.shape.count)
    let squares = try graph.add(ElementwiseFunction(.pow(2)), [x], for: call)
    let mean = try graph.add(Reduction(.mean, axes: axes, keepsDimensions: true), [squares], for: call)
    // Without a number of its own, the smallest step of float32 at 1.
    let epsilon = try call.real("eps", Double(Float.ulpOfOne))
    let shifted = try graph.add(ElementwiseFunction(.linear(1, epsilon)), [mean], for: call)
    let factor = try graph.add(ElementwiseFunction(.pow(-0.5)), [shifted], for: call)
    let result = try graph.combine(.multiply, x, factor, for: call)
    guard let scale = try call.optionalTensor("weight") else { return result }
    return try graph.combine(.multiply, result, scale, for: call)
  }

  /// `g · v/‖v‖`, the length of each entry of an axis, or of all (Salimans and Kingma 2016, equation 2).
  private static func weightNormalization(
    _ call: Call, _ graph: inout Lowering
  ) throws(TorchExportError) -> TensorValue {
    let (v, g) = (try call.tensor("v"), try call.tensor("g"))
    let kept = try call.integer("dim", 0)
    let axes = v.shape.indices.filter { $0 != kept }
    let length = try graph.add(Reduction(.l2, axes: axes, keepsDimensions: true), [v], for: call)
    return try graph.combine(.multiply, v, try graph.combine(.divide, g, length, for: call), for: call)
  }

  private static func softmax(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    return try graph.add(Softmax(axis: try call.axis(of: x)), [x], for: call, as: .real)
  }

  private static func logSoftmax(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    return try graph.add(LogSoftmax(axis: try call.axis(of: x)), [x], for: call, as: .real)
  }
}

extension Lowering {
  /// A normalisation over the channels and places of each group.
  fileprivate mutating func grouped(
    _ x: TensorValue, groups: Int, epsilon: Float, _ scale: TensorValue?, _ shift: TensorValue?, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    let isKnown = scale?.array != nil || scale == nil
    guard isKnown, shift?.array != nil || shift == nil else {
      throw call.unsupported("its scale or shift depends on the image")
    }
    let composite = Composite.groupNormalization(
      of: x.shape, groups: groups, epsilon: epsilon, scale: scale?.array, shift: shift?.array)
    var results: [TensorValue] = []
    for step in composite.steps {
      var inputs: [TensorValue] = []
      for operand in step.operands {
        switch operand {
        case .input: inputs.append(x)
        case .step(let index): inputs.append(results[index])
        case .constant(let array, _): inputs.append(TensorValue(array))
        }
      }
      results.append(try add(step.op, inputs, for: call))
    }
    return results.last ?? x
  }
}
