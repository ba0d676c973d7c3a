import GraphEngine
import Kernels

/// A value of the program while it is lowered.
indirect enum Value: Sendable {
  case none
  case tensor(TensorValue)
  case integer(Int)
  case real(Double)
  case truth(Bool)
  case text(String)
  case elementType(ElementType)
  case list([Value])
  case graph(ProgramGraph)
  case other

  /// The number, where it is one; truths count as 0 and 1.
  var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .truth(let truth): truth ? 1 : 0
    case .tensor(let tensor):
      if let array = tensor.array, array.count == 1 { Double(array.scalars[0]) } else { nil }
    default: nil
    }
  }

  /// The whole number, where it is one.
  var integer: Int? {
    switch self {
    case .integer(let number): return number
    case .truth(let truth): return truth ? 1 : 0
    default:
      guard let number, number == number.rounded(), abs(number) < 1e15 else { return nil }
      return Int(number)
    }
  }

  var isNone: Bool { if case .none = self { true } else { false } }
}

/// A tensor: computed by the engine, or known beforehand.
///
/// Truths are 0 and 1, integers reals without a fraction.
struct TensorValue: Sendable {
  /// The engine's name; empty for arrays that have none.
  var name: String
  var shape: [Int]
  var kind: ElementType.Kind
  /// The array, where it is known beforehand.
  var array: NDArray?
  /// A matrix from the file with its rows and columns exchanged, which takes no memory until it is used.
  var turned: NDArray?

  init(name: String, shape: [Int], kind: ElementType.Kind = .real) {
    (self.name, self.shape, self.kind) = (name, shape, kind)
  }

  /// An array known beforehand.
  init(_ array: NDArray, kind: ElementType.Kind = .real, name: String = "") {
    (self.name, shape, self.kind, self.array) = (name, array.shape, kind, array.asConstant())
  }

  /// A number without a shape.
  init(_ number: Double, kind: ElementType.Kind = .real) { self.init(NDArray([Float(number)], shape: []), kind: kind) }

  /// The elements as whole numbers, where they are known beforehand.
  var integers: [Int]? { array.map { $0.scalars.map { $0.isFinite && abs($0) < 1e15 ? Int($0) : 0 } } }
}

/// How far apart neighbours along each axis lie in row-major order.
func rowMajorStrides(of shape: [Int]) -> [Int] {
  var strides = shape.map { _ in 1 }
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  return strides
}
