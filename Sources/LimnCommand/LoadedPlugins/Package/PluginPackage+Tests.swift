extension PluginPackage {
  var test: String {
    """
    import AttributionKit
    import \(type)Plugin
    import Tensors
    import Testing

    @Suite struct \(type)Tests {
      let input = Tensor([1, -2, 3, 4], shape: [1, 2, 2])

      /// The map of `\(identifier)` for the score of one class of the network beside this file.
      func map(of classIndex: Int) throws -> Tensor {
        let session = try ExplanationSession(of: TinyNetwork(), on: input, for: .logit(classIndex))
        return try \(type)().attribution(in: session).values
      }

      @Test func `The map is the activations times their squared gradients`() throws {
        // A₀ = x and A₁ = x². The gradients of class 0 are 2 and −1 everywhere: M = 4x + x².
        #expect(try map(of: 0) == Tensor([5, -4, 21, 32], shape: [2, 2]))
        // Those of class 1 are −1 and 3: M = x + 9x².
        #expect(try map(of: 1) == Tensor([10, 34, 84, 148], shape: [2, 2]))
      }

      @Test func `The descriptor makes the method`() throws {
        #expect(\(type).descriptor.identifier == "\(identifier)")
        #expect(try \(type).descriptor.method(["layer": "features"]) is \(type))
      }
    }

    """
  }

  var network: String {
    """
    import AttributionKit
    import Tensors

    /// A network of two classes that can be worked out by hand.
    ///
    ///     A₀ = x,   A₁ = x²,   logitᶜ = Σₖ wᶜₖ Σᵢⱼ Aₖᵢⱼ   with w = (2, −1) and (−1, 3)
    struct TinyNetwork: DifferentiableModel {
      let input = Layer("input", shape: [1, 2, 2], operatorName: "Input")
      let features = Layer("features", shape: [2, 2, 2], operatorName: "Power")
      let weights: [[Float]] = [[2, -1], [-1, 3]]

      var outputs: [Output] { [.classes(2)] }
      var layers: [Layer] { [input, features] }
      var automaticLayer: AutomaticLayer? { AutomaticLayer(features, because: "the only one") }

      func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
        TinyTrace(network: self, x: inputs[0])
      }
    }

    /// One run of the network.
    struct TinyTrace: DifferentiableTrace {
      let network: TinyNetwork
      let x: Tensor

      var features: Tensor { Tensor(x.scalars + (x * x).scalars, shape: [2, 2, 2]) }
      var outputs: [Tensor] {
        let sums = features.spatialSum().scalars
        return [Tensor(network.weights.map { $0[0] * sums[0] + $0[1] * sums[1] }, shape: [2])]
      }
      var steps: [Step] { [] }
      var backwardPasses: Int { 0 }

      func activation(at layer: Layer) throws -> Tensor { layer == network.input ? x : features }

      func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
        guard let cotangent = cotangents.explained else { return Tensor(repeating: 0, shape: layer.shape) }
        let channels = (0..<2).map { k in
          cotangent.scalars[0] * network.weights[0][k] + cotangent.scalars[1] * network.weights[1][k]
        }
        if layer == network.features {
          return Tensor(repeating: 1, shape: [2, 2, 2]) * Tensor(channels, shape: [2])
        }
        return x.map { channels[0] + 2 * $0 * channels[1] }
      }
    }

    """
  }
}
