import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct SessionMasksTests {
  let network = ChainNetwork.tiny(side: 5)

  @Test func `an image is seen through masks, over zero or a cover`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let masks = (1...4).map { Tensor.scattered([5, 5], 0.1234 * Float($0)).magnitudes() }
    let cover = Tensor.scattered([3, 5, 5], 0.777), grid = try session.grid
    let plain = try session.scores(ofMasks: 4) { masks[$0] }
    let covered = try session.scores(ofMasks: 4, over: cover) { masks[$0] }
    for index in 0..<4 {
      let m = masks[index], x = network.sample
      #expect(plain[index] == (try network.trace(x * m).logits.scalars[1]))
      let blended = x * m + cover * m.map { 1 - $0 }
      #expect(grid.masked(x, by: m, over: cover) == blended)
      #expect(covered[index] == (try network.trace(blended).logits.scalars[1]))
    }
    #expect(plain != covered)
  }

  @Test func `masks and covers of another shape are refused`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let mask = Tensor(repeating: 1, shape: [5, 5])
    #expect(throws: AttributionError.wrongShape([4, 5], for: network.input)) {
      try session.scores(ofMasks: 2) { _ in Tensor(repeating: 1, shape: [4, 5]) }
    }
    #expect(throws: AttributionError.wrongShape([5, 5], for: network.input)) {
      try session.scores(ofMasks: 2, over: mask) { _ in mask }
    }
  }

  @Test func `windows are covered one by one where the model can do no better`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let windows = [ImageGrid.Window(rows: 0..<2, columns: 1..<4), ImageGrid.Window(rows: 3..<5, columns: 0..<5)]
    let cover = Tensor.scattered([3, 5, 5], 0.777), grid = try session.grid
    let scores = try session.scores(covering: windows, with: cover)
    for (window, score) in zip(windows, scores) {
      #expect(score == (try network.trace(grid.replacing(window, of: network.sample, by: cover)).logits.scalars[1]))
    }
    #expect(throws: AttributionError.wrongShape([5, 5], for: network.input)) {
      try session.scores(covering: windows, with: Tensor(repeating: 0, shape: [5, 5]))
    }
  }

  @Test func `channels may come last`() throws {
    let grid = try #require(ImageGrid([4, 5, 3])), image = Tensor.ramp([4, 5, 3]),
      cover = Tensor.scattered([4, 5, 3], 0.3)
    let mask = Tensor.scattered([4, 5], 0.4142), blended = grid.masked(image, by: mask, over: cover)
    for p in 0..<20 {
      for c in 0..<3 {
        let i = p * 3 + c
        #expect(blended.scalars[i] == image.scalars[i] * mask.scalars[p] + cover.scalars[i] * (1 - mask.scalars[p]))
      }
    }
  }

  @Test func `the picture is what people see`() throws {
    let colors = InputColors(black: [-1, 0, -2], white: [1, 4, 2])
    func session(_ options: SessionOptions) throws -> ExplanationSession {
      try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
    }
    let picture = try session(SessionOptions(colors: colors)).picture, x = network.sample
    for (c, (black, white)) in [(-1, 1), (0, 4), (-2, 2)].enumerated() {
      for p in 0..<25 {
        let shown = (x.scalars[c * 25 + p] - Float(black)) / Float(white - black)
        #expect(abs(picture.scalars[c * 25 + p] - min(max(shown, 0), 1)) < 1e-6)
      }
    }
    #expect(try session(SessionOptions()).picture == x.scaledToUnit())
    let wrong = InputColors(black: [0], white: [1])
    #expect(throws: AttributionError.wrongColors(1, channels: 3)) { try session(SessionOptions(colors: wrong)).picture }
  }
}
