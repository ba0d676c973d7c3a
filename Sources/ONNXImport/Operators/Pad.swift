import GraphEngine
import Kernels

extension OperatorTable {
  /// `Pad`: margins and fill are attributes until opset 10, inputs from then on; axes can be named since 18.
  static func pad(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let rank = x.shape.count
    let named = try call.integers(3, "the axes") ?? Array(0..<rank)
    let axes = try call.axes(named, rank: rank)
    guard let margins = try call.integers(attribute: "pads", orInput: 1, "the margins"),
      margins.count == 2 * axes.count, margins.allSatisfy({ (-(1 << 24)...(1 << 24)).contains($0) })
    else { throw call.malformed("it must have a margin before and after each axis") }
    var (before, after) = (x.shape.map { _ in 0 }, x.shape.map { _ in 0 })
    for (index, axis) in axes.enumerated() {
      before[axis] = margins[index]
      after[axis] = margins[index + axes.count]
    }
    return try graph.add(Pad(before: before, after: after, mode: try mode(call)), [x], for: call)
  }

  private static func mode(_ call: OperatorCall) throws(ONNXError) -> PaddingMode {
    switch try call.attributes.string("mode") ?? "constant" {
    case "constant":
      return .constant(try call.real(attribute: "value", orInput: 2, "the fill") ?? 0)
    case "reflect": return .reflect
    case "edge": return .edge
    case "wrap": return .wrap
    case let other: throw call.malformed("its mode is '\(other)'")
    }
  }
}
