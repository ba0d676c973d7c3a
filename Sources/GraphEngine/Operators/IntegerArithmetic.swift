public import Kernels

/// Arithmetic of whole numbers as a file's types of whole numbers have it: quotients without their fractions, results
/// wrapped around.
///
/// The engine computes in float32, which holds whole numbers up to 2²⁴ exactly; what lies beyond is refused when it
/// comes up rather than rounded. A sum, a difference or a product passes a gradient as that of reals does, for images
/// that are given as whole numbers; a quotient and a remainder pass none.
public struct IntegerArithmetic: Operator {
  /// What is computed of two whole numbers.
  public enum Function: Hashable, Sendable {
    case add, subtract, multiply
    /// Towards zero.
    case divide
    /// What is left of a division, with the sign of the divisor, or of the dividend.
    case remainder(keepsDividendSign: Bool)
  }

  /// What is computed.
  public let function: Function
  /// The numbers that the type has.
  public let range: ClosedRange<Int>

  public var name: String {
    switch function {
    case .add: "Add"
    case .subtract: "Subtract"
    case .multiply: "Multiply"
    case .divide: "Divide"
    case .remainder: "Remainder"
    }
  }

  /// Arithmetic of a type.
  public init(_ function: Function, in range: ClosedRange<Int>) {
    self.function = function
    self.range = range
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], inputs[1]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let shape = try outputShape(of: inputs.map(\.shape))
    let (a, b) = (try expanded(inputs[0], to: shape).scalars, try expanded(inputs[1], to: shape).scalars)
    return NDArray(try zip(a, b).map(result), shape: shape)
  }

  private func result(_ a: Float, _ b: Float) throws -> Float {
    guard abs(a) < 0x1p62, abs(b) < 0x1p62 else { throw Self.tooLarge }
    let (a, b) = (Int(a), Int(b))
    let (number, overflows) =
      switch function {
      case .add: a.addingReportingOverflow(b)
      case .subtract: a.subtractingReportingOverflow(b)
      case .multiply: a.multipliedReportingOverflow(by: b)
      // ONNX leaves division by zero open.
      case .divide: b == 0 ? (0, false) : a.dividedReportingOverflow(by: b)
      case .remainder(let keepsDividendSign): (b == 0 ? 0 : rest(a, b, keepsDividendSign: keepsDividendSign), false)
      }
    let wrapped = range.contains(number) ? number : wrap(number)
    guard !overflows, range.contains(wrapped), abs(wrapped) <= 1 << 24 else { throw Self.tooLarge }
    return Float(wrapped)
  }

  private static let tooLarge = ShapeError("it computes with whole numbers beyond 2²⁴")

  private func rest(_ a: Int, _ b: Int, keepsDividendSign: Bool) -> Int {
    let rest = a % b
    return keepsDividendSign || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
  }

  /// Types of 64 bits have no number to go on with.
  private func wrap(_ number: Int) -> Int {
    let (count, overflows) = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
    guard !overflows else { return number }
    let rest = (number - range.lowerBound) % count
    return (rest < 0 ? rest + count : rest) + range.lowerBound
  }

  public var pullbackNeeds: PullbackNeeds { real?.pullbackNeeds ?? .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    try real?.pullback(cotangent, at: point) ?? [nil, nil]
  }

  /// Whether a gradient passes.
  public var hasSlope: Bool { real != nil }

  /// The same of reals, where that has a slope.
  private var real: Arithmetic? {
    switch function {
    case .add: Arithmetic(.add)
    case .subtract: Arithmetic(.subtract)
    case .multiply: Arithmetic(.multiply)
    case .divide, .remainder: nil
    }
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}
