import GraphEngine

/// The image that a network counts boxes and cells on, where it resizes and pads what it is given itself, as those of
/// torchvision do.
struct InnerFrame {
  /// What a pixel of the inner image is in pixels of the input, across and down.
  var across: Float = 1, down: Float = 1
  /// How wide the inner image is with its padding, in pixels of the input.
  let width: Float

  /// The input itself.
  init(width: Float) { self.width = width }

  /// The inner image of a network; `nil` where it is the input.
  init?(of plan: Plan, image: String, _ size: (height: Int, width: Int)) {
    guard let prelude = Prelude(of: plan, image: image, crossingRounding: false), let end = prelude.graph.outputs.first,
      let padded = plan.shape(of: end), padded.count == 4
    else { return nil }
    let inner = prelude.resizedExtent ?? [size.height, size.width]
    guard inner.count == 2, inner[0] > 0, inner[1] > 0, padded[3] >= inner[1] else { return nil }
    (down, across) = (Float(size.height) / Float(inner[0]), Float(size.width) / Float(inner[1]))
    width = Float(padded[3]) * across
  }
}
