import ArgumentParser

/// A height and a width in pixels: `224`, or `240x320` with the height first.
struct PixelSize: ExpressibleByArgument, Equatable {
  let height: Int
  let width: Int

  init?(argument: String) {
    let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
      (1...16384).contains(height), (1...16384).contains(width)
    else { return nil }
    (self.height, self.width) = (height, width)
  }
}

/// One number per channel, or one for all: `0.5`, `0.485,0.456,0.406`.
struct ChannelNumbers: ExpressibleByArgument, Equatable {
  let numbers: [Float]

  init(numbers: [Float]) { self.numbers = numbers }

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0.trimmed) }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0?.isFinite == true }) else { return nil }
    self.numbers = numbers.compactMap { $0 }
  }

  /// A number for each of `count` channels.
  func spread(over count: Int, option: String) throws -> [Float] {
    if numbers.count == 1 { return Array(repeating: numbers[0], count: count) }
    guard numbers.count == count else {
      throw Failure.usage(
        "\(option) gives \(numbers.count) numbers and the network has \(count) channels: give one each")
    }
    return numbers
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
