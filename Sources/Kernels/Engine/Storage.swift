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

  /// Uninitialised memory from the pool.
  public init(count: Int) {
    capacity = BufferPool.capacity(for: count * MemoryLayout<Float>.stride)
    pointer = BufferPool.take(capacity: capacity).bindMemory(to: Float.self, capacity: count)
    self.count = count
    owner = nil
  }

  /// Memory that belongs to `owner`, such as a mapped file of weights; nothing is copied.
  public init(borrowing pointer: UnsafePointer<Float>, count: Int, owner: any AnyObject & Sendable) {
    self.pointer = UnsafeMutablePointer(mutating: pointer)
    self.count = count
    self.owner = owner
    capacity = 0
  }

  /// Memory that belongs to `owner`; the pointer must be aligned for `Float`.
  public convenience init(borrowing pointer: UnsafeRawPointer, count: Int, owner: any AnyObject & Sendable) {
    self.init(borrowing: pointer.assumingMemoryBound(to: Float.self), count: count, owner: owner)
  }

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
}
