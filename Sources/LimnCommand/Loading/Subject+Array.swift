import AttributionKit
import Images
import Tensors

extension Subject {
  /// The array in a `.npy` file, which must have the network's own shape, with or without a batch of one.
  init(array path: String, for classifier: Classifier) throws {
    let tensor = try Subject.array(path)
    let expected = classifier.model.input.shape
    guard tensor.shape == expected else {
      throw Failure.badData(
        "\(path) is \(Subject.spelled(tensor.shape)) and the network takes \(Subject.spelled(expected)): "
          + "save it as a float32 array of that shape")
    }
    // A rectifier would hide them, and the map would look as if it meant something.
    let unusable = tensor.scalars.count { !$0.isFinite }
    guard unusable == 0 else {
      throw Failure.badData(
        "\(path) holds NaN or infinite values, \(unusable) of \(tensor.scalars.count): replace them, as with numpy.nan_to_num"
      )
    }
    let picture = Subject.picture(of: tensor, extent: classifier.inputExtent)
    let (height, width) = (classifier.inputExtent?.height ?? 1, classifier.inputExtent?.width ?? expected.last ?? 1)
    let geometry = try Preprocessing(resize: .exact).geometry(
      originalWidth: picture.width, originalHeight: picture.height, height: height, width: width)
    self.init(name: path, photograph: picture, input: tensor, geometry: geometry, preprocessing: nil)
  }

  /// The array in a file, without a batch of one.
  static func array(_ path: String) throws -> Tensor {
    let tensor = try NumPyFile.read(contentsOf: path)
    return tensor.shape.count == 4 && tensor.shape[0] == 1 ? tensor.reshaped(Array(tensor.shape.dropFirst())) : tensor
  }

  private static func spelled(_ shape: [Int]) -> String {
    shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: " × ")
  }

  /// The array as a picture: its values scaled from the least to the greatest, large enough to look at.
  ///
  /// Three channels count as colours; others are averaged to grey.
  private static func picture(of tensor: Tensor, extent: InputExtent?) -> Raster {
    guard let extent, extent.height > 0, extent.width > 0 else {
      return Raster(width: 256, height: 256, fill: (128, 128, 128))
    }
    let area = extent.height * extent.width
    let planes = extent.layout == .nchw ? tensor : tensor.channelsFirst
    let finite = planes.scalars.lazy.filter(\.isFinite)
    let (least, greatest) = (finite.min() ?? 0, finite.max() ?? 0)
    let factor = greatest > least ? 255 / (greatest - least) : 0
    func sample(_ value: Float) -> UInt8 { value.isFinite ? UInt8(min(max((value - least) * factor, 0), 255)) : 0 }
    var picture = Raster(width: extent.width, height: extent.height)
    for position in 0..<area {
      let values = (0..<extent.channels).map { planes.scalars[$0 * area + position] }
      for channel in 0..<3 {
        picture.samples[3 * position + channel] =
          sample(values.count == 3 ? values[channel] : values.reduce(0, +) / Float(values.count))
      }
    }
    return picture.enlarged(toReach: 256)
  }
}

extension Tensor {
  /// `[height, width, channels]` as `[channels, height, width]`.
  var channelsFirst: Tensor {
    let (channels, area) = (shape[2], shape[0] * shape[1])
    let moved = (0..<channels).flatMap { c in (0..<area).map { scalars[$0 * channels + c] } }
    return Tensor(moved, shape: [channels, shape[0], shape[1]])
  }
}

extension Raster {
  /// A copy enlarged by a whole number, so that its longer side has at least `side` pixels.
  func enlarged(toReach side: Int) -> Raster {
    let factor = (side + max(width, height) - 1) / max(width, height)
    return factor > 1 ? resized(width: width * factor, height: height * factor) : self
  }
}
