import AttributionKit
import Tensors

/// An explanation and those of inputs nearby.
///
///     x' = x + u,    uᵢ uniform from −r to r
///
/// The radius `r` is a share of the range from black to white in each channel. The class stays.
struct Neighbors {
  let explanation: Explanation
  private let radius: Float
  private let unit: NoiseUnit
  private let seed: UInt64
  private let extents: Tensor
  private let grid: ImageGrid

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/wrongColors(_:channels:)``.
  init(of explanation: Explanation, within radius: Float, in unit: NoiseUnit = .range, seed: UInt64) throws {
    self.explanation = explanation
    (self.radius, self.unit) = (radius, unit)
    self.seed = seed
    grid = try explanation.session.grid
    extents = try explanation.session.colorExtents
  }

  /// The input of this number, always the same.
  func input(_ index: Int) -> Tensor {
    var generator = SplitMix64(seed: seed, stream: index)
    let area = grid.height * grid.width
    let noise = (0..<grid.channels * area).map {
      radius * (unit == .range ? extents[$0 / area] : 1) * (2 * generator.uniform() - 1)
    }
    return explanation.session.input + grid.image(Tensor(noise, shape: [grid.channels, grid.height, grid.width]))
  }

  /// What `measure` says of each of so many neighbours.
  ///
  /// - Throws: Whatever the model, the method, the session's progress or `measure` throws.
  func map<Result>(_ count: Int, _ measure: (Explanation) throws -> Result) throws -> [Result] {
    try (0..<count).map { index in
      let result = try measure(explanation.repeated(on: input(index)))
      try explanation.session.report(passes: index + 1, of: count)
      return result
    }
  }

  /// What so many explanations of other inputs take.
  static func cost(of count: Int, by method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: count)
  }
}

/// What the radius of a neighbourhood is measured in.
public enum NoiseUnit: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The range from black to white in each channel.
  case range
  /// The network's own numbers, whatever a photograph's preprocessing makes of them.
  case input

  public var description: String { rawValue }
}

extension Tensor {
  /// `|a|₂`.
  var norm: Double { scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }

  /// `|a − b|₂`.
  func distance(from other: Tensor) -> Double { (self - other).norm }
}

extension Parameter {
  /// How far off the neighbours are.
  static func radius(_ radius: any WritableKeyPath<Method, Float> & Sendable) -> Parameter {
    Parameter(
      "radius", radius, help: "how far each number of the input moves, as a share of the range from black to white",
      expected: "a number above 0"
    ) { $0 > 0 && $0.isFinite }
  }

  /// What the radius is measured in.
  static func unit(_ unit: any WritableKeyPath<Method, NoiseUnit> & Sendable) -> Parameter {
    Parameter(
      "unit", unit, help: "what the radius is a share of: the range from black to white, or 1 of the input",
      among: NoiseUnit.allCases)
  }

  /// Whether maps are compared by their shapes alone.
  static func scaled(_ scaled: any WritableKeyPath<Method, Bool> & Sendable) -> Parameter {
    Parameter(
      "scaled", scaled, help: "whether every map is divided by its largest value first", expected: "true or false")
  }

  /// How many neighbours there are.
  static func samples(_ samples: any WritableKeyPath<Method, Int> & Sendable) -> Parameter {
    Parameter(
      "samples", samples, help: "how many inputs nearby are explained", expected: "a whole number from 1 to 10000"
    ) { (1...10_000).contains($0) }
  }

  static func seed(_ seed: any WritableKeyPath<Method, UInt64> & Sendable) -> Parameter {
    Parameter("seed", seed, help: "the number that decides the noise", expected: "a whole number from 0")
  }
}
