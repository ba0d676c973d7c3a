import GraphEngine
import Kernels

/// Which parts of every value the logits depend on, found by walking back from them.
struct ReachOfScore {
  /// By value; missing where the logits do not depend on it.
  private(set) var reaches: [String: Reach] = [:]
  /// For each stack of maps, the last step that lets something of its places through to the logits.
  private(set) var lastUse: [String: Int] = [:]

  init(_ plan: Plan, logits: String, layouts: [String: MapLayout]) throws {
    reaches[logits] = .all
    for (index, step) in plan.steps.enumerated().reversed() {
      let contributions = try step.reaches(of: reaches[step.name] ?? .none, in: plan)
      for (name, contribution) in zip(step.node.inputs, contributions) {
        reaches[name] = try (reaches[name] ?? .none).union(contribution)
        if lastUse[name] == nil, let layout = layouts[name], contribution.includes(layout) { lastUse[name] = index }
      }
    }
  }

  func includes(_ name: String, _ layout: MapLayout) -> Bool { reaches[name]?.includes(layout) ?? false }
}

extension Reach {
  /// Whether any of the scalars that lie in `layout` are among them; of all scalars where there is none.
  fileprivate func includes(_ layout: MapLayout) -> Bool {
    switch self {
    case .none: false
    case .all: true
    case .some(let mask): layout.hasNonzeroPlace(in: mask.scalars)
    }
  }
}
