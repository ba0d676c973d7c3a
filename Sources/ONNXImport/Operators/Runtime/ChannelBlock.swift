import Foundation

/// How many channels a block has in a file with blocked images, which the file does not state: 16 or 8, after the
/// processor that onnxruntime optimised it for.
struct ChannelBlock {
  let size: Int
  /// Whether nothing in the file tells, so that this processor's own blocks are assumed.
  let isAssumed: Bool

  /// `nil` for networks without blocked images.
  init?(of nodes: [FileNode], constants: [String: Constant]) {
    let blocked = nodes.filter { $0.domain == Self.domain }
    guard !blocked.isEmpty else { return nil }
    let weights = blocked.filter { $0.type == "Conv" && $0.inputs.count > 1 }.compactMap { constants[$0.inputs[1]] }
    if let size = Self.size(bySlicesOf: blocked, constants) ?? Self.size(by: weights) {
      (self.size, isAssumed) = (size, false)
    } else {
      (size, isAssumed) = (Self.ofThisProcessor, true)
    }
  }

  static let domain = "com.microsoft.nchwc"

  /// What is said where the size is assumed.
  var note: String {
    "the file was optimised by onnxruntime for one kind of processor, with channels in blocks of a size that it does "
      + "not tell: assuming \(size), as on this one"
  }

  /// Channels are filled up to whole blocks: their number is no multiple of 16, or more than blocks of 8 would need.
  private static func size(bySlicesOf nodes: [FileNode], _ constants: [String: Constant]) -> Int? {
    var channels: [String: Int] = [:]
    for node in nodes {
      if node.type == "Conv", node.inputs.count > 1, let weights = constants[node.inputs[1]], weights.shape.count == 4 {
        let outputs = weights.shape[0]
        if outputs % 16 != 0 { return 8 }
        if let result = node.outputs.first { channels[result] = outputs }
      } else if let input = node.inputs.first, let known = channels[input] {
        let meant = try? node.attributes.integer("channels")
        if node.type == "ReorderOutput", let meant, known - meant >= 8 { return 16 }
        if let result = node.outputs.first { channels[result] = known }
      }
    }
    return nil
  }

  /// Trained channels differ in how large their weights are, and channels that fill up a block are zero: in the right
  /// order the channels' variances differ most, in the wrong one each is a mixture.
  ///
  /// - Returns: The size under which normal distributions, one for each channel, explain the weights best; `nil`
  ///   where chance alone would make the difference.
  private static func size(by weights: [Constant]) -> Int? {
    var (evidence, count) = (0.0, 0)
    for constant in weights where constant.shape.count == 4 {
      guard let narrow = BlockedWeights(constant, block: 8), let wide = BlockedWeights(constant, block: 16) else {
        continue
      }
      let scalars = constant.reals.map { Double($0) }
      evidence += entropy(scalars, narrow) - entropy(scalars, wide)
      count += scalars.count
    }
    // The entropy of as many equal channels varies by about the root of the number of weights.
    guard abs(evidence) > 5 * Double(count).squareRoot(), count > 0 else { return nil }
    return evidence > 0 ? 16 : 8
  }

  /// Half the weights' number times the logarithm of their variance, summed over output channels.
  private static func entropy(_ scalars: [Double], _ weights: BlockedWeights) -> Double {
    let places = weights.placesInOrder
    let width = places.count / max(1, weights.weights.shape[0])
    let floor = scalars.reduce(0) { $0 + $1 * $1 } / Double(max(1, scalars.count)) * 1e-6 + .leastNormalMagnitude
    var sum = 0.0
    for start in stride(from: 0, to: places.count, by: max(1, width)) {
      let squares = places[start..<(start + width)].reduce(0) { $0 + scalars[$1] * scalars[$1] }
      sum += 0.5 * Double(width) * log(squares / Double(max(1, width)) + floor)
    }
    return sum
  }

  /// The blocks that onnxruntime would use here.
  private static let ofThisProcessor: Int = {
    #if arch(x86_64)
      let description = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      return description?.contains("avx512f") == true ? 16 : 8
    #else
      return 16
    #endif
  }()
}
