import AttributionKit

extension Report {
  /// How the photograph became the network's input: `(sample · scale − mean) / std`, samples being 0…255.
  public struct Preparation: Hashable, Sendable, Codable {
    /// What samples are multiplied by.
    public let scale: Float
    /// One number for all channels, or one for each in the network's order.
    public let mean: [Float]
    /// One number for all channels, or one for each in the network's order.
    public let std: [Float]
    /// `rgb`, `bgr` or `grey`.
    public let channelOrder: String
    /// `crop`, `stretch` or `letterbox`.
    public let fit: String
    /// How much of the resized short side a crop keeps, from 0 to 1.
    public let cropFraction: Double?

    init(_ recipe: Preprocessing) {
      scale = recipe.scale
      mean = recipe.mean
      std = recipe.deviation
      channelOrder = recipe.channelOrder.rawValue
      switch recipe.resize {
      case .centerCrop(let share): (fit, cropFraction) = ("crop", share)
      case .exact: (fit, cropFraction) = ("stretch", nil)
      case .stretchCrop(let share): (fit, cropFraction) = ("stretch", share)
      case .letterbox: (fit, cropFraction) = ("letterbox", nil)
      }
    }
  }
}
