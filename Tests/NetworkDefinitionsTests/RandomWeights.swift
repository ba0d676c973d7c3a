import Foundation
import Kernels
import NetworkDefinitions
import TestSupport
import Tensors

extension NetworkDefinition {
  /// Weights that look random and let every layer pass something on.
  func randomWeights(classes: Int? = nil) throws -> [String: Tensor] {
    let parameters = try parameters(classes: classes)
    return Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { place, parameter in
        let scattered = Tensor.scattered(parameter.shape, 0.61803 + Float(place % 7) * 0.0137)
        // Variances and scales are positive.
        let isPositive = parameter.name.hasSuffix("running_var") || parameter.shape.count == 1
        return (parameter.name, isPositive ? scattered.map { abs($0) + 0.5 } : scattered)
      })
  }
}

/// Tensors of the right shapes whose scalars nobody has set, nor needs for planning.
struct BlankWeights: WeightSource {
  let shapes: [String: [Int]]
  let label = "blank weights"

  init(for definition: NetworkDefinition, classes: Int? = nil) throws {
    shapes = Dictionary(uniqueKeysWithValues: try definition.parameters(classes: classes).map { ($0.name, $0.shape) })
  }

  func array(named name: String) throws -> NDArray { NDArray(layout: .plain(shapes[name] ?? [])) }
}

/// A file that is gone when the test is.
final class TemporaryFile {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString).safetensors").path

  init(_ bytes: [UInt8] = []) throws { try write(bytes) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
