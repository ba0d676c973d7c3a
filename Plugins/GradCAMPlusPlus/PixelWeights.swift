public import Tensors

/// The weight `α` of each place of a channel in Grad-CAM++, as the paper prints it and as programs in use compute it.
public enum PixelWeights: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// `g² / (2g² + g³ ΣA)`: equation 19.
  case printed
  /// The same with the mean of the activation in place of its sum, as in xplique.
  case mean
  /// The same divided by their sum over the channel, as in the authors' code and in tf-keras-vis.
  case normalized
  /// `g²`, since the division is lost, as in torch-cam.
  case squared

  public var description: String { rawValue }

  /// `α` for the gradient `g` and the activation `a` of a layer, `[channels, height, width]`; zero where its denominator
  /// is.
  public func weights(_ g: Tensor, _ a: Tensor, epsilon: Float) -> Tensor {
    let square = g * g
    if self == .squared { return square }
    let mass = self == .mean ? a.spatialMean() : a.spatialSum()
    let denominator = epsilon + (2 * square + mass * (square * g))
    let weights = square.dividedOrZero(by: denominator)
    guard self == .normalized else { return weights }
    return weights.dividedOrZero(by: weights.spatialSum())
  }
}
