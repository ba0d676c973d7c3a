import GraphEngine
import Kernels
import Testing

@Suite struct `Comparisons and choices` {
  private let a = NDArray([1, 2, 3, .nan], shape: [2, 2])

  @Test(arguments: [
    (Relation.greater, [Float(0), 0, 1, 0]), (.greaterOrEqual, [0, 1, 1, 0]), (.less, [1, 0, 0, 0]),
    (.lessOrEqual, [1, 1, 0, 0]), (.equal, [0, 1, 0, 0]), (.notEqual, [1, 0, 1, 1]),
  ])
  func `a relation is 1 where it holds`(_ relation: Relation, _ expected: [Float]) throws {
    #expect(try Comparison(relation).forward([a, NDArray([2], shape: [1])]).scalars == expected)
  }

  @Test func `a choice broadcasts all three, and each side is pulled back where it was chosen`() throws {
    let condition = NDArray([1, 0, 0, 1, 1, 0], shape: [2, 3])
    let (x, y) = (ramp([3]), ramp([4, 1, 3], phase: 0.5))
    let chosen = try Selection().forward([condition, x, y])
    #expect(chosen.shape == [4, 2, 3])
    #expect(chosen.scalars.prefix(3) == [x.scalars[0], y.scalars[1], y.scalars[2]])
    try expectPullback(of: Selection(), at: [condition, x, y], varying: [1, 2])
    #expect(throws: ShapeError.self) { try Selection().outputShape(of: [[2], [3], [1]]) }
  }

  @Test func `a whole number is quantised to itself, and gradients go straight through inside the range`() throws {
    let x = NDArray([-20, -1.3, 0.24, 0.26, 1, 70], shape: [6])
    let op = Quantization(low: -8, high: 100)
    let scale = NDArray([0.5], shape: []).asConstant(), zero = NDArray([3], shape: []).asConstant()
    let y = try op.forward([x, scale, zero])
    #expect(y.scalars == [-8, 0, 3, 4, 5, 100])
    let point = LinearizationPoint(
      inputs: [x, scale, zero], output: nil, inputShapes: [[6], [], []], outputShape: [6], wanted: [true, false, false])
    let pulled = try op.pullback(NDArray([1, 1, 1, 1, 2, 1], shape: [6]), at: point)
    #expect(pulled[0]?.scalars == [0, 2, 2, 2, 4, 0])
  }

  @Test func `a dynamic quantisation spans the array and zero`() throws {
    let x = NDArray([-1, 0, 0.5, 4.1], shape: [4])
    let scale = try DynamicQuantization(.scale).forward([x]).scalars[0]
    let zero = try DynamicQuantization(.zeroPoint).forward([x]).scalars[0]
    #expect(abs(scale - 0.02) < 1e-6 && zero == 50)
    #expect(try DynamicQuantization(.numbers).forward([x]).scalars == [0, 50, 75, 255])
  }
}
