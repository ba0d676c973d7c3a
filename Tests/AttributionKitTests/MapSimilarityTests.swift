import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct MapSimilarityTests {
  /// Two maps of whole multiples of 1/64; `Tests/Tools/metric_references.py` has the same.
  static func waves(_ phase: Int) -> Tensor {
    Tensor(
      (0..<52 * 50).map { place in
        let (y, x) = place.quotientAndRemainder(dividingBy: 50)
        return Float((y * y + 3 * x * (phase + 1) + x * y * phase) % 128) / 64 - 1
      }, shape: [52, 50])
  }

  /// By SciPy and scikit-image.
  static let references: [MapSimilarity: Float] = [
    .spearman: 0.029796693, .ssim: 0.0035531171, .hog: -0.30233944, .cosine: 0.030251811,
  ]

  @Test(arguments: MapSimilarity.allCases) func `each is what SciPy and scikit-image compute`(
    measure: MapSimilarity
  ) throws {
    let value = try #require(measure.similarity(of: Self.waves(0), and: Self.waves(1)))
    #expect(abs(value - (try #require(Self.references[measure]))) < 1e-5)
  }

  @Test(arguments: MapSimilarity.allCases) func `a map is as like itself as can be, in any unit`(
    measure: MapSimilarity
  ) throws {
    let map = Self.waves(1)
    #expect(abs(try #require(measure.similarity(of: map, and: map)) - 1) < 1e-5)
    #expect(abs(try #require(measure.similarity(of: map, and: 3 * map)) - 1) < 1e-4)
  }

  @Test(arguments: MapSimilarity.allCases) func `of flat maps and of numbers that are none there is nothing to say`(
    measure: MapSimilarity
  ) {
    let map = Self.waves(0), zero = 0 * map
    #expect(measure.similarity(of: map, and: zero) == nil)
    #expect(measure.similarity(of: zero, and: zero) == nil)
    #expect((measure.similarity(of: map, and: Tensor(repeating: 1, shape: map.shape)) == nil) == (measure != .cosine))
    var broken = map
    broken[7] = .nan
    #expect(measure.similarity(of: map, and: broken) == nil)
  }

  @Test(arguments: [1, 2, 3, 5]) func `maps smaller than a window are compared, too`(side: Int) throws {
    let a = Tensor.scattered([side, side + 1], 0.6), b = Tensor.scattered([side, side + 1], 0.41)
    for measure in MapSimilarity.allCases {
      if let value = measure.similarity(of: a, and: b) { #expect(abs(value) <= 1.0001, "\(measure)") }
    }
    #expect(abs(try #require(MapSimilarity.ssim.similarity(of: a, and: a)) - 1) < 1e-5)
  }

  /// The formula, window by window.
  @Test func `structural similarity is the mean over windows`() throws {
    let a = Tensor.scattered([9, 8], 0.6).scaledToUnit(), b = Tensor.scattered([9, 8], 0.41).scaledToUnit()
    var total = 0.0
    for top in 0...2 {
      for left in 0...1 {
        let places = (top..<top + 7).flatMap { y in (left..<left + 7).map { y * 8 + $0 } }
        func mean(_ term: (Int) -> Double) -> Double { places.reduce(0) { $0 + term($1) } / 49 }
        let (x, y) = (mean { Double(a[$0]) }, mean { Double(b[$0]) })
        let (xx, yy) = (
          mean { (Double(a[$0]) - x) * (Double(a[$0]) - x) } * 49 / 48,
          mean { (Double(b[$0]) - y) * (Double(b[$0]) - y) } * 49 / 48
        )
        let xy = mean { (Double(a[$0]) - x) * (Double(b[$0]) - y) } * 49 / 48
        total += (2 * x * y + 1e-4) * (2 * xy + 9e-4) / ((x * x + y * y + 1e-4) * (xx + yy + 9e-4))
      }
    }
    #expect(abs(try #require(MapSimilarity.ssim.similarity(of: a, and: b)) - Float(total / 6)) < 1e-5)
  }
}
