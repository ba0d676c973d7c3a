public import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is left of a division: `a − b·⌊a/b⌋`, or with the dividend's sign `a − b·trunc(a/b)`.
public struct DivisionRemainder: Operator {
  public let keepsDividendSign: Bool

  public var name: String { "Remainder" }

  public init(keepsDividendSign: Bool) { self.keepsDividendSign = keepsDividendSign }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], inputs[1]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: inputs.map(\.shape))
    let (a, b) = (try expanded(inputs[0], to: shape).scalars, try expanded(inputs[1], to: shape).scalars)
    return NDArray(zip(a, b).map(rest), shape: shape)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  /// `∂/∂a = 1`, `∂/∂b = −⌊a/b⌋`.
  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    var pulled: [NDArray?] = [nil, nil]
    if point.wanted[0] { pulled[0] = summed(cotangent, to: point.inputShapes[0]) }
    if point.wanted[1] {
      let quotient = try apply(
        keepsDividendSign ? .truncate : .floor, combine(.divide, point.input(0), point.input(1)))
      pulled[1] = summed(
        try apply(.neg, combine(.multiply, cotangent, quotient)), to: point.inputShapes[1])
    }
    return pulled
  }

  private func rest(_ a: Float, _ b: Float) -> Float {
    let rest = fmodf(a, b)
    return keepsDividendSign || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
