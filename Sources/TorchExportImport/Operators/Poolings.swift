import GraphEngine
import Kernels

/// Poolings.
extension OperatorTable {
  static let pooling: [String: Lower] = [
    "max_pool1d": one(maxPool(1)), "max_pool2d": one(maxPool(2)), "max_pool3d": one(maxPool(3)),
    "max_pool2d_with_indices": { (call, graph) throws(TorchExportError) in
      [.tensor(try maxPool(2)(call, &graph)), .none]
    },
    "avg_pool1d": one(averagePool(1)), "avg_pool2d": one(averagePool(2)), "avg_pool3d": one(averagePool(3)),
    "adaptive_avg_pool1d": one(adaptiveAverage(1)), "adaptive_avg_pool2d": one(adaptiveAverage(2)),
    "adaptive_avg_pool3d": one(adaptiveAverage(3)), "_adaptive_avg_pool2d": one(adaptiveAverage(2)),
    "adaptive_max_pool1d": adaptiveMaxima(1), "adaptive_max_pool2d": adaptiveMaxima(2),
  ]

  private static func geometry(
    _ call: Call, rank: Int, countsPadding: Bool = false
  ) throws(TorchExportError) -> PoolingGeometry {
    let kernel = try call.spatial("kernel_size", rank: rank, [1])
    let padding = try call.spatial("padding", rank: rank, [0])
    return PoolingGeometry(
      kernel: kernel, strides: try call.spatial("stride", rank: rank, kernel),
      dilations: try call.spatial("dilation", rank: rank, [1]), paddingBefore: padding, paddingAfter: padding,
      countsPadding: countsPadding)
  }

  private static func maxPool(_ rank: Int) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let op = MaxPool(try geometry(call, rank: rank), ceilMode: try call.truth("ceil_mode"))
      return try graph.add(op, [try call.tensor()], for: call)
    }
  }

  private static func averagePool(_ rank: Int) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let windows = try geometry(call, rank: rank, countsPadding: try call.truth("count_include_pad", true))
      let op = AveragePool(windows, ceilMode: try call.truth("ceil_mode"))
      var result = try graph.add(op, [try call.tensor()], for: call)
      if let divisor = call["divisor_override"].number {
        guard windows.countsPadding, windows.kernel.reduce(1, *) > 0, try !call.truth("ceil_mode") else {
          throw call.unsupported("it divides by a number of its own")
        }
        let factor = Float(windows.kernel.reduce(1, *)) / Float(divisor)
        result = try graph.add(ElementwiseFunction(.linear(factor, 0)), [result], for: call)
      }
      return result
    }
  }

  /// Windows that differ by one position where the extents do not divide: a weighting of each axis by itself.
  private static func adaptiveAverage(_ rank: Int) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      let wanted = try outputExtents(call, x, rank: rank)
      let first = x.shape.count - rank
      if wanted.allSatisfy({ $0 == 1 }) {
        let axes = Array(first..<x.shape.count)
        if rank == 2, x.shape.count == 4 { return try graph.add(GlobalAveragePool(), [x], for: call) }
        return try graph.add(Reduction(.mean, axes: axes, keepsDimensions: true), [x], for: call)
      }
      let extents = Array(x.shape.suffix(rank))
      if extents == wanted { return x }
      if zip(extents, wanted).allSatisfy({ $0 % $1 == 0 }), x.shape.count == rank + 2 {
        return try graph.add(AveragePool(evenWindows(extents, wanted), ceilMode: false), [x], for: call)
      }
      var axes: [Resize.Axis] = []
      for (offset, (extent, count)) in zip(extents, wanted).enumerated() where extent != count {
        let rows = (0..<count).map { index -> [Interpolation.Term] in
          let (start, end) = (index * extent / count, ((index + 1) * extent + count - 1) / count)
          return (start..<end).map { Interpolation.Term($0, 1 / Float(end - start)) }
        }
        axes.append(Resize.Axis(first + offset, try graph.interpolation(rows, extent, for: call)))
      }
      return try graph.add(Resize(axes), [x], for: call)
    }
  }

  private static func adaptiveMaxima(_ rank: Int) -> Lower {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      let wanted = try outputExtents(call, x, rank: rank)
      let extents = Array(x.shape.suffix(rank))
      guard zip(extents, wanted).allSatisfy({ $0 % $1 == 0 }), x.shape.count == rank + 2 else {
        throw call.unsupported("\(spelled(extents)) does not divide into \(spelled(wanted)) windows of one size")
      }
      let op: any Operator =
        wanted.allSatisfy { $0 == 1 } ? GlobalMaxPool() : MaxPool(evenWindows(extents, wanted), ceilMode: false)
      return [.tensor(try graph.add(op, [x], for: call)), .none]
    }
  }

  private static func evenWindows(_ extents: [Int], _ wanted: [Int]) -> PoolingGeometry {
    let size = zip(extents, wanted).map { $0 / $1 }
    let (ones, zeros) = (size.map { _ in 1 }, size.map { _ in 0 })
    return PoolingGeometry(kernel: size, strides: size, dilations: ones, paddingBefore: zeros, paddingAfter: zeros)
  }

  /// The extents asked for; one left out stays as it is.
  private static func outputExtents(
    _ call: Call, _ x: TensorValue, rank: Int
  ) throws(TorchExportError) -> [Int] {
    guard case .list(let list) = call["output_size"], list.count == rank, x.shape.count >= rank else {
      throw call.malformed("its output_size does not name \(rank) axes")
    }
    let extents = zip(list, x.shape.suffix(rank)).map { $0.integer ?? $1 }
    guard extents.allSatisfy({ (1...(1 << 16)).contains($0) }) else {
      throw call.malformed("its output_size is not positive")
    }
    return extents
  }
}

extension Lowering {
  func interpolation(
    _ rows: [[Interpolation.Term]], _ extent: Int, for call: Call
  ) throws(TorchExportError) -> Interpolation {
    do { return try Interpolation(rows: rows, sourceExtent: extent) } catch { throw call.malformed("\(error)") }
  }
}
