public import Tensors

/// What a network answered in one run: what a target scores.
///
/// One of the outputs is the one explained, which targets ask about unless they name another.
public struct Outputs: Hashable, Sendable {
  /// What the outputs are; the one explained first.
  public let descriptions: [Output]
  /// Their values, in the same order.
  public let values: [Tensor]

  /// The outputs of a run.
  ///
  /// - Parameters:
  ///   - descriptions: One or more; the one explained first.
  ///   - values: One for each, of its shape.
  /// - Throws: ``AttributionError/wrongOutputs(expected:given:)``.
  public init(_ descriptions: [Output], _ values: [Tensor]) throws {
    guard !descriptions.isEmpty, descriptions.map(\.shape) == values.map(\.shape) else {
      throw AttributionError.wrongOutputs(expected: descriptions.map(\.shape), given: values.map(\.shape))
    }
    self.init(descriptions: descriptions, values: values)
  }

  /// The scores of classes alone, `[classes]`, or at each place, `[classes, height, width]`.
  public init(logits: Tensor, link: ProbabilityLink = .softmax) {
    let kind: Output.Kind = logits.shape.count == 3 ? .places(link) : .classes(link)
    self.init(descriptions: [Output("logits", shape: logits.shape, kind: kind)], values: [logits])
  }

  private init(descriptions: [Output], values: [Tensor]) {
    self.descriptions = descriptions
    self.values = values
  }

  /// The output that is explained.
  public var explained: Output { descriptions[0] }

  /// The value of the output that is explained.
  public var logits: Tensor { values[0] }

  /// How the scores explained become probabilities; `nil` where they are no scores of classes.
  public var link: ProbabilityLink? { explained.link }

  /// The value of the output of this name.
  ///
  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``.
  public func value(of name: String) throws -> Tensor { values[try position(of: name)] }

  /// The same run with another output explained.
  ///
  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``.
  public func explaining(_ name: String) throws -> Outputs {
    let order = try order(explaining: name)
    return Outputs(descriptions: order.map { descriptions[$0] }, values: order.map { values[$0] })
  }

  /// The derivatives of a score by the outputs of these names, each in the shape of its output; it does not depend on the
  /// others.
  ///
  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``.
  public func cotangents(_ derivatives: [String: Tensor]) throws -> Cotangents {
    var all: [Tensor?] = descriptions.map { _ in nil }
    for (name, derivative) in derivatives { all[try position(of: name)] = derivative }
    return Cotangents(all)
  }

  /// The derivatives by these outputs, given those by them with another one explained.
  ///
  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``.
  func cotangents(_ derivatives: Cotangents, explaining name: String) throws -> Cotangents {
    var all: [Tensor?] = descriptions.map { _ in nil }
    for (place, index) in try order(explaining: name).enumerated() { all[index] = derivatives[place] }
    return Cotangents(all)
  }

  private func order(explaining name: String) throws -> [Int] {
    let first = try position(of: name)
    return [first] + descriptions.indices.filter { $0 != first }
  }

  private func position(of name: String) throws -> Int {
    guard let position = descriptions.firstIndex(where: { $0.name == name }) else {
      throw AttributionError.noSuchOutput(name, among: descriptions.map(\.name))
    }
    return position
  }
}
