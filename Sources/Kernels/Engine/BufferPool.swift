import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory that arrays gave back, kept for the next ones.
///
/// Fresh memory costs a page fault per 4 KiB, which is more than many kernels cost themselves.
public enum BufferPool {
  private struct Block: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }
  private struct Shelf {
    var free: [Int: [Block]] = [:]
    var bytes = 0
    var byteLimit = 1 << 30
  }
  private static let shelf = Mutex(Shelf())

  /// The most memory kept for reuse, in bytes; 1 GiB unless set.
  public static var byteLimit: Int {
    get { shelf.withLock { $0.byteLimit } }
    set {
      shelf.withLock { $0.byteLimit = newValue }
      if retainedBytes > newValue { trim() }
    }
  }

  /// The memory kept for reuse at the moment, in bytes.
  public static var retainedBytes: Int { shelf.withLock { $0.bytes } }

  /// Gives all memory that is kept for reuse back to the system.
  public static func trim() {
    let blocks = shelf.withLock { shelf in
      let blocks = shelf.free.values.flatMap { $0 }
      (shelf.free, shelf.bytes) = ([:], 0)
      return blocks
    }
    for block in blocks { block.pointer.deallocate() }
  }

  /// The bytes really set aside for a request: eight sizes per power of two, so that little is wasted and much is reused.
  static func capacity(for bytes: Int) -> Int {
    let least = max(bytes, 512)
    let step = 1 << (Int.bitWidth - (least - 1).leadingZeroBitCount - 4)
    return (least + step - 1) / step * step
  }

  static func take(capacity: Int) -> UnsafeMutableRawPointer {
    let recycled = shelf.withLock { shelf -> Block? in
      guard let block = shelf.free[capacity]?.popLast() else { return nil }
      shelf.bytes -= capacity
      return block
    }
    return recycled?.pointer ?? fresh(capacity)
  }

  /// Large blocks lie in huge pages where the system offers them: looking up the addresses of small ones takes time.
  private static func fresh(_ capacity: Int) -> UnsafeMutableRawPointer {
    let hugePage = 2 << 20
    guard capacity >= hugePage else { return .allocate(byteCount: capacity, alignment: 64) }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: hugePage)
    #if os(Linux)
      madvise(pointer, capacity, MADV_HUGEPAGE)
    #endif
    return pointer
  }

  static func give(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
    let block = Block(pointer: pointer)
    let isKept = shelf.withLock { shelf in
      guard shelf.bytes + capacity <= shelf.byteLimit else { return false }
      shelf.free[capacity, default: []].append(block)
      shelf.bytes += capacity
      return true
    }
    if !isKept { pointer.deallocate() }
  }
}
