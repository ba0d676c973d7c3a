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
  /// Between which samples the network itself rounds its image to whole numbers, or keeps it; `nil` where it does not.
  public let heldRange: ClosedRange<Float>?

  /// Whether the numbers are the mean and deviation of images, as a batch normalisation measures them.
  private let isMeasured: Bool

  /// Whether what the first channel becomes stands where the last one's was, and the other way round.
  public let reversesChannels: Bool

  /// The samples that such a network wants; `nil` where the numbers do not tell.
  public var samples: Samples? {
    if let told = heldRange.flatMap(Samples.init(between:)) { return told }
    guard changesNumbers, let told = Samples(scale: scale, shift: shift) else { return nil }
    // Samples of 0…1 deviate by half at most.
    return told == .unit && isMeasured && scale.contains { abs($0) < 2 } ? nil : told
  }

  /// Whether the numbers are those of red, green and blue; `nil` where they do not tell.
  public var channelOrder: ChannelOrder? { changesNumbers ? KnownNormalization.told(by: scale, shift)?.order : nil }

  /// Which color a network's first channel is.
  public enum ChannelOrder: Hashable, Sendable { case redFirst, blueFirst }

  /// Whether the range that the image is held in tells them.
  public var isToldByRange: Bool { heldRange.flatMap(Samples.init(between:)) != nil }
  /// Whether it is rounded there.
  public var isRounded: Bool { operators.contains("Quantization") }

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
    let prelude = Prelude(of: plan, image: image, crossingRounding: true)
    let axis = ![1, 3].contains(shape[1]) && [1, 3].contains(shape[3]) ? 3 : 1
    guard let factors = try Factors(of: prelude, shape, axis) else { return nil }
    (scale, shift, reversesChannels) = (factors.scale, factors.shift, factors.areReversed)
    resizedExtent = prelude?.resizedExtent
    isMeasured = prelude?.isMeasured ?? false
    let held = try Self.held(in: plan, image, shape, axis)
    heldRange = held?.range
    let passed = prelude?.operators ?? []
    operators = passed + [held?.name].compactMap { $0 }.filter { !passed.contains($0) }
    if !changesNumbers, resizedExtent == nil, heldRange == nil, !reversesChannels { return nil }
  }

  /// Between which samples the image is first rounded or kept, and by what.
  private static func held(
    in plan: Plan, _ image: String, _ shape: [Int], _ axis: Int
  ) throws -> (range: ClosedRange<Float>, name: String)? {
    if let (range, name) = range(of: image, in: plan) { return (range, name) }
    guard let prelude = Prelude(of: plan, image: image, crossingRounding: false),
      let (range, name) = range(of: prelude.graph.outputs[0], in: plan),
      let factors = try Factors(of: prelude, shape, axis)
    else { return nil }
    let ends = [range.lowerBound, range.upperBound].map { ($0 - factors.shift[0]) / factors.scale[0] }
    return ends.allSatisfy(\.isFinite) ? (min(ends[0], ends[1])...max(ends[0], ends[1]), name) : nil
  }

  /// Between which numbers a value is rounded to whole numbers or kept, where nothing else is done to it.
  private static func range(of value: String, in plan: Plan) -> (range: ClosedRange<Float>, name: String)? {
    let readers = plan.steps.filter { $0.node.inputs.contains(value) }.map(\.node)
    guard let first = readers.first else { return nil }
    if let op = first.op as? Quantization, readers.allSatisfy({ $0.op is Quantization }) {
      let numbers = first.inputs.dropFirst().map { plan.graph.constants[$0]?.scalars ?? [] }
      guard numbers.count == 2, numbers.allSatisfy({ Set($0).count == 1 }), numbers[0][0] > 0 else { return nil }
      return ((op.low - numbers[1][0]) * numbers[0][0]...(op.high - numbers[1][0]) * numbers[0][0], "Quantization")
    }
    // What samples are kept between, and no activation function is.
    guard case .clip(let low, let high) = (first.op as? ElementwiseFunction)?.function, readers.count == 1,
      [[0, 255], [0, 1], [-1, 1]].contains([low, high])
    else { return nil }
    return (low...high, "Clip")
  }
}
