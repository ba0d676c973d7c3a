import ArgumentParser
import Explaining

/// One number per channel, or one for all: `0.5`, `0.485,0.456,0.406`.
struct ChannelNumbers: ExpressibleByArgument, Equatable {
  let numbers: [Float]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0.trimmed) }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0?.isFinite == true }) else { return nil }
    self.numbers = numbers.compactMap { $0 }
  }
}

/// An amount of memory: `500MB`, `2GB`, `1.5GiB`, or bytes without a unit.
struct ByteCount: ExpressibleByArgument, Equatable {
  let bytes: Int

  init?(argument: String) {
    let text = argument.trimmed.uppercased()
    let units: [(name: String, bytes: Double)] = [
      ("KIB", 0x1p10), ("MIB", 0x1p20), ("GIB", 0x1p30), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("K", 1e3), ("M", 1e6),
      ("G", 1e9), ("B", 1), ("", 1),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      let number = Double(String(text.dropLast(unit.name.count)).trimmed), number > 0, number * unit.bytes < 0x1p60,
      number * unit.bytes >= 1
    else { return nil }
    bytes = Int(number * unit.bytes)
  }
}
