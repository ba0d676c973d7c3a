public import Kernels

/// Weights that lie in files, mapped rather than read: a tensor costs nothing until it is computed with.
public protocol TensorFile: WeightSource {
  /// The tensors by name.
  var tensors: [String: FileTensor] { get }
}

extension TensorFile {
  public var shapes: [String: [Int]] { tensors.mapValues(\.shape) }

  /// A tensor in single precision: the file's own memory where it is stored so, else converted when it is computed with.
  public func array(named name: String) throws -> NDArray { try tensor(named: name).array(named: name) }

  public func turnedMatrix(named name: String) throws -> NDArray {
    try tensor(named: name).transposed.array(named: name)
  }

  private func tensor(named name: String) throws -> FileTensor {
    guard let tensor = tensors[name] else { throw NetworkError.noSuchTensor(name, in: label) }
    return tensor
  }
}
