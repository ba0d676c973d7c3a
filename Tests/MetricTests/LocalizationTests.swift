import AttributionKit
import LocalizationMetrics
import Tensors
import TestSupport
import Testing

@Suite struct LocalizationTests {
  static let all: [any AttributionMetric] = [
    PointingGame(), EnergyPointingGame(), RelevanceMass(), RelevanceRank(), TopKIntersection(), AUC(), IoU(),
    IoU(threshold: .best),
  ]

  /// A network that takes an image of these extents and has nothing to say.
  func blank(_ height: Int, _ width: Int, channels: Int = 1) -> ChainNetwork {
    ChainNetwork(
      input: [channels, height, width],
      [
        .linear(
          "logits", weights: Tensor(repeating: 0, shape: [2, channels * height * width]),
          bias: Tensor(repeating: 0, shape: [2]))
      ])
  }

  func judge(_ metric: any AttributionMetric, _ values: Tensor, _ object: Tensor?) throws -> MetricResult {
    let (height, width) = (values.shape[values.shape.count - 2], values.shape[values.shape.count - 1])
    let network = blank(height, width, channels: values.shape.count == 3 ? values.shape[0] : 1)
    return try metric.result(for: explanation(values, of: network, object: object))
  }

  @Test func `numbers are those of Quantus and scikit-learn`() throws {
    typealias R = LocalizationReferences
    for (metric, map, expected) in [
      (RelevanceMass(), R.scattered, R.relevanceMass.scattered), (RelevanceMass(), R.stepped, R.relevanceMass.stepped),
      (EnergyPointingGame(), R.scattered, R.relevanceMass.scattered),
      (RelevanceRank(), R.scattered, R.relevanceRank), (TopKIntersection(pixels: 12), R.scattered, R.top12),
      (AUC(), R.scattered, R.auc.scattered), (AUC(), R.stepped, R.auc.stepped),
      (PointingGame(tolerance: 0), R.scattered, 1),
    ] as [(any AttributionMetric, Tensor, Float)] {
      let value = try #require(try judge(metric, map, R.object).value)
      #expect(abs(value - expected) < 1e-5, "\(metric)")
    }
  }

  @Test func `a map and an object of which every number is known`() throws {
    let map = Tensor([4, 2, 0, 1, 3, -2], shape: [2, 3])
    let object = Tensor([1, 0, 0, 1, 0, 0], shape: [2, 3])
    #expect(try judge(PointingGame(tolerance: 0), map, object).value == 1)
    #expect(try judge(EnergyPointingGame(), map, object).value == 0.5)
    #expect(try judge(RelevanceMass(), map, object).value == 0.5)
    // Of the two highest, 4 and 3, one is inside.
    #expect(try judge(RelevanceRank(), map, object).value == 0.5)
    // 4, 3 and 2.
    #expect(try judge(TopKIntersection(pixels: 3), map, object).value == 1 / 3)
    // 4 is above all four others, 1 above two of them.
    #expect(try judge(AUC(), map, object).value == 0.75)
    // Above half of 4 are 4, 2 and 3, of which one is inside; the union has four pixels.
    #expect(try judge(IoU(threshold: .share(0.5)), map, object).value == 0.25)
    // Above 0.8 · 4 is 4 alone: one of two.
    #expect(try judge(IoU(threshold: .best), map, object).value == 0.5)
  }

  /// Chance: what a map that prefers no pixel deserves.
  @Test func `a constant map has the share of the object's pixels, and an even ROC curve`() throws {
    let map = Tensor(repeating: 0.3, shape: [8, 10]), object = LocalizationReferences.object
    for metric in [
      PointingGame(tolerance: 0), EnergyPointingGame(), RelevanceMass(), RelevanceRank(), TopKIntersection(pixels: 7),
      IoU(), IoU(threshold: .best),
    ] as [any AttributionMetric] {
      #expect(abs(try #require(try judge(metric, map, object).value) - 0.3) < 1e-6, "\(metric)")
    }
    let auc = try judge(AUC(), map, object)
    #expect(auc.value == 0.5)
    #expect(auc.curves[0].x == [0, 1] && auc.curves[0].y == [0, 1])
  }

