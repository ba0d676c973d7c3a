import COneDNN

/// A convolution of 3 × 3 taps by Winograd's minimal filtering: fewer products, more additions.
///
/// oneDNN 2.6 has one of its own, which is up to twice as slow for few positions, and 3.x has none.
struct Winograd {
  /// Whether this is the data gradient; the input is its cotangent then.
  let isGradient: Bool
  /// `[N, C, H, W]` of what goes in and of what comes out.
  let input: [Int]
  let output: [Int]
  let padding: [Int]
  /// The side of the tiles of the output.
  let tile: Int

  /// The faster of two sizes of tile; `nil` where the convolution is of another kind, or direct convolution is faster.
  ///
  /// - Parameters:
  ///   - g: the forward convolution's geometry.
  ///   - input: `[N, C, H, W]` of what goes in: the cotangent, for a gradient.
  ///   - output: `[N, C, H, W]` of what comes out.
  ///   - kernel: the spatial extents of the weights.
  ///   - isGradient: whether this is the data gradient.
  init?(_ g: ConvolutionGeometry, input: [Int], output: [Int], kernel: ArraySlice<Int>, isGradient: Bool = false) {
    guard Array(kernel) == [3, 3], g.groups == 1, g.strides == [1, 1], g.dilations == [1, 1],
      g.paddingBefore.allSatisfy({ $0 <= 2 }), input[1].isMultiple(of: 16), output[1].isMultiple(of: 32),
      limn_has_wide_vectors()
    else { return nil }
    (self.isGradient, self.input, self.output) = (isGradient, input, output)
    padding = isGradient ? g.paddingBefore.map { 2 - $0 } : g.paddingBefore
    let costs = [2, 4].map { Self.cost(tile: $0, input: input, output: output) }
    // The weights of large tiles take more than twice the memory of those of small ones.
    tile = 0.8 * Double(costs[0]) < Double(costs[1]) ? 2 : 4
    // The chain of products is what the others cost, too; a small gain is not worth the memory of the weights.
    guard Double(costs.min()!) < 0.9 * Self.directCost(input: input, output: output) else { return nil }
  }

  private static func tiles(_ tile: Int, _ output: [Int]) -> Int {
    output[0] * ((output[2] + tile - 1) / tile) * ((output[3] + tile - 1) / tile)
  }

  /// The time in multiply-adds, as measured: fetching a weight takes as long as 18, transforming a number as long as 17.
  private static func cost(tile: Int, input: [Int], output: [Int]) -> Int {
    let planes = (tile + 2) * (tile + 2), tiles = tiles(tile, output)
    return planes * (input[1] * output[1] * (tiles + 18) + tiles * (input[1] + output[1]) * 17)
  }

  private static func directCost(input: [Int], output: [Int]) -> Double {
    Double(9 * input[1] * output[1] * (output[0] * output[2] * output[3] + 20))
  }

  /// The output, clipped to `range`.
  ///
  /// - Parameters:
  ///   - x: of the input's shape.
  ///   - weights: `[O, I, 3, 3]`, the forward convolution's.
  ///   - bias: `[O]`.
  ///   - addend: of the output's shape.
  ///   - range: what the sum is clipped to.
  /// - Returns: `[N, C, H, W]` in blocks of 16 channels.
  /// - Throws: Where oneDNN lacks memory.
  func callAsFunction(
    _ x: NDArray, weights: NDArray, bias: NDArray? = nil, adding addend: NDArray? = nil,
    clippingTo range: (low: Float, high: Float) = (-.infinity, .infinity)
  ) throws -> NDArray {
    let x = x.reordered(to: try .blocked(input, width: 16))
    let result = NDArray(layout: try .blocked(output, width: 16))
    let addend = addend?.reordered(to: result.layout), bias = bias?.plain(), weights = transformed(weights)
    var count = Self.tiles(tile, output)
    let group = groupSize(of: count)
    let specification = limn_winograd(
      inputs: Int64(input[1]), outputs: Int64(output[1]), input: pair(input.suffix(2)), output: pair(output.suffix(2)),
      padding: pair(padding[...]), tile: Int64(tile), group: Int64(group), low: range.low, high: range.high)
    withExtendedLifetime((x, weights, bias, addend)) {
      let run = WinogradRun(
        specification: specification, x: x.floats, weights: weights.floats, bias: bias?.floats,
        addend: addend?.floats, result: result.floats, tiles: count)
      count = (count + group - 1) / group
      if count >= 2 * Engine.current.threads {
        Engine.current.split(count, costing: .max / count, inMultiplesOf: 1) { run.groups($0) }
      } else {
        run.inPhases()
      }
    }
    return result
  }

