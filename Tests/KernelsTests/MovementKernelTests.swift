import Foundation
import Kernels
import Testing

@Suite struct MovementKernelTests {
  /// Numbers that say where they stood.
  private func ramp(_ shape: [Int]) -> NDArray {
    NDArray((0..<shape.reduce(1, *)).map { Float($0 + 1) }, shape: shape)
  }

  /// ⟨pullback(v), t⟩ = ⟨v, J t⟩ for a linear map.
  private func expectAdjoint(
    _ forward: (NDArray) throws -> NDArray, _ pullback: (NDArray) throws -> NDArray, _ shape: [Int]
  )
    throws
  {
    let t = noise(shape)
    let image = try forward(t)
    let v = noise(image.shape, seed: 9)
    let back = try pullback(v)
    #expect(back.shape == shape)
    #expect(abs(Exact(v).dot(Exact(image)) - Exact(back).dot(Exact(t))) < 1e-4)
  }

  @Test(arguments: [[0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 3, 2], [0, 1, 3, 2]])
  func `transposing moves each scalar and its inverse brings it back`(_ permutation: [Int]) throws {
    let x = ramp([2, 17, 3, 4])
    for input in [x, try blocked(x)] {
      let y = try transposed(input, permutation: permutation)
      for place in indices(y.shape) {
        var origin = place
        for (axis, from) in permutation.enumerated() { origin[from] = place[axis] }
        #expect(Exact(y)[place] == Exact(x)[origin])
      }
      let back = try transposed(y, permutation: inverse(ofPermutation: permutation))
      #expect(back.scalars == x.scalars)
    }
    #expect(throws: KernelError.self) { try transposed(x, permutation: [0, 1, 1, 2]) }
  }

  @Test(arguments: [
    (starts: [0, 0, 0], ends: [2, 5, 6], steps: [1, 1, 1]), ([1, 2, 1], [2, 5, 6], [1, 1, 2]),
    ([0, 4, 5], [2, -1, -1], [1, -1, -2]), ([1, 0, 3], [2, 5, 4], [5, 3, 1]), ([1, 4, 5], [-1, 0, 1], [-1, -2, -1]),
  ])
  func `slices hold every step-th scalar, and scatter back`(_ c: (starts: [Int], ends: [Int], steps: [Int])) throws {
    let x = ramp([2, 5, 6])
    let y = try sliced(x, starts: c.starts, ends: c.ends, steps: c.steps)
    let along = x.shape.indices.map { Array(stride(from: c.starts[$0], to: c.ends[$0], by: c.steps[$0])) }
    #expect(y.shape == along.map(\.count))
    for place in indices(y.shape) {
      #expect(Exact(y)[place] == Exact(x)[place.indices.map { along[$0][place[$0]] }])
    }
    try expectAdjoint(
      { try sliced($0, starts: c.starts, ends: c.ends, steps: c.steps) },
      { try scattered($0, into: x.shape, starts: c.starts, steps: c.steps) }, x.shape)
  }

  @Test func `slices outside the array are refused with a sentence`() {
    let x = ramp([2, 5])
    #expect(throws: KernelError.self) { try sliced(x, starts: [0, 0], ends: [2, 6], steps: [1, 1]) }
    #expect(throws: KernelError.self) { try sliced(x, starts: [0, 3], ends: [2, 3], steps: [1, 1]) }
    #expect(throws: KernelError.self) { try sliced(x, starts: [0, 0], ends: [2, 5], steps: [1, 0]) }
    #expect(throws: KernelError.self) { try sliced(x, starts: [0], ends: [2], steps: [1]) }
    #expect(throws: KernelError.self) { try sliced(x, starts: [0, 9], ends: [2, 10], steps: [1, 1]) }
  }

  @Test(arguments: [0, 1, 2, 3, -1], [[16, 32], [24, 17], [3, 5]])
  func `concatenation puts arrays side by side in any layout`(_ axis: Int, _ channels: [Int]) throws {
    let index = axis < 0 ? axis + 4 : axis
    let parts = (0..<3).map { i in
      var shape = [2, channels[0], 3, 4]
      shape[index] = index == 1 ? channels[i % 2] : i + 1
      return noise(shape, seed: UInt64(i + 1))
    }
    var expected: [Double] = []
    let outer = parts[0].shape.prefix(index).reduce(1, *)
    for row in 0..<outer {
      for part in parts {
        let width = part.count / outer
        expected += Exact(part).scalars[row * width..<(row + 1) * width]
      }
    }
    var shape = parts[0].shape
    shape[index] = parts.map { $0.shape[index] }.reduce(0, +)
    for inputs in [parts, try parts.map(blocked), [try blocked(parts[0]), parts[1], parts[2]]] {
      let y = try concatenated(inputs, axis: axis)
      #expect(distance(y, Exact(expected, shape: shape)) == 0)
      #expect(hasCleanPadding(y))
    }
    #expect(try !concatenated(parts.map(blocked), axis: axis).layout.isPlain)
    #expect(throws: KernelError.self) { try concatenated([parts[0], noise([1, 2])], axis: 0) }
    #expect(throws: KernelError.self) { try concatenated([], axis: 0) }
  }