  @Test(arguments: all) func `without an object, or a map, there is nothing to say`(
    metric: any AttributionMetric
  ) throws {
    let map = LocalizationReferences.scattered, object = LocalizationReferences.object
    #expect(try judge(metric, map, object).value != nil)
    #expect(try judge(metric, map, nil) == .undefined("no object is marked"))
    #expect(try judge(metric, map, 0 * object) == .undefined("the object that is marked has no pixel"))
    #expect(try judge(metric, 0 * map, object).value == nil)
    #expect(try judge(metric, map.map { $0 > 0.5 ? .infinity : $0 }, object).value == nil)
  }

  @Test func `a map that speaks against the score only is no evidence, but has an order`() throws {
    let map = LocalizationReferences.scattered.map { $0 - 10 }, object = LocalizationReferences.object
    for metric in [PointingGame(), EnergyPointingGame(), RelevanceMass(), IoU()] as [any AttributionMetric] {
      #expect(try judge(metric, map, object) == .undefined("nothing in the map speaks for the score"))
    }
    #expect(try judge(AUC(), 0 * map, object) == .undefined("the map is empty"))
    #expect(try judge(AUC(), map, object).value == LocalizationReferences.auc.scattered)
    #expect(
      try judge(RelevanceRank(), map, object).value
        == judge(RelevanceRank(), LocalizationReferences.scattered, object).value)
  }

  @Test func `an object that fills the image leaves nothing to tell apart`() throws {
    let map = LocalizationReferences.scattered, all = Tensor(repeating: 1, shape: [8, 10])
    #expect(try judge(AUC(), map, all) == .undefined("the object fills the image"))
    #expect(try judge(EnergyPointingGame(), map, all).value == 1)
    #expect(try judge(RelevanceRank(), map, all).value == 1)
  }

  @Test(arguments: [0, 1, 2, 3]) func `a point beside the object hits within the tolerance`(tolerance: Int) throws {
    // Every place of the maximum, against a search of the whole object.
    let object = Tensor((0..<56).map { [9, 10, 11, 53].contains($0) ? 1 : 0 }, shape: [7, 8])
    for place in 0..<56 {
      var map = Tensor(repeating: 0, shape: [7, 8])
      map[place] = 2
      let hit = (0..<56).contains { other in
        let (dy, dx) = (other / 8 - place / 8, other % 8 - place % 8)
        return object[other] == 1 && dy * dy + dx * dx <= tolerance * tolerance
      }
      #expect(try judge(PointingGame(tolerance: tolerance), map, object).value == (hit ? 1 : 0), "\(place)")
    }
  }

  @Test func `of equal maxima, the share that hit counts`() throws {
    let map = Tensor([5, 0, 5, 5, 1, 5], shape: [2, 3]), object = Tensor([1, 1, 0, 0, 0, 0], shape: [2, 3])
    #expect(try judge(PointingGame(tolerance: 0), map, object).value == 0.25)
    #expect(try judge(PointingGame(tolerance: 1), map, object).value == 0.75)
  }

  /// Every order of the pixels in which none comes before a higher one.
  @Test(arguments: [1, 2, 3, 4]) func `pixels that tie count by the mean over their orders`(count: Int) throws {
    let map = Tensor([1, 2, 1, 2, 1, 0], shape: [2, 3]), object = Tensor([1, 1, 0, 0, 0, 1], shape: [2, 3])
    let orders = permutations(Array(0..<6)).filter { order in
      zip(order, order.dropFirst()).allSatisfy { map[$0] >= map[$1] }
    }
    #expect(orders.count == 12)
    let hits = orders.reduce(0) { sum, order in sum + order[..<count].count { object[$0] == 1 } }
    let value = try #require(try judge(TopKIntersection(pixels: count), map, object).value)
    #expect(abs(value - Float(hits) / Float(orders.count * count)) < 1e-6)
    if count == 3 { #expect(try judge(RelevanceRank(), map, object).value == value) }
  }

  /// Every pair of a pixel on the object and one beside it.
  @Test func `the area is the share of pairs in the right order, and that under the curve`() throws {
    for map in [LocalizationReferences.scattered, LocalizationReferences.stepped] {
      let object = LocalizationReferences.object
      var right = 0.0, pairs = 0.0
      for p in 0..<80 where object[p] == 1 {
        for q in 0..<80 where object[q] == 0 {
          right += map[p] > map[q] ? 1 : map[p] == map[q] ? 0.5 : 0
          pairs += 1
        }
      }
      let result = try judge(AUC(), map, object)
      #expect(abs(try #require(result.value) - Float(right / pairs)) < 1e-6)
      #expect(abs(result.curves[0].mean - Float(right / pairs)) < 1e-6)
    }
  }

  @Test func `a curve of many corners is thinned, and its ends stay`() throws {
    let map = Tensor.scattered([30, 40], 0.618_034),
      object = Tensor((0..<1200).map { $0 < 300 ? 1 : 0 }, shape: [30, 40])
    let result = try judge(AUC(), map, object), curve = result.curves[0]
    #expect((150...450).contains(curve.x.count))
    #expect(curve.x.first == 0 && curve.y.first == 0 && curve.x.last == 1 && curve.y.last == 1)
    #expect(abs(curve.mean - (result.value ?? 0)) < 0.02)
  }

  @Test func `intersections and unions are those of sets`() throws {
    let map = LocalizationReferences.scattered, object = LocalizationReferences.object
    let inside = Set((0..<80).filter { object[$0] == 1 }), greatest = map.scalars.max() ?? 0
    let result = try judge(IoU(threshold: .share(0.35)), map, object)
    var best: Float = 0
    for share in [Float(0.35)] + result.curves[0].x {
      let found = Set((0..<80).filter { map[$0] >= share * greatest && map[$0] > 0 })
      let expected = Float(found.intersection(inside).count) / Float(found.union(inside).count)
      if share == 0.35 { #expect(result.value == expected) }
      if let place = result.curves[0].x.firstIndex(of: share) { #expect(result.curves[0].y[place] == expected) }
      best = max(best, expected)
    }
    #expect(result.curves[0].x.count == 101)
    #expect(try judge(IoU(threshold: .best), map, object).value == best)
  }

  /// Channels of opposite signs: sizes add up, values cancel out.
  @Test func `of pixels, evidence is their size and relevance their sum`() throws {
    let pixels = Tensor([3, 1, 0, 0, /**/ -2, 0, -1, 4], shape: [2, 2, 2])
    let object = Tensor([1, 0, 0, 0], shape: [2, 2])
    // Sizes 5, 1, 1, 4; sums 1, 1, −1, 4.
    #expect(try judge(EnergyPointingGame(), pixels, object).value == Float(5) / 11)
    #expect(try judge(RelevanceMass(), pixels, object).value == Float(1) / 6)
    #expect(try judge(PointingGame(tolerance: 0), pixels, object).value == 1)
    #expect(try judge(RelevanceRank(), pixels, object).value == 1)
  }

  @Test func `more pixels than the image has are all of them`() throws {
    let result = try judge(TopKIntersection(), LocalizationReferences.scattered, LocalizationReferences.object)
    #expect(result.value == 0.3)
    #expect(result.remarks == ["the object has 24 pixels, fewer than the 80 that are taken"])
  }

  @Test func `a map of a layer is stretched over the object`() throws {
    let network = blank(4, 4), object = Tensor((0..<16).map { $0 % 4 < 2 ? 1 : 0 }, shape: [4, 4])
    // Columns of the stretched map: 4, 3, 1, 0.
    let map = Tensor([4, 0, 4, 0], shape: [2, 2])
    let energy = try EnergyPointingGame().result(for: explanation(map, of: network, object: object))
    #expect(energy.value == 7.0 / 8)
  }

  @Test func `parameters are read from text`() throws {
    let known = [PointingGame.descriptor, IoU.descriptor, TopKIntersection.descriptor]
    let metrics = try MetricExpression.list(
      parsing: "pointing-game(tolerance=3),iou(threshold=best),iou(threshold=0.5),top-k-intersection(pixels=9)",
      among: known
    ).map(\.metric)
    #expect((metrics[0] as? PointingGame)?.tolerance == 3)
    #expect((metrics[1] as? IoU)?.threshold == .best)
    #expect((metrics[2] as? IoU)?.threshold == .share(0.5))
    #expect((metrics[3] as? TopKIntersection)?.pixels == 9)
    for wrong in ["iou(threshold=1.5)", "iou(threshold=most)", "pointing-game(tolerance=-1)"] {
      #expect(throws: AttributionError.self) { try MetricExpression.list(parsing: wrong, among: known) }
    }
  }
}

private func permutations(_ items: [Int]) -> [[Int]] {
  guard let first = items.first else { return [[]] }
  return permutations(Array(items.dropFirst())).flatMap { rest in
    (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
  }
}
