import GraphEngine
import Kernels
import Testing

/// Expects ⟨pullback(v), t⟩ = ⟨v, J·t⟩ for one tangent `t` of the varying inputs and one cotangent `v`.
///
/// The directional derivative `J·t` is taken by central differences; the tolerance is relative to the size of the two
/// products. The inferred shape must be the computed one.
func expectPullback(
  of op: some Operator, at inputs: [NDArray], varying: [Int] = [0], step: Float = 1e-2, tolerance: Float = 5e-3,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = inputs.enumerated().map { varying.contains($0) ? $1 : $1.asConstant() }
  let shapes = inputs.map(\.shape)
  let output = try op.forward(inputs)
  #expect(try op.outputShape(of: shapes) == output.shape, sourceLocation: sourceLocation)
  let cotangent = ramp(output.shape, phase: 0.7)
  let needs = op.pullbackNeeds
  let point = LinearizationPoint(
    inputs: inputs.enumerated().map { needs == .inputs || !varying.contains($0) ? $1 : nil },
    output: needs == .output ? output : nil, inputShapes: shapes, outputShape: output.shape,
    wanted: inputs.indices.map(varying.contains))
  let cotangents = try op.pullback(cotangent, at: point)
  #expect(cotangents.count == inputs.count, sourceLocation: sourceLocation)

  let tangents = shapes.map { ramp($0, phase: 0.3) }
  func shifted(by step: Float) throws -> NDArray {
    try op.forward(
      inputs.indices.map { i in
        guard varying.contains(i) else { return inputs[i] }
        let moved = zip(inputs[i].scalars, tangents[i].scalars).map { $0 + step * $1 }
        return NDArray(moved, shape: shapes[i])
      })
  }
  let derivative = zip(try shifted(by: step).scalars, try shifted(by: -step).scalars).map { ($0 - $1) / (2 * step) }
  let expected = inner(cotangent.scalars, derivative)
  var pulled = 0.0
  for i in inputs.indices {
    #expect((cotangents[i] != nil) == varying.contains(i), sourceLocation: sourceLocation)
    if let cotangent = cotangents[i] {
      #expect(cotangent.shape == shapes[i], sourceLocation: sourceLocation)
      pulled += inner(cotangent.scalars, tangents[i].scalars)
    }
  }
  let size = zip(cotangent.scalars, derivative).reduce(1e-3) { $0 + Double(abs($1.0 * $1.1)) }
  #expect(abs(pulled - expected) <= Double(tolerance) * size, sourceLocation: sourceLocation)
}

func inner(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

/// Scalars in −1..<1, none repeated soon and none near zero.
func ramp(_ shape: [Int], phase: Float = 0) -> NDArray {
  NDArray(
    (0..<shape.reduce(1, *)).map { i in
      let x = (Float(i) * 0.618034 + phase + 0.05).truncatingRemainder(dividingBy: 2) - 1
      return abs(x) < 0.03 ? x + 0.1 : x
    }, shape: shape)
}

func expectClose(
  _ a: NDArray, _ b: [Float], shape: [Int], tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.shape == shape, sourceLocation: sourceLocation)
  let largest = b.reduce(Float(1e-6)) { max($0, abs($1)) }
  let worst = zip(a.scalars, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
  #expect(worst <= tolerance * largest, sourceLocation: sourceLocation)
}
