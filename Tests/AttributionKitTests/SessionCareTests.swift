import AttributionKit
import Synchronization
import Tensors
import TestSupport
import Testing

/// Work that is cancelled midway, and rules that ask for more work while it is done.
@Suite struct SessionCareTests {
  let network = ChainNetwork.tiny()

  /// Ends the work once it has heard of so many passes.
  private final class Patience: Sendable {
    struct Lost: Error {}
    private let left: Atomic<Int>
    init(_ passes: Int) { left = Atomic(passes) }

    func hear(_ progress: SessionOptions.Progress) throws {
      if left.subtract(1, ordering: .relaxed).newValue < 0 { throw Lost() }
    }
  }

  private func session(_ patience: Int) throws -> ExplanationSession {
    let patience = Patience(patience)
    return try ExplanationSession(
      of: network, on: network.sample, for: .prediction, options: SessionOptions { try patience.hear($0) })
  }

  @Test(
    arguments: [
      Smooth(Slope(), samples: 9), Smooth(Smooth(Weighing(), samples: 3), samples: 3), Perturbing(count: 9),
    ] as [any AttributionMethod]) func `a method is ended midway and can be run again`(method: any AttributionMethod)
    throws
  {
    let whole = try method.attribution(in: session(.max))
    let session = try session(4), before = network.forwardPasses
    #expect(throws: Patience.Lost.self) { try method.attribution(in: session) }
    #expect(network.forwardPasses - before < 9, "the rest was not run")
    // What is left of the session is what it was: it explains as if nothing had been begun.
    #expect(try Slope().attribution(in: session) == Slope().attribution(in: self.session(.max)))
    #expect(try method.attribution(in: self.session(.max)) == whole)
  }

  @Test func `a cancelled method is that entry's failure`() throws {
    let expressions = try MethodExpression.list(parsing: "smooth(slope), slope", among: toyMethods)
    let entries = Comparison(of: expressions).entries(in: try session(3))
    #expect(throws: Patience.Lost.self) { try entries[0].outcome.get() }
    #expect(try entries[1].outcome.get().status == .ok)
  }

  /// Scores many images, and does nothing with them.
  private struct Perturbing: AttributionMethod {
    let count: Int

    func attribution(in session: ExplanationSession) throws -> Attribution {
      let scores = try session.scores(of: count) { Float($0) * session.input }
      return Attribution(Tensor(scores, shape: [1, count]), at: session.inputLayer)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a rule may ask the session for another gradient on its way`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let rule = Asking(session: session)
    let plain = try session.gradient(at: network.layers[2])
    // At relu2 the rule puts the plain gradient's mean in place of the cotangent.
    let asked = try session.gradient(at: network.layers[3], under: rule)
    let mean = plain.meanAndDeviation().mean
    #expect(asked.scalars.allSatisfy { $0 == mean } && mean != 0)
  }

  /// Puts the mean of the plain gradient at a shallower layer in place of the cotangent of `relu2`.
  private struct Asking: GradientRule {
    let session: ExplanationSession

    func crossing(_ step: Step) -> Crossing {
      guard step.name == "relu2" else { return .derivative }
      return .replaced { [session] cotangent in
        let layer = try TargetLayer.matching("relu1").resolve(in: session.model)
        let mean = try session.gradient(at: layer).meanAndDeviation().mean
        return cotangent.map { _ in mean }
      }
    }

    static func == (lhs: Asking, rhs: Asking) -> Bool { lhs.session === rhs.session }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(session)) }
  }

  @Test func `parameters that make no sense are told when the method runs`() throws {
    let session = try session(.max)
    for samples in [0, -3] {
      #expect(
        throws: AttributionError.unusableParameter(
          "samples", value: "\(samples)", method: "smooth", expected: "a whole number from 1")
      ) { try Smooth(Slope(), samples: samples).attribution(in: session) }
      #expect(Smooth(Slope(), samples: samples).cost(on: network) == .zero)
    }
    for method: any AttributionMethod in [Mean([]), Maximum([]), Layers([]) { Weighing(targetLayer: $0) }] {
      #expect(throws: AttributionError.nothingToCombine) { try method.attribution(in: session) }
    }
  }

  @Test func `colours of another number of channels are refused`() throws {
    let options = SessionOptions(colors: InputColors(black: [0], white: [1, 1, 1, 1]))
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction, options: options)
    #expect(throws: AttributionError.wrongColors(1, channels: 3)) { try session.baseline(.black) }
    #expect(throws: AttributionError.wrongColors(4, channels: 3)) { try session.baseline(.white) }
  }

  @Test func `the session tells its target, of the class it chose`() throws {
    let session = try session(.max)
    let chosen = try #require(session.score.classIndex)
    #expect(session.target as? ClassLogit == ClassLogit(index: chosen))
    let likely = try session.retargeted(to: ClassProbability(of: session.target))
    #expect(likely.score.value == (try session.probabilities.scalars[chosen]))
  }
}
