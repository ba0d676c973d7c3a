import Kernels

/// How an operator that slides a window over two axes makes its output, and what it is where padding is put before it.
struct SlidingWindow {
  let kernel: [Int], strides: [Int], dilations: [Int], padding: [Int]
  /// What it sees beyond the border.
  let fill: Float
  /// The same, without padding.
  let unpadded: any Operator

  /// `nil` for what slides no window over two axes, or sees another border than one of equal numbers.
  init?(_ op: any Operator, inputs: [[Int]]) {
    switch op {
    case let op as Convolution where op.geometry.strides.count == 2:
      var geometry = op.geometry
      (geometry.paddingBefore, geometry.paddingAfter) = ([0, 0], [0, 0])
      self.init(
        kernel: Array(inputs[1].suffix(2)), strides: geometry.strides, dilations: geometry.dilations,
        padding: op.geometry.paddingBefore, fill: 0, unpadded: Convolution(geometry))
    case let op as MaxPool where op.geometry.kernel.count == 2:
      self.init(op.geometry, fill: -.infinity) { MaxPool($0, ceilMode: false) }
    case let op as AveragePool where op.geometry.kernel.count == 2 && !op.ceilMode:
      let isPadded = (op.geometry.paddingBefore + op.geometry.paddingAfter).contains { $0 != 0 }
      guard !isPadded || op.geometry.countsPadding else { return nil }
      self.init(op.geometry, fill: 0) { AveragePool($0, ceilMode: false) }
    default: return nil
    }
  }

  private init(
    kernel: [Int], strides: [Int], dilations: [Int], padding: [Int], fill: Float, unpadded: any Operator
  ) {
    (self.kernel, self.strides, self.dilations, self.padding) = (kernel, strides, dilations, padding)
    (self.fill, self.unpadded) = (fill, unpadded)
  }

  private init(_ geometry: PoolingGeometry, fill: Float, _ make: (PoolingGeometry) -> any Operator) {
    var plain = geometry
    (plain.paddingBefore, plain.paddingAfter) = ([0, 0], [0, 0])
    self.init(
      kernel: geometry.kernel, strides: geometry.strides, dilations: geometry.dilations,
      padding: geometry.paddingBefore, fill: fill, unpadded: make(plain))
  }

  /// Whether each position sees itself alone.
  var isPointwise: Bool { kernel == [1, 1] && strides == [1, 1] && padding == [0, 0] }

  /// What changes behind it, in an output of these extents.
  func behind(_ regions: ChangedRegions, height: Int, width: Int) -> ChangedRegions {
    func axis(_ index: Int, _ spans: ChangedSpans, _ extent: Int) -> ChangedSpans {
      spans.behind(
        kernel: kernel[index], stride: strides[index], dilation: dilations[index], padding: padding[index],
        extent: extent)
    }
    return ChangedRegions(rows: axis(0, regions.rows, height), columns: axis(1, regions.columns, width))
  }

  /// How many positions of its input it sees for so many of its output, along an axis.
  func seen(for length: Int, axis: Int) -> Int {
    (length - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1
  }

  /// The first position that it sees for a position of its output, along an axis.
  func first(for position: Int, axis: Int) -> Int { position * strides[axis] - padding[axis] }
}
