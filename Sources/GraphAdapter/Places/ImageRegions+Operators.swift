import GraphEngine
import Kernels

/// What each operator does to regions.
extension ImageRegions {
  mutating func map(after step: PlannedStep) -> RegionMap {
    let inputs = step.node.inputs.map(map(of:)), shapes = step.node.inputs.map(shape(of:))
    let shape = shape(of: step.name)
    switch step.node.op {
    case let reshape as Reshape: return inputs[0].reshaped(from: shapes[0], to: reshape.shape)
    case let transpose as Transpose: return inputs[0].transposed(transpose.permutation)
    // With channels last, axes 2 and 3 are no rows and columns: scalars move exactly then, as where Swin merges patches.
    case let slice as Slice
    where slice.thinsOut(shapes[0], to: shape) && isGrid(inputs[0], height: shapes[0][2], width: shapes[0][3]):
      return slid(inputs[0], kernel: [1, 1, 1, 1], from: shapes[0], to: shape)
    case let slice as Slice: return inputs[0].sliced(slice, of: shapes[0], to: shape)
    case let gather as Gather: return inputs[0].gathered(gather, of: shapes[0])
    case let pad as Pad: return inputs[0].padded(pad, of: shapes[0])
    case let joining as Concatenation:
      return .joined(inputs, counts: shapes.map { $0[joining.axis] }, along: joining.axis)
    case let picking as Picking:
      let full = RegionMap(extents: shapes[0], regions: inputs[0].spread(over: shapes[0], strides: inputs[0].strides))
      return RegionMap(extents: shape, regions: picking.places.map { $0 < 0 ? .padding : full.regions[$0] }).collapsed()
    case is Expand: return inputs[0].aligned(to: shape.count)
    case let linear as Linear:
      let a = linear.transposesInput ? inputs[0].transposed([1, 0]) : inputs[0]
      let b = linear.transposesWeights ? inputs[1].transposed([1, 0]) : inputs[1]
      return .product(a, b, rank: 2)
    case is MatrixProduct: return .product(inputs[0], inputs[1], rank: shape.count)
    case is Convolution, is TransposedConvolution:
      let isDepthwise = (step.node.op as? Convolution)?.geometry.groups == shapes[0][1]
      return slid(isDepthwise ? inputs[0] : inputs[0].mixed(along: 1), kernel: shapes[1], from: shapes[0], to: shape)
    case let pool as MaxPool: return slid(inputs[0], kernel: [1, 1] + pool.geometry.kernel, from: shapes[0], to: shape)
    case let pool as AveragePool:
      return slid(inputs[0], kernel: [1, 1] + pool.geometry.kernel, from: shapes[0], to: shape)
    case let pool as LpPool:
      return slid(inputs[0], kernel: [1, 1] + pool.geometry.kernel, from: shapes[0], to: shape)
    case is Resize: return slid(inputs[0], kernel: shape, from: shapes[0], to: shape)
    case is GlobalAveragePool, is GlobalMaxPool: return (2..<shape.count).reduce(inputs[0]) { $0.mixed(along: $1) }
    case let reduction as Reduction:
      let mixed = reduction.axes.reduce(inputs[0]) { $0.mixed(along: $1) }
      return reduction.keepsDimensions ? mixed : mixed.dropping(reduction.axes)
    case is BatchNormalization: return inputs[0]
    case let op where op.keepsPlaces: return inputs.dropFirst().reduce(inputs[0]) { $0.meeting($1) }
    default: return .whole(rank: shape.count)
    }
  }

  /// A window slid over rows and columns.
  private mutating func slid(_ map: RegionMap, kernel: [Int], from shape: [Int], to newShape: [Int]) -> RegionMap {
    let keepsExtents = shape.dropFirst(2) == newShape.dropFirst(2)
    if shape.count == 4 {
      if isGrid(map, height: shape[2], width: shape[3]) { return grid(height: newShape[2], width: newShape[3]) }
      // Where neighbours matter in both directions there are places, even if it is not known how they came here.
      let hasNeighbours = kernel[2] > 1 && kernel[3] > 1 && newShape[2] > 1 && newShape[3] > 1
      if !map.hasPlaces, hasNeighbours { return grid(height: newShape[2], width: newShape[3]) }
    }
    return keepsExtents ? map : .whole(rank: shape.count)
  }
}

extension Slice {
  /// Whether this keeps every second row or column, or so, as a convolution with such strides does.
  fileprivate func thinsOut(_ shape: [Int], to newShape: [Int]) -> Bool {
    guard shape.count == 4, shape.prefix(2) == newShape.prefix(2), starts.prefix(2) == [0, 0] else { return false }
    let isThinned = (2...3).allSatisfy { axis in
      let (start, step) = (starts[axis], steps[axis])
      guard step > 0, start >= 0, start < step else { return false }
      return newShape[axis] == (shape[axis] - start + step - 1) / step
    }
    return isThinned && (steps[2] > 1 || steps[3] > 1)
  }
}

extension Operator {
  /// Whether each scalar of the output belongs where those of the inputs do that it meets by broadcasting.
  ///
  /// Softmax and normalisations look at others too, but scale one scalar each.
  fileprivate var keepsPlaces: Bool {
    switch self {
    case is Arithmetic, is ElementwiseFunction, is ParametricReLU, is Identity: true
    case is Selection, is Comparison, is Quantization: true
    case let quantization as DynamicQuantization: quantization.result == .numbers
    case is Softmax, is LogSoftmax, is Hardmax, is LayerNormalization, is LocalResponseNormalization: true
    default: false
    }
  }
}

extension RegionMap {
  fileprivate func sliced(_ slice: Slice, of shape: [Int], to newShape: [Int]) -> RegionMap {
    shape.indices.reduce(self) { map, axis in
      let positions = (0..<newShape[axis]).map { slice.starts[axis] + $0 * slice.steps[axis] }
      return positions == Array(0..<shape[axis]) ? map : map.picking(positions, along: axis)
    }
  }

  fileprivate func gathered(_ gather: Gather, of shape: [Int]) -> RegionMap {
    var flat = shape
    flat[gather.axis] = gather.indices.count
    let newShape = shape[..<gather.axis] + gather.indicesShape + shape[(gather.axis + 1)...]
    return picking(gather.indices, along: gather.axis).reshaped(from: flat, to: Array(newShape))
  }

  fileprivate func padded(_ pad: Pad, of shape: [Int]) -> RegionMap {
    shape.indices.reduce(self) { map, axis in
      // More channels, which stand where the others do.
      guard map.extents[axis] > 1, pad.before[axis] != 0 || pad.after[axis] != 0 else { return map }
      let positions = (-pad.before[axis]..<shape[axis] + pad.after[axis]).map {
        (0..<shape[axis]).contains($0) ? $0 : nil
      }
      return map.picking(positions, along: axis)
    }
  }
}
