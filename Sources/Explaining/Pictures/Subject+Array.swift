import AttributionKit
package import Images
package import Tensors

extension Explainer {
  /// An array, which must have the network's own shape.
  func subject(_ tensor: Tensor, named name: String) throws(ExplainingError) -> Subject {
    let expected = model.input.shape
    if let grid, tensor.shape != expected, tensor.shape == grid.otherShape {
      var subject = try subject(grid.isChannelsLast ? tensor.channelsLast : tensor.channelsFirst, named: name)
      subject.isTransposed = true
      subject.notes.append(
        Note(
          "\(name) is \(Self.spelled(tensor.shape)), its channels \(grid.isChannelsLast ? "first" : "last"): taken as "
            + "\(Self.spelled(expected))"))
      return subject
    }
    guard tensor.shape == expected else {
      throw .data(
        "\(name) is \(Self.spelled(tensor.shape)) and the network takes \(Self.spelled(expected)): "
          + "save it as a float32 array of that shape")
    }
    try checkNumbers(of: tensor, named: name)
    let picture = Raster(showing: tensor, on: grid)
    let (height, width) = (grid?.height ?? 1, grid?.width ?? expected.last ?? 1)
    let geometry = try explaining {
      try Preprocessing(resize: .exact).geometry(
        originalWidth: picture.width, originalHeight: picture.height, height: height, width: width)
    }
    return Subject(name: name, photograph: picture, input: tensor, geometry: geometry, preprocessing: nil)
  }

  /// Makes sure that all numbers are some: a rectifier would hide others, and the map would look as if it meant something.
  func checkNumbers(of tensor: Tensor, named name: String) throws(ExplainingError) {
    let unusable = tensor.scalars.count { !$0.isFinite }
    guard unusable == 0 else {
      throw .data(
        "\(name) holds NaN or infinite values, \(unusable) of \(tensor.scalars.count): replace them, as with "
          + "numpy.nan_to_num")
    }
  }

  static func spelled(_ shape: [Int]) -> String {
    shape.isEmpty ? "a single number" : Wording.extent(shape)
  }
}

extension Raster {
  /// An array as a picture: its values scaled from the least to the greatest, large enough to look at.
  ///
  /// Three channels count as colours; others are averaged to grey.
  fileprivate init(showing tensor: Tensor, on grid: ImageGrid?) {
    guard let grid else {
      self.init(width: 256, height: 256, fill: (128, 128, 128))
      return
    }
    let area = grid.height * grid.width
    let planes = grid.isChannelsLast ? tensor.channelsFirst : tensor
    let scale = GrayScale(planes.scalars)
    var picture = Raster(width: grid.width, height: grid.height), samples = picture.samples
    for position in 0..<area {
      let values = (0..<grid.channels).map { planes.scalars[$0 * area + position] }
      for channel in 0..<3 {
        samples[3 * position + channel] =
          scale.sample(values.count == 3 ? values[channel] : values.reduce(0, +) / Float(values.count))
      }
    }
    picture.samples = samples
    self = picture.enlarged(toReach: 256)
  }
}

extension ImageGrid {
  /// The shape of the same image with its channels at the other end.
  fileprivate var otherShape: [Int] { isChannelsLast ? [channels, height, width] : [height, width, channels] }
}

extension Tensor {
  /// `[channels, height, width]` as `[height, width, channels]`.
  package var channelsLast: Tensor {
    let (channels, area) = (shape[0], shape[1] * shape[2])
    let moved = (0..<area).flatMap { p in (0..<channels).map { scalars[$0 * area + p] } }
    return Tensor(moved, shape: [shape[1], shape[2], channels])
  }

  /// `[height, width, channels]` as `[channels, height, width]`.
  package var channelsFirst: Tensor {
    let (channels, area) = (shape[2], shape[0] * shape[1])
    let moved = (0..<channels).flatMap { c in (0..<area).map { scalars[$0 * channels + c] } }
    return Tensor(moved, shape: [channels, shape[0], shape[1]])
  }
}

extension Raster {
  /// A copy enlarged by a whole number, so that its longer side has at least `side` pixels.
  package func enlarged(toReach side: Int) -> Raster {
    let factor = (side + max(width, height) - 1) / max(width, height)
    return factor > 1 ? resized(width: width * factor, height: height * factor) : self
  }
}
