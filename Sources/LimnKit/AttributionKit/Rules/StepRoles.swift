/// What the steps of a network are to each other, as far as composites of rules go by it.
public struct StepRoles: Hashable, Sendable {
  /// For each product of a signal and a gate, as in squeeze-excitation, by its name: which of its inputs is the signal.
  public let signals: [String: Int]
  /// The names of the linear steps behind which no other comes: those that compute the logits.
  public let last: Set<String>
  /// The names of the steps before any linear one: what the network does to its image first, such as scaling its colours.
  public let preparing: Set<String>

  /// Roles of all steps of a pass, which are in evaluation order.
  public init(of steps: [Step]) {
    let named = Dictionary(steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var signals: [String: Int] = [:]
    for step in steps where step.kind == .product && step.inputs.count == 2 {
      let gates = step.inputs.map { Self.isGate($0, among: named) }
      if gates[0] != gates[1] { signals[step.name] = gates[0] ? 1 : 0 }
    }
    self.signals = signals

    var feedsLinear: Set<String> = [], last: Set<String> = []
    for step in steps.reversed() {
      if step.kind == .linear, !feedsLinear.contains(step.name) { last.insert(step.name) }
      if step.kind == .linear || feedsLinear.contains(step.name) { feedsLinear.formUnion(step.inputs) }
    }
    self.last = last

    var behind: Set<String> = []
    for step in steps where step.kind == .linear || step.inputs.contains(where: behind.contains) {
      behind.insert(step.name)
    }
    preparing = Set(steps.map(\.name)).subtracting(behind)
  }

  /// Whether a value is a function of limited range that is only moved, stretched or scaled on its way.
  private static func isGate(_ name: String, among named: [String: Step]) -> Bool {
    var name = name
    while let step = named[name] {
      switch step.kind {
      case .activation: return limited.contains(step.operatorName)
      case .movement, .affine, .resizing:
        guard let source = step.inputs.first(where: { named[$0] != nil }) else { return false }
        name = source
      default: return false
      }
    }
    return false
  }

  /// The operators whose results lie between bounds.
  private static let limited: Set = ["Sigmoid", "HardSigmoid", "Clip", "ReLU6"]
}
