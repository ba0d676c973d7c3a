import ArgumentParser
import Images
import Tensors

/// What fills an input other than the photograph's: `right=other.jpg`, `mask=mask.npy`, `age=30`.
struct FixedInput: ExpressibleByArgument, Equatable {
  let name: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty { return nil }
  }

  /// The number that is given in place of a file.
  var number: Float? { Float(path).flatMap { $0.isFinite ? $0 : nil } }

  /// Whether it is a photograph, by the ending of its name.
  var isPhotograph: Bool { number == nil && !path.lowercased().hasSuffix(".npy") }

  /// The array in the file, or a number, which has no shape and stands for as many as there are.
  private var array: Tensor {
    get throws { try number.map { Tensor([$0], shape: []) } ?? NumPyFile.read(contentsOf: path) }
  }

  /// What the inputs are fixed to, by their names, the arrays whole: the batch is part of their shapes.
  static func arrays(_ fixed: [FixedInput]) throws -> [String: Tensor] {
    try Dictionary(fixed.map { ($0.name, try $0.array) }, uniquingKeysWith: { _, later in later })
  }
}
