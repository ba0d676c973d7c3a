#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A stretch of fresh memory straight from the system, in large pages where it has them, given back with the last owner.
///
/// One fault brings two mebibytes rather than four kibibytes: filling a network's weights takes thousands of faults less.
final class Region: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedCount: Int

  private static let largePage = 1 << 21

  /// `nil` where the system has no memory left.
  init?(atLeast bytes: Int) {
    byteCount = (bytes + Self.largePage - 1) & ~(Self.largePage - 1)
    // The system aligns to small pages only.
    mappedCount = byteCount + Self.largePage
    let mapped = mmap(nil, mappedCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return nil }
    mapping = mapped
    base = mapped.alignedUp(toMultipleOf: Self.largePage)
    #if os(Linux)
      madvise(base, byteCount, MADV_HUGEPAGE)
    #endif
  }

  /// Gives the memory of a part back to the system, its neighbours' excepted; reading it then gives zeros.
  func discard(_ start: UnsafeMutableRawPointer, _ count: Int) {
    discardWholePages(start, count)
  }

  deinit { munmap(mapping, mappedCount) }
}

/// Tells the system that the pages which lie wholly in this memory are not needed: mapped files are read again when
/// touched, other memory is zero.
public func discardWholePages(_ start: UnsafeMutableRawPointer, _ count: Int) {
  let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  let first = start.alignedUp(toMultipleOf: page), end = (start + count).alignedDown(toMultipleOf: page)
  if first < end { madvise(first, end - first, MADV_DONTNEED) }
}