  /// How many tiles are transformed before they are multiplied: so many that reading the weights once more for each
  /// group matters little, and so few that what is transformed stays near.
  private func groupSize(of count: Int) -> Int {
    let planes = (tile + 2) * (tile + 2) * MemoryLayout<Float>.stride
    let bytes = max(1 << 20, 2 * planes * input[1] * output[1])
    let most = max(12, bytes / (planes * (input[1] + output[1])))
    let groups = (count + most - 1) / most
    return (count + groups - 1) / groups
  }

  private func transformed(_ weights: NDArray) -> NDArray {
    func make() -> NDArray {
      let (inputs, outputs, planes) = (input[1], output[1], (tile + 2) * (tile + 2))
      let source = weights.plain().storage
      let result = NDArray(layout: .plain([planes, outputs / 32, inputs, 32]))
      // Weights in a file need not stay in memory beside what is made of them.
      source.passingThrough { source in
        result.fill { to in
          Engine.current.split(outputs, costing: inputs * planes, inMultiplesOf: 32) { part in
            limn_winograd_weights(
              source.pointer, to, Int32(tile), Int64(outputs), Int64(inputs), isGradient, part.lowerBound,
              part.upperBound)
          }
        }
      }
      return result.asConstant()
    }
    guard weights.isConstant else { return make() }
    return weights.derived("Winograd \(tile)\(isGradient ? " gradient" : "")", from: []) { [make()] }[0]
  }
}

/// One run of the three phases: transform tiles, multiply, transform back.
private struct WinogradRun {
  let specification: limn_winograd
  let x: UnsafePointer<Float>
  let weights: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let addend: UnsafePointer<Float>?
  let result: UnsafeMutablePointer<Float>
  let tiles: Int

  private var group: Int { Int(specification.group) }
  private var planes: Int { Int((specification.tile + 2) * (specification.tile + 2)) }

  private func buffers() -> (transformed: Storage, products: Storage) {
    func buffer(_ channels: Int64) -> Storage { Storage(count: planes * (group * Int(channels) + 16)) }
    return (buffer(specification.inputs), buffer(specification.outputs))
  }

  /// Whole groups on the calling thread.
  func groups(_ part: Range<Int>) {
    let (transformed, products) = buffers()
    var s = specification
    withExtendedLifetime((transformed, products)) {
      for index in part {
        let start = index * group, count = min(group, tiles - start)
        limn_winograd_input(&s, x, transformed.pointer, Int64(start), 0, count)
        limn_winograd_products(
          &s, transformed.pointer, weights, products.pointer, Int64(count), 0, planes * Int(s.outputs) / 32)
        limn_winograd_output(&s, products.pointer, bias, addend, result, Int64(start), 0, count)
      }
    }
  }

  /// One group after the other, each on all threads.
  func inPhases() {
    let (transformed, products) = buffers()
    var s = specification
    withExtendedLifetime((transformed, products)) {
      for start in stride(from: 0, to: tiles, by: group) {
        let count = min(group, tiles - start)
        Engine.current.split(count, costing: planes * Int(s.inputs), inMultiplesOf: 1) { part in
          limn_winograd_input(&s, x, transformed.pointer, Int64(start), part.lowerBound, part.upperBound)
        }
        Engine.current.split(planes * Int(s.outputs) / 32, costing: count * Int(s.inputs), inMultiplesOf: 1) { part in
          limn_winograd_products(
            &s, transformed.pointer, weights, products.pointer, Int64(count), part.lowerBound, part.upperBound)
        }
        Engine.current.split(count, costing: planes * Int(s.outputs), inMultiplesOf: 1) { part in
          limn_winograd_output(
            &s, products.pointer, bias, addend, result, Int64(start), part.lowerBound, part.upperBound)
        }
      }
    }
  }
}
