import Kernels

/// A weight that a layer of some class has.
struct Variable: Sendable {
  let name: String
  /// What another version of Keras calls it.
  var alias: String?
  /// Whether training changes it by gradients; statistics are kept behind such weights in old files.
  var isTrainable = true
  var order: Order = .kept
  /// Where a `.keras` archive has it below the layer's group; `vars/…` by its number if `nil`.
  var place: String?

  init(
    _ name: String, alias: String? = nil, isTrainable: Bool = true, order: Order = .kept, place: String? = nil
  ) {
    (self.name, self.alias, self.isTrainable, self.order) = (name, alias, isTrainable, order)
    self.place = place
  }

  /// How the axes of the file's array become the engine's.
  enum Order: Sendable {
    case kept
    /// `[…, I, O]` → `[O, I, …]`; the same for a transposed convolution's `[…, O, I]`.
    case convolution
    /// `[…, C, M]` → `[C · M, 1, …]`.
    case depthwise
  }

  /// The array as the engine wants it; as it is where it has too few axes, which is found out when it is used.
  func arranged(_ array: NDArray) throws -> NDArray {
    let rank = array.shape.count
    guard order != .kept, rank >= 3 else { return array.asConstant() }
    let spatial = Array(0..<(rank - 2))
    switch order {
    case .kept: return array.asConstant()
    case .convolution:
      return try transposed(array, permutation: [rank - 1, rank - 2] + spatial).asConstant()
    case .depthwise:
      let moved = try transposed(array, permutation: [rank - 2, rank - 1] + spatial)
      return moved.reshaped([moved.shape[0] * moved.shape[1], 1] + moved.shape.dropFirst(2)).asConstant()
    }
  }
}

/// The weights of a network: for each layer's path its arrays by name, arranged for the engine.
typealias LayerWeights = [String: [String: NDArray]]
