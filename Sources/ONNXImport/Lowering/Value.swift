import GraphEngine
import Kernels

/// A value of the file's graph while it is lowered.
enum Value: Sendable {
  /// Known beforehand; the name is the file's, or empty.
  case constant(Constant, name: String)
  /// Computed by the engine from the image, in float32 whatever the type: truths as 0 and 1, integers as such.
  case computed(name: String, shape: [Int], type: ElementType)

  /// A number that no value of the file holds.
  static func scalar(_ number: Float) -> Value { .constant(Constant(reals: [number], shape: []), name: "") }

  var shape: [Int] {
    switch self {
    case .constant(let constant, _): constant.shape
    case .computed(_, let shape, _): shape
    }
  }

  /// What the file takes the elements for.
  var type: ElementType {
    switch self {
    case .constant(let constant, _): constant.type
    case .computed(_, _, let type): type
    }
  }

  var constant: Constant? {
    guard case .constant(let constant, _) = self else { return nil }
    return constant
  }

  /// Whether both are one computed value.
  func isSame(as other: Value) -> Bool {
    guard case .computed(let name, _, _) = self, case .computed(name, _, _) = other else { return false }
    return true
  }
}
