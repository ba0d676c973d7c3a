/// What a `Resize` asks for: which axes change and how.
struct Resizing {
  /// One axis's change.
  struct Change {
    let extent: Int
    let outputs: Int
    let scale: Double
    /// The part of the axis to be resized, in fractions of it, for cropping.
    var region = (start: 0.0, end: 1.0)
  }

  let axes: [Int: Change]
  let transformation: CoordinateTransformation
  let kernel: ResizingKernel
  let extrapolation: Float
}

/// The most positions along an axis that are interpolated: a million, more than any picture has.
private let largestExtent = 1 << 20

extension OperatorCall {
  /// Inputs and attributes of `Resize` since opset 10, and of `Upsample`, which scales by an attribute until opset 8.
  func resizing(of shape: [Int]) throws(ONNXError) -> Resizing {
    let isOriginal = node.type == "Upsample" || opset < 11
    let axes = try resizedAxes(rank: shape.count)
    var changes: [Int: Resizing.Change] = [:]
    let scales = try resizingScales()
    let sizes = isOriginal ? nil : try integers(3, "the new extents").flatMap { $0.isEmpty ? nil : $0 }
    if let sizes {
      guard sizes.count == axes.count, sizes.allSatisfy({ (1...largestExtent).contains($0) }) else {
        throw malformed("it must name one positive extent for each axis")
      }
      for (axis, size) in try zip(axes, extents(sizes, axes, shape)) {
        changes[axis] = Resizing.Change(extent: shape[axis], outputs: size.outputs, scale: size.scale)
      }
    } else if let scales {
      guard scales.count == axes.count, scales.allSatisfy({ $0 > 0 && $0 < 0x1p24 }) else {
        throw malformed("it must name one positive scale for each axis")
      }
      for (axis, scale) in zip(axes, scales) {
        let outputs = (Double(shape[axis]) * Double(scale)).rounded(.down)
        guard outputs >= 1, outputs <= Double(largestExtent) else {
          throw malformed("its scale \(scale) makes \(shape[axis]) positions too few or too many")
        }
        changes[axis] = Resizing.Change(extent: shape[axis], outputs: Int(outputs), scale: Double(scale))
      }
    } else {
      throw malformed("it has neither scales nor extents")
    }
    let transformation = try coordinateTransformation(isOriginal)
    if transformation == .tensorFlowCrop {
      guard let regions = try constant(1, "its region")?.reals, regions.count == 2 * axes.count,
        regions.allSatisfy({ abs($0) < 0x1p20 })
      else {
        throw malformed("it must name a region to crop to")
      }
      for (index, axis) in axes.enumerated() {
        changes[axis]?.region = (Double(regions[index]), Double(regions[index + axes.count]))
      }
    }
    if let change = changes.values.first(where: { $0.outputs > largestExtent }) {
      throw malformed("it makes \(change.outputs) positions along an axis")
    }
    return Resizing(
      axes: changes, transformation: transformation, kernel: try resizingKernel(isOriginal),
      extrapolation: try attributes.real("extrapolation_value") ?? 0)
  }

  private func resizedAxes(rank: Int) throws(ONNXError) -> [Int] {
    try axes(try attributes.integers("axes") ?? Array(0..<rank), rank: rank)
  }

  private func resizingScales() throws(ONNXError) -> [Float]? {
    if case .reals(let scales) = attributes["scales"] { return scales }
    let index = node.type == "Upsample" || opset < 11 ? 1 : 2
    guard let scales = try constant(index, "its scales"), scales.count > 0 else { return nil }
    return scales.reals
  }

  /// The new extents, each axis by itself or all by one scale that keeps the proportions.
  private func extents(
    _ sizes: [Int], _ axes: [Int], _ shape: [Int]
  ) throws(ONNXError) -> [(outputs: Int, scale: Double)] {
    let scales = zip(sizes, axes).map { Double($0) / Double(shape[$1]) }
    switch try attributes.string("keep_aspect_ratio_policy") ?? "stretch" {
    case "stretch": return zip(sizes, scales).map { ($0, $1) }
    case let policy where policy == "not_larger" || policy == "not_smaller":
      let scale = (policy == "not_larger" ? scales.min() : scales.max()) ?? 1
      return axes.map { (max(1, Int((scale * Double(shape[$0]) + 0.5).rounded(.down))), scale) }
    case let other: throw malformed("its keep_aspect_ratio_policy is '\(other)'")
    }
  }

  private func coordinateTransformation(_ isOriginal: Bool) throws(ONNXError) -> CoordinateTransformation {
    if isOriginal { return .asymmetric }
    let name = try attributes.string("coordinate_transformation_mode") ?? "half_pixel"
    guard let transformation = CoordinateTransformation(rawValue: name) else {
      throw malformed("its coordinate_transformation_mode is '\(name)'")
    }
    return transformation
  }

  private func resizingKernel(_ isOriginal: Bool) throws(ONNXError) -> ResizingKernel {
    let isSmoothed = try attributes.flag("antialias")
    let excludesOutside = try attributes.flag("exclude_outside")
    switch try attributes.string("mode") ?? "nearest" {
    case "nearest":
      if isOriginal { return .nearest(.original) }
      let name = try attributes.string("nearest_mode") ?? "round_prefer_floor"
      guard let rounding = NearestRounding(rawValue: name) else { throw malformed("its nearest_mode is '\(name)'") }
      return .nearest(rounding)
    case "linear", "bilinear":
      return .weighted(.linear, isSmoothed: isSmoothed, excludesOutside: excludesOutside)
    case "cubic":
      let a = Double(try attributes.real("cubic_coeff_a") ?? -0.75)
      return .weighted(.cubic(a), isSmoothed: isSmoothed, excludesOutside: excludesOutside)
    case let other: throw malformed("its mode is '\(other)'")
    }
  }
}
