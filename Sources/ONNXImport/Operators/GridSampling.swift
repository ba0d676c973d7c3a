import GraphEngine

extension OperatorTable {
  /// `GridSample`, from opset 16 on; volumes from opset 20 on.
  static func gridSample(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let (image, grid) = (try call.input(0), try call.input(1))
    guard (4...5).contains(image.shape.count) else {
      throw call.unsupported("it looks at \(spelled(image.shape)), which is no image [N, C, H, W] or volume")
    }
    let mode: GridSample.Mode =
      switch try call.attributes.string("mode") ?? "linear" {
      case "linear", "bilinear": .linear
      case "nearest": .nearest
      case "cubic", "bicubic": .cubic
      case let other: throw call.malformed("its mode is '\(other)'")
      }
    let padding: GridSample.Padding =
      switch try call.attributes.string("padding_mode") ?? "zeros" {
      case "zeros": .zeros
      case "border": .border
      case "reflection": .reflection
      case let other: throw call.malformed("its padding is '\(other)'")
      }
    guard mode != .cubic || image.shape.count == 4 else {
      throw call.unsupported("it looks at a volume with cubic interpolation")
    }
    let sample = GridSample(mode, padding: padding, alignsCorners: try call.attributes.flag("align_corners"))
    return try graph.add(sample, [image, grid], for: call)
  }
}
