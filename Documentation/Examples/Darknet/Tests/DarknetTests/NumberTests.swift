import AttributionKit
import DarknetPlugin
import Tensors
import Testing

@Suite struct NumberTests {
  @Test func `a network small enough for paper gives the numbers on paper`() throws {
    let model = try Files(Networks.tiny, weights: Networks.tinyWeights).open()
    let input = Tensor([0, 1, 2, 3], shape: [1, 2, 2])
    let session = try ExplanationSession(of: model, on: input, for: .prediction)
    // relu(2x − 1) is 0, 1, 3, 5; its mean 2.25; the classes 10 + 3 · 2.25 and 20 − 4 · 2.25.
    #expect(session.logits.scalars == [16.75, 11])
    #expect(session.score.classIndex == 0)
    // Each place counts a quarter of 3 at the activation, twice that at the input, and nothing where the ReLU is shut.
    let layer = try #require(model.automaticLayer?.layer)
    #expect(layer.name == "0.relu" && layer.shape == [1, 2, 2])
    #expect(try session.gradient(at: layer).scalars == [0.75, 0.75, 0.75, 0.75])
    #expect(try session.inputGradient().scalars == [0, 1.5, 1.5, 1.5])
    #expect(session.backwardPasses == 1)
  }

  @Test func `batch normalisation is Darknet's`() throws {
    let configuration = """
      [net]
      channels=1
      height=1
      width=1
      [connected]
      batch_normalize=1
      output=1
      activation=logistic
      """
    // The bias, the weight, then scale, mean and variance: 3 · (2x − 5) / (√4 + 10⁻⁶) + 7.
    let model = try Files(configuration, weights: [7, 2, 3, 5, 4]).open()
    let session = try ExplanationSession(of: model, on: Tensor([4], shape: [1, 1, 1]), for: .prediction)
    #expect(abs(session.logits.scalars[0] - 11.5) < 1e-4)
    #expect(model.explained.link == .sigmoid, "the last sigmoid is stepped over")
  }

  @Test func `rows of connected layers are columns in very old files`() throws {
    let configuration = "[net]\nchannels=2\nheight=1\nwidth=1\n[connected]\noutput=2\nactivation=linear"
    let input = Tensor([1, 10], shape: [2, 1, 1])
    let new = try Files(configuration, weights: [0, 0, 1, 2, 3, 4]).open()
    let old = try Files(configuration, weights: [0, 0, 1, 2, 3, 4], version: (1001, 0)).open()
    #expect(try new.trace(input).logits.scalars == [21, 43])
    #expect(try old.trace(input).logits.scalars == [31, 42])
  }

  @Test(arguments: 0..<3) func `gradients are the slopes of the logits`(index: Int) throws {
    let model = try Files(Networks.whole, weights: Networks.wholeWeights).open()
    let x = Tensor(gaussianNoise: model.input.shape, seed: 1),
      direction = Tensor(gaussianNoise: model.input.shape, seed: 2)
    let session = try ExplanationSession(of: model, on: x, for: .logit(index))
    let slope = zip(try session.inputGradient().scalars, direction.scalars).reduce(0) { $0 + Double($1.0 * $1.1) }
    let step: Float = 1e-4
    let (ahead, behind) = (try model.trace(x + step * direction).logits, try model.trace(x + -step * direction).logits)
    let measured = Double(ahead.scalars[index] - behind.scalars[index]) / Double(2 * step)
    #expect(abs(measured) > 0.01)
    #expect(abs(slope - measured) < 1e-2 * abs(measured) + 2e-3, "\(slope), measured \(measured)")
  }
}
