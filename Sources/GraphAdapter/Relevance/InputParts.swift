import AttributionKit
import Kernels

/// The parts of an activation, each made when it is first asked for.
struct InputParts {
  private let x: NDArray
  private let step: Step
  private var known: [Relevance.InputPart: NDArray?] = [:]

  init(of x: NDArray, _ step: Step) { (self.x, self.step) = (x.converted(to: .float32), step) }

  /// A part, in the activation's shape; `nil` where it is nothing.
  ///
  /// Most activations come from a rectifier: they are their own positive part.
  subscript(part: Relevance.InputPart) -> NDArray? {
    mutating get throws {
      if let made = known[part] { return made }
      let made = try make(part)
      known[part] = .some(made)
      return made
    }
  }

  private mutating func make(_ part: Relevance.InputPart) throws -> NDArray? {
    switch part {
    case .all: return x
    case .positive: return x.hasNegative ? rectified(x) : x
    case .negative: return x.hasNegative ? try apply(.neg, rectified(apply(.neg, x))) : nil
    case .ones: return NDArray(repeating: 1, shape: x.shape)
    case .bound(let bounds):
      if bounds.count == 1 { return NDArray(repeating: bounds[0], shape: x.shape) }
      guard x.shape.count > 1, bounds.count == x.shape[1] else {
        throw RuleError.wrongBounds(
          step: step.name, bounds: bounds.count, channels: x.shape.count > 1 ? x.shape[1] : 1)
      }
      let perChannel = NDArray(bounds, shape: [1, bounds.count] + x.shape.dropFirst(2).map { _ in 1 })
      return try expanded(perChannel, to: x.shape)
    }
  }
}
