public import AttributionKit
import Tensors

/// Input invariance: how much the map changes where a constant is added to the input that the network takes off again.
///
///     ‖a′ − a‖₂ / ‖a‖₂,    a′ the method's map of x + c on y′(x′) = y(x′ − c)
///
/// Both networks answer alike, whatever the image, and a method should explain them alike (Kindermans et al.).
public struct InputInvariance: AttributionMetric {
  /// `c`, as a multiple of what lies between black and white.
  public var shift: Float

  public init(shift: Float = -1) { self.shift = shift }

  /// A forward pass, and what the method takes.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongColors(_:channels:)``; whatever the model
  ///   throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let network = explanation.session.model as? any DifferentiableModel else {
      return .undefined("the network's adapter gives no gradients, nor does its twin")
    }
    let a = explanation.attribution.values
    guard a.scalars.allSatisfy(\.isFinite) else { return .undefined("not all values of the map are finite") }
    let size = a.norm
    guard size > 0 else { return .undefined("the map is empty") }
    let twin = try explanation.session.shifted(by: explanation.session.constant(shift), on: network)
    let shifted: Attribution
    do { shifted = try explanation.method.attribution(in: twin) } catch let error as AttributionError {
      return .undefined("the method makes nothing of the network's twin: \(error)")
    } catch is ShiftedNetwork.Unseen {
      return .undefined("the method goes by what the first layer reads and its bias, which the twin leaves as they are")
    }
    guard shifted.values.shape == a.shape else { return .undefined("the twin's map is on another grid") }
    return MetricResult((shifted.values - a).norm / size)
  }
}

extension Tensor {
  fileprivate var norm: Float { Float(scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()) }
}

extension ExplanationSession {
  /// An image of one colour, so many times what lies between black and white; where nobody knows those, between the least
  /// and the greatest number of the input.
  fileprivate func constant(_ factor: Float) throws -> Tensor {
    let grid = try grid
    if let colors = options.colors {
      guard colors.black.count == grid.channels, colors.white.count == grid.channels else {
        throw AttributionError.wrongColors(colors.black.count, channels: grid.channels)
      }
      return grid.filled(with: zip(colors.white, colors.black).map { factor * ($0 - $1) })
    }
    let range = (input.scalars.max() ?? 0) - (input.scalars.min() ?? 0)
    return grid.filled(with: Array(repeating: factor * range, count: grid.channels))
  }

  /// The same question about the shifted input, asked of the network's twin; black and white are shifted, too.
  fileprivate func shifted(by shift: Tensor, on network: any DifferentiableModel) throws -> ExplanationSession {
    let twin = ShiftedNetwork(network, input: inputLayer, by: shift)
    var options = options
    let color = try grid.planes(shift).spatialMean().scalars
    func moved(_ other: [Float]) -> [Float] { zip(other, color).map { $0 + $1 } }
    options.colors = options.colors.map { InputColors(black: moved($0.black), white: moved($0.white)) }
    if let pictures = options.pictures { options.pictures = { try pictures($0).map { $0 + shift } } }
    return try ExplanationSession(
      of: twin, on: twin.shifted(inputs, +), for: target, by: inputLayer.name, options: options)
  }
}

extension InputInvariance {
  public static let descriptor = MetricDescriptor(
    "input-invariance", title: "Input invariance", family: .axioms,
    summary: "How much the map changes with a constant that the network takes off its input again.",
    citation: "Kindermans et al., 2017, arXiv:1711.00867", better: .lower, range: 0 ... .infinity,
    needs: [.gradients], prototype: InputInvariance(),
    parameters: [
      Parameter(
        "shift", \.shift, help: "what is added to the input, as a multiple of what lies between black and white",
        expected: "a number other than 0"
      ) { $0 != 0 && $0.isFinite }
    ])
}
