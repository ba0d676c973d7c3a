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
