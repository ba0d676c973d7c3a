import Foundation

/// The outline of a shared library of Linux, read from its file without loading it.
///
/// The dynamic linker maps what the headers promise: a file that was cut short would end the process by a signal.
enum ELFLibrary {
  /// Why a file is no library for this machine, as words that follow the file's name; `nil` where it is one.
  static func objection(to file: Data) -> String? {
    guard file.count >= 64, file.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return "is not a shared library" }
    func number<Integer: FixedWidthInteger>(at offset: Int, as _: Integer.Type) -> Int {
      let value = file.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Integer.self) }
      return Int(clamping: Integer(littleEndian: value))
    }
    let (is64Bit, isLittleEndian) = (file[file.startIndex + 4] == 2, file[file.startIndex + 5] == 1)
    guard is64Bit, isLittleEndian, number(at: 18, as: UInt16.self) == machine else {
      return "is a library for another kind of processor"
    }
    guard number(at: 16, as: UInt16.self) == 3 else { return "is a program or an object file, not a shared library" }
    // The tables of segments (program headers) and of sections: where they begin, how long an entry is, how many.
    let segments = (
      start: number(at: 32, as: UInt64.self), size: number(at: 54, as: UInt16.self),
      count: number(at: 56, as: UInt16.self)
    )
    let sections = (
      start: number(at: 40, as: UInt64.self), size: number(at: 58, as: UInt16.self),
      count: number(at: 60, as: UInt16.self)
    )
    let cutShort = "is damaged or was cut short"
    func reaches(_ start: Int, _ length: Int) -> Bool {
      let (end, overflow) = start.addingReportingOverflow(length)
      return !overflow && start >= 0 && end <= file.count
    }
    guard segments.count > 0, segments.size >= 56, reaches(segments.start, segments.size * segments.count),
      reaches(sections.start, sections.size * sections.count)
    else { return cutShort }
    for index in 0..<segments.count {
      let header = segments.start + index * segments.size
      let (offset, length) = (number(at: header + 8, as: UInt64.self), number(at: header + 32, as: UInt64.self))
      guard reaches(offset, length) else { return cutShort }
    }
    return nil
  }

  /// The processor this program was compiled for, in ELF's numbers.
  private static var machine: Int {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #else
      0
    #endif
  }
}
