import AttributionKit
import Tensors
import TestSupport
import Testing

/// Targets of networks that answer for each place, here three classes on 2 × 3 places.
@Suite struct RegionMeanTests {
  let logits = 2 * Tensor.scattered([3, 2, 3], 0.61803)

  static let bases: [any Target] = [
    ClassLogit(index: 1), RankedLogit(rank: 0), LogitDifference(index: 0, contrast: 2),
    Opposite(of: ClassLogit(index: 1)), ClassProbability(of: ClassLogit(index: 2)),
    ClassProbability(of: Opposite(of: ClassLogit(index: 1))),
    Similarity(to: Tensor([0.3, -1, 0.7], shape: [3])), Opposite(of: Similarity(to: Tensor([1, 2, 3], shape: [3]))),
  ]
  static let regions: [OutputRegion] = [
    .everywhere, .predicted, .weights(Tensor([0, 1, 0.25, 0, 0, 2], shape: [2, 3])),
  ]

  @Test(arguments: Self.bases.indices, [ProbabilityLink.softmax, .sigmoid])
  func `every target's cotangent is its slope in every region`(index: Int, link: ProbabilityLink) throws {
    for region in Self.regions {
      if case .predicted = region, index >= 6 { continue }
      let target = try RegionMean(of: Self.bases[index], over: region).pinned(to: Outputs(logits: logits, link: link))
      let score = try target.score(of: Outputs(logits: logits, link: link))
      #expect(score.cotangent.shape == logits.shape)
      let step: Float = 1e-2
      for i in logits.scalars.indices {
        var (up, down) = (logits, logits)
        up[i] += step
        down[i] -= step
        let slope =
          try
          (target.score(of: Outputs(logits: up, link: link)).value
          - target.score(of: Outputs(logits: down, link: link)).value) / (2 * step)
        #expect(abs(score.cotangent.scalars[i] - slope) < 2e-4, "\(index) \(region) \(i)")
      }
      #expect(score.cotangent.scalars.contains { abs($0) > 0.01 })
    }
  }

