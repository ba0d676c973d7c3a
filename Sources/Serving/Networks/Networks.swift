import Explaining
import Synchronization

/// The networks that may be asked about: those named when the server began, and those sent since; the latest few are open.
final class Networks: Sendable {
  private let limits: Limits
  private let state: Mutex<State>

  private struct State: Sendable {
    var slots: [Slot]
    /// The names of the networks that were asked for, the latest last.
    var recent: [String] = []
  }

  /// One network, and the lock of whoever opens it.
  private final class Slot: Sendable {
    let network: ServedNetwork
    let explainer: Mutex<Explainer?>

    init(_ network: ServedNetwork, _ explainer: Explainer? = nil) {
      self.network = network
      self.explainer = Mutex(explainer)
    }
  }

  init(_ networks: [ServedNetwork], _ limits: Limits) {
    self.limits = limits
    state = Mutex(State(slots: networks.map { Slot($0) }))
  }

  /// All of them, the usual one first.
  var all: [ServedNetwork] { state.withLock { $0.slots.map(\.network) } }

  /// The network of this name, or the first without one; it is opened where it is not open.
  ///
  /// - Throws: ``Problem`` where there is none, and what opening throws.
  func explainer(_ name: String?) throws -> (network: ServedNetwork, explainer: Explainer) {
    let slot = try slot(of: name)
    for old in used(slot.network.name) { old.explainer.withLock { $0 = nil } }
    let explainer = try slot.explainer.withLock { explainer in
      if let explainer { return explainer }
      let opened = try guarded(slot.network.open())
      explainer = opened
      return opened
    }
    return (slot.network, explainer)
  }

  /// Adds a network that was sent, with what opened it.
  func add(_ network: ServedNetwork, opened explainer: Explainer) {
    state.withLock { $0.slots.append(Slot(network, guarded(explainer))) }
    for old in used(network.name) { old.explainer.withLock { $0 = nil } }
  }

  func remove(_ name: String) {
    state.withLock { state in
      state.slots.removeAll { $0.network.name == name }
      state.recent.removeAll { $0 == name }
    }
  }

  /// Expressions are strangers' here.
  private func guarded(_ explainer: Explainer) -> Explainer {
    var explainer = explainer
    explainer.readsFolders = false
    explainer.pixelLimit = limits.pixels(of: explainer.pixelLimit)
    return explainer
  }

  /// Notes that a network is asked about.
  ///
  /// - Returns: Those that have not been for long, and are closed.
  private func used(_ name: String) -> [Slot] {
    state.withLock { state in
      state.recent.removeAll { $0 == name }
      state.recent.append(name)
      let old = state.recent.dropLast(limits.networks)
      state.recent.removeFirst(old.count)
      return state.slots.filter { old.contains($0.network.name) }
    }
  }

  private func slot(of name: String?) throws(Problem) -> Slot {
    let slots = state.withLock { $0.slots }
    guard let name else { return slots[0] }
    guard let slot = slots.first(where: { $0.network.name == name }) else {
      throw Problem(
        .notFound,
        "there is no network '\(name.prefix(100))' here: \(slots.map(\.network.name).joined(separator: ", "))")
    }
    return slot
  }
}
