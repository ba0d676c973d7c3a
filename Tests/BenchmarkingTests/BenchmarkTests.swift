import AttributionKit
import Benchmarking
import Explaining
import MethodCatalog
import Tensors
import Testing

@Suite struct BenchmarkTests {
  private func scores(_ methods: String, _ task: any BenchmarkTask) throws -> [Double?] {
    let benchmark = try Benchmark(of: Catalogue().expressions(methods), on: [task])
    return benchmark.methods.indices.map { benchmark.score(of: $0, on: 0) }
  }

  @Test func `what the watermark decides is found by methods that go by the class, not by its channels' variance`()
    throws
  {
    let scores = try scores("gradient, hires-cam, integrated-gradients(steps=8), sobel", Watermark(count: 3))
    #expect(try #require(scores[0]) > 0.99)
    // The layer's places see a pixel beyond the watermark on each side.
    #expect(try #require(scores[1]) > 0.6)
    #expect(try #require(scores[2]) > 0.99)
    #expect(try #require(scores[3]) < 0.3)
  }

  @Test func `of a weighted sum only its pixels are evidence`() throws {
    #expect(try scores("gradient, input-x-gradient, deep-lift", SetUnit(.linear)).allSatisfy { $0 == 1 })
  }

  @Test func `beyond saturation the gradient finds nothing, and paths from a baseline do`() throws {
    let scores = try scores("gradient, integrated-gradients, deep-lift", SetUnit(.saturated))
    #expect(scores[0] == 0)
    #expect(try #require(scores[1]) > 0.999 && #require(scores[2]) > 0.999)
  }

  @Test func `a branch that is not taken is no evidence`() throws {
    #expect(try scores("gradient, integrated-gradients", SetUnit(.inactive)).allSatisfy { $0 == 1 })
  }

  @Test func `two pixels that count together are both evidence`() throws {
    #expect(try scores("gradient, integrated-gradients", SetUnit(.interacting)).allSatisfy { $0 == 1 })
  }

