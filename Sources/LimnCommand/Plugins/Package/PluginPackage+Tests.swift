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

      @Test func `The map is the activations times their positive gradients`() throws {
        // A₀ = x and A₁ = x². The gradients of class 0 are 2 and −1 everywhere, so that A₀ alone counts: M = 2x.
        #expect(try map(of: 0) == Tensor([2, -4, 6, 8], shape: [2, 2]))
        // Those of class 1 are −1 and 3: M = 3x².
        #expect(try map(of: 1) == Tensor([3, 12, 27, 48], shape: [2, 2]))
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
    struct TinyNetwork: ModelAdapter {
      let input = Layer("input", shape: [1, 2, 2], operatorName: "Input")
      let features = Layer("features", shape: [2, 2, 2], operatorName: "Power")
      let weights: [[Float]] = [[2, -1], [-1, 3]]

      var layers: [Layer] { [input, features] }
      var automaticLayer: AutomaticLayer? { AutomaticLayer(features, because: "the only one") }
      var probabilityLink: ProbabilityLink { .softmax }

      func trace(_ input: Tensor) throws -> any ForwardTrace { TinyTrace(network: self, x: input) }
    }

    /// One run of the network.
    struct TinyTrace: ForwardTrace {
      let network: TinyNetwork
      let x: Tensor

      var features: Tensor { Tensor(x.scalars + (x * x).scalars, shape: [2, 2, 2]) }
      var logits: Tensor {
        let sums = features.spatialSum().scalars
        return Tensor(network.weights.map { $0[0] * sums[0] + $0[1] * sums[1] }, shape: [2])
      }
      var steps: [Step] { [] }
      var backwardPasses: Int { 0 }

      func activation(at layer: Layer) throws -> Tensor { layer == network.input ? x : features }

      func pullback(_ cotangent: Tensor, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
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
