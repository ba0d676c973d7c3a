/// A way to make one method of others, as expressions write it: `smooth(METHOD, samples=25)`.
public struct CombinationDescriptor: Sendable {
  /// The name users type: `smooth`.
  public let identifier: String
  /// The name papers print: `SmoothGrad`.
  public let title: String
  /// What comes out of it, in one sentence.
  public let summary: String
  /// Authors, venue and year, arXiv number.
  public let citation: String
  /// What it is made of.
  public let operands: Operands
  public let parameters: [ParameterDescription]
  /// The parameters that may stand without their names, in this order behind the method.
  public let positional: [String]
  /// The passes that it adds by default to those of its methods.
  public let cost: Cost

  let make: @Sendable (_ methods: [any AttributionMethod], _ settings: [String: String]) throws -> Made
  let phrase: @Sendable (_ settings: String, _ parts: [String]) -> String

  /// A value of the method, and its parameters that differ from their defaults.
  struct Made {
    let method: any AttributionMethod
    let settings: [WrittenSetting]
  }

  public enum Operands: Hashable, Sendable {
    /// One method.
    case one
    /// Two methods.
    case two
    /// Two methods or more.
    case several
    /// One method and two layers or more, on each of which it works.
    case layers
  }

  /// - Parameters:
  ///   - identifier: The name users type.
  ///   - title: The name papers print.
  ///   - summary: What comes out of it, in one sentence.
  ///   - citation: Authors, venue and year, arXiv number.
  ///   - operands: What it is made of.
  ///   - parameters: Its settings beside the operands.
  ///   - positional: The parameters that may stand without their names, in this order behind the method; for one method.
  ///   - phrase: The title for an expression, in mid-sentence, from the words for changed parameters (` (samples=9)`,
  ///     or nothing) and those for the operands; for ``Operands/layers``, the method's and then the layers'.
  ///   - combine: The method made of as many operands as ``operands`` allows, one for each layer where there are layers.
  public init<Method: AttributionMethod>(
    _ identifier: String, title: String, summary: String, citation: String, operands: Operands,
    parameters: [Parameter<Method>] = [], positional: [String] = [],
    phrase: @escaping @Sendable (_ settings: String, _ parts: [String]) -> String,
    combine: @escaping @Sendable ([any AttributionMethod]) -> Method
  ) {
    self.identifier = identifier
    self.title = title
    self.summary = summary
    self.citation = citation
    self.operands = operands
    let prototype = combine([AnyOperand(), AnyOperand()])
    self.parameters = parameters.map { $0.description(prototype) }
    self.positional = positional
    cost = prototype.cost(on: nil)
    self.phrase = phrase
    make = { methods, settings in
      var method = combine(methods)
      try parameters.assign(settings, to: &method, of: identifier)
      return Made(method: method, settings: parameters.settings(of: method, apartFrom: prototype))
    }
  }

  /// How it is written: `smooth(METHOD, samples=25, noise=0.15, seed=0)`.
  public var usage: String {
    if identifier == CombinationDescriptor.product.identifier { return "METHOD * METHOD" }
    let parts =
      switch operands {
      case .one: ["METHOD"] + positional.map { $0.uppercased() }
      case .two: ["METHOD", "METHOD"]
      case .several: ["METHOD", "METHOD", "…"]
      case .layers: ["METHOD", "LAYER", "LAYER", "…"]
      }
    let named = parameters.filter { !positional.contains($0.name) }
    return "\(identifier)(\((parts + named.map { "\($0.name)=\($0.defaultValue)" }).joined(separator: ", ")))"
  }
}

extension CombinationDescriptor.Operands {
  /// What they are, in words.
  var words: String {
    switch self {
    case .one: "one method"
    case .two: "two methods"
    case .several: "two methods or more"
    case .layers: "one method and two layers or more"
    }
  }

  /// The most methods that it takes.
  var most: Int {
    switch self {
    case .one, .layers: 1
    case .two: 2
    case .several: .max
    }
  }

  func isEnough(methods: Int, layers: Int) -> Bool {
    switch self {
    case .one: methods == 1
    case .two: methods == 2
    case .several: methods >= 2
    case .layers: methods == 1 && layers >= 2
    }
  }
}

/// Takes an operand's place while the defaults of a combination are read; it is never run, and costs nothing.
private struct AnyOperand: AttributionMethod {
  func cost(on model: (any ModelAdapter)?) -> Cost { .zero }

  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(session.input, at: session.model.input)
  }
}
