import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct BaselineTests {
  let network = ChainNetwork.tiny()
  let colors = InputColors(black: [-2, -1, 0], white: [2, 3, 4])

  func session(_ colors: InputColors?) throws -> ExplanationSession {
    try ExplanationSession(of: network, on: network.sample, for: .prediction, options: SessionOptions(colors: colors))
  }

  @Test func `black and white are what the preprocessing makes of them`() throws {
    let session = try session(colors)
    #expect(try session.baseline(.black).spatialMean().scalars == [-2, -1, 0])
    #expect(try session.baseline(.white).spatialMean().scalars == [2, 3, 4])
    #expect(session.facts(on: .black).isEmpty)
  }

  @Test func `without preprocessing black is zero and says so, and white is refused`() throws {
    let session = try session(nil)
    #expect(try session.baseline(.black) == session.baseline(.zero))
    #expect(try session.baseline(.zero) == Tensor(repeating: 0, shape: [3, 4, 4]))
    #expect(session.facts(on: .black).count == 1 && session.facts(on: .mean).isEmpty)
    #expect(throws: AttributionError.unknownColors(.white)) { try session.baseline(.white) }
  }

  @Test func `the mean keeps each channel's mean, and nothing else`() throws {
    let mean = try session(nil).baseline(.mean)
    #expect(mean.spatialMean().distance(to: network.sample.spatialMean()) < 1e-6)
    for k in 0..<3 { #expect(mean.channel(k).isFlat) }
  }

  @Test func `the blurred image varies less`() throws {
    let side = ChainNetwork.tiny(side: 40)
    let session = try ExplanationSession(of: side, on: side.sample, for: .prediction)
    let blurred = try session.baseline(.blur)
    for (a, b) in zip(blurred.spatialVariance().scalars, side.sample.spatialVariance().scalars) {
      #expect(a < 0.5 * b)
    }
  }

  @Test func `noise is decided by its seed and has the channels' mean and deviation`() throws {
    let network = ChainNetwork.tiny(side: 48)
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let noise = try session.baseline(.noise, seed: 3)
    #expect(try noise == session.baseline(.noise, seed: 3))
    #expect(try noise != session.baseline(.noise, seed: 4))
    #expect(noise.spatialMean().distance(to: network.sample.spatialMean()) < 0.1)
    #expect(noise.spatialVariance().distance(to: network.sample.spatialVariance()) < 0.1)
  }
}
