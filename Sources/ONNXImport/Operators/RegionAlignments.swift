import GraphEngine

extension OperatorTable {
  /// `RoiAlign`; until opset 15 pixels' centres lie at whole numbers.
  static func regionAlignment(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let inputs = [try call.input(0), try call.input(1), try call.input(2)]
    let pooling: RegionAlignment.Pooling
    switch try call.attributes.string("mode") ?? "avg" {
    case "avg": pooling = .average
    case "max": pooling = .maximum
    case let other: throw call.malformed("its mode is '\(other)'")
    }
    let hasHalfPixelShift: Bool
    switch try call.attributes.string("coordinate_transformation_mode")
      ?? (call.opset < 16 ? "output_half_pixel" : "half_pixel")
    {
    case "half_pixel": hasHalfPixelShift = true
    case "output_half_pixel": hasHalfPixelShift = false
    case let other: throw call.malformed("its coordinates are '\(other)'")
    }
    let size = [try call.attributes.integer("output_height") ?? 1, try call.attributes.integer("output_width") ?? 1]
    let samples = try call.attributes.integer("sampling_ratio") ?? 0
    guard size.allSatisfy((1...4096).contains), (0...256).contains(samples) else {
      throw call.malformed("its output has no size")
    }
    let op = RegionAlignment(
      pooling, size: size, samples: samples, scale: try call.attributes.real("spatial_scale") ?? 1,
      hasHalfPixelShift: hasHalfPixelShift)
    return try graph.add(op, inputs, for: call)
  }
}
