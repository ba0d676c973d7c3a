import Synchronization

/// Memory where scalars are put together on their way into a kernel's layout.
///
/// It is one piece for all networks of an engine, kept between uses: weights pass through it one after the other.
final class Staging: Sendable {
  private struct Piece: @unchecked Sendable {
    let storage: Storage
  }
  private let idle = Mutex<Piece?>(nil)

  /// Larger pieces than this are not kept: few networks need them, and those only once.
  private static let largestKept = 1 << 22

  /// Calls `body` with a storage of at least `count` floats, whose content is undefined.
  func with<R>(_ count: Int, _ body: (Storage) throws -> R) rethrows -> R {
    let piece = idle.withLock { idle in
      defer { idle = nil }
      return idle
    }
    let storage =
      piece.flatMap { $0.storage.count >= count ? $0.storage : nil } ?? Storage(unpooled: count)
      ?? Storage(count: count)
    defer {
      if storage.count <= Self.largestKept {
        idle.withLock { idle in
          if (idle?.storage.count ?? 0) < storage.count { idle = Piece(storage: storage) }
        }
      }
    }
    return try body(storage)
  }
}
