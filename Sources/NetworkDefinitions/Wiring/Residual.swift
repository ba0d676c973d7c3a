import GraphEngine
import Kernels

/// The sum of what some blocks make of a value and of the value itself, `y = F(x) + x` (He et al., 2015, arXiv:1512.03385).
///
/// A shortcut, where there is one, takes the place of `x`: `y = F(x) + S(x)`. The sum is called `add`.
public struct Residual: Block {
  public let name: String? = ""
  let body: [any Block]
  let shortcut: [any Block]

  public init(@BlockBuilder body: () -> [any Block], @BlockBuilder shortcut: () -> [any Block]) {
    self.body = body()
    self.shortcut = shortcut()
  }

  public init(@BlockBuilder body: () -> [any Block]) {
    self.body = body()
    shortcut = []
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let change = try network.apply(body, to: input)
    let kept = try network.apply(shortcut, to: input)
    try network.require(
      change.shape == kept.shape,
      "adds \(spelled(change.shape)) to a shortcut of \(spelled(kept.shape)): let both come out alike")
    return try network.add(Arithmetic(.add), [change, kept], as: "add")
  }
}
