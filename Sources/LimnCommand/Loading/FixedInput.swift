import ArgumentParser
import Images
import Tensors

/// What an input other than the image is fixed to: `mask=mask.npy`.
struct FixedInput: ExpressibleByArgument, Equatable {
  let name: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty { return nil }
  }

  /// The array in the file, whole: the batch is part of its shape.
  func array() throws -> Tensor { try NumPyFile.read(contentsOf: path) }
}

extension FixedInput {
  /// The arrays that inputs are fixed to, by their names.
  static func arrays(_ fixed: [FixedInput]) throws -> [String: Tensor] {
    try Dictionary(fixed.map { ($0.name, try $0.array()) }, uniquingKeysWith: { _, later in later })
  }
}
