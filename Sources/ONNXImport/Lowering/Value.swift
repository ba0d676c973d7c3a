import GraphEngine
import Kernels

/// A value of the file's graph while it is lowered.
enum Value: Sendable {
  /// Known beforehand; the name is the file's, or empty.
  case constant(Constant, name: String)
  /// Computed by the engine from the image.
  case computed(name: String, shape: [Int])
  /// A comparison of computed values, which only `Where` makes something of.
  indirect case comparison(Comparison, Value, Value)

  enum Comparison: Hashable, Sendable { case greater, less, equal }

  var shape: [Int] {
    switch self {
    case .constant(let constant, _): constant.shape
    case .computed(_, let shape): shape
    case .comparison(_, let a, let b): broadcastShape(a.shape, b.shape) ?? []
    }
  }

  var constant: Constant? {
    guard case .constant(let constant, _) = self else { return nil }
    return constant
  }
}
