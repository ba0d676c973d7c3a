import GraphEngine
import Kernels
import Testing

/// What files have as one layer, against its definition.
@Suite struct CompositeTests {
  /// The composite as a graph of its own.
  private func outputs(of composite: Composite, _ x: NDArray) throws -> [NDArray] {
    var constants: [String: NDArray] = [:]
    let nodes = composite.steps.enumerated().map { index, step in
      let inputs = step.operands.enumerated().map { place, operand -> String in
        switch operand {
        case .input: return "x"
        case .step(let index): return "\(index)"
        case .constant(let array, _):
          constants["\(index)/\(place)"] = array
          return "\(index)/\(place)"
        }
      }
      return Node(step.op, inputs, to: "\(index)")
    }
    let graph = Graph(
      inputs: [.init("x", shape: x.shape)], nodes: nodes, constants: constants, outputs: ["\(nodes.count - 1)"])
    return try Plan(graph).outputs(for: [x])
  }

  @Test(arguments: [1, 2, 4]) func `group normalisation`(groups: Int) throws {
    let x = ramp([2, 4, 3, 2]), scale = ramp([4], phase: 0.3), shift = ramp([4], phase: 0.6)
    let composite = Composite.groupNormalization(
      of: x.shape, groups: groups, epsilon: 0.01, scale: scale, shift: shift)
    let size = 24 / groups
    let expected = x.scalars.indices.map { place -> Float in
      let start = place / size * size, channel = place / 6 % 4
      let group = x.scalars[start..<start + size]
      let mean = group.reduce(0, +) / Float(size)
      let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(size)
      return scale.scalars[channel] * (x.scalars[place] - mean) / (variance + 0.01).squareRoot()
        + shift.scalars[channel]
    }
    expectClose(try outputs(of: composite, x)[0], expected, shape: x.shape)
  }

  @Test func `what would change nothing leaves no step`() {
    let ones = NDArray(repeating: 1, shape: [4]), zeros = NDArray(repeating: 0, shape: [4])
    func parts(_ scale: NDArray?, _ shift: NDArray?) -> [String] {
      Composite.groupNormalization(of: [1, 4, 2, 2], groups: 2, epsilon: 0, scale: scale, shift: shift)
        .steps.map(\.part)
    }
    #expect(parts(nil, nil) == ["groups", "normalised", "whole"])
    #expect(parts(ones, zeros) == parts(nil, nil))
    #expect(parts(ones, ones) == ["groups", "normalised", "whole", "scaled"])
    #expect(Composite.channelAffine(channels: 4, scale: ones, shift: zeros).steps.count == 1)
  }

  @Test func `a scale and a shift by given statistics`() throws {
    let composite = Composite.channelAffine(
      channels: 2, scale: NDArray([2, 3], shape: [2]), shift: NDArray([1, -1], shape: [2]),
      mean: NDArray([0.5, 0], shape: [2]), variance: NDArray([4, 1], shape: [2]))
    let y = try outputs(of: composite, NDArray([1, 2, 3, 4], shape: [1, 2, 2]))[0]
    expectClose(y, [1.5, 2.5, 8, 11], shape: [1, 2, 2])
  }

  @Test func `same padding lets a window begin at every stride`() {
    #expect(samePadding(of: 5, reach: 3, stride: 1) == 2)
    #expect(samePadding(of: 5, reach: 3, stride: 2) == 2)
    #expect(samePadding(of: 6, reach: 3, stride: 2) == 1)
    #expect(samePadding(of: 6, reach: 1, stride: 2) == 0)
  }

  @Test func `gates make activation functions however they are spelled`() throws {
    for (gate, isSwapped) in [
      (UnaryFunction.sigmoid, false), (.sigmoid, true), (.hardSigmoid(alpha: 1 / 6, beta: 0.5), true),
    ] {
      let graph = Graph(
        inputs: [.init("x", shape: [1, 2])],
        nodes: [
          Node(ElementwiseFunction(gate), ["x"], to: "gate"),
          Node(Arithmetic(.multiply), isSwapped ? ["gate", "x"] : ["x", "gate"], to: "y"),
        ], constants: [:], outputs: ["y"])
      #expect(try Plan(graph).activations.map(\.kind) == [nil, .other])
    }
    #expect(UnaryFunction(gate: .hardSigmoid(alpha: 0.16667, beta: 0.5)) == nil)
    #expect(UnaryFunction(gate: .hardSigmoid(alpha: 0.16667, beta: 0.5), tolerance: 1e-3) == .hardSwish)
  }
}
