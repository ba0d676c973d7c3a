public import AttributionKit
public import Tensors

/// How DeepLIFT crosses activation functions.
public enum DeepLiftRule: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// `Δf/Δz` for all that reaches the function.
  case rescale
  /// What raises `z` and what lowers it have multipliers of their own: what one hides, the other reveals (section 3.5.3).
  ///
  /// Where an activation function follows a linear step directly; elsewhere by ``rescale``.
  case revealCancel = "reveal-cancel"

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  /// The values as a parameter's description lists them.
  public static let expected = allCases.map(\.rawValue).joined(separator: " or ")
}

extension ExplanationSession {
  /// What each scalar of the input makes of the score's difference from that of `reference`, in the input's shape.
  ///
  /// - Throws: ``AttributionError/noGradients``; whatever the model throws.
  public func differences(from reference: ExplanationSession, by rule: DeepLiftRule) throws -> Tensor {
    let steps = RecordedSteps()
    defer { steps.forget() }
    _ = try reference.inputGradient(under: RecordingRule(steps, for: rule))
    let multipliers = try inputGradient(under: MultiplierRule(from: steps, by: rule, among: self.steps))
    return (input - reference.input) * multipliers
  }
}

/// The multipliers `Δy/Δx` as a rule of a walk back, given what each step did on the reference.
struct MultiplierRule: GradientRule {
  private let reference: RecordedSteps
  private let rule: DeepLiftRule
  /// The activation function right behind a linear step, by the linear step's name, and the reverse.
  private let functions: [String: String]
  /// What takes no part of its own, since the linear step before it acts for it.
  private let passing: Set<String>

  init(from reference: RecordedSteps, by rule: DeepLiftRule, among steps: [Step]) {
    (self.reference, self.rule) = (reference, rule)
    functions = rule == .revealCancel ? steps.activationsBehindLinearSteps : [:]
    let owned = functions
    passing = Set(functions.values).union(steps.filter { $0.foldedInto.map { owned[$0] != nil } ?? false }.map(\.name))
  }

  func crossing(_ step: Step) -> Crossing {
    if passing.contains(step.name) { return .replaced { $0 } }
    if let function = functions[step.name] { return revealCancel(step, function) }
    switch step.kind {
    case .linear, .sum, .affine, .movement, .resizing, .pooling(.average): return .derivative
    case .activation: return computed { try $0.rescaled(from: $1) }
    case .pooling(.max): return computed { try $0.routed(from: $1) }
    case .other where Self.functions.contains(step.operatorName): return computed { try $0.rescaled(from: $1) }
    // Exact for products, Δ(ab) = b̄·Δa + ā·Δb; for the rest the mean of both ends' derivatives.
    default: return computed { try $0.averaged(with: $1) }
    }
  }

  /// Operators that compute each scalar from one alone, though nobody calls them activation functions: a power with its root,
  /// as generalised-mean pooling has them.
  private static let functions: Set = [
    "Pow", "Power", "Sqrt", "Exp", "Log", "Reciprocal", "Divide", "Abs", "Erf", "Sin", "Cos", "Tan", "Asin", "Acos",
    "Atan", "Sinh",
    "Cosh", "Asinh", "Acosh", "Atanh", "Maximum", "Minimum",
  ]

  private func computed(
    _ cross: @escaping @Sendable (_ step: CrossedStep, _ reference: CrossedStep) throws -> [Tensor?]
  ) -> Crossing {
    .computed { [reference] step in
      guard let other = reference[step.step.name] else { return try step.pullback(step.cotangent) }
      return try cross(step, other)
    }
  }

  private func revealCancel(_ step: Step, _ function: String) -> Crossing {
    .computed { [reference] step in
      guard let other = reference[step.step.name], let function = reference[function], let linear = step.linear else {
        return try step.pullback(step.cotangent)
      }
      return try step.revealed(from: other, through: function, linear)
    }
  }

  static func == (lhs: Self, rhs: Self) -> Bool { lhs.reference === rhs.reference && lhs.rule == rhs.rule }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(reference)) }
}

extension [Step] {
  /// By the name of each linear step, that of the activation function that alone reads it, or what is folded into it.
  fileprivate var activationsBehindLinearSteps: [String: String] {
    let readers = Dictionary(flatMap { step in step.inputs.map { ($0, 1) } }, uniquingKeysWith: +)
    let linear = Set(filter { $0.kind == .linear }.map(\.name))
    let owners = Dictionary(compactMap { step in step.foldedInto.map { (step.name, $0) } }) { first, _ in first }
    var last = Dictionary(linear.map { ($0, $0) }) { first, _ in first }
    for step in self { if let owner = step.foldedInto { last[owner] = step.name } }
    return reduce(into: [:]) { found, step in
      guard step.kind == .activation, step.inputs.count == 1, let source = step.inputs.first, readers[source] == 1,
        let owner = linear.contains(source) ? source : owners[source], last[owner] == source
      else { return }
      found[owner] = step.name
    }
  }
}
