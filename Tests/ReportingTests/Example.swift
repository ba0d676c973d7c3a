import AttributionKit
import Explaining
import Images
import Tensors
import TestSupport

/// A network in plain Swift, and what it is shown.
enum Example {
  static func explainer(_ file: NetworkFile = NetworkFile("folder/tiny.net")) throws -> Explainer {
    try Explainer(
      OpenedModel(
        ChainNetwork.tiny(), classNames: ["cat", "dog", "fox", "hen"], producer: "a test",
        notes: [Note("small")]), of: file)
  }

  /// A photograph wider than high, whose middle the network sees.
  static let photograph: Raster = {
    var photograph = Raster(width: 90, height: 60, fill: (180, 190, 220))
    for y in 20..<40 { for x in 30..<60 { photograph[x, y] = (200, UInt8(x), UInt8(y)) } }
    return photograph
  }()

  static let picture = Picture(photograph, named: "folder/photo.jpg")
  static let array = Picture(Tensor.ramp([3, 4, 4]), named: "array.npy")
}
