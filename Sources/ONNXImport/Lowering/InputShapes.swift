import GraphEngine

extension ONNXValue {
  /// Whether this is an image without an axis for several: `[3, H, W]` or `[H, W, 3]`.
  ///
  /// `[1, T, D]` are rather tokens, and `[N, P, 3]` points.
  public var isUnbatchedImage: Bool {
    guard let shape, shape.count == 3 else { return false }
    func isSide(_ extent: ONNXExtent) -> Bool { if case .fixed(let extent) = extent { extent > 4 } else { false } }
    if shape[0] == .fixed(3) { return shape[1...].allSatisfy { isSide($0) || $0.isOpen } }
    return shape[2].countsChannels && shape[..<2].allSatisfy(isSide)
  }

  /// The shape with an axis of images in front, which ``isUnbatchedImage`` images lack; `nil` where it is unknown.
  public var batchedShape: [ONNXExtent]? { isUnbatchedImage ? shape.map { [.fixed(1)] + $0 } : shape }

  /// Whether the file leaves the height or width of an image open, or an extent of another input.
  public var leavesImageSizeOpen: Bool {
    guard let shape = batchedShape else { return true }
    let axes = shape.count == 4 ? ONNXModel.imageAxes(of: shape).sides : Array(shape.indices.dropFirst())
    return axes.contains { shape[$0].isOpen }
  }
}

extension ONNXExtent {
  fileprivate var countsChannels: Bool { self == .fixed(1) || self == .fixed(3) }

  fileprivate var isOpen: Bool { if case .open = self { true } else { false } }
}

extension ONNXModel {
  /// The declared shape of an input with its open axes filled in.
  ///
  /// Images are `[N, C, H, W]`, or `[N, H, W, C]` where the last extent alone can be a number of channels. Where there
  /// are several inputs, those of whole numbers or few axes need not count images along their first.
  func concreteShape(
    of input: ONNXValue, amongSeveral: Bool = false, batch: Int, imageSize: (height: Int, width: Int)?, given: [Int]?
  ) throws(ONNXError) -> [Int] {
    if let given { return try check(given, fits: input) }
    guard let declared = input.batchedShape else {
      throw .unknownShape(input: input.name, declared: input.spelledShape)
    }
    var shape: [Int] = []
    for (axis, extent) in declared.enumerated() {
      switch extent {
      case .fixed(let extent):
        let countsImages = !amongSeveral || declared.count > 2 && input.elementType.isReal
        if axis == 0, declared.count > 1, countsImages, extent != batch {
          guard declared.count >= 4 else { throw .notAnImage(input: input.name, declared: input.spelledShape) }
          throw .fixedBatch(input: input.name, declared: extent, asked: batch)
        }
        shape.append(extent)
      case .open where axis == 0: shape.append(batch)
      case .open: shape.append(-1)
      }
    }
    if shape.count == 4 {
      let (sides, channels) = Self.imageAxes(of: declared)
      if shape[channels] == -1 { shape[channels] = channelCount(of: input.name) }
      try fill(&shape, sides[0], sides[1], with: imageSize, of: input)
    }
    return try check(shape, fits: input)
  }

  private func fill(
    _ shape: inout [Int], _ rows: Int, _ columns: Int, with imageSize: (height: Int, width: Int)?, of input: ONNXValue
  ) throws(ONNXError) {
    guard let imageSize else {
      if shape[rows] == -1 || shape[columns] == -1 { throw .unknownImageSize(input: input.name) }
      return
    }
    let asked = [imageSize.height, imageSize.width]
    for (axis, extent) in zip([rows, columns], asked) {
      if shape[axis] == -1 { shape[axis] = extent }
      guard shape[axis] == extent else {
        throw .fixedImageSize(input: input.name, declared: [shape[rows], shape[columns]], asked: asked)
      }
    }
  }

  /// The axes of rows and columns, and that of channels, of `[N, C, H, W]` or `[N, H, W, C]`.
  static func imageAxes(of shape: [ONNXExtent]) -> (sides: [Int], channels: Int) {
    !shape[1].countsChannels && shape[3].countsChannels ? ([1, 2], 3) : ([2, 3], 1)
  }

  /// What the convolution that reads the input expects; three colours otherwise.
  private func channelCount(of input: String) -> Int {
    for node in nodes where node.type == "Conv" && node.inputs.count > 1 && node.inputs[0] == input {
      guard let weights = constants[node.inputs[1]], weights.shape.count > 1 else { continue }
      let groups = (try? node.attributes.integer("group")) ?? 1
      guard (1...4096).contains(groups), weights.shape[1] <= 4096 else { continue }
      return weights.shape[1] * groups
    }
    return 3
  }

  private func check(_ shape: [Int], fits input: ONNXValue) throws(ONNXError) -> [Int] {
    let declared = input.batchedShape ?? shape.map { _ in .open("") }
    let shape = input.isUnbatchedImage && shape.count == 3 ? [1] + shape : shape
    if shape.contains(-1) { throw .unknownShape(input: input.name, declared: input.spelledShape) }
    guard shape.count == declared.count, shape.allSatisfy({ $0 > 0 }) else {
      throw .wrongShape(input: input.name, declared: input.spelledShape, asked: shape)
    }
    for (axis, (extent, wanted)) in zip(declared, shape).enumerated() {
      guard case .fixed(let extent) = extent, extent != wanted else { continue }
      if axis == 0, shape.count > 1 { throw .fixedBatch(input: input.name, declared: extent, asked: wanted) }
      throw .wrongShape(input: input.name, declared: input.spelledShape, asked: shape)
    }
    guard elementCount(of: shape) != nil else { throw .tooLarge(value: input.name, shape: shape) }
    return shape
  }
}
