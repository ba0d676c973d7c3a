import Synchronization

/// A run of engine memory: its own, 64-byte aligned and recycled through `BufferPool`, or borrowed from an owner kept alive.
///
/// Kernels write to a storage only while they create it; afterwards it is read by any thread.
public final class Storage: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Float>
  /// The number of floats.
  public let count: Int
  private let capacity: Int
  private let owner: (any AnyObject & Sendable)?
  /// Copies of a constant in the layouts that kernels asked for, by where they come from and go to.
  private let reorders = Mutex<[[Layout]: Storage]>([:])
  /// Constants computed from this one and others, by how.
  private let derivations = Mutex<[Derivation: [NDArray]]>([:])

  /// Uninitialised memory from the pool.
  public init(count: Int) {
    capacity = BufferPool.capacity(for: count * MemoryLayout<Float>.stride)
    pointer = BufferPool.take(capacity: capacity).bindMemory(to: Float.self, capacity: count)
    self.count = count
    owner = nil
  }

  /// Memory that belongs to `owner`, such as a mapped file of weights; nothing is copied.
  ///
  /// - Parameters:
  ///   - pointer: aligned for `Float`.
  ///   - count: the number of floats.
  ///   - owner: kept alive for as long as the storage.
  public init(borrowing pointer: UnsafeRawPointer, count: Int, owner: any AnyObject & Sendable) {
    self.pointer = UnsafeMutableRawPointer(mutating: pointer).assumingMemoryBound(to: Float.self)
    self.count = count
    self.owner = owner
    capacity = 0
  }

  /// Whether the memory belongs to somebody else, and may be read only.
  var isBorrowed: Bool { owner != nil }

  deinit {
    if owner == nil { BufferPool.give(pointer, capacity: capacity) }
  }

  /// The copy remembered for this pair of layouts, made by `make` where there is none yet.
  func remembered(from source: Layout, to target: Layout, make: () -> Storage) -> Storage {
    if let known = reorders.withLock({ $0[[source, target]] }) { return known }
    let made = make()
    return reorders.withLock { known in
      if let earlier = known[[source, target]] { return earlier }
      known[[source, target]] = made
      return made
    }
  }

  /// The arrays remembered under `recipe` for these other constants, made by `make` where there are none yet.
  func derived(_ recipe: String, from others: [Storage], make: () throws -> [NDArray]) rethrows -> [NDArray] {
    let derivation = Derivation(recipe: recipe, others: others)
    if let known = derivations.withLock({ $0[derivation] }) { return known }
    let made = try make()
    return derivations.withLock { known in
      if let earlier = known[derivation] { return earlier }
      known[derivation] = made
      return made
    }
  }

  /// How a constant is computed; keeps what it is computed from alive, so that identities stay unique.
  private struct Derivation: Hashable {
    let recipe: String
    let others: [Storage]

    static func == (a: Derivation, b: Derivation) -> Bool {
      a.recipe == b.recipe && a.others.elementsEqual(b.others, by: ===)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(recipe)
      for other in others { hasher.combine(ObjectIdentifier(other)) }
    }
  }
}
