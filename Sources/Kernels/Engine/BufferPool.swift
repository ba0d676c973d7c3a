import Synchronization

/// Memory that arrays gave back, kept for the next ones.
///
/// Fresh memory costs a page fault per 4 KiB, which is more than many kernels cost themselves.
public final class BufferPool: Sendable {
  /// A piece of memory, taken from a region where it is large.
  struct Block: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let capacity: Int
    /// Kept alive by its blocks.
    fileprivate let region: Region?

    fileprivate func free() {
      if let region { region.discard(pointer, capacity) } else { pointer.deallocate() }
    }
  }

  fileprivate struct Shelf {
    var free: [Int: [Block]] = [:]
    var bytes = 0
    /// Where fresh blocks are cut from, and how much of it is cut.
    var region: Region?
    var used = 0
  }
  /// The most memory kept for reuse, in bytes.
  public let byteLimit: Int
  private let shelf = Mutex(Shelf())

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  deinit { trim() }

  /// The memory kept for reuse at the moment, in bytes.
  public var retainedBytes: Int { shelf.withLock { $0.bytes } }

  /// Gives all memory that is kept for reuse back to the system.
  public func trim() {
    let blocks = shelf.withLock { shelf in
      let blocks = shelf.free.values.flatMap { $0 }
      (shelf.free, shelf.bytes) = ([:], 0)
      return blocks
    }
    for block in blocks { block.free() }
  }

  /// The bytes really set aside for a request: eight sizes per power of two, so that little is wasted and much is reused.
  public static func capacity(for bytes: Int) -> Int {
    let least = max(bytes, 512)
    let step = 1 << (Int.bitWidth - (least - 1).leadingZeroBitCount - 4)
    return (least + step - 1) / step * step
  }

  /// Uninitialised memory for at least so many bytes.
  func take(_ bytes: Int) -> Block {
    let capacity = Self.capacity(for: bytes)
    return shelf.withLock { shelf in
      if let block = shelf.free[capacity]?.popLast() {
        shelf.bytes -= capacity
        return block
      }
      return shelf.cut(capacity)
        ?? Block(
          pointer: .allocate(byteCount: capacity, alignment: 64), capacity: capacity, region: nil)
    }
  }

  func give(_ block: Block) {
    let isKept = shelf.withLock { shelf in
      guard shelf.bytes + block.capacity <= byteLimit else { return false }
      shelf.free[block.capacity, default: []].append(block)
      shelf.bytes += block.capacity
      return true
    }
    if !isKept { block.free() }
  }
}

extension BufferPool.Shelf {
  /// A fresh block of a region; `nil` for small ones, which the system's allocator serves well.
  fileprivate mutating func cut(_ capacity: Int) -> BufferPool.Block? {
    guard capacity >= 1 << 16 else { return nil }
    let usual = 1 << 25
    if capacity > usual / 2 {
      return Region(atLeast: capacity).map { BufferPool.Block(pointer: $0.base, capacity: capacity, region: $0) }
    }
    if region == nil || used + capacity > usual { (region, used) = (Region(atLeast: usual), 0) }
    guard let region else { return nil }
    defer { used += capacity }
    return BufferPool.Block(pointer: region.base + used, capacity: capacity, region: region)
  }
}
