import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct SmoothTests {
  let network = ChainNetwork.tiny()

  func session(for target: any Target = .prediction) throws -> ExplanationSession {
    try ExplanationSession(of: network, on: network.sample, for: target)
  }

  @Test func `it is the mean over copies with noise of the deviation asked for`() throws {
    let session = try session()
    let x = network.sample, range = x.scalars.max()! - x.scalars.min()!
    var seeds = SplitMix64(seed: 11)
    var sum = [Double](repeating: 0, count: x.scalars.count)
    for _ in 0..<6 {
      let noise = Tensor(gaussianNoise: x.shape, seed: seeds.next())
      let copy = Tensor(zip(x.scalars, noise.scalars).map { $0 + 0.4 * range * $1 }, shape: x.shape)
      let own = try ExplanationSession(of: network, on: copy, for: .logit(#require(session.score.classIndex)))
      for (i, slope) in try own.inputGradient().scalars.enumerated() { sum[i] += Double(slope) / 6 }
    }
    let smooth = try Smooth(Slope(), samples: 6, noise: 0.4, seed: 11).attribution(in: session)
    #expect(smooth.values.distance(to: Tensor(sum.map(Float.init), shape: x.shape)) < 1e-6)
    #expect(smooth.layer == network.input)
    #expect(smooth.values.distance(to: try Slope().attribution(in: session).values) > 1e-3)
  }

  @Test func `the noise has the deviation it should`() throws {
    struct Seen: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        let difference = session.input - ChainNetwork.tiny(side: 32).sample
        return Attribution(difference * difference, at: session.inputLayer)
      }
    }
    let network = ChainNetwork.tiny(side: 32)
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let range = network.sample.scalars.max()! - network.sample.scalars.min()!
    let variance = try Smooth(Seen(), samples: 20, noise: 0.25).attribution(in: session).values.meanAndDeviation().mean
    #expect(abs(variance.squareRoot() / (0.25 * range) - 1) < 0.01)
  }

  @Test func `without noise it is the method itself`() throws {
    let session = try session()
    for method: any AttributionMethod in [Slope(), Weighing(), Weighing() * Slope()] {
      let plain = try method.attribution(in: session),
        smooth = try Smooth(method, samples: 4, noise: 0).attribution(in: session)
      #expect(smooth.values.distance(to: plain.values) < 1e-6 && smooth.layer == plain.layer)
    }
  }

  @Test func `the seed decides, and nothing else does`() throws {
    let first = try Smooth(Slope(), samples: 3, seed: 5).attribution(in: session())
    #expect(try Smooth(Slope(), samples: 3, seed: 5).attribution(in: session()) == first)
    #expect(try Smooth(Slope(), samples: 3, seed: 6).attribution(in: session()) != first)
    let more = try Smooth(Slope(), samples: 4, seed: 5).attribution(in: session())
    #expect(more != first)
  }

  @Test func `every copy is explained for the class of the input itself`() throws {
    struct Asked: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        Attribution(Tensor([Float(session.score.classIndex ?? -1)], shape: [1, 1]), at: session.inputLayer)
      }
    }
    let session = try session()
    // So much noise that the network itself would change its mind on some of the copies.
    var seeds = SplitMix64(seed: 0)
    let minds = try (0..<40).map { _ in
      try network.trace(network.sample + 2 * Tensor(gaussianNoise: network.input.shape, seed: seeds.next())).logits
        .descendingOrder()[0]
    }
    #expect(Set(minds).count > 1)
    let asked = try Smooth(Asked(), samples: 40, noise: 1).attribution(in: session).values.scalars[0]
    #expect(asked == Float(try #require(session.score.classIndex)))
  }

  @Test func `the session's own passes are left alone, and every copy costs one`() throws {
    let session = try session()
    _ = try Smooth(Slope(), samples: 7).attribution(in: session)
    #expect(session.backwardPasses == 0 && network.forwardPasses == 8)
  }

  @Test func `a grid that changes with the input is an error`() throws {
    struct Fickle: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        let side = session.input.scalars[0] > session.input.scalars[1] ? 1 : 2
        return Attribution(Tensor(repeating: 1, shape: [side, side]), at: session.inputLayer)
      }
    }
    #expect(throws: AttributionError.self) {
      try Smooth(Fickle(), samples: 50, noise: 1).attribution(in: session())
    }
  }
}
