import Foundation
import GraphEngine
import Kernels
import Testing

/// What every operator says of itself, against what it does.
@Suite struct OperatorPropertiesTests {
  @Test func `every operator of the folder is among the samples`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/GraphEngine/Operators").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let names = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /struct (\w+): Operator\b/).map { String($0.1) }
    }
    let sampled = Set(OperatorSample.all.map { String(describing: type(of: $0.op)) })
    #expect(names.count >= 38)
    for name in names { #expect(sampled.contains(name), "\(name) has no sample: nothing checks what it says") }
  }

  @Test(arguments: OperatorSample.all) func `is affine where it says so, and nowhere else`(
    sample: OperatorSample
  ) throws {
    for index in sample.inputs.indices {
      let (a, b) = (sample.inputs[index], ramp(sample.inputs[index].shape, phase: 1.1))
      let zero = NDArray(repeating: 0, shape: a.shape)
      let parts = try [a, b, zero].map { try sample.forward(replacing: index, with: $0) }
      let whole = try sample.forward(replacing: index, with: combine(.add, a, b))
      // f(a) + f(b) − f(0) = f(a + b)
      let deviation = whole.indices.reduce(Float(0)) { most, i in
        let difference = abs(parts[0][i] + parts[1][i] - parts[2][i] - whole[i])
        return difference.isNaN ? .infinity : max(most, difference)
      }
      if sample.op.isAffine(in: index) {
        #expect(deviation < 1e-4, "input \(index)")
        // Then its pullback needs neither the input nor the output, and is the transpose of what it adds to f(0).
        let cotangent = ramp(try sample.shape(), phase: 0.7)
        let pulled = try #require(try sample.pullback(cotangent, to: index, keepingInput: false))
        let change = zip(parts[0], parts[2]).map { $0 - $1 }
        let expected = inner(cotangent.scalars, change)
        #expect(abs(inner(pulled.scalars, a.scalars) - expected) < 1e-4 * max(1, abs(expected)), "input \(index)")
      } else if let pulled = try? sample.pullback(NDArray(repeating: 1, shape: sample.shape()), to: index),
        pulled.scalars.contains(where: { $0 != 0 })
      {
        #expect(deviation > 1e-3, "input \(index) is not said to be affine, but is")
      }
    }
  }

  @Test(arguments: OperatorSample.all) func `no cotangent reaches what it says it is independent of`(
    sample: OperatorSample
  ) throws {
    let shape = try sample.shape(), count = shape.reduce(1, *)
    for output in 0..<count {
      var scalars = [Float](repeating: 0, count: count)
      scalars[output] = 1
      let cotangent = NDArray(scalars, shape: shape)
      let claims = try sample.reaches(of: cotangent)
      for index in sample.inputs.indices {
        guard let pulled = try? sample.pullback(cotangent, to: index) else { continue }
        for (scalar, isClaimed) in zip(pulled.scalars, claims[index]) where scalar != 0 {
          #expect(isClaimed, "scalar \(output) of the output, input \(index)")
        }
      }
    }
  }

  /// Roundings are left out, whose scale a gradient takes as given.
  @Test(arguments: OperatorSample.all.filter { !($0.op is Quantization || $0.op is DynamicQuantization) })
  func `a scalar changes nothing but what it says depends on it`(sample: OperatorSample) throws {
    let dependence = try sample.dependence(), shape = try sample.shape()
    for output in 0..<shape.reduce(1, *) {
      var scalars = [Float](repeating: 0, count: shape.reduce(1, *))
      scalars[output] = 1
      let claims = try sample.reaches(of: NDArray(scalars, shape: shape))
      for index in sample.inputs.indices {
        for scalar in dependence[index][output] { #expect(claims[index][scalar], "output \(output), input \(index)") }
      }
    }
  }

  @Test(arguments: OperatorSample.all.filter { $0.op is any LinearOperator })
  func `weights taken apart are those it multiplies by`(sample: OperatorSample) throws {
    let op = try #require(sample.op as? any LinearOperator)
    let output = try op.forward(sample.inputs).scalars, shape = try sample.shape()
    for index in sample.inputs.indices {
      let constants = sample.inputs.enumerated().map { $0 == index ? nil : $1.asConstant() }
      guard let weights = op.weights(among: constants, of: index) else { continue }
      let x = sample.inputs[index], cotangent = ramp(shape, phase: 0.7)
      expectClose(try op.forward(x, weights, at: index), output, shape: shape)
      let pulled = try #require(try sample.pullback(cotangent, to: index))
      let taken = try op.pullback(cotangent, weights, at: index, inputShape: x.shape)
      expectClose(taken, pulled.scalars, shape: x.shape)
      // Doubling one channel of the weights and of the bias doubles it in the output.
      guard let axis = op.channelAxis(ofWeights: weights.weights.shape, at: index) else { continue }
      let channels = op.channelAxis(ofRank: shape.count)
      let count = shape[channels], inner = shape[(channels + 1)...].reduce(1, *)
      let factors = (0..<count).map { $0 == 1 ? Float(2) : 1 }
      func doubled(_ array: NDArray, along axis: Int) -> NDArray {
        let inner = array.shape[(axis + 1)...].reduce(1, *)
        return NDArray(
          array.scalars.enumerated().map { $1 * factors[$0 / inner % count] }, shape: array.shape
        ).asConstant()
      }
      let bias = weights.bias.map { bias in
        bias.count == count ? doubled(bias, along: bias.shape.count - 1) : bias
      }
      let changed = LinearWeights(doubled(weights.weights, along: axis), bias: bias)
      if let bias, bias.count != count { continue }
      expectClose(
        try op.forward(x, changed, at: index),
        output.enumerated().map { $1 * factors[$0 / inner % count] }, shape: shape)
    }
  }

  @Test(arguments: OperatorSample.all) func `silent channels stay silent where it says so`(
    sample: OperatorSample
  ) throws {
    let x = sample.inputs[0], shape = try sample.shape()
    guard sample.inputs.count == 1, x.shape.count > 1, sample.op.keepsSilentChannels(of: x.shape) else { return }
    #expect(shape.count > 1 && shape[1] == x.shape[1])
    func channel(_ place: Int, of shape: [Int]) -> Int { place / shape.dropFirst(2).reduce(1, *) % shape[1] }
    let whole = try sample.op.forward([x]).scalars
    for silent in 0..<x.shape[1] {
      let silenced = x.scalars.enumerated().map { channel($0, of: x.shape) == silent ? 0 : $1 }
      let after = try sample.op.forward([NDArray(silenced, shape: x.shape)]).scalars
      for place in after.indices {
        #expect(after[place] == (channel(place, of: shape) == silent ? 0 : whole[place]))
      }
    }
  }
}