  @Test func `a class's logit in a region is the mean over the region`() throws {
    let mask = Tensor([0, 1, 1, 0, 0, 1], shape: [2, 3])
    let score = try RegionMean(of: .logit(2), over: .weights(mask)).score(of: Outputs(logits: logits))
    let expected = [1, 2, 5].map { logits.scalars[12 + $0] }.reduce(0, +) / 3
    #expect(abs(score.value - expected) < 1e-6)
    #expect(score.classIndex == 2)
    for p in 0..<6 { #expect(abs(score.cotangent.scalars[12 + p] - mask.scalars[p] / 3) < 1e-6) }
    #expect(score.cotangent.scalars.prefix(12).allSatisfy { $0 == 0 })
    let twice = try RegionMean(of: .logit(2), over: .weights(2 * mask)).score(of: Outputs(logits: logits))
    #expect(abs(twice.value - score.value) < 1e-6)
  }

  @Test func `a probability in a region is the mean of its places' probabilities`() throws {
    let weights = Tensor([0.5, 0, 1, 0, 0, 0], shape: [2, 3])
    let target = RegionMean(of: ClassProbability(of: .logit(0)), over: .weights(weights))
    for link in [ProbabilityLink.softmax, .sigmoid] {
      let p = link.probabilities(of: logits)
      #expect(p.shape == logits.shape)
      let expected = (0.5 * p.scalars[0] + p.scalars[2]) / 1.5
      #expect(abs(try target.score(of: Outputs(logits: logits, link: link)).value - expected) < 1e-6)
    }
    let p = ProbabilityLink.softmax.probabilities(of: logits)
    for place in 0..<6 { #expect(abs(p.scalars[place] + p.scalars[6 + place] + p.scalars[12 + place] - 1) < 1e-6) }
  }

  @Test func `predicted places are those of the greatest logit, the first of equal ones`() {
    let logits = Tensor([1, 0, 5, 2, /* */ 1, 3, 4, -2, /* */ 0, 3, 5, -1], shape: [3, 2, 2])
    func places(_ index: Int, _ link: ProbabilityLink, isNegative: Bool = false) -> [Float] {
      OutputRegion.places(predictedAs: index, isNegative: isNegative, in: logits, link: link).scalars
    }
    #expect(places(0, .softmax) == [1, 0, 1, 1])
    #expect(places(1, .softmax) == [0, 1, 0, 0])
    #expect(places(2, .softmax) == [0, 0, 0, 0])
    #expect(places(2, .softmax, isNegative: true) == [1, 1, 1, 1])
    #expect(places(1, .sigmoid) == [1, 1, 1, 0])
    #expect(places(1, .sigmoid, isNegative: true) == [0, 0, 0, 1])
  }

  @Test func `the places and the class of one input are kept for every other`() throws {
    let pinned = try RegionMean(of: .prediction, over: .predicted).pinned(to: Outputs(logits: logits))
    let index = try #require(try pinned.score(of: Outputs(logits: logits)).classIndex)
    #expect(index == logits.spatialMean().descendingOrder()[0])
    let mask = OutputRegion.places(predictedAs: index, in: logits, link: .softmax)
    let other = -logits
    let expected = other.channel(index) * mask
    let mean = expected.scalars.reduce(0, +) / mask.scalars.reduce(0, +)
    #expect(abs(try pinned.score(of: Outputs(logits: other)).value - mean) < 1e-6)
    #expect(try pinned.score(of: Outputs(logits: other)).classIndex == index)
  }

  @Test func `what speaks against a class is asked where another is predicted`() throws {
    let mask = OutputRegion.places(predictedAs: 1, in: logits, link: .softmax)
    let score = try RegionMean(of: Opposite(of: .logit(1)), over: .predicted).score(of: Outputs(logits: logits))
    for p in 0..<6 { #expect((score.cotangent.scalars[6 + p] != 0) == (mask.scalars[p] == 0)) }
    #expect(score.isNegative && score.classIndex == 1)
  }

  @Test func `what lies outside counts nothing, even where it is infinite`() throws {
    var odd = logits
    (odd[0], odd[6]) = (.infinity, .nan)
    let region = OutputRegion.weights(Tensor([0, 1, 1, 1, 1, 1], shape: [2, 3]))
    for base in [.logit(1), ClassProbability(of: .logit(1))] as [any Target] {
      let target = RegionMean(of: base, over: region)
      #expect(try target.score(of: Outputs(logits: odd)) == target.score(of: Outputs(logits: logits)))
    }
  }

  @Test func `questions that do not fit the answer are refused`() throws {
    func failure(_ target: any Target, _ logits: Tensor) -> AttributionError? {
      do { _ = try target.score(of: Outputs(logits: logits)) } catch { return error as? AttributionError }
      return nil
    }
    let vector = Tensor([1, 2, 3], shape: [3])
    #expect(failure(ClassLogit(index: 1), logits) == .needsRegion([3, 2, 3]))
    #expect(failure(.prediction, logits) == .needsRegion([3, 2, 3]))
    #expect(failure(RegionMean(of: .prediction), vector) == .noPlaces([3]))
    #expect(failure(RegionMean(of: .logit(3)), logits) == .noSuchClass(3, count: 3))
    for empty in [Tensor(repeating: 0, shape: [2, 3]), Tensor([1, -1, 1, 1, 1, 1], shape: [2, 3])] {
      #expect(failure(RegionMean(of: .logit(0), over: .weights(empty)), logits) == .emptyRegion)
    }
    let large = OutputRegion.weights(Tensor(repeating: 1, shape: [3, 2]))
    #expect(failure(RegionMean(of: .logit(0), over: large), logits) == .wrongRegion([3, 2], expected: [2, 3]))
    #expect(failure(ClassProbability(of: Similarity(to: vector)), vector) == .notAboutAClass)
    #expect(failure(ClassProbability(of: RegionMean(of: .logit(0))), logits) == .needsRegion([3, 2, 3]))
    #expect(failure(ClassProbability(of: Elsewhere()), vector) == .noSuchClass(9, count: 3))
    #expect(failure(RegionMean(of: Elsewhere(), over: .predicted), logits) == .noSuchClass(9, count: 3))
    #expect(failure(RegionMean(of: Similarity(to: vector), over: .predicted), logits) == .notAboutAClass)
    var third = logits
    for p in 0..<6 { third[12 + p] = -9 }
    #expect(failure(RegionMean(of: .logit(2), over: .predicted), third) == .emptyRegion)
  }

  /// A target that is about a class which is not there.
  private struct Elsewhere: Target {
    func score(of outputs: Outputs) -> Score { Score(value: 0, cotangent: 0 * outputs.logits, classIndex: 9) }
  }

  /// Two classes on the 4 × 4 places of the input.
  private let network = ChainNetwork(
    input: [3, 4, 4],
    [
      .convolution("conv1", kernels: .scattered([5, 3, 3, 3], 0.61803), bias: .scattered([5], 0.3)), .relu("relu1"),
      .convolution("conv2", kernels: .scattered([2, 5, 3, 3], 0.41421), bias: .scattered([2], 0.7)),
    ])

  @Test func `perturbed inputs and activations are scored in the region`() throws {
    let session = try ExplanationSession(
      of: network, on: network.sample, for: RegionMean(of: .logit(1), over: .predicted))
    let mask = OutputRegion.places(predictedAs: 1, in: session.logits, link: .softmax)
    func mean(_ logits: Tensor) -> Float {
      (logits.channel(1) * mask).scalars.reduce(0, +) / mask.scalars.reduce(0, +)
    }
    #expect(mask.scalars.contains(1) && mask.scalars.contains(0))
    #expect(abs(session.score.value - mean(session.logits)) < 1e-5)
    let images = (0..<3).map { (1 - 0.7 * Float($0)) * network.sample }
    let scores = try session.scores(of: 3) { images[$0] }
    for (score, image) in zip(scores, images) { #expect(abs(score - mean(try network.trace(image).logits)) < 1e-5) }
    let layer = network.layers[2], a = try session.activation(at: layer)
    let runOn = try session.scores(of: 2, replacing: layer) { Float($0) * a }
    #expect(abs(runOn[1] - session.score.value) < 1e-5 && abs(runOn[0] - runOn[1]) > 0.1)
    #expect(abs(try session.repeated(on: images[2]).score.value - scores[2]) < 1e-5)
  }

  @Test func `the gradient of a region's score is its slope in the image`() throws {
    let session = try ExplanationSession(
      of: network, on: network.sample, for: RegionMean(of: ClassProbability(of: .prediction), over: .predicted))
    let gradient = try session.inputGradient()
    for i in stride(from: 0, to: 48, by: 5) {
      var (up, down) = (network.sample, network.sample)
      up[i] += 1e-2
      down[i] -= 1e-2
      let slope = try (session.repeated(on: up).score.value - session.repeated(on: down).score.value) / 2e-2
      #expect(abs(gradient.scalars[i] - slope) < 5e-4)
    }
    #expect(gradient.scalars.contains { abs($0) > 5e-3 })
  }
}
