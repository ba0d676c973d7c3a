/// Where a position of the resized axis lies on the original one, by ONNX's names.
enum CoordinateTransformation: String {
  case halfPixel = "half_pixel"
  case symmetricHalfPixel = "half_pixel_symmetric"
  case pyTorchHalfPixel = "pytorch_half_pixel"
  case alignedCorners = "align_corners"
  case asymmetric = "asymmetric"
  case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
  case tensorFlowCrop = "tf_crop_and_resize"

  /// The place, in positions of the original axis, of position `output` of the resized one.
  func place(of output: Int, _ change: Resizing.Change) -> Double {
    let x = Double(output)
    let (last, lastOutput) = (Double(change.extent - 1), Double(change.outputs - 1))
    switch self {
    case .halfPixel: return (x + 0.5) / change.scale - 0.5
    case .pyTorchHalfPixel: return change.outputs > 1 ? (x + 0.5) / change.scale - 0.5 : 0
    case .symmetricHalfPixel:
      // Scales that do not give whole extents leave a margin, shared out between both ends.
      let margin = 1 - Double(change.outputs) / (change.scale * Double(change.extent))
      return Double(change.extent) / 2 * margin + (x + 0.5) / change.scale - 0.5
    case .alignedCorners:
      let length = change.scale * Double(change.extent)
      return length == 1 || change.outputs == 1 ? 0 : x * last / (length - 1)
    case .asymmetric: return x / change.scale
    case .tensorFlowHalfPixel: return (x + 0.5) / change.scale
    case .tensorFlowCrop:
      let (start, end) = change.region
      return change.outputs > 1 ? start * last + x * (end - start) * last / lastOutput : 0.5 * (start + end) * last
    }
  }
}
