import GraphEngine
import Kernels

extension OperatorCall {
  /// The shape a `Reshape` asks for, its 0 (as before) and −1 (what is left) resolved.
  func reshapeTarget(from shape: [Int]) throws(ONNXError) -> [Int] {
    guard var target = try integers(attribute: "shape", orInput: 1, "the new shape") else {
      throw malformed("it has no new shape")
    }
    let keepsZero = try attributes.flag("allowzero")
    for (axis, extent) in target.enumerated() where extent == 0 && !keepsZero {
      guard axis < shape.count else { throw malformed("it keeps axis \(axis), which its input lacks") }
      target[axis] = shape[axis]
    }
    let open = target.indices.filter { target[$0] == -1 }
    guard open.count <= 1 else { throw malformed("its new shape leaves two axes open") }
    let count = shape.reduce(1, *)
    if let axis = open.first {
      var others = target
      others.remove(at: axis)
      if let known = elementCount(of: others), known > 0, count % known == 0 { target[axis] = count / known }
    }
    guard elementCount(of: target) == count else {
      let wanted = target.map { $0 == -1 ? "?" : String($0) }.joined(separator: " × ")
      throw malformed("\(spelled(shape)) cannot be reshaped to \(wanted)")
    }
    return target
  }

  /// The matrix a `Flatten` makes: the axes before `axis`, and the others.
  func flattened(_ shape: [Int]) throws(ONNXError) -> [Int] {
    var axis = try attributes.integer("axis") ?? 1
    guard axis >= -shape.count, axis <= shape.count else { throw malformed("it has no axis \(axis)") }
    if axis < 0 { axis += shape.count }
    return [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
  }

  /// A shape without the axes a `Squeeze` names, or without all those of extent 1; an input since opset 13.
  func squeezed(_ shape: [Int]) throws(ONNXError) -> [Int] {
    guard let named = try integers(attribute: "axes", orInput: 1, "the axes") else { return shape.filter { $0 != 1 } }
    let axes = try axes(named, rank: shape.count)
    if let axis = axes.first(where: { shape[$0] != 1 }) {
      throw malformed("it cannot drop axis \(axis), whose extent is \(shape[axis])")
    }
    return shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
  }

  /// A shape with the axes of extent 1 that an `Unsqueeze` adds; an input since opset 13.
  func unsqueezed(_ shape: [Int]) throws(ONNXError) -> [Int] {
    guard let named = try integers(attribute: "axes", orInput: 1, "the axes") else {
      throw malformed("it names no axes")
    }
    let axes = try axes(named, rank: shape.count + named.count)
    var extents = shape[...]
    var result: [Int] = []
    for axis in 0..<(shape.count + axes.count) {
      result.append(axes.contains(axis) ? 1 : extents.removeFirst())
    }
    return result
  }

  /// What an `Expand` makes of a shape: both broadcast together.
  func expanded(_ shape: [Int]) throws(ONNXError) -> [Int] {
    guard let wanted = try integers(1, "the new shape") else { throw malformed("it has no new shape") }
    guard wanted.allSatisfy({ $0 >= 0 }), let result = broadcastShape(shape, wanted) else {
      throw malformed("\(spelled(shape)) does not broadcast to \(spelled(wanted))")
    }
    guard elementCount(of: result) != nil else { throw .tooLarge(value: node.outputs.first ?? "", shape: result) }
    return result
  }
}
