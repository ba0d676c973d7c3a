import Foundation
public import Tensors

/// A two-convolution network whose weights are a formula, with what several methods make of it in float64.
public struct ClosedFormReference: Decodable {
  public let logits: [Float]
  let activation: [[[Float]]], gradient: [[[Float]]]
  let maps: [String: [[Float]]], inputGradients: [String: [[[Float]]]], guidedGradCAM: [[[Float]]]
  let integratedGradients: [[[Float]]]
  /// `(y − y₋ₖ) / y` for each channel of the target layer.
  public let ablationWeights: [Float]
  /// For each array, by its name and sometimes its shape, the four numbers of its formula.
  private let params: [String: [Int]]

  enum CodingKeys: String, CodingKey {
    case logits, params
    case activation = "A"
    case gradient = "G"
    case maps = "maps_4x4"
    case inputGradients = "input_grads_2x8x8"
    case integratedGradients = "integrated_gradients GL50 zero baseline"
    case ablationWeights = "ablation weights (y-y_k)/y"
    case guidedGradCAM = "guided_gradcam bilinear raw (relu cam * guided)"
  }

  public static func load() throws -> ClosedFormReference {
    let file = try TestData.file("reference/closed-form-network.json")
    return try JSONDecoder().decode(ClosedFormReference.self, from: Data(contentsOf: file))
  }

  public var activationTensor: Tensor { Tensor(channels: activation) }
  public var gradientTensor: Tensor { Tensor(channels: gradient) }
  public var integratedGradientsTensor: Tensor { Tensor(channels: integratedGradients) }
  public var guidedGradCAMTensor: Tensor { Tensor(channels: guidedGradCAM) }

  /// The map whose name begins so, `[4, 4]`.
  public func map(_ prefix: String) -> Tensor? {
    maps.first { $0.key.hasPrefix(prefix) }.map { Tensor(channels: [$0.value]).reshaped([4, 4]) }
  }

  public func inputGradient(_ name: String) -> Tensor? { inputGradients[name].map(Tensor.init(channels:)) }

  /// `v[i] = ((i·a + b) mod m − (m − 1)/2) / s`, row-major.
  public func array(_ name: String, _ shape: [Int]) throws -> Tensor {
    guard let numbers = params.first(where: { $0.key.split(separator: " ").first ?? "" == name })?.value,
      numbers.count == 4
    else { throw CocoaError(.coderValueNotFound) }
    let (a, b, m, s) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let values = (0..<shape.reduce(1, *)).map { (Double(($0 * a + b) % m) - Double(m - 1) / 2) / Double(s) }
    return Tensor(values.map(Float.init), shape: shape)
  }

  public func input() throws -> Tensor { try array("input", [2, 8, 8]) }

  public func network() throws -> ChainNetwork {
    ChainNetwork(
      input: [2, 8, 8],
      [
        .convolution("conv1", kernels: try array("conv1.weight", [3, 2, 3, 3]), bias: try array("conv1.bias", [3])),
        .relu("relu1"),
        .maxPool("pool"),
        .convolution("conv2", kernels: try array("conv2.weight", [4, 3, 3, 3]), bias: try array("conv2.bias", [4])),
        .relu("relu2"),
        .linear("logits", weights: try array("fc.weight", [3, 64]), bias: try array("fc.bias", [3])),
      ])
  }
}

extension Tensor {
  /// A stack of maps from nested lists.
  fileprivate init(channels: [[[Float]]]) {
    self.init(
      channels.flatMap { $0.flatMap { $0 } }, shape: [channels.count, channels[0].count, channels[0][0].count])
  }
}