  @Test(arguments: [PaddingMode.constant(0), .constant(-2.5), .reflect, .edge, .wrap])
  func `padding agrees with its definition, forward and back`(_ mode: PaddingMode) throws {
    let (shape, before, after) = ([2, 3, 5], [0, 2, 3], [0, 1, 4])
    let x = ramp(shape)
    let y = try padded(x, before: before, after: after, mode: mode)
    #expect(y.shape == [2, 6, 12])
    func inside(_ position: Int, _ extent: Int) -> Int? {
      if (0..<extent).contains(position) { return position }
      switch mode {
      case .constant: return nil
      case .edge: return position < 0 ? 0 : extent - 1
      case .wrap: return (position + extent) % extent
      case .reflect: return position < 0 ? -position : 2 * extent - 2 - position
      }
    }
    var outside = 0.0
    if case .constant(let scalar) = mode { outside = Double(scalar) }
    for place in indices(y.shape) {
      let origin = place.indices.map { inside(place[$0] - before[$0], shape[$0]) }
      let expected = origin.contains(nil) ? outside : Exact(x)[origin.compactMap { $0 }]
      #expect(Exact(y)[place] == expected)
    }
    let linear: PaddingMode = if case .constant = mode { .constant(0) } else { mode }
    try expectAdjoint(
      { try padded($0, before: before, after: after, mode: linear) },
      { try paddedPullback($0, inputShape: shape, before: before, after: after, mode: mode) }, shape)
  }

  @Test func `a negative margin crops`() throws {
    let x = ramp([3, 5])
    let y = try padded(x, before: [-1, 1], after: [0, -2], mode: .constant(0))
    #expect(y.scalars == [0, 6, 7, 8, 0, 11, 12, 13])
    try expectAdjoint(
      { try padded($0, before: [-1, 1], after: [0, -2], mode: .constant(0)) },
      { try paddedPullback($0, inputShape: [3, 5], before: [-1, 1], after: [0, -2], mode: .constant(0)) }, [3, 5])
    #expect(throws: KernelError.self) { try padded(x, before: [-3, 0], after: [0, 0], mode: .edge) }
    #expect(throws: KernelError.self) { try padded(x, before: [3, 0], after: [0, 0], mode: .reflect) }
  }

  @Test(arguments: [0, 1, 2])
  func `gathering picks slices, and its pullback adds what was picked twice`(_ axis: Int) throws {
    let x = ramp([3, 4, 5])
    let picks = [2, 0, -1, 2]
    let y = try gathered(x, indices: picks, axis: axis)
    for place in indices(y.shape) {
      var origin = place
      let pick = picks[place[axis]]
      origin[axis] = pick < 0 ? pick + x.shape[axis] : pick
      #expect(Exact(y)[place] == Exact(x)[origin])
    }
    try expectAdjoint(
      { try gathered($0, indices: picks, axis: axis) },
      { try gatheredPullback($0, into: x.shape, indices: picks, axis: axis) }, x.shape)
    #expect(throws: KernelError.self) { try gathered(x, indices: [7], axis: axis) }
  }

  @Test(
    arguments: [
      ReductionKind.sum, .mean, .max, .min, .product, .l1, .l2, .sumOfSquares, .logarithmOfSumOfExponentials,
    ],
    [[0], [1], [2, 3], [-1], [1, 2, 3], [0, 3], []])
  func `reductions agree with their definitions`(_ reduction: ReductionKind, _ axes: [Int]) throws {
    let x = noise([2, 17, 3, 4])
    let named = axes.isEmpty ? [0, 1, 2, 3] : axes.map { $0 < 0 ? $0 + 4 : $0 }
    let kept = x.shape.indices.map { named.contains($0) ? 1 : x.shape[$0] }
    var groups = Array(repeating: [Double](), count: kept.reduce(1, *))
    let (exact, target) = (Exact(x), Exact(zeros: kept))
    for place in indices(x.shape) {
      groups[target.offset(zip(place, kept).map { $1 == 1 ? 0 : $0 })].append(exact[place])
    }
    let expected = groups.map { group -> Double in
      switch reduction {
      case .sum: group.reduce(0, +)
      case .mean: group.reduce(0, +) / Double(group.count)
      case .max: group.max() ?? 0
      case .min: group.min() ?? 0
      case .product: group.reduce(1, *)
      case .l1: group.map(abs).reduce(0, +)
      case .l2: group.map { $0 * $0 }.reduce(0, +).squareRoot()
      case .sumOfSquares: group.map { $0 * $0 }.reduce(0, +)
      case .logarithmOfSum: log(group.reduce(0, +))
      case .logarithmOfSumOfExponentials: log(group.map { exp($0) }.reduce(0, +))
      }
    }
    for input in [x, try blocked(x)] {
      let y = try reduced(input, reduction, axes: axes)
      #expect(distance(y, Exact(expected, shape: kept)) < 1e-5)
      let flat = try reduced(input, reduction, axes: axes, keepsDimensions: false)
      #expect(flat.shape == x.shape.indices.filter { !named.contains($0) }.map { x.shape[$0] })
    }
    #expect(throws: KernelError.self) { try reduced(x, reduction, axes: [4]) }
  }

  @Test(arguments: [[1, 17, 3, 4], [1, 40, 30, 33], [1, 6]]) func `each copy lacks its channel and nothing else`(
    _ shape: [Int]
  ) throws {
    let x = ramp(shape), area = x.count / shape[1]
    for input in shape.count > 2 ? [x, try blocked(x)] : [x] {
      let copies = try ablated(input, channels: 2..<6)
      #expect(copies.shape == [4] + shape.dropFirst())
      let scalars = copies.scalars
      for (place, scalar) in scalars.enumerated() {
        let (copy, position) = (place / x.count, place % x.count)
        if scalar != (position / area == 2 + copy ? 0 : Float(position + 1)) { Issue.record("wrong at \(place)") }
      }
    }
    #expect(throws: KernelError.self) { try ablated(x, channels: 3..<shape[1] + 1) }
    #expect(throws: KernelError.self) { try ablated(ramp([2, 3, 4]), channels: 0..<1) }
  }
}
