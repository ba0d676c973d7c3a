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

  /// The samples that such a network wants; `nil` where the numbers do not tell.
  public var samples: Samples? { Samples(scale: scale, shift: shift) }

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
    guard let shape = plan.shape(of: image), shape.count == 4, let prelude = Prelude(of: plan, image: image) else {
      return nil
    }
    let axis = ![1, 3].contains(shape[1]) && [1, 3].contains(shape[3]) ? 3 : 1
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
    (self.scale, self.shift) = (scale, shift)
    operators = prelude.operators
    resizedExtent = prelude.resizedExtent
    if !changesNumbers, resizedExtent == nil { return nil }
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
