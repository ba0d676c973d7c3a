import GraphEngine
import Kernels

/// Arrays that are known before the network runs.
extension OperatorTable {
  static let creation: [String: Lower] = [
    "zeros": one(filled(0)), "ones": one(filled(1)), "new_zeros": one(filled(0)), "new_ones": one(filled(1)),
    "empty": one(filled(0)), "new_empty": one(filled(0)), "full": one(filled(nil)), "new_full": one(filled(nil)),
    "zeros_like": one(filledLike(0)), "ones_like": one(filledLike(1)), "empty_like": one(filledLike(0)),
    "full_like": one(filledLike(nil)), "fill": one(filledLike(nil)), "scalar_tensor": one(scalar),
    "arange": one(range), "linspace": one(spread), "eye": one(identity), "empty_permuted": one(filled(0)),
    "zero": one(filledLike(0)), "new_empty_strided": one(filled(0)),
  ]

  private static func kind(_ call: Call, _ standard: ElementType.Kind) -> ElementType.Kind {
    if case .elementType(let type) = call["dtype"] { type.kind } else { standard }
  }

  private static func filled(_ number: Float?) -> LowerOne {
    { (call, _) throws(TorchExportError) in
      var shape = try call.integers("size", [])
      let value: Float
      if let number { value = number } else { value = try call.real("fill_value") }
      guard let count = elementCount(of: shape), count <= 1 << 28 else {
        throw .tooLarge(value: call.layer, shape: shape)
      }
      if shape.contains(0) { shape = [0] }
      guard shape != [0] else { return TensorValue(name: "", shape: [0]) }
      let isWhole = number == nil && { if case .real = call["fill_value"] { false } else { true } }()
      let inherited = try call.optionalTensor("self")?.kind
      return TensorValue(
        NDArray(repeating: value, shape: shape), kind: kind(call, inherited ?? (isWhole ? .integer : .real)))
    }
  }

  private static func filledLike(_ number: Float?) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      if number == nil, let value = try call.optionalTensor("value"), value.array == nil {
        return try graph.add(Expand(to: x.shape), [value], for: call)
      }
      let value: Float
      if let number {
        value = number
      } else {
        value = try call.real(call["fill_value"].isNone ? "value" : "fill_value")
      }
      return TensorValue(NDArray(repeating: value, shape: x.shape), kind: kind(call, x.kind))
    }
  }

  private static func scalar(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    TensorValue(Double(try call.real("s")), kind: kind(call, .real))
  }

  private static func range(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let start = try call.real("start", 0)
    let end = try call.real("end")
    let step = try call.real("step", 1)
    let stretch = (Double(end) - Double(start)) / Double(step)
    guard stretch.isFinite, stretch > 0, stretch <= 0x1p24 else {
      throw call.unsupported("it counts from \(start) to \(end) in steps of \(step)")
    }
    let count = Int(stretch.rounded(.up))
    let numbers = (0..<count).map { Float(Double(start) + Double($0) * Double(step)) }
    let isWhole = [start, end, step].allSatisfy { $0 == $0.rounded() }
    return TensorValue(NDArray(numbers, shape: [count]), kind: kind(call, isWhole ? .integer : .real))
  }

  private static func spread(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (start, end) = (Double(try call.real("start")), Double(try call.real("end")))
    let steps = try call.integer("steps")
    guard (1...(1 << 24)).contains(steps) else { throw call.unsupported("it has \(steps) steps") }
    let numbers = (0..<steps).map { Float(steps == 1 ? start : start + (end - start) * Double($0) / Double(steps - 1)) }
    return TensorValue(NDArray(numbers, shape: [steps]), kind: kind(call, .real))
  }

  private static func identity(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let rows = try call.integer("n")
    let columns = try call.integer("m", rows)
    guard (1...8192).contains(rows), (1...8192).contains(columns) else {
      throw call.unsupported("it is \(rows) × \(columns)")
    }
    let numbers = (0..<rows * columns).map { $0 / columns == $0 % columns ? Float(1) : 0 }
    return TensorValue(NDArray(numbers, shape: [rows, columns]), kind: kind(call, .real))
  }
}
