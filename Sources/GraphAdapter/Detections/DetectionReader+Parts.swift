import AttributionKit
import GraphEngine
import Kernels

/// What rows have beside boxes and classes: angles, key points, weights of mask prototypes.
extension DetectionReader {
  /// Reads the columns `range` of an output, those behind the classes, into outputs of their own.
  mutating func readParts(
    of name: String, _ shape: [Int], along axis: Int, _ range: Range<Int>, into head: inout DetectionHead
  ) {
    guard !range.isEmpty else { return }
    if let prototypes = prototypes(count: range.count) {
      put(DetectionHead.OutputName.coefficients, of: name, shape, along: axis, range)
      found.append((DetectionHead.OutputName.prototypes, prototypes.name))
      sources.append(prototypes.name)
      let (height, width) = (prototypes.shape[2], prototypes.shape[3])
      head.masks = MaskGrid(
        height: height, width: width, across: Float(imageSize.width) / Float(width),
        down: Float(imageSize.height) / Float(height))
      head.name += ", weights of \(range.count) mask prototypes"
    } else if hints.task == "obb" || range.count == 1 && turnsBoxes {
      put(DetectionHead.OutputName.angles, of: name, shape, along: axis, range.lowerBound..<range.lowerBound + 1)
      head.isTurned = true
      // Corners cannot be turned: what is, is a middle with its extents.
      if settings.boxes == nil { head.boxes?.form = .center }
      head.name += ", the box's angle"
    } else if let points = pointShape(of: name, shape, along: axis, range) {
      readPoints(points, of: name, shape, along: axis, range, into: &head)
    } else {
      head.name += beside(range.count)
    }
  }

  /// Maps `[1, count, h, w]` among the outputs, which masks are sums of.
  private func prototypes(count: Int) -> (name: String, shape: [Int])? {
    outputs.first { $0.shape.count == 4 && $0.shape[1] == count && $0.shape[2] * $0.shape[3] > 1 }
  }

  /// Whether the network turns something by an angle that it computes.
  private var turnsBoxes: Bool {
    func has(_ function: UnaryFunction) -> Bool {
      graph.nodes.contains { ($0.op as? ElementwiseFunction)?.function == function }
    }
    return has(.sin) && has(.cos)
  }

  /// How many key points some columns are, and with how many numbers each, two or three: as the metadata says, or as the
  /// columns were before they were laid side by side.
  private func pointShape(
    of name: String, _ shape: [Int], along axis: Int, _ range: Range<Int>
  ) -> (count: Int, numbers: Int)? {
    if let told = hints.keyPoints, told.count == 2, told[0] * told[1] == range.count, (2...3).contains(told[1]) {
      return (told[0], told[1])
    }
    guard let laid = columns.axesLaidSideBySide(in: name, along: axis, range), (2...3).contains(laid.inner) else {
      return nil
    }
    return (laid.outer, laid.inner)
  }

  private mutating func readPoints(
    _ points: (count: Int, numbers: Int), of name: String, _ shape: [Int], along axis: Int, _ range: Range<Int>,
    into head: inout DetectionHead
  ) {
    /// Columns as they are, one for each key point, `offset` after its first.
    func every(_ offset: Int) -> HeadLifting.Positions {
      .init(first: range.lowerBound + offset, count: points.count, step: points.numbers)
    }
    var lifting = HeadLifting(columns, naming: "detector.point")
    var link: ProbabilityLink?
    var confidences: String?
    if points.numbers == 3 {
      if let logits = lifting.logits(of: name, along: axis, every(2)) {
        (link, confidences) = (.sigmoid, logits)
      } else {
        (link, confidences) = (.identity, lifting.part(name, shape, axis, every(2)))
      }
    }
    // Across and down side by side, point after point.
    let (x, y) = (lifting.part(name, shape, axis, every(0)), lifting.part(name, shape, axis, every(1)))
    nodes += lifting.nodes
    var own = shape
    own[axis] = points.count
    let apart = own[..<axis] + [points.count, 1] + own[(axis + 1)...]
    own[axis] = 2 * points.count
    let pairs = add(
      Concatenation(axis: axis + 1),
      [add(Reshape(to: Array(apart)), [x], "across"), add(Reshape(to: Array(apart)), [y], "down")], "pairs")
    put(DetectionHead.OutputName.points, add(Reshape(to: own), [pairs], "points"), columnsAlong: axis)
    if let confidences { put(DetectionHead.OutputName.confidences, confidences, columnsAlong: axis) }
    head.keyPoints = KeyPoints(
      points.count, link: link, names: hints.keyPointNames ?? (points.count == 17 ? Self.cocoPoints : []))
    head.name += ", \(points.count) key points"
  }

  /// What the seventeen key points of a person are called in COCO, in its order.
  static let cocoPoints = [
    "nose", "left eye", "right eye", "left ear", "right ear", "left shoulder", "right shoulder", "left elbow",
    "right elbow", "left wrist", "right wrist", "left hip", "right hip", "left knee", "right knee", "left ankle",
    "right ankle",
  ]

  /// What other numbers a row has, in words.
  private func beside(_ count: Int) -> String {
    switch hints.task {
    case "segment": " and \(count) weights of mask prototypes, which are not among the outputs"
    case "pose": " and \(count) numbers of key points, of which it is not known how many there are"
    default: count == 1 ? " and one number more" : " and \(count) numbers more"
    }
  }
}

extension HeadColumns {
  /// The extents of two axes that were made one, of which a range of the positions along an axis is all.
  func axesLaidSideBySide(in value: String, along axis: Int, _ range: Range<Int>) -> (outer: Int, inner: Int)? {
    var (value, axis, range) = (value, axis, range)
    for _ in 0..<60 {
      guard let node = ends.producers[value] else { return nil }
      let shape = shape(value), before = self.shape(node.inputs[0])
      switch node.op {
      case is Identity: break
      case let transpose as Transpose: axis = transpose.permutation[axis]
      case let slice as Slice where slice.steps[axis] == 1:
        range = range.lowerBound + slice.starts[axis]..<range.upperBound + slice.starts[axis]
      case let picking as IndexedPicking:
        guard case .elements(let picked) = picking.indexing, picked != axis else { return nil }
      case is Reshape:
        if range == 0..<shape[axis], let pair = Self.axes(mergedInto: axis, of: shape, in: before) {
          return (before[pair], before[pair + 1])
        }
        guard let same = Self.axis(alike: axis, of: shape, in: before) else { return nil }
        axis = same
      case let joining as Concatenation:
        guard joining.axis == axis else { break }
        var start = 0
        let holder = node.inputs.first { input in
          let end = start + self.shape(input)[axis]
          if start <= range.lowerBound, range.upperBound <= end { return true }
          start = end
          return false
        }
        guard let holder else { return nil }
        (value, range) = (holder, range.lowerBound - start..<range.upperBound - start)
        continue
      default: return nil
      }
      value = node.inputs[0]
    }
    return nil
  }
}
