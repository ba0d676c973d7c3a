import AttributionKit
import SanityMetrics
import Synchronization
import Tensors
import TestSupport
import Testing

/// Model randomisation, smooth and efficient.
@Suite struct ModelRandomizationTests {
  /// Four layers that have weights, of which those drawn anew are known by name.
  final class Twin: RandomizableModel, DifferentiableModel {
    static let chain = ChainNetwork.tiny(side: 4)
    let drawn: [String]
    let asked: Mutex<[[String]]> = Mutex([])
    init(_ drawn: [String] = []) { self.drawn = drawn }

    var input: Layer { Self.chain.input }
    var outputs: [Output] { Self.chain.outputs }
    var layers: [Layer] { Self.chain.layers }
    var automaticLayer: AutomaticLayer? { Self.chain.automaticLayer }
    var weightedLayers: [Layer] { Self.chain.layers.filter { $0.name != "input" }.reversed() }

    func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
      try Self.chain.differentiableTrace(inputs)
    }

    func randomized(_ layers: [Layer], seed: UInt64) throws -> any ModelAdapter {
      asked.withLock { $0.append(layers.map(\.name)) }
      return Twin(layers.map(\.name))
    }
  }

  /// A map decided by how many layers were drawn anew, and by the input.
  struct MapOfTwin: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution {
      let count = (session.model as? Twin)?.drawn.count ?? 0
      return Attribution(Self.map(count) + session.input.channelSum(), at: session.inputLayer)
    }

    static func map(_ count: Int) -> Tensor { .scattered([4, 4], [0.6, 0.41, 0.73, 0.31, 0.87, 0.23, 0.53][count]) }
  }

  let twin = Twin()

  func judged(_ method: any AttributionMethod = MapOfTwin()) throws -> Explanation {
    try Explanation(
      by: method, in: ExplanationSession(of: twin, on: Twin.chain.sample, for: .logit(1)))
  }

  func correlation(_ count: Int) -> Float {
    let sum = Twin.chain.sample.channelSum()
    return Correlation.spearman((MapOfTwin.map(0) + sum).scalars, (MapOfTwin.map(count) + sum).scalars)!
  }

  @Test func `a cascade draws ever more layers anew, from the output to the input`() throws {
    let result = try ModelRandomization(stages: 3).result(for: judged())
    let names = twin.weightedLayers.map(\.name)
    #expect(names.count == 6)
    #expect(twin.asked.withLock { $0 } == [Array(names[..<2]), Array(names[..<4]), names])
    #expect(result.curves[0].x == [2, 4, 6])
    #expect(result.curves[0].y == [2, 4, 6].map(correlation))
    #expect(abs(result.value! - [2, 4, 6].reduce(0) { $0 + correlation($1) } / 3) < 1e-6)
  }

  @Test func `independently one layer is drawn anew at a time, all of them where there are no more than stages`() throws
  {
    let result = try ModelRandomization(order: .independent, stages: 100).result(for: judged())
    #expect(twin.asked.withLock { $0 } == twin.weightedLayers.map { [$0.name] })
    #expect(result.curves[0].x == [1, 2, 3, 4, 5, 6])
    #expect(abs(result.value! - correlation(1)) < 1e-6)
  }

  @Test(arguments: MapSimilarity.allCases) func `a map that owes nothing to the weights is found out`(
    similarity: MapSimilarity
  ) throws {
    let result = try ModelRandomization(similarity: similarity).result(
      for: judged(GivenMap(values: .scattered([4, 4], 0.6))))
    #expect(abs(try #require(result.value) - 1) < 1e-5)
  }

  @Test func `smooth maps are means over noisy images, on both networks`() throws {
    let result = try ModelRandomization(stages: 1, samples: 3, noise: 0.5, seed: 4).result(for: judged())
    let smooth = Smooth(MapOfTwin(), samples: 3, noise: 0.5, seed: 4)
    let session = try judged().session
    let own = try smooth.attribution(in: session).values
    let other = try smooth.attribution(in: session.asked(of: Twin(twin.weightedLayers.map(\.name)))).values
    #expect(result.value == Correlation.spearman(own.scalars, other.scalars))
    #expect(result.value != correlation(6))
  }

  @Test func `the efficient form compares how orderly the maps are`() throws {
    struct Orderly: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        let isRandom = (session.model as? Twin)?.drawn.isEmpty == false
        // Two values, half and half; four, a quarter each.
        return Attribution(
          Tensor((0..<16).map { Float($0 % (isRandom ? 4 : 2)) }, shape: [4, 4]), at: session.inputLayer)
      }
    }
    // ln 4 is twice ln 2.
    #expect(abs(try #require(try EfficientMPRT().result(for: judged(Orderly())).value) - 1) < 1e-6)
    #expect(try EfficientMPRT().result(for: judged(GivenMap(values: .scattered([4, 4], 0.6)))).value == 0)
  }

  @Test func `flat maps say nothing, and a network without weights is refused`() throws {
    let flat = GivenMap(values: Tensor(repeating: 1, shape: [4, 4]))
    #expect(try ModelRandomization().result(for: judged(flat)).remarks == ["one of the maps is the same everywhere"])
    #expect(try EfficientMPRT().result(for: judged(flat)).value == nil)
    let other = try explanation(.scattered([4, 4], 0.6), of: .tiny())
    #expect(throws: AttributionError.cannotRandomize) { try ModelRandomization().result(for: other) }
    #expect(ModelRandomization.descriptor.needs.allSatisfy { $0.unmet(by: Twin.chain, for: flat) != nil })
    #expect(ModelRandomization.descriptor.needs.allSatisfy { $0.unmet(by: twin, for: flat) == nil })
  }
}
