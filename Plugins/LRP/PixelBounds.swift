import AttributionKit
import Tensors

/// The least and the most that each channel can be which the network's first layer reads.
struct PixelBounds {
  let low: [Float], high: [Float]

  var rule: Relevance { .zBox(low: low, high: high) }
}

extension ExplanationSession {
  /// The bounds of pixels at the network's first linear layer.
  ///
  /// They are those of black and white in the network's input. Where the network scales or reorders its image first, what
  /// it makes of a black and of a white one.
  func pixelBounds() throws -> PixelBounds {
    var ends = try darkestAndLightest()
    if let first = steps.first(where: \.isFirst),
      let read = model.layers.first(where: { first.inputs.contains($0.name) }),
      read.name != inputLayer.name
    {
      ends = try ends.map { try repeated(on: $0).activation(at: read.native) }
    }
    let channels = (0..<ends[0].shape[0]).map { channel in ends.flatMap { $0.channel(channel).scalars } }
    return PixelBounds(low: channels.map { $0.min() ?? 0 }, high: channels.map { $0.max() ?? 0 })
  }

  /// What people should know about the bounds, if anything.
  var factsOnBounds: [Fact] {
    options.colors != nil
      ? []
      : [.remark("the input's preprocessing is not known, so that pixels are taken to lie between its own extremes")]
  }

  private func darkestAndLightest() throws -> [Tensor] {
    guard options.colors == nil else { return [try baseline(.black), try baseline(.white)] }
    let scalars = input.scalars
    return [scalars.min() ?? 0, scalars.max() ?? 0].map { Tensor(repeating: $0, shape: input.shape) }
  }
}

extension ModelAdapter {
  /// Whether something other than a convolution sees the image first.
  var preparesItsImage: Bool {
    let inputs = Set(inputs.map(\.name))
    return layers.first { !inputs.contains($0.name) }?.operatorName.hasSuffix("Convolution") == false
  }
}