  @Test(arguments: Reasoning.Kind.allCases) func `what decides is found whatever else there is to see`(
    kind: Reasoning.Kind
  ) throws {
    let scores = try scores("gradient, input-x-gradient, integrated-gradients, sobel", Reasoning(kind))
    for score in scores[..<3] { #expect(try #require(score) > 0.99, "\(kind)") }
    #expect(try #require(scores[3]) < 0.8)
  }

  @Test func `a network goes by what its name says`() throws {
    for kind in Reasoning.Kind.allCases {
      try Reasoning(kind).forEachCase { one in
        #expect(one.session.score.value == 1)
        // Without what decides, nothing is left of the score.
        let grid = try one.session.grid
        let rest = grid.masked(one.session.input, by: one.truth.map { 1 - $0 }, over: 0 * one.session.input)
        let switched = kind == .switched && one.truth.scalars.count { $0 == 1 } == 50
        // Without box and switch the cross decides.
        #expect(try one.session.repeated(on: rest).score.value == (switched ? 1 : 0))
      }
    }
  }

  /// The claim of XAI-TRIS: on correlated noise the best network takes pixels into account that hold no pattern.
  @Test func `suppressors draw the gradient away from the pattern, and white noise does not`() throws {
    let methods = "gradient, input-x-gradient, sobel"
    let white = try scores(methods, Tetrominoes(.white)), xor = try scores(methods, Tetrominoes(.xor))
    let correlated = try scores(methods, Tetrominoes(.correlated))
    #expect(white[..<2].allSatisfy { $0 == 1 } && xor[..<2].allSatisfy { $0 == 1 })
    #expect(try #require(correlated[0]) < 0.6 && #require(correlated[1]) < 0.8)
    #expect(try #require(white[2]) < 0.5)
  }

  @Test func `the network tells pictures as well as can be`() throws {
    for kind in Tetrominoes.Kind.allCases {
      var (right, all) = (0, 0)
      try Tetrominoes(kind).forEachCase { one in
        right += one.session.score.value > 0 ? 1 : 0
        all += 1
      }
      #expect(all == 12 && right >= 11, "\(kind): \(right)")
    }
  }

  @Test func `a method that does not apply has no score`() throws {
    #expect(try scores("legrad", SetUnit(.linear)) == [nil])
  }

  @Test(arguments: Scenes.Kind.allCases) func `in scenes, Grad-CAM finds more of the object than chance`(
    kind: Scenes.Kind
  ) throws {
    let scores = try scores("grad-cam, random", Scenes(kind, count: 4))
    #expect(try #require(scores[0]) > 2 * #require(scores[1]))
  }

  @Test func `in mosaics of a network taken apart, exact methods find nothing outside of the cell`() throws {
    let explainer = try Explainer(.demo)
    let pictures = try ["house", "rocket-and-moon", "fish-and-sailboat", "butterfly-and-cup"].indices.map { index in
      try explainer.predict(Picture(Tensor.scattered(index), named: "noise"))
    }
    let exact = try scores("gradient, hires-cam, lrp, grad-cam", DisconnectedMosaics(pictures))
    #expect(exact[..<3].allSatisfy { $0 == 1 })
    #expect(try #require(exact[3]) < 1)
    // Mosaics shown as they are have no such truth.
    for score in try scores("gradient", GridPointingGame(pictures)) {
      if let score { #expect((0..<1).contains(score)) }
    }
  }

  /// "What papers state" in Documentation/Benchmark.md.
  @Test func `on four equal pictures whoever weighs whole channels has a quarter, and who is exact has all`() throws {
    let explainer = try Explainer(.demo)
    let picture = try explainer.predict(Picture(Tensor.scattered(3), named: "noise"))
    let scores = try scores(
      "grad-cam, grad-cam++, xgrad-cam, eigen-cam, gradient, integrated-gradients(steps=4), guided-backprop, layer-cam, hires-cam",
      DisconnectedMosaics([picture, picture, picture, picture]))
    for score in scores[..<4] { #expect(abs(try #require(score) - 0.25) < 1e-5) }
    for score in scores[4...] { #expect(try #require(score) == 1) }
  }

  /// The library of XAI-Units states mean squared errors of 0 and 4.289e-08.
  @Test func `of a weighted sum, input × gradient is exact and integrated gradients nearly so`() throws {
    let methods = try Catalogue().expressions("input-x-gradient, gradient, integrated-gradients")
    var (error, count) = (0.0, 0)
    try SetUnit(.linear).forEachCase { one in
      let maps = try methods.map { try $0.method.attribution(in: one.session).values }
      let truth = zip(maps[1].scalars, one.session.input.scalars).map { $0 * $1 }
      #expect(maps[0].scalars == truth)
      for (value, expected) in zip(maps[2].scalars, truth) {
        error += Double(value - expected) * Double(value - expected)
        count += 1
      }
    }
    #expect(error / Double(count) < 1e-12, "\(error / Double(count))")
  }

  @Test func `a table has a row for each method and a dash where there is no score`() throws {
    let benchmark = try Benchmark(
      of: Catalogue().expressions("gradient, legrad"), on: [SetUnit(.linear), SetUnit(.saturated)])
    let lines = benchmark.markdown.split(separator: "\n")
    #expect(lines[0] == "| method | `linear` | `saturated` |")
    #expect(lines[2] == "| `gradient` | 1.000 | 0.000 |" && lines[3] == "| `legrad` | – | – |")
    #expect(lines.last?.hasPrefix("* `saturated`: ") == true)
  }
}

extension Tensor {
  /// A picture of colourful noise for the demo network.
  fileprivate static func scattered(_ seed: Int) -> Tensor {
    Tensor(gaussianNoise: [3, 112, 112], seed: UInt64(seed))
  }
}
