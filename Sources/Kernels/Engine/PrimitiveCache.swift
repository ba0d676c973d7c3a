import Synchronization

/// The primitives of an engine made ready, by what they depend on.
final class PrimitiveCache: Sendable {
  /// The knowledge that oneDNN has none is kept, too.
  private let known: Mutex<LeastRecentlyUsed<PrimitiveKey, Result<Primitive, KernelError>>>

  init(capacity: Int) { known = Mutex(LeastRecentlyUsed(capacity: capacity)) }

  var count: Int { known.withLock { $0.count } }

  /// The primitive of this key, made by `make` where there is none yet.
  func primitive(for key: PrimitiveKey, make: () throws -> Primitive) throws -> Primitive {
    if let found = known.withLock({ $0.use(key) }) { return try found.get() }
    let made = Result { try make() }.mapError { $0 as? KernelError ?? KernelError("\($0)") }
    return try known.withLock { known in
      // Another thread may have been faster; then all use its.
      if let earlier = known.use(key) { return earlier }
      known.insert(made, for: key)
      return made
    }.get()
  }
}

extension Primitive {
  /// The current engine's primitive of this key, made by `make` where there is none yet.
  static func cached(_ key: PrimitiveKey, make: () throws -> Primitive) throws -> Primitive {
    try Engine.current.primitives.primitive(for: key, make: make)
  }
}
