import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

@Suite struct ROADTests {
  let network = ChainNetwork.judged

  func judged(_ map: Tensor = ChainNetwork.judgedMap) throws -> Explanation {
    try explanation(map, of: network, on: ChainNetwork.judgedImage, for: .logit(1))
  }

  @Test(arguments: ROAD.RemovalOrder.allCases) func `without noise it is what pytorch-grad-cam computes`(
    order: ROAD.RemovalOrder
  ) throws {
    let result = try ROAD(order: order, noise: 0).result(for: judged())
    let expected = try #require(metricReferences["road \(order)"])
    #expect(abs(try #require(result.value) - expected) < 1e-5)
  }

  /// The equations solved by elimination, with a matrix of all pixels.
  @Test func `a removed pixel is the weighed mean of its neighbors`() throws {
    let image = ChainNetwork.judgedImage, explanation = try judged()
    let result = try ROAD(order: .morf, steps: 3, noise: 0).result(for: explanation)
    let order = (0..<100).sorted {
      (-ChainNetwork.judgedMap[$0], $0) < (-ChainNetwork.judgedMap[$1], $1)
    }
    for (step, count) in [25, 50, 75].enumerated() {
      let removed = Set(order.prefix(count)), filled = try imputed(image, removed)
      #expect(abs(result.curves[0].y[step + 1] - (try network.probability(of: 1, for: filled))) < 1e-6)
    }
    #expect(result.curves[0].x == [0, 0.25, 0.5, 0.75])
    #expect(abs(result.curves[0].y[0] - (try network.probability(of: 1, for: image))) < 1e-6)
  }

  /// Of a ramp every removed pixel within is what it was; of one color, all are.
  @Test func `what neighbors tell exactly is not changed`() throws {
    let network = ChainNetwork(
      input: [1, 5, 5],
      [.linear("logits", weights: .scattered([1, 25], 0.6), bias: Tensor(repeating: 0, shape: [1]))])
    let ramp = Tensor((0..<25).map { Float($0 / 5 + 2 * ($0 % 5)) }, shape: [1, 5, 5])
    var inner = Tensor(repeating: 0, shape: [5, 5])
    for y in 1..<4 { for x in 1..<4 { inner[y * 5 + x] = 1 } }
    // Nine pixels of twenty-five are the share of 36 %.
    let kept = try ROAD(order: .morf, steps: 1, noise: 0, score: .score).result(
      for: explanation(inner, of: network, on: Tensor(repeating: 3, shape: [1, 5, 5]), for: .logit(0)))
    #expect(abs(try #require(kept.value)) < 1e-5)
    let whole = try network.trace(ramp).logits[0]
    let half = try ROAD(order: .morf, steps: 24, noise: 0, score: .score).result(
      for: explanation(inner, of: network, on: ramp, for: .logit(0)))
    for step in 1...9 { #expect(abs(half.curves[0].y[step] - whole) < 1e-4) }
    #expect(abs(half.curves[0].y[12] - whole) > 1e-2)
  }

  @Test func `of a map that is the same everywhere the pixels are taken row by row, whichever come first`() throws {
    let result = try ROAD(steps: 3, noise: 0).result(for: judged(Tensor(repeating: 1, shape: [10, 10])))
    #expect(result.value == 0)
    #expect(result.curves[0].y == result.curves[1].y)
  }

  @Test func `noise is decided by the seed`() throws {
    let explanation = try judged()
    let first = try ROAD(noise: 0.1, seed: 1).result(for: explanation).value
    #expect(try ROAD(noise: 0.1, seed: 1).result(for: explanation).value == first)
    #expect(try ROAD(noise: 0.1, seed: 2).result(for: explanation).value != first)
  }

  @Test func `a pass is taken for every share and order`() throws {
    let network = ChainNetwork.tiny(side: 6), map = Tensor.scattered([6, 6], 0.7)
    let explanation = try explanation(map, of: network), before = network.forwardPasses
    _ = try ROAD(steps: 4).result(for: explanation)
    #expect(network.forwardPasses - before == 8)
    #expect(ROAD(steps: 4).cost(ofJudging: explanation.method, on: network) == .forward(8))
  }
}

/// The image with these pixels as the mean of their neighbors, by Gaussian elimination.
private func imputed(_ image: Tensor, _ removed: Set<Int>) throws -> Tensor {
  let (channels, height, width) = (image.shape[0], image.shape[1], image.shape[2]), pixels = removed.sorted()
  var result = image
  for channel in 0..<channels {
    var rows = pixels.map { pixel -> [Double] in
      var row = Array(repeating: 0.0, count: pixels.count + 1)
      for dy in -1...1 {
        for dx in -1...1 where (dy, dx) != (0, 0) {
          let (y, x) = (pixel / width + dy, pixel % width + dx)
          guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
          let weight = dy == 0 || dx == 0 ? 1.0 / 6 : 1.0 / 12
          row[pixels.firstIndex(of: pixel)!] += weight
          if let other = pixels.firstIndex(of: y * width + x) {
            row[other] -= weight
          } else {
            row[pixels.count] += weight * Double(image[(channel * height + y) * width + x])
          }
        }
      }
      return row
    }
    for column in pixels.indices {
      let pivot = rows[column...].indices.max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
      rows.swapAt(column, pivot)
      for row in pixels.indices where row != column {
        let factor = rows[row][column] / rows[column][column]
        for k in column...pixels.count { rows[row][k] -= factor * rows[column][k] }
      }
    }
    for (number, pixel) in pixels.enumerated() {
      result[channel * height * width + pixel] = Float(rows[number][pixels.count] / rows[number][number])
    }
  }
  return result
}
