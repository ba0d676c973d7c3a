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
  /// The arrays that inputs are fixed to, by their names, which must be among those of the network.
  static func arrays(_ fixed: [FixedInput], among names: [String]) throws -> [String: Tensor] {
    var arrays: [String: Tensor] = [:]
    for input in fixed {
      guard names.contains(input.name) else {
        throw Failure.badData(
          "the network has no input '\(input.name)' to fix; its inputs are \(names.joined(separator: ", "))")
      }
      arrays[input.name] = try input.array()
    }
    return arrays
  }
}

extension String {
  /// The one of `names` that a user calls by it or by its number, from 0.
  func naming(oneOf names: [String], as kind: String) throws -> String {
    if names.contains(self) { return self }
    guard let number = Int(self), names.indices.contains(number) else {
      let list = names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
      throw Failure.badData("the network has no \(kind) '\(self)'; its \(kind)s are \(list)")
    }
    return names[number]
  }
}
