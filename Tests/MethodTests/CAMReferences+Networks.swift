import AttributionKit
import Tensors
import TestSupport

extension ChainNetwork {
  /// As `closed()`, without pooling and with smooth activation functions, so that gradients change everywhere.
  static func smooth() -> ChainNetwork {
    ChainNetwork(
      input: [2, 8, 8],
      [
        .convolution("conv1", kernels: .scattered([3, 2, 3, 3], 0.61803), bias: .scattered([3], 0.3)),
        .silu("silu1"),
        .convolution("conv2", kernels: .scattered([4, 3, 3, 3], 0.41421), bias: .scattered([4], 0.7)),
        .silu("silu2"),
        .linear("logits", weights: .scattered([3, 256], 0.73205), bias: .scattered([3], 0.9)),
      ])
  }

  /// A network with global average pooling, as `closed()` on two grids, one place of which has four pixels.
  static func pooled() -> ChainNetwork {
    ChainNetwork(
      input: [2, 8, 8],
      [
        .convolution("conv1", kernels: .scattered([3, 2, 3, 3], 0.61803), bias: .scattered([3], 0.3)),
        .relu("relu1"), .maxPool("pool"),
        .convolution("conv2", kernels: .scattered([4, 3, 3, 3], 0.41421), bias: .scattered([4], 0.7)),
        .relu("relu2"), .globalAveragePool("gap"),
        .linear("logits", weights: .scattered([3, 4], 0.73205), bias: .scattered([3], 0.9)),
      ])
  }
}

/// A session on `closed()` for the class that the references are of.
func referenceSession(_ network: ChainNetwork = .closed()) throws -> ExplanationSession {
  try ExplanationSession(of: network, on: network.sample, for: .logit(1))
}

/// The reference of this name, in a shape.
func reference(_ name: String, _ shape: [Int]) -> Tensor { Tensor(camReferences[name] ?? [], shape: shape) }
