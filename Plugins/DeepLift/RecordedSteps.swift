import AttributionKit
import Tensors

/// What each step of a reference run read and computed, and how it can be crossed there.
///
/// Filled by one walk back and read by the next, never at the same time.
final class RecordedSteps: @unchecked Sendable {
  private var steps: [String: CrossedStep] = [:]

  subscript(name: String) -> CrossedStep? {
    get { steps[name] }
    set { steps[name] = newValue }
  }

  /// Lets go of all steps: sessions remember rules, and with them would keep every activation of the reference.
  func forget() { steps = [:] }
}

/// The derivative, with a note taken of every step whose multipliers are not its weights.
struct RecordingRule: GradientRule {
  private let record: RecordedSteps
  private let rule: DeepLiftRule

  init(_ record: RecordedSteps, for rule: DeepLiftRule) { (self.record, self.rule) = (record, rule) }

  func crossing(_ step: Step) -> Crossing {
    switch step.kind {
    case .sum, .affine, .movement, .resizing, .pooling(.average): .derivative
    case .linear where rule == .rescale: .derivative
    default:
      .computed { [record] step in
        record[step.step.name] = step
        return try step.pullback(step.cotangent)
      }
    }
  }

  static func == (lhs: Self, rhs: Self) -> Bool { lhs.record === rhs.record }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(record)) }
}
