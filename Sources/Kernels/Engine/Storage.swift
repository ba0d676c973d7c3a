import Synchronization

/// A run of engine memory: its own, 64-byte aligned and recycled through a `BufferPool`; borrowed from an owner kept
/// alive; or promised by a source, and fetched when it is first read.
///
/// Kernels write to a storage only while they create it; afterwards it is read by any thread.
public final class Storage: @unchecked Sendable {
  /// The number of floats.
  public let count: Int
  /// `nil` where only a source knows the scalars.
  private let memory: UnsafeMutablePointer<Float>?
  private let block: BufferPool.Block?
  /// Where the block goes back to.
  private let pool: BufferPool?
  private let owner: (any AnyObject & Sendable)?
  private let source: (any ScalarSource)?
  /// The scalars of the source, once they have been asked for as memory.
  private let fetched = Mutex<Storage?>(nil)
  /// Copies of a constant in the layouts that kernels asked for, by where they come from and go to.
  private let reorders = Mutex<[[Layout]: Storage]>([:])
  /// Constants computed from this one and others, by how.
  private let derivations = Mutex<[Derivation: [NDArray]]>([:])

  /// Uninitialised memory from the pool of the current engine.
  ///
  /// Where there is none left, the process ends, as it does for Swift's own arrays. An error would seldom help: systems
  /// hand out memory before they have it, so that its lack shows when it is first written to, not here.
  public init(count: Int) {
    let pool = Engine.current.memory, block = pool.take(count * MemoryLayout<Float>.stride)
    (self.block, self.pool) = (block, pool)
    memory = block.pointer.bindMemory(to: Float.self, capacity: count)
    self.count = count
    (owner, source) = (nil, nil)
  }

  /// Uninitialised memory of its own, which goes back to the system rather than to the pool.
  ///
  /// `nil` where the system has none left.
  init?(unpooled count: Int) {
    guard let region = Region(atLeast: count * MemoryLayout<Float>.stride) else { return nil }
    memory = region.base.bindMemory(to: Float.self, capacity: count)
    self.count = count
    (block, pool, owner, source) = (nil, nil, region, nil)
  }

  /// Memory that belongs to `owner`, such as a mapped file of weights; nothing is copied.
  ///
  /// - Parameters:
  ///   - pointer: aligned for `Float`.
  ///   - count: the number of floats.
  ///   - owner: kept alive for as long as the storage.
  public init(borrowing pointer: UnsafeRawPointer, count: Int, owner: any AnyObject & Sendable) {
    memory = UnsafeMutableRawPointer(mutating: pointer).assumingMemoryBound(to: Float.self)
    self.count = count
    self.owner = owner
    (block, pool, source) = (nil, nil, nil)
  }

  /// Constant scalars that take no memory until they are read, and none for longer than a kernel's own copy of
  /// them takes to make.
  public init(count: Int, source: any ScalarSource) {
    self.count = count
    self.source = source
    (memory, block, pool, owner) = (nil, nil, nil, nil)
  }

  deinit {
    if let block { pool?.give(block) }
  }

  /// The scalars in memory, where they then stay.
  public var pointer: UnsafeMutablePointer<Float> {
    if let memory { return memory }
    guard let source else { preconditionFailure("a storage has memory or a source") }
    if let scalars = source.scalars { return UnsafeMutablePointer(mutating: scalars) }
    return fetched.withLock { fetched in
      if let fetched { return fetched.pointer }
      let made = Storage(count: count)
      made.fill(from: source)
      fetched = made
      return made.pointer
    }
  }

  /// Whether the memory is not from the pool, and may only be read.
  var isBorrowed: Bool { block == nil }

  /// Calls `body` with the scalars in memory, where they need not stay.
  func passingThrough<R>(_ body: (Storage) throws -> R) rethrows -> R {
    guard let source, fetched.withLock({ $0 == nil }) else { return try body(self) }
    defer { source.rest() }
    if source.scalars != nil { return try body(self) }
    return try Engine.current.staging.with(count) { staging in
      staging.fill(from: source, count: count)
      return try body(staging)
    }
  }

  /// Writes the scalars in `range` to `target`.
  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    if memory == nil, let source, fetched.withLock({ $0 == nil }) { return source.copy(range, to: target) }
    target.update(from: pointer + range.lowerBound, count: range.count)
  }

  /// Tells the source that its scalars will not be read for a while.
  func rest() { source?.rest() }

  private func fill(from source: any ScalarSource, count: Int? = nil) {
    let target = pointer
    Engine.current.split(count ?? self.count) { source.copy($0, to: target + $0.lowerBound) }
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
