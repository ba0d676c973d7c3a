import AttributionKit
import Tensors

/// Always the same attribution, at the network's input.
struct Fixed: AttributionMethod {
  var values: Tensor

  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(values, at: session.inputLayer)
  }
}

/// The mean gradients of a layer, with parameters of several types.
struct Weighing: ClassActivationMapping {
  var targetLayer = TargetLayer.automatic
  var strength: Float = 1
  var isNegated = false

  func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    (isNegated ? -strength : strength) * (try session.gradient(at: layer).spatialMean())
  }

  static let descriptor = MethodDescriptor(
    "weighing", title: "Weighing", summary: "Regions, weighed.", citation: "None", needs: [.gradients, .spatialLayer],
    prototype: Weighing(),
    parameters: [
      .layer(\.targetLayer), Parameter("strength", \.strength, help: "a factor", expected: "a number"),
      Parameter("negated", \.isNegated, help: "turn the signs", expected: "true or false"),
    ])
}

/// The input gradient.
struct Slope: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.inputGradient(), at: session.inputLayer)
  }

  static let descriptor = MethodDescriptor(
    "slope", title: "Slope", summary: "Pixels.", citation: "None", needs: [.gradients], prototype: Slope())
}

/// A method that cannot explain anything.
struct Refusing: AttributionMethod {
  func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  func attribution(in session: ExplanationSession) throws -> Attribution { throw AttributionError.noSpatialLayer }

  static let descriptor = MethodDescriptor(
    "refusing++", title: "Refusing", summary: "Nothing.", citation: "None", needs: [], prototype: Refusing())
}

let toyMethods = [Weighing.descriptor, Slope.descriptor, Refusing.descriptor]
