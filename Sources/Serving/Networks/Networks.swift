import Explaining
import Synchronization

/// The networks that were named when the server began, the latest few of them open.
final class Networks: Sendable {
  let all: [ServedNetwork]
  private let slots: [Slot]
  private let limits: Limits
  /// The numbers of the networks that were asked for, the latest last.
  private let recent = Mutex<[Int]>([])

  /// One network, and the lock of whoever opens it.
  private final class Slot: Sendable {
    let explainer = Mutex<Explainer?>(nil)
  }

  init(_ networks: [ServedNetwork], _ limits: Limits) {
    (all, self.limits) = (networks, limits)
    slots = networks.map { _ in Slot() }
  }

  /// The network of this name, or the first without one; it is opened where it is not open.
  ///
  /// - Throws: ``Problem`` where there is none, and what opening throws.
  func explainer(_ name: String?) throws -> (network: ServedNetwork, explainer: Explainer) {
    let index = try index(of: name)
    let closed = recent.withLock { recent -> [Int] in
      recent.removeAll { $0 == index }
      recent.append(index)
      let closed = Array(recent.dropLast(limits.networks))
      recent.removeFirst(closed.count)
      return closed
    }
    for old in closed { slots[old].explainer.withLock { $0 = nil } }
    let explainer = try slots[index].explainer.withLock { explainer in
      if let explainer { return explainer }
      var opened = try all[index].open()
      // Expressions are strangers' here.
      opened.readsFolders = false
      opened.pixelLimit = limits.pixels(of: opened.pixelLimit)
      explainer = opened
      return opened
    }
    return (all[index], explainer)
  }

  func index(of name: String?) throws(Problem) -> Int {
    guard let name else { return 0 }
    guard let index = all.firstIndex(where: { $0.name == name }) else {
      throw Problem(
        .notFound, "there is no network '\(name.prefix(100))' here: \(all.map(\.name).joined(separator: ", "))")
    }
    return index
  }
}
