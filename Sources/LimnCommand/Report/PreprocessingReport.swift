import AttributionKit

/// How the photograph became the network's input: `(sample · scale − mean) / std`, samples being 0…255.
struct PreprocessingReport: Encodable {
  let scale: Float
  let mean: [Float]
  let std: [Float]
  let channelOrder: String
  /// `crop`, `stretch` or `letterbox`.
  let fit: String
  /// How much of the resized short side a crop keeps.
  var cropFraction: Double?

  init(_ recipe: Preprocessing) {
    scale = recipe.scale
    mean = recipe.mean
    std = recipe.deviation
    channelOrder = recipe.channelOrder.rawValue
    switch recipe.resize {
    case .centerCrop(let share): (fit, cropFraction) = ("crop", share)
    case .exact: fit = "stretch"
    case .letterbox: fit = "letterbox"
    }
  }
}
