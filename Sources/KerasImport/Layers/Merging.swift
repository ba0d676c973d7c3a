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
    let inputs = try aligned(call.inputs, call, &graph)
    let setting = call.layer.config["axis"]
    let axis = setting.isNull ? first.rank - 1 : try call.layer.axis(setting, rank: first.rank)
    return try graph.add(Concatenation(axis: inputs[0].axis(axis)), inputs, to: call.output, for: call)
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
