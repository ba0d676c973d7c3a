public import Kernels
public import Tensors

/// Named tensors that a network can take its parameters from.
public protocol WeightSource {
  /// The shape of each tensor, by name.
  var shapes: [String: [Int]] { get }

  /// What errors call the source, in the plural: "the weights in 'net.safetensors'".
  var label: String { get }

  /// A tensor in single precision.
  ///
  /// - Throws: ``NetworkError/noSuchTensor(_:in:)``, ``NetworkError/unsupportedElementType(tensor:type:)``.
  func array(named name: String) throws -> NDArray

  /// A matrix with its rows and columns exchanged, in single precision.
  ///
  /// - Throws: What ``array(named:)`` throws.
  func turnedMatrix(named name: String) throws -> NDArray
}

extension WeightSource {
  public func turnedMatrix(named name: String) throws -> NDArray {
    try transposed(array(named: name), permutation: [1, 0])
  }
}

/// Weights that a program has at hand.
extension Dictionary: WeightSource where Key == String, Value == Tensor {
  public var shapes: [String: [Int]] { mapValues(\.shape) }
  public var label: String { "the weights" }

  public func array(named name: String) throws -> NDArray {
    guard let tensor = self[name] else { throw NetworkError.noSuchTensor(name, in: label) }
    return NDArray(tensor)
  }
}
