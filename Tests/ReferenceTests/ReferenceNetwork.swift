import AttributionKit
import Foundation
import GraphAdapter
import Images
import ONNXImport
import Tensors
import TestSupport

/// A small network exported by PyTorch, with arrays computed in float64 by plain automatic differentiation.
struct ReferenceNetwork {
  let name: String
  let facts: Facts
  let model: GraphModel

  struct Facts: Decodable {
    let classes: [Int]
    let onnxLayer: String
    let arrays: [String: [Int]]
  }

  static let names = [
    "plain-cnn", "gap-cnn", "gap-cnn-softmax", "inception-lrn", "binary", "activations", "timm-resnet",
    "timm-byobnet", "timm-efficientnet", "timm-convnext", "timm-vit",
  ]

  init(_ name: String) throws {
    self.name = name
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    facts = try decoder.decode(Facts.self, from: Data(contentsOf: Self.file(name, "case.json")))
    let onnx = try ONNXModel(contentsOf: Self.file(name, "model.onnx").path)
    model = try GraphModel(onnx.graph()) { try onnx.graph(batch: $0) }
  }

  /// The array `key`, without its batch; `nil` where the reference has none.
  func array(_ key: String) throws -> Tensor? {
    guard facts.arrays[key] != nil else { return nil }
    let array = try NumPyFile.read(contentsOf: Self.file(name, key + ".npy").path)
    return array.shape.count > 2 || key == "logits" ? array.reshaped(Array(array.shape.dropFirst())) : array
  }

  private static func file(_ name: String, _ file: String) throws -> URL {
    try TestData.file("reference/networks/\(name)/\(file)")
  }
}

extension Tensor {
  /// The largest difference from `reference`, relative to the reference's largest magnitude.
  func deviation(from reference: Tensor) -> Float {
    guard shape == reference.shape else { return .infinity }
    let largest = reference.scalars.reduce(Float(1e-12)) { Swift.max($0, abs($1)) }
    return zip(scalars, reference.scalars).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) } / largest
  }
}
