import Kernels

/// What a network is lowered for.
struct LoweringRequest {
  /// The first is the one explained.
  let outputs: [String]
  let dependencies: Dependencies
  /// How many images.
  var images: Int
  /// Whether these are one image several times, as the network takes no fewer.
  var isRepeated = false
  var imageSize: (height: Int, width: Int)?
  let inputShapes: [String: [Int]]
  let fixed: [String: NDArray]
}
