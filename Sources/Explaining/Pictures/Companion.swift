import AttributionKit
import Tensors

/// A picture that fills an input of the network besides the one that is attributed to: the other half of a pair, a depth map.
public struct Companion: Sendable {
  /// The input.
  public let input: String
  /// The picture, as people see it and as the network receives it.
  public let subject: Subject
  /// The network as it is seen from this input.
  let model: any ModelAdapter
  /// How its pictures are prepared; `nil` where none fits the input, only an array.
  let preprocessing: Preprocessing?
}

extension Explainer {
  /// What the network is run on: the picture that is attributed to, and those beside it, in the order of the inputs.
  ///
  /// - Throws: ``ExplainingError`` where an input has no picture.
  func inputs(with subject: Subject) throws(ExplainingError) -> [Tensor] {
    var tensors = Dictionary(companions.map { ($0.input, $0.subject.input) }) { first, _ in first }
    tensors[model.input.name] = subject.input
    return try explaining { try model.ordered(tensors) }
  }

  /// The same network as it is seen from another of its inputs, whose picture takes the place of `subject`; that one
  /// becomes its companion.
  ///
  /// - Returns: The explainer, and the picture that it attributes to.
  /// - Throws: ``ExplainingError`` where the input has no picture.
  func seen(
    from name: String, instead subject: Subject
  ) throws(ExplainingError) -> (explainer: Explainer, subject: Subject) {
    guard name != model.input.name else { return (self, subject) }
    guard let companion = companions.first(where: { $0.input == name }) else { throw noPicture(for: name) }
    var other = self
    (other.model, other.preprocessing) = (companion.model, companion.preprocessing)
    other.companions = companions.filter { $0.input != name }
    other.companions.append(
      Companion(input: model.input.name, subject: subject, model: model, preprocessing: preprocessing))
    return (other, companion.subject)
  }

  /// Why an input cannot be attributed to.
  func noPicture(for name: String) -> ExplainingError {
    let names = [model.input.name] + companions.map(\.input)
    return .usage(
      "the input '\(name)' has no picture that could be attributed to; there \(names.count == 1 ? "is" : "are") "
        + names.joined(separator: ", "), about: .fixedInputs)
  }
}
