import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

/// A cross, a box and a switch on black, and networks with weights set by hand that go by one of them, or by the one or the other as
/// the switch has it.
///
/// They follow the simulations of SMERF: what there is to see in a picture is the same for all of them, and what decides is
/// not. A saliency method that shows the cross of a network that goes by the box has failed.
public struct Reasoning: BenchmarkTask {
  public enum Kind: String, Sendable, CaseIterable {
    /// By the cross; there is a box, which counts nothing.
    case object = "smerf-object"
    /// By the box; there is a cross, which counts nothing.
    case spurious = "smerf-spurious"
    /// By the box and the switch where the switch is there, or else by the cross.
    case switched = "smerf-switched"
  }

  public let kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  public var identifier: String { kind.rawValue }
  public var citation: String? { "Kim, Plumb & Talwalkar, ICML 2022, arXiv:2105.06506" }
  public var summary: String {
    switch kind {
    case .object: "a cross decides, and a box beside it counts nothing."
    case .spurious: "a box decides, and a cross beside it counts nothing."
    case .switched: "a box decides together with a switch where there is one, or else a cross."
    }
  }

  private static let side = 32
  private static let size = 5
  private static let count = 12

  /// A cross, a box, and the switch: five rows of five pixels each.
  private static let glyphs: [[Float]] = [
    [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0],
    [1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    [1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1],
  ]

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    let model = try GraphModel(network(1)) { network($0) }
    for index in 0..<Self.count {
      var random = SplitMix64(seed: 53, stream: index)
      let isOn = kind == .switched && index % 2 == 0
      // The quarter of each, so that none hides another.
      var quarters = [0, 1, 2, 3]
      for place in 0..<3 { quarters.swapAt(place, place + random.below(4 - place)) }
      let deciding = kind == .spurious ? [1] : isOn ? [1, 2] : [0]
      var image = Tensor(repeating: 0, shape: [1, Self.side, Self.side]),
        truth = image.reshaped([Self.side, Self.side])
      for glyph in 0..<(isOn ? 3 : 2) {
        let room = Self.side / 2 - Self.size - 2
        let top = quarters[glyph] / 2 * Self.side / 2 + 1 + random.below(room)
        let left = quarters[glyph] % 2 * Self.side / 2 + 1 + random.below(room)
        for pixel in Self.glyphs[glyph].indices {
          let place = (top + pixel / Self.size) * Self.side + left + pixel % Self.size
          image[place] = Self.glyphs[glyph][pixel]
          if deciding.contains(glyph) { truth[place] = 1 }
        }
      }
      let session = try ExplanationSession(
        of: model, on: image, for: ClassLogit(index: 0),
        options: SessionOptions(colors: InputColors(black: [0], white: [1])))
      try body(BenchmarkCase(session, truth: truth))
    }
  }

  /// Detectors, each 1 where its glyph is and 0 elsewhere → how many there are → a decision.
  private func network(_ images: Int) -> Graph {
    let area = Float(Self.side * Self.side)
    // Dark pixels count against a glyph, so that nothing but the whole of it passes.
    let detectors = Self.glyphs.flatMap { glyph in glyph.map { 2 * (2 * $0 - 1) } }
    let thresholds = Self.glyphs.map { glyph in 1 - 2 * glyph.reduce(0, +) }
    // Rows are cross, box and switch; columns two sums that are added up when they are above zero.
    let sums: [Float]
    let offsets: [Float]
    switch kind {
    case .object: (sums, offsets) = ([1, 0, 0, 0, 0, 0], [0, 0])
    case .spurious: (sums, offsets) = ([0, 0, 1, 0, 0, 0], [0, 0])
    // R(2·box + 2·switch − 3) + R(cross − 2·switch)
    case .switched: (sums, offsets) = ([0, 1, 2, 0, 2, -2], [-3, 0])
    }
    return Graph(
      inputs: [.init("image", shape: [images, 1, Self.side, Self.side])],
      nodes: [
        Node(Convolution(ConvolutionGeometry(stride: 1, padding: 2)), ["image", "w1", "b1"], to: "matches"),
        Node(ElementwiseFunction(.relu), ["matches"], to: "detected"),
        Node(GlobalAveragePool(), ["detected"], to: "pooled"), Node(Reshape(to: [images, 3]), ["pooled"], to: "flat"),
        Node(Linear(), ["flat", "w2", "b2"], to: "sums"), Node(ElementwiseFunction(.relu), ["sums"], to: "active"),
        Node(Linear(), ["active", "w3"], to: "score"),
      ],
      constants: [
        "w1": NDArray(Tensor(detectors, shape: [3, 1, Self.size, Self.size])).asConstant(),
        "b1": NDArray(Tensor(thresholds, shape: [3])).asConstant(),
        "w2": NDArray(Tensor(sums.map { area * $0 }, shape: [3, 2])).asConstant(),
        "b2": NDArray(Tensor(offsets, shape: [2])).asConstant(),
        "w3": NDArray(Tensor([1, 1], shape: [2, 1])).asConstant(),
      ], outputs: ["score"])
  }
}
