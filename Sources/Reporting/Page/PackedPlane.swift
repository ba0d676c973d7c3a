import Foundation
import Images

/// A plane of numbers, packed for a page.
///
/// Those on a layer's grid are kept as they are. Of larger ones each is rounded to a multiple of one step, which is told;
/// no display shows the difference. Bytes of one weight lie together, which makes them small when they are deflated; a few are
/// left as they are, since a browser takes milliseconds to inflate anything.
struct PackedPlane: Encodable, Sendable {
  let height: Int, width: Int
  /// What one unit of the packed numbers stands for; `nil` where they are floating-point numbers as they are.
  private(set) var step: Float?
  /// Whether each number is the difference from its left neighbor.
  private(set) var isDifferences = false
  /// Whether the bytes are as they are, rather than deflated.
  private(set) var isPlain: Bool?
  /// The bytes, in base 64.
  private(set) var data = ""
  /// What is to be packed.
  private let scalars: [Float]
  private let fullScale: Float

  private enum CodingKeys: String, CodingKey { case height, width, step, isDifferences, isPlain, data }

  /// Row-major numbers, of which `fullScale` is as large as is shown; what is not finite counts as zero.
  init(_ scalars: [Float], _ height: Int, _ width: Int, fullScale: Float) {
    (self.height, self.width, self.fullScale) = (height, width, fullScale)
    self.scalars = scalars.map { $0.isFinite ? $0 : 0 }
  }

  /// Larger planes are rounded.
  static let mostExact = 4096

  /// How many numbers are to be rounded.
  var roundedCount: Int { scalars.count > Self.mostExact ? scalars.count : 0 }

  /// Packs the numbers, where they are rounded to `steps` of the full scale.
  mutating func pack(steps: Int) throws {
    guard roundedCount > 0 else {
      data = try packed(scalars.map(\.bitPattern), bytes: 4)
      return
    }
    // The largest must fit 15 bits and a sign.
    let largest = scalars.map(abs).max() ?? 0
    let step = max(fullScale / Float(steps), largest / 32_000)
    guard step > 0 else { return try pack(numbers: scalars.map { _ in 0 }, step: 1) }
    try pack(numbers: scalars.map { Int32(($0 / step).rounded()) }, step: step)
  }

  private mutating func pack(numbers: [Int32], step: Float) throws {
    self.step = step
    let differences = numbers.indices.map { $0 % width == 0 ? numbers[$0] : numbers[$0] - numbers[$0 - 1] }
    func size(_ numbers: [Int32]) -> Int { numbers.reduce(0) { $0 + Int($1.magnitude) } }
    isDifferences = size(differences) < size(numbers)
    data = try packed((isDifferences ? differences : numbers).map { UInt32(truncatingIfNeeded: $0) }, bytes: 2)
  }

  /// The lowest bytes of all words first.
  private mutating func packed(_ words: [UInt32], bytes: Int) throws -> String {
    let all = (0..<bytes).flatMap { byte in words.map { UInt8(truncatingIfNeeded: $0 >> (8 * byte)) } }
    guard all.count > Self.mostPlain else {
      isPlain = true
      return all.base64
    }
    return try Deflate.stream(of: all).base64
  }

  /// How many bytes are not deflated.
  private static let mostPlain = 2048
}

extension PackedPlane {
  /// How many steps there are to full intensity, so that `count` rounded numbers fit a page that can be sent by mail.
  static func steps(for count: Int) -> Int {
    // Signed numbers of a Laplace distribution, whose 99th percentile is full intensity, take log₂(1.2 · steps) bits.
    let bits = Double(budget) * 8 / Double(max(count, 1)) - 0.25
    return 1 << min(max(Int(bits), 7), 11)
  }

  /// How many bytes all rounded numbers of a page may take before base 64.
  private static let budget = 1_450_000
}

extension [UInt8] {
  /// The bytes in base 64.
  var base64: String { Data(self).base64EncodedString() }
}
