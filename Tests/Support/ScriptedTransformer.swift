public import AttributionKit
public import Tensors

/// A transformer of which attention and its gradients are handed in rather than computed: a class token and patches, in
/// blocks of one window.
public struct ScriptedTransformer: DifferentiableModel, AttentionModel {
  public let input = Layer("image", shape: [1, 2, 4])
  public let outputs = [Output.classes(2)]
  public let attentionBlocks: [AttentionBlock]
  public var unplacedAttention: [String] = []
  /// For each block what its softmax computes, `[heads, tokens, tokens]`.
  public let attention: [Tensor]
  /// For each block the derivative of the score by it.
  public let gradients: [Tensor]
  /// For each block the derivative of the score that its own tokens would have.
  public let earlyGradients: [Tensor]
  /// What is known of tokens, `[tokens, features]`: those that blocks read, and their projected values.
  public let tokens: Tensor
  public let projected: Tensor

  /// A network with a class token and `height` × `width` patches, read off these tokens.
  ///
  /// - Parameters:
  ///   - blocks: how many blocks there are.
  ///   - heads: how many heads each has.
  ///   - height: rows of patches.
  ///   - width: columns of patches.
  ///   - readout: the tokens that the score is read from.
  public init(blocks: Int = 3, heads: Int = 2, height: Int = 2, width: Int = 2, readout: [Int] = [0]) {
    let count = height * width + 1
    let grid = TokenGrid(count: count, height: height, width: width, patches: Array(1..<count))
    attentionBlocks = (0..<blocks).map { block in
      AttentionBlock(
        weights: Layer("softmax\(block)", shape: [heads, count, count], operatorName: "Softmax"), heads: heads,
        queries: grid, keys: grid, readout: block == blocks - 1 ? readout : nil,
        input: Layer("tokens\(block)", shape: [count, 3]), output: Layer("tokens\(block + 1)", shape: [count, 3]))
    }
    func numbers(_ seed: Int, _ shape: [Int]) -> Tensor { Tensor(gaussianNoise: shape, seed: UInt64(seed)) }
    let shape = [heads, count, count]
    attention = (0..<blocks).map { block in
      numbers(block, [heads * count, count]).map { 0.1 + $0 * $0 }.normalizedRows().reshaped(shape)
    }
    gradients = (0..<blocks).map { numbers(10 + $0, shape) }
    earlyGradients = (0..<blocks).map { numbers(20 + $0, shape) }
    tokens = numbers(30, [count, 3])
    projected = numbers(31, [count, 3])
  }

  public var layers: [Layer] { [input] + attentionBlocks.map(\.weights) }
  public var automaticLayer: AutomaticLayer? { nil }

  public func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    Trace(model: self, brightness: inputs[0].scalars.max() ?? 0)
  }

  /// An image of ones; its gradients count in proportion to its brightness.
  public var sample: Tensor { Tensor(repeating: 1, shape: input.shape) }

  private struct Trace: AttentionTrace {
    let model: ScriptedTransformer
    let brightness: Float
    let steps: [Step] = []
    let backwardPasses = 0

    var outputs: [Tensor] { [Tensor([1, 0], shape: [2])] }

    private func index(of layer: Layer) throws -> Int {
      guard let index = model.attentionBlocks.firstIndex(where: { $0.weights.name == layer.name }) else {
        throw Refusal("there is no layer '\(layer.name)'")
      }
      return index
    }

    func activation(at layer: Layer) throws -> Tensor {
      layer.name.hasPrefix("tokens") ? model.tokens : model.attention[try index(of: layer)]
    }

    /// Under any rule but the standard one, relevance: the early gradients.
    func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
      let numbers = rule is StandardRule ? model.gradients : model.earlyGradients
      return brightness * numbers[try index(of: layer)]
    }

    func projectedValues(of block: AttentionBlock) throws -> Tensor { model.projected }

    func attentionGradient(
      of block: AttentionBlock, readInPlaceOf last: AttentionBlock, cotangents: ([Tensor]) throws -> Cotangents
    ) throws -> Tensor {
      _ = try cotangents(outputs)
      return model.earlyGradients[try index(of: block.weights)]
    }
  }
}

extension ExplanationSession {
  /// A session on a scripted transformer's own sample.
  public convenience init(of model: ScriptedTransformer) throws {
    try self.init(of: model, on: model.sample, for: .logit(0))
  }
}
