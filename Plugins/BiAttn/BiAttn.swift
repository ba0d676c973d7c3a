public import AttributionKit
import Tensors

/// Bidirectional attribution: how tokens come together in the network, times how the score takes the last attention.
///
///     M = W ⊙ R,     R ← R + P_l R,  R = I at first                            (attention perception)
///                    W = mean_h max(0, ∫₀¹ ∂y/∂A_L (α x) dα)                    (reasoning feedback)
///     token form:    P_l = mean_h A_l · diag(‖v_j W_o‖ / ‖z_j‖)
///     head form:     P_l = Σ_h I_h A_{l,h},   I_h ∝ mean |A_{l,h}ᵀ ∂y/∂A_{l,h}|,  Σ_h I_h = 1
///
/// `z` are the tokens that a block reads, `v` their values and `W_o` the projection behind them.
public struct BiAttn: AttributionMethod {
  public var form: Form
  public var steps: Int
  public var start: Int

  /// How a block's heads and tokens are weighed.
  public enum Form: String, Hashable, Sendable, CustomStringConvertible, CaseIterable {
    /// Each token by how much longer its value is than itself.
    case token
    /// Each head by how much its attention has to do with its gradient.
    case head

    public var description: String { rawValue }
  }

  public init(form: Form = .token, steps: Int = 20, start: Int = 0) {
    self.form = form
    self.steps = steps
    self.start = start
  }

  public func gradientLayers(in model: any ModelAdapter) -> [Layer] {
    form == .head ? (model as? any AttentionModel)?.attentionBlocks.map(\.weights) ?? [] : []
  }

  /// A forward and a backward pass for each step; the head form walks back once more, which is shared.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .forward(steps) + .backward(steps) + (form == .head ? .shared : .zero)
  }

  /// The row of the token that the score is read from, or the mean of several, on the grid of the patches.
  ///
  /// - Throws: ``AttributionError/unfollowedAttention(_:)`` where attention is not among the same tokens in all blocks, or
  ///   the token form cannot tell what a block does to its tokens;
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than two steps.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard steps > 1 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "bi-attn", expected: "a whole number from 2")
    }
    let chain = try AttentionChain(of: session.model).starting(at: start)
    let last = chain.blocks[chain.blocks.count - 1]
    let perception = try chain.product { block in
      .identity(chain.tokens.count) + (try form.perception(of: block, in: session))
    }
    let feedback = try feedback(of: last, in: session)
    let places = chain.readout.flatMap { row in (0..<last.keyCount).map { row * last.keyCount + $0 } }
    let rows = feedback.taken(at: places, shape: perception.shape)
    return Attribution(chain.map(of: rows * perception), at: last.weights)
  }

  /// `W`: the mean gradient on the way from a black image to this one, ends included as the authors do it.
  private func feedback(of last: AttentionBlock, in session: ExplanationSession) throws -> Tensor {
    var sum = Tensor(repeating: 0, shape: last.shape)
    for step in 0..<steps {
      let dimmed = try session.repeated(on: Float(step) / Float(steps - 1) * session.input)
      sum = sum + (try dimmed.attentionGradient(of: last))
      try session.report(passes: step + 1, of: steps)
    }
    return 1 / Float(last.heads) * (1 / Float(steps) * sum).rectified().channelSum()
  }
}

extension BiAttn {
  public static let descriptor = MethodDescriptor(
    "bi-attn", title: "BiAttn", family: .transformers,
    summary: "Patches that come together in the class token, by what the score takes from its last attention.",
    citation: "Chen et al., TMLR 2023, https://openreview.net/forum?id=rm0zIzlhcX",
    needs: [.gradients, .attentionChain],
    prototype: BiAttn(),
    parameters: [
      Parameter("form", \.form, help: "what is weighed in each block", among: Form.allCases),
      Parameter(
        "steps", \.steps, help: "how many gradients the integral is taken from",
        expected: "a whole number from 2 to 1000"
      ) { (2...1000).contains($0) },
      Parameter("start", \.start, help: "the first block that is followed", expected: "a block's number from 0") {
        $0 >= 0
      },
    ])
}
