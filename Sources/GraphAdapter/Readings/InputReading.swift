public import GraphEngine
import Kernels

/// What a network does to its image before any layer with weights sees it: casts, transpositions, resizes, and constants
/// that are subtracted and multiplied.
///
/// Each channel then is `scale · x + shift`. The numbers are found by running that part of the network on images of one
/// color, so that the order and the spelling of the operators do not matter.
public struct InputReading: Hashable, Sendable {
  /// The operators found, each once, in evaluation order: `Resize`, `Subtract`, `Divide`.
  public let operators: [String]
  /// One for each channel of the input.
  public let scale: [Float], shift: [Float]
  /// The height and width that the network itself resizes its image to; `nil` where it does not.
  public let resizedExtent: [Int]?
  /// Between which samples the network itself rounds its image to whole numbers; `nil` where it does not.
  public let roundedRange: ClosedRange<Float>?

  /// The samples that such a network wants; `nil` where the numbers do not tell.
  public var samples: Samples? {
    roundedRange.flatMap(Samples.init(rounded:)) ?? (changesNumbers ? Samples(scale: scale, shift: shift) : nil)
  }

  /// Whether the range that the image is rounded in tells them.
  public var isToldByRounding: Bool { roundedRange.flatMap(Samples.init(rounded:)) != nil }

  /// Whether the network changes the numbers, rather than moves them.
  public var changesNumbers: Bool { scale.contains { $0 != 1 } || shift.contains { $0 != 0 } }

  /// What a photograph's samples must be turned into.
  public enum Samples: Hashable, Sendable {
    /// 0…255, as files hold them.
    case bytes
    /// 0…1.
    case unit
    /// −1…1.
    case signed
    /// Normalized by ImageNet's mean and deviation, which the network undoes.
    case imageNet
  }

  /// What the network does to the image called `image`; `nil` where it does nothing.
  ///
  /// - Throws: ``GraphError`` where that part of the network cannot be run.
  public init?(of plan: Plan, image: String) throws {
    guard let shape = plan.shape(of: image), shape.count == 4 else { return nil }
    let prelude = Prelude(of: plan, image: image)
    let axis = ![1, 3].contains(shape[1]) && [1, 3].contains(shape[3]) ? 3 : 1
    guard
      let factors = try prelude.map({ try Self.factors(of: $0, shape, axis) })
        ?? ([Float](repeating: 1, count: shape[axis]), [Float](repeating: 0, count: shape[axis]))
    else { return nil }
    (scale, shift) = factors
    resizedExtent = prelude?.resizedExtent
    let range = Self.roundedRange(of: prelude?.graph.outputs[0] ?? image, in: plan)
    roundedRange = range.flatMap { range in
      let ends = [range.lowerBound, range.upperBound].map { ($0 - factors.shift[0]) / factors.scale[0] }
      return ends.allSatisfy(\.isFinite) ? min(ends[0], ends[1])...max(ends[0], ends[1]) : nil
    }
    operators = (prelude?.operators ?? []) + (range == nil ? [] : ["Quantization"])
    if !changesNumbers, resizedExtent == nil, roundedRange == nil { return nil }
  }

  /// What becomes of each channel, by running the network's beginning on images of one color.
  ///
  /// - Returns: `nil` where a channel has no influence.
  private static func factors(
    of prelude: Prelude, _ shape: [Int], _ axis: Int
  ) throws -> (scale: [Float], shift: [Float])? {
    let part = try Plan(prelude.graph)
    func run(_ channel: Int?) throws -> [Float] {
      let inner = shape[(axis + 1)...].reduce(1, *)
      let scalars = (0..<shape.reduce(1, *)).map { $0 / inner % shape[axis] == channel ? Float(1) : 0 }
      return try part.outputs(for: [NDArray(scalars, shape: shape)])[0].scalars
    }
    let black = try run(nil)
    var (scale, shift): ([Float], [Float]) = ([], [])
    for channel in 0..<shape[axis] {
      let slopes = zip(try run(channel), black).map { $0 - $1 }
      // Where the channel counts most: not in a padding, nor in another channel's part.
      guard let place = slopes.indices.max(by: { abs(slopes[$0]) < abs(slopes[$1]) }), slopes[place] != 0 else {
        return nil
      }
      scale.append(slopes[place])
      shift.append(black[place])
    }
    return (scale, shift)
  }

  /// Between which numbers a value is rounded to whole numbers, where nothing else is done to it.
  private static func roundedRange(of value: String, in plan: Plan) -> ClosedRange<Float>? {
    let readers = plan.steps.filter { $0.node.inputs.contains(value) }
    guard let first = readers.first, readers.allSatisfy({ $0.node.op is Quantization }),
      let op = first.node.op as? Quantization
    else { return nil }
    let numbers = first.node.inputs.dropFirst().map { plan.graph.constants[$0]?.scalars ?? [] }
    guard numbers.count == 2, numbers.allSatisfy({ Set($0).count == 1 }), numbers[0][0] > 0 else { return nil }
    return (op.low - numbers[1][0]) * numbers[0][0]...(op.high - numbers[1][0]) * numbers[0][0]
  }
}

extension InputReading.Samples {
  /// Tells by which sample becomes zero and by how far apart neighbors come to lie.
  init?(scale: [Float], shift: [Float]) {
    guard !scale.isEmpty, scale.allSatisfy({ $0 != 0 && $0.isFinite }), shift.allSatisfy(\.isFinite) else { return nil }
    let (means, deviations): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    func isNear(_ a: [Float], _ b: [Float]) -> Bool {
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 0.02 }
    }
    if isNear(scale, deviations), isNear(shift, means) {
      self = .imageNet
      return
    }
    let count = Float(scale.count), step = abs(scale.reduce(0, +) / count)
    let zero = zip(scale, shift).reduce(0) { $0 - $1.1 / $1.0 } / count
    switch zero {
    case 1.5...254: self = .bytes
    // What is subtracted lies between black and white, if that is 0…1 or, beside such small steps, 0…255.
    case 0.05...1: self = step > 0.05 ? .unit : .bytes
    case -0.05..<0.05 where step <= 1 / 32: self = .bytes
    case -0.05..<0.05 where (100...300).contains(step): self = .unit
    case -1.05...(-0.95): self = .signed
    default: return nil
    }
  }
}

extension InputReading.Samples {
  /// Tells by the numbers that a network was calibrated to round between.
  init?(rounded range: ClosedRange<Float>) {
    let (low, high) = (range.lowerBound, range.upperBound)
    switch high {
    case 200...270: self = .bytes
    case 0.9...1.1 where low > -0.1: self = .unit
    case 0.9...1.1 where (-1.1...(-0.9)).contains(low): self = .signed
    case 2...3.2 where low < -1.5: self = .imageNet
    default: return nil
    }
  }
}