extension OperatorSample {
  /// For each input, whether one of the scalars named in `mask` can depend on its scalars, by the operator's word.
  func reaches(of mask: NDArray) throws -> [[Bool]] {
    let names = inputs.indices.map { "x\($0)" }
    let plan = try Plan(
      Graph(
        inputs: zip(names, shapes).map { .init($0, shape: $1) }, nodes: [Node(op, names, to: "y")], constants: [:],
        outputs: ["y"]))
    let reaches = try #require(plan.steps.first).reaches(of: .some(mask), in: plan)
    return zip(reaches, inputs).map { reach, input in
      switch reach {
      case .none: Array(repeating: false, count: input.count)
      case .all: Array(repeating: true, count: input.count)
      case .some(let mask): mask.scalars.map { $0 != 0 }
      }
    }
  }

  /// For each input and each scalar of the output, the input's scalars that change it.
  func dependence() throws -> [[Set<Int>]] {
    let before = try op.forward(inputs).scalars
    return try inputs.enumerated().map { index, input in
      var sources = [Set<Int>](repeating: [], count: before.count)
      for scalar in 0..<input.count {
        for step in [0.31, -0.57] as [Float] {
          var moved = input.scalars
          moved[scalar] += step
          let after = try forward(replacing: index, with: NDArray(moved, shape: input.shape))
          for (place, pair) in zip(before, after).enumerated() where pair.0 != pair.1 && !(pair.0.isNaN && pair.1.isNaN)
          { sources[place].insert(scalar) }
        }
      }
      return sources
    }
  }
}
