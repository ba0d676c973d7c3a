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
