import Images

/// How the photograph became the network's input: `(sample · scale − mean) / std`, samples being 0…255.
struct PreprocessingReport: Encodable {
  let scale: Float
  let mean: [Float]
  let std: [Float]
  let channelOrder: String
  /// `crop`, `stretch` or `letterbox`.
  let fit: String
  let cropFraction: Double

  init(_ recipe: Preprocessing) {
    scale = recipe.scale
    mean = recipe.mean
    std = recipe.deviation
    channelOrder = recipe.channelOrder.rawValue
    cropFraction = recipe.cropFraction
    fit =
      switch recipe.resize {
      case .shortSide: "crop"
      case .exact: "stretch"
      case .letterbox: "letterbox"
      }
  }
}
