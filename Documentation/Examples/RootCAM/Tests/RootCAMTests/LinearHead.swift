import AttributionKit
import Tensors

/// A network of one activation and one linear layer over all its places: logits `W · A + b`, with `A` the image squared.
///
/// Small enough to know every derivative: `∂y/∂A` is a row of `W`, wherever the input.
struct LinearHead: DifferentiableModel {
  let input = Layer("input", shape: [2, 3, 3], operatorName: "Input")
  let squares = Layer("squares", shape: [2, 3, 3], operatorName: "Pow")
  /// `[classes, 2 · 3 · 3]`, and one number per class.
  let weights: Tensor, bias: [Float]

  init() {
    weights = Tensor(gaussianNoise: [2, 18], seed: 1)
    bias = [0.5, -2]
  }

  var outputs: [Output] { [.classes(2)] }
  var layers: [Layer] { [input, squares] }
  var automaticLayer: AutomaticLayer? { AutomaticLayer(squares, because: "the only activation") }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    Trace(network: self, input: inputs[0])
  }

  struct Trace: DifferentiableTrace {
    let network: LinearHead
    let input: Tensor

    var squares: Tensor { input * input }
    var steps: [Step] { [] }
    var backwardPasses: Int { 1 }

    var outputs: [Tensor] {
      let rows = network.bias.indices.map {
        network.bias[$0] + (network.weights.channel($0) * squares.reshaped([18])).scalars.reduce(0, +)
      }
      return [Tensor(rows, shape: [rows.count])]
    }

    func activation(at layer: Layer) throws -> Tensor { layer == network.squares ? squares : input }

    func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
      guard let cotangent = cotangents.explained else { return Tensor(repeating: 0, shape: layer.shape) }
      let gradient = network.weights.channelSum(weighedBy: cotangent).reshaped([2, 3, 3])
      return layer == network.squares ? gradient : 2 * (input * gradient)
    }
  }
}
