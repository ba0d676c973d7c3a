import Datasets
import Foundation
import Images
import Tensors
import Testing

@Suite struct SummaryTests {
  /// A blot of this width around a place, and some noise, as a map of length 1.
  private func map(x: Double, y: Double, width: Double, _ random: inout SplitMix64) -> [Float] {
    let values = (0..<256).map { place -> Float in
      let (dx, dy) = (Double(place % 16) - x, Double(place / 16) - y)
      return Float(exp(-(dx * dx + dy * dy) / (2 * width * width))) + Float(random.below(100)) / 2000
    }
    return CoarseMap(of: Tensor(values, shape: [16, 16]))!.values
  }

  private func between(_ low: Double, _ high: Double, _ random: inout SplitMix64) -> Double {
    low + (high - low) * Double(random.below(10_000)) / 10_000
  }

  @Test func `a class whose maps lie on a watermark in some pictures and on objects in others is told`() throws {
    var random = SplitMix64(seed: 5)
    // Objects lie anywhere in the middle, the watermark in a corner.
    let maps = (0..<60).map { index in
      index % 4 == 0
        ? map(x: 1.5, y: 14, width: 1.2, &random)
        : map(x: between(6.5, 9.5, &random), y: between(5.5, 8.5, &random), width: 3.5, &random)
    }
    let clusters = try #require(MapClusters(maps))
    #expect(clusters.lots == (0..<60).map { $0 % 4 == 0 ? 1 : 0 })
    #expect(clusters.eigenvalues[1] < 0.05 && clusters.separation > 0.5)
  }

  @Test(arguments: [1, 2, 3, 4, 5]) func `a class whose maps are of one kind is left alone`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let maps = (0..<60).map { _ in
      map(x: between(4, 12, &random), y: between(4, 12, &random), width: 2.5, &random)
    }
    #expect(MapClusters(maps) == nil)
    #expect(MapClusters(Array(maps.prefix(8))) == nil)
  }

  @Test func `eigenvalues and vectors solve their equation`() {
    var random = SplitMix64(seed: 1)
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: 9), count: 9)
    for i in 0..<9 { for j in 0...i { (matrix[i][j], matrix[j][i]) = (between(-1, 1, &random), 0) } }
    for i in 0..<9 { for j in 0..<i { matrix[j][i] = matrix[i][j] } }
    let (values, vectors) = SymmetricEigenvalues.of(matrix)
    #expect(values == values.sorted())
    for (value, vector) in zip(values, vectors) {
      for row in 0..<9 {
        let product = zip(matrix[row], vector).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - value * vector[row]) < 1e-9)
      }
    }
  }

  @Test func `focus is nothing for an even map and nearly one for a single place`() throws {
    #expect(try #require(CoarseMap(of: Tensor(repeating: 1, shape: [7, 7]))).focus < 1e-6)
    var one = Tensor(repeating: 0, shape: [10, 10])
    one[34] = 2
    #expect(abs(try #require(CoarseMap(of: one)).focus - 0.99) < 1e-6)
    // What speaks against the score is no evidence; pixels count by their size.
    #expect(try #require(CoarseMap(of: Tensor(repeating: -1, shape: [7, 7]))).values.allSatisfy { $0 == 0 })
    let pixels = try #require(CoarseMap(of: Tensor(repeating: -1, shape: [3, 32, 32])))
    #expect(pixels.values.allSatisfy { abs($0 - 1.0 / 16) < 1e-6 })
  }

  @Test func `a set is summed up on its contact sheet, and the same picture is the nearest`() throws {
    let scratch = try Scratch(), photos = try scratch.writePictures(8)
    try scratch.write(Scratch.picture(2).pngData(), "photos/twin.png")
    let task = try demoTask(saves: [.summary, .report])
    try explain([photos], by: task, into: "\(scratch.path)/out")
    let data = try #require(FileManager.default.contents(atPath: "\(scratch.path)/out/summary.json"))
    let summary = try JSONDecoder().decode(SummaryReport.self, from: data)
    #expect(summary.method == "grad-cam")
    #expect(summary.classes.reduce(0) { $0 + $1.pictures } == 9)
    #expect(summary.mostFocused.count == 9 && summary.mostDisputed.count == 9)
    #expect(summary.mostFocused.map(\.value) == summary.mostFocused.map(\.value).sorted(by: >))
    #expect(summary.leastFocused.map(\.value) == summary.leastFocused.map(\.value).sorted())
    let twin = try #require(summary.mostFocused.first { $0.image.hasSuffix("twin.png") })
    #expect(twin.nearest?.first?.image.hasSuffix("picture-2.png") == true)
    #expect(twin.nearest.map { $0[0].similarity > 0.9999 } == true)
    let sheet = try #require(FileManager.default.contents(atPath: "\(scratch.path)/out/report.html"))
    #expect(String(decoding: sheet, as: UTF8.self).contains("Mean map of each class"))
  }
}
