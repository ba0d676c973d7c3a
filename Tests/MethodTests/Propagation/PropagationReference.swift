import AttributionKit
import Foundation
import Kernels
import Tensors
import Testing

/// Relevance as zennit 0.5.1 and LXT 2.1 compute it in float64, written by `Tests/Tools/propagation_references.py`.
struct PropagationReference: Decodable {
  let zennit: [String: Places]
  /// By method, `[3, 12, 12]`.
  let lxt: [String: [Float]]
  let convolutional: Network, transformer: Network

  struct Places: Decodable {
    /// `[3, 12, 12]`.
    let pixels: [Float]
    /// Of the values behind the maximum pooling, over their channels: `[6, 6]`.
    let pooled: [Float]
  }

  struct Network: Decodable {
    /// Of the parameters, sorted; each is filled by its place.
    let names: [String]
    let logits: [Float]
  }

  /// The class explained.
  static let target = 1
  /// The least and the most that a pixel can be.
  static let bounds = (low: -1.5 as Float, high: 1.25 as Float)

  static func load() throws -> PropagationReference {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/propagation.json")
    return try JSONDecoder().decode(PropagationReference.self, from: Data(contentsOf: file))
  }

  static var image: Tensor { 1.25 * Tensor(numbers(3 * 12 * 12, 5), shape: [3, 12, 12]) }

  /// `v[i] = ((i·(phase + 7) + phase²) mod 61 − 30) / 30`.
  static func numbers(_ count: Int, _ phase: Int) -> [Float] {
    (0..<count).map { (Float(($0 * (phase + 7) + phase * phase) % 61) - 30) / 30 }
  }
}

extension PropagationReference.Network {
  /// The parameters of these shapes, each filled by the place of its name; scales and variances lie about one, and biases
  /// are small.
  func parameters(_ shapes: [String: [Int]]) -> [String: NDArray] {
    var parameters: [String: NDArray] = [:]
    for (name, shape) in shapes {
      let phase = names.firstIndex(of: name) ?? -1
      precondition(phase >= 0, "no parameter '\(name)'")
      let isScale = name.hasSuffix("running_var") || (name.contains("norm") && name.hasSuffix("weight"))
      let isShift = name.hasSuffix("bias") || name.hasSuffix("running_mean")
      let numbers = PropagationReference.numbers(shape.reduce(1, *), phase)
      parameters[name] = NDArray(
        isScale ? numbers.map { 1 + 0.4 * $0 } : isShift ? numbers.map { 0.2 * $0 } : numbers, shape: shape
      ).asConstant()
    }
    return parameters
  }
}

/// Within 1e-4 of the largest.
func expectClose(
  _ relevance: Tensor, _ expected: [Float], _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try #require(relevance.scalars.count == expected.count, sourceLocation: sourceLocation)
  let largest = expected.map(abs).max() ?? 0
  let deviation = zip(relevance.scalars, expected).map { abs($0 - $1) }.max() ?? .infinity
  #expect(deviation <= 1e-4 * largest, comment, sourceLocation: sourceLocation)
  #expect(largest > 0, "nothing is compared", sourceLocation: sourceLocation)
}
