import AttributionKit

extension Need {
  /// Weights that can be drawn anew.
  static let randomWeights = Need("random-weights", words: "weights that can be drawn anew") { _, model in
    do {
      _ = try Randomization.all.layers(of: model)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
