/// A convolution or its transpose, whose weights are input number 1 and whose bias, where there is one, number 2.
public protocol WritableConvolution: WritableLinearOperator {}

extension WritableConvolution {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    let bias = inputs.count > 2 ? inputs[2] : nil
    return try write(inputs[0], WrittenWeights(inputs[1], bias: bias), at: 0, shape: shape, to: writer)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    _ = try point.constant(1, of: self)
    let weights = WrittenWeights(try point.input(1))
    return [try writePullback(cotangent, weights, at: 0, inputShape: point.inputShapes[0], to: writer)]
      + point.noWeights
  }

  public func writeWeights(
    _ point: WrittenPoint, of input: Int, to writer: GraphWriter
  ) throws -> WrittenWeights? {
    guard input == 0, point.constants[1] != nil else { return nil }
    return WrittenWeights(try point.input(1), bias: point.constants.count > 2 ? try point.input(2) : nil)
  }
}
