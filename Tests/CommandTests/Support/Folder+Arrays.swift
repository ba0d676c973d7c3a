import Images
import Tensors

extension Folder {
  func write(numbers: [Float], shape: [Int], to name: String) throws {
    try write(NumPyFile.data(Tensor(numbers, shape: shape)), to: name)
  }

  func array(_ name: String) throws -> Tensor { try NumPyFile.read(contentsOf: path(name)) }
}
