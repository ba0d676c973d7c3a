import GraphEngine
import Tensors

extension ExpressionWriter {
  /// A tensor operation in ONNX's operators, for any number of images.
  func write(_ operation: TensorOperation, _ operands: [Tensor], _ shape: [Int]) throws -> Written {
    let x = try write(operands[0])
    switch operation {
    case .source: throw GraphModelError.unwritable("a source is no operation")
    case .add: return try elementwise(operands, writer.sum)
    case .subtract: return try elementwise(operands, writer.difference)
    case .multiply: return try elementwise(operands, writer.product)
    case .divide: return try elementwise(operands, writer.quotient)
    case .divideOrZero: return try elementwise(operands, writer.quotientOrZero)
    case .clear: return try writer.cleared(x, within: write(operands[1]))
    case .scale(let factor): return try writer.scaled(x, by: factor)
    case .shift(let addend): return try writer.shifted(x, by: addend)
    case .rectify: return writer.rectified(x)
    case .magnitude: return writer.unary("Abs", x)
    case .exponential: return writer.unary("Exp", x)
    case .sigmoid: return writer.unary("Sigmoid", x)
    case .spatialSum: return writer.reduced("ReduceSum", x, axes: Array(2..<x.shape.rank), keepsAxes: false)
    case .weighedSpatialSum:
      let weighed = try writer.product(x, aligned(operands[1], to: operands[0]))
      return writer.reduced("ReduceSum", weighed, axes: Array(2..<x.shape.rank), keepsAxes: false)
    case .weighedChannelSum: return try channelSum(x, operands[1], shape)
    case .transpose(let permutation): return writer.transposed(x, [0] + permutation.map { $0 + 1 })
    case .reshape: return writer.reshaped(x, to: like(x, shape))
    case .channel(let index):
      return writer.reshaped(try writer.sliced(x, axis: 1, index, index + 1), to: like(x, shape))
    case .resize(let height, let width): return try resized(x, height: height, width: width)
    case .matrixProduct: return try writer.matrixProduct(x, write(operands[1]))
    case .outerProduct:
      let ones = operands[1].shape.map { _ in 1 }, map = try write(operands[1])
      let vector = writer.reshaped(x, to: like(x, operands[0].shape + ones))
      return try writer.product(vector, writer.reshaped(map, to: like(map, [1] + operands[1].shape)))
    case .softmax:
      let flat = writer.reshaped(x, to: like(x, [x.shape.count]))
      return writer.reshaped(writer.unary("Softmax", flat, ["axis": .integer(1)]), to: x.shape)
    case .channelSoftmax: return writer.unary("Softmax", x, ["axis": .integer(1)])
    case .squareRoot: return writer.unary("Sqrt", x)
    case .finite: return try writer.finite(x)
    case .greater: return try elementwise(operands) { try self.writer.binary("Max", $0, $1) }
    case .replaceZeros: return try elementwise(operands, writer.zerosReplaced)
    case .greatest: return writer.extremum("ReduceMax", x)
    case .least: return writer.extremum("ReduceMin", x)
    case .percentile(let percent): return try writer.percentile(x, percent)
    case .take(let indices):
      let flat = writer.reshaped(x, to: like(x, [x.shape.count]))
      return writer.reshaped(try writer.gathered(flat, axis: 1, indices), to: like(x, shape))
    case .largest(let count):
      let vector = writer.reshaped(x, to: like(x, [x.shape.count]))
      return writer.placesOfLargest(vector, count: count, shape: like(x, shape))
    case .join:
      let parts = try operands.map { writer.expanded(try write($0), to: self.shape($0.shape)) }
      return writer.joined(parts, axis: 1)
    case .normalizeRows:
      let sums = writer.reduced("ReduceSum", x, axes: [2])
      return try writer.quotient(x, writer.onesForZeros(sums))
    }
  }

  /// A shape of each image, or of a constant, as `value` is.
  private func like(_ value: Written, _ shape: [Int]) -> WrittenShape {
    WrittenShape([1] + shape, imageAxis: value.shape.imageAxis)
  }

  private func elementwise(
    _ operands: [Tensor], _ combine: (Written, Written) throws -> Written
  ) throws -> Written {
    let (a, b) = (operands[0], operands[1])
    return a.shape.count >= b.shape.count
      ? try combine(write(a), aligned(b, to: a)) : try combine(aligned(a, to: b), write(b))
  }

  /// A tensor in as many dimensions as a larger one: a vector along its first, anything else along its last.
  private func aligned(_ small: Tensor, to large: Tensor) throws -> Written {
    let written = try write(small), missing = large.shape.count - small.shape.count
    if missing == 0 { return written }
    let ones = Array(repeating: 1, count: missing)
    let isPerChannel = small.shape.count == 1 && large.shape[0] == small.shape[0]
    return writer.reshaped(
      written, to: like(written, isPerChannel ? small.shape + ones : ones + small.shape))
  }

  /// `Σₖ wₖ Aₖ`, as a product of matrices where the weights are not all one.
  private func channelSum(_ x: Written, _ weights: Tensor, _ shape: [Int]) throws -> Written {
    if weights.record == nil, weights.scalars.allSatisfy({ $0 == 1 }) {
      return writer.reduced("ReduceSum", x, axes: [1], keepsAxes: false)
    }
    let channels = weights.shape[0], w = try write(weights)
    let row = writer.reshaped(w, to: like(w, [1, channels]))
    let maps = writer.reshaped(x, to: like(x, [channels, shape.reduce(1, *)]))
    let product = try writer.matrixProduct(row, maps)
    return writer.reshaped(product, to: like(product, shape))
  }

  /// The last two dimensions stretched bilinearly between pixel centers: a product with a matrix on either side.
  private func resized(_ x: Written, height: Int, width: Int) throws -> Written {
    let rank = x.shape.rank
    let down = weights(from: x.shape.extents[rank - 2], to: height)
    let across = weights(from: x.shape.extents[rank - 1], to: width).transposed()
    let rows = try writer.matrixProduct(writer.constant(down.scalars, down.shape), x)
    return try writer.matrixProduct(rows, writer.constant(across.scalars, across.shape))
  }

  /// How much each position counts in each of a stretched axis, as the kit itself stretches.
  private func weights(from extent: Int, to target: Int) -> Tensor {
    // Unit vectors as columns of a picture, stretched downwards alone.
    Tensor.identity(extent).resized(height: target, width: extent)
  }
}
