import GraphEngine
import Kernels

extension Layers {
  /// `Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`.
  static func merge(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let inputs = try aligned(call.inputs, call, &graph)
    let className = call.layer.className
    guard inputs.count >= 2, className != "Subtract" || inputs.count == 2 else {
      throw call.malformed("it is applied to \(inputs.count) tensors")
    }
    let function: BinaryFunction =
      switch className {
      case "Subtract": .subtract
      case "Multiply": .multiply
      case "Maximum": .maximum
      case "Minimum": .minimum
      default: .add
      }
    var result = inputs[0]
    for (index, input) in inputs.enumerated().dropFirst() {
      let isLast = index == inputs.count - 1 && className != "Average"
      let name = isLast ? call.output : call.inner("\(index)")
      result = try graph.add(Arithmetic(function), [result, input], to: name, for: call)
    }
    guard className == "Average" else { return result }
    let mean = ElementwiseFunction(.linear(1 / Float(inputs.count), 0))
    return try graph.add(mean, [result], to: call.output, for: call)
  }

  /// `CustomScaleLayer` of Inception-ResNet: the first input, and the second scaled.
  static func scaledSum(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let inputs = try aligned(call.inputs, call, &graph)
    guard inputs.count == 2 else { throw call.malformed("it is applied to \(inputs.count) tensors") }
    let scale = ElementwiseFunction(.linear(try call.layer.real("scale", default: 1), 0))
    let scaled = try graph.add(scale, [inputs[1]], to: call.inner("scaled"), for: call)
    return try graph.add(Arithmetic(.add), [inputs[0], scaled], to: call.output, for: call)
  }

  static func concatenate(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard let first = call.inputs.first else { throw call.malformed("it is applied to nothing") }
    guard call.inputs.allSatisfy({ $0.rank == first.rank }) else {
      throw call.malformed("its inputs differ in their numbers of axes")
    }
    let setting = call.layer.config["axis"]
    let axis = setting.isNull ? first.rank - 1 : try call.layer.axis(setting, rank: first.rank)
    return try concatenated(call.inputs, axis: axis, call, &graph)
  }

  /// Tensors joined along one of Keras' axes.
  static func concatenated(
    _ values: [Value], axis: Int, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let inputs = try aligned(values, call, &graph)
    let result = try graph.add(Concatenation(axis: inputs[0].axis(axis)), inputs, to: call.output, for: call)
    graph.passImage(from: values, to: result)
    return result
  }

  /// `Dot`: the product of two tensors along one axis of each, perhaps after these are made unit vectors.
  static func dot(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard call.inputs.count == 2 else { throw call.malformed("it is applied to \(call.inputs.count) tensors") }
    let setting = call.layer.config["axes"]
    var parts: [Value] = []
    for (index, input) in call.inputs.enumerated() {
      let axis = try call.layer.axis(setting.list?.count == 2 ? setting.list![index] : setting, rank: input.rank)
      var x = try graph.unmoved(input, for: call)
      if try call.layer.flag("normalize", default: false) {
        x = try unit(x, axes: [axis], to: call.inner("unit_\(index)"), call, &graph)
      }
      guard x.rank == 2 || x.rank == 3 else { throw call.unsupported("it is applied to \(spelled(x.shape))") }
      if x.rank == 2 {
        x = try graph.add(Reshape(to: [x.extents[0], 1, x.extents[1]]), [x], to: call.inner("row_\(index)"), for: call)
      }
      // Rows of the first meet columns of the second.
      let isLast = axis == input.rank - 1
      if isLast != (index == 0) {
        x = try graph.add(Transpose(permutation: [0, 2, 1]), [x], to: call.inner("turned_\(index)"), for: call)
      }
      parts.append(x)
    }
    let product = try graph.add(MatrixProduct(), parts, to: call.inner("product"), for: call)
    let kept = [product.extents[0]] + zip(product.extents.dropFirst(), call.inputs).filter { $0.1.rank > 2 }.map(\.0)
    let shape = kept.count == 1 ? [kept[0], 1] : kept
    return try graph.add(Reshape(to: shape), [product], to: call.output, for: call)
  }

  /// The values in one order of axes and with as many axes: where some have fewer, Keras adds them behind the batch.
  static func aligned(_ values: [Value], _ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> [Value] {
    let rank = values.map(\.rank).max() ?? 0
    let isMoved = values.contains(where: \.isMoved)
    var aligned: [Value] = []
    for value in values {
      var value = value
      if value.rank < rank {
        value = try graph.unmoved(value, for: call)
        let shape = [value.extents[0]] + Array(repeating: 1, count: rank - value.rank) + value.extents.dropFirst()
        value = try graph.add(Reshape(to: shape), [value], to: call.inner("expanded"), for: call)
      }
      aligned.append(isMoved ? try graph.moved(value, for: call) : value)
    }
    return aligned
  }
}
