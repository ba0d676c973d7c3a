import AttributionKit
import GraphEngine
import Kernels

/// Heads that join boxes and scores in one output.
extension DetectionReader {
  /// `[1, rows, 6]`, left, top, right, bottom, score, class: detectors that need no suppression.
  mutating func readEndToEnd() -> DetectionHead? {
    for (name, shape) in outputs where shape.count == 3 && shape[2] >= 6 && shape[1] > 1 && shape[1] <= 2000 {
      let kinds = columns.kinds(of: name, along: 2)
      guard kinds[5] == .whole, kinds[4].isSigmoid, !kinds[..<4].contains(.whole) else { continue }
      let isLogit = putLogits(DetectionHead.OutputName.scores, of: name, shape, along: 2, 4..<5)
      put(DetectionHead.OutputName.boxes, of: name, shape, along: 2, 0..<4)
      put(DetectionHead.OutputName.classes, of: name, shape, along: 2, 5..<6)
      sources = [name]
      var head = DetectionHead(
        "", rows: shape[1], classCount: rankedClassCount(behind: name), link: isLogit ? .sigmoid : .identity,
        isEndToEnd: true,
        boxes: boxes(.corners, isRelative: false))
      head.open = openTraits.subtracting([.form])
      readParts(of: name, shape, along: 2, 6..<shape[2], into: &head)
      head.name =
        "rows of \(head.boxes?.form == .center ? "middle, width, height" : "left, top, right, bottom"), score, class"
        + head.name + ", none of which need be suppressed"
      return head
    }
    return nil
  }

  /// How many classes rows with one of their own tell apart: as somebody says, or as the ranking does.
  mutating func rankedClassCount(behind value: String) -> Int {
    if let count = settings.classes ?? hints.labelCount, count > 0 { return count }
    if let count = classesRanked(behind: value) { return count }
    assumptions.append("there are 80 classes, as in COCO")
    return 80
  }

  /// How many classes a ranking over all rows and classes runs over: what its places are divided by.
  private func classesRanked(behind value: String) -> Int? {
    var (waiting, seen) = ([value], Set<String>())
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted, let node = columns.ends.producers[next] else { continue }
      if ["DivisionRemainder", "Remainder"].contains(node.op.name),
        let divisor = node.inputs.dropFirst().lazy.compactMap({ columns.ends.number($0) }).first, divisor >= 1
      {
        return Int(divisor)
      }
      if columns.ends.differentiable.contains(next), next != value { continue }
      waiting += node.inputs
    }
    return nil
  }

  /// `[1, 4 + classes, rows]` of YOLOv8 and its kin, `[1, rows, 5 + classes]` of YOLOv5: four numbers of a box, then
  /// scores.
  mutating func readJoinedRows() -> DetectionHead? {
    for (name, shape) in outputs where shape.count == 3 {
      for axis in [1, 2] where shape[axis] >= 5 && shape[3 - axis] > 1 {
        let kinds = columns.kinds(of: name, along: axis)
        guard let found = JoinedColumns(kinds) else { continue }
        guard found.ending != .sigmoids else { return joinedRows(name, shape, axis, kinds, found.scores) }
        return joinedRows(name, shape, axis, found, kinds.count)
      }
    }
    return nil
  }

  /// Rows whose scores end in sigmoids, of which the first may be an objectness.
  private mutating func joinedRows(
    _ name: String, _ shape: [Int], _ axis: Int, _ kinds: [HeadColumns.Kind], _ scores: Range<Int>
  ) -> DetectionHead {
    let rows = shape[3 - axis]
    var scores = scores
    if let count = settings.classes { scores = scores.lowerBound..<min(scores.lowerBound + count, scores.upperBound) }
    let hasObjectness =
      settings.classes != nil && settings.objectness == nil
      ? objectness(in: scores.lowerBound..<(kinds[scores.lowerBound...].prefix { $0.isSigmoid }.endIndex), kinds)
      : settings.objectness ?? objectness(in: scores, kinds)
    if hasObjectness, let count = settings.classes {
      let first = scores.lowerBound + 1
      scores = scores.lowerBound..<min(first + count, kinds.count)
    }
    let classes = hasObjectness ? scores.lowerBound + 1..<scores.upperBound : scores
    // Of a detector with one kind of object, whatever has an objectness is it.
    let isLogit = putLogits(
      DetectionHead.OutputName.scores, of: name, shape, along: axis, classes.isEmpty ? scores : classes)
    put(DetectionHead.OutputName.boxes, of: name, shape, along: axis, 0..<4)
    let there = hasObjectness && !classes.isEmpty
    let objectnessIsLogit =
      there
      && putLogits(
        DetectionHead.OutputName.objectness, of: name, shape, along: axis, scores.lowerBound..<scores.lowerBound + 1)
    sources = [name]
    let isRaw = kinds[..<4].allSatisfy { $0 == .linear } && axis == 2
    let cells = cells(of: name, along: 3 - axis, rows: rows)
    let form: BoxCoding.Form = isRaw && cells.count == rows ? .offsets : .center
    var head = DetectionHead(
      isRaw ? "YOLOX, boxes in cells" : hasObjectness ? "YOLOv5: boxes, objectness, classes" : "YOLOv8: boxes, classes",
      rows: rows, classCount: max(1, classes.count), link: isLogit ? .sigmoid : .identity, hasObjectness: there,
      boxes: boxes(form, isRelative: false), cells: cells)
    head.objectnessLink = objectnessIsLogit ? .sigmoid : .identity
    if form == .center { head.open = openTraits }
    readParts(of: name, shape, along: axis, scores.upperBound..<kinds.count, into: &head)
    return head
  }

  /// Rows whose scores are products with an objectness, share a softmax, or are logits.
  private mutating func joinedRows(
    _ name: String, _ shape: [Int], _ axis: Int, _ found: JoinedColumns, _ columns: Int
  ) -> DetectionHead {
    let (rows, first) = (shape[3 - axis], found.scores.lowerBound)
    let scores = first..<min(first + (settings.classes ?? found.scores.count), found.scores.upperBound)
    var head = DetectionHead(
      "YOLOv8: boxes, classes", rows: rows, classCount: scores.count, boxes: boxes(.center, isRelative: false),
      cells: cells(of: name, along: 3 - axis, rows: rows))
    head.open = openTraits
    func put(_ reader: inout Self, _ output: String, _ range: Range<Int>, _ ending: HeadLifting.Ending) -> Bool {
      reader.putLogits(output, of: name, shape, along: axis, range, behind: ending)
    }
    switch found.ending {
    case .products:
      head.name = "YOLOv5: boxes, classes times objectness"
      head.link = put(&self, DetectionHead.OutputName.scores, scores, .classes) ? .sigmoid : .identity
      // Where the product is not taken apart, it is the probability already.
      if head.link == .sigmoid {
        head.hasObjectness = put(&self, DetectionHead.OutputName.objectness, first..<first + 1, .objectness)
      }
    case .softmax:
      head.link = put(&self, DetectionHead.OutputName.scores, found.scores, .softmax) ? .softmax : .identity
      setBackground(of: &head, columns: found.scores.count)
    case .sigmoids, .logits:
      self.put(DetectionHead.OutputName.scores, of: name, shape, along: axis, scores)
      head.link = settings.scores ?? .sigmoid
      if head.link == .softmax { setBackground(of: &head, columns: scores.count) }
      if settings.scores == nil { assumptions.append("each class has a sigmoid of its own") }
    }
    self.put(DetectionHead.OutputName.boxes, of: name, shape, along: axis, 0..<4)
    sources = [name]
    readParts(of: name, shape, along: axis, scores.upperBound..<columns, into: &head)
    return head
  }

  /// Which of the columns of a softmax stands for nothing: as somebody says, or else as its numbers will tell.
  private func setBackground(of head: inout DetectionHead, columns: Int) {
    head.background = settings.background ?? .first
    head.classCount = head.background == .last ? columns - 1 : columns
    if settings.background == nil { head.open.insert(.background) }
  }

  /// Whether the first of some scores says that there is something, rather than what.
  private mutating func objectness(in scores: Range<Int>, _ kinds: [HeadColumns.Kind]) -> Bool {
    if let labels = hints.labelCount {
      if labels == scores.count { return false }
      if labels == scores.count - 1 { return true }
    }
    guard case .sigmoid(let first) = kinds[scores.lowerBound] else { return false }
    // YOLOX takes the sigmoid of the objectness by itself.
    if scores.count > 1, kinds[scores.lowerBound + 1] != kinds[scores.lowerBound] { return true }
    // YOLOv5 takes one sigmoid of all numbers, those of the box among them.
    return columns.shape(first).contains(4 + scores.count)
  }

  /// Maps of several scales as YOLOv8 makes them before they are decoded: `[1, 64 + classes, h, w]`, a distribution over 16
  /// distances for each edge.
  mutating func readScales() -> DetectionHead? {
    let maps = outputs.filter { $0.shape.count == 4 && $0.shape[2] * $0.shape[3] > 1 }
    guard maps.count >= 2, maps.count == outputs.count, let channels = maps.first?.shape[1], channels > 64,
      maps.allSatisfy({ $0.shape[1] == channels }), Set(maps.map { $0.shape[2] * $0.shape[3] }).count == maps.count
    else { return nil }
    let named = settings.classes ?? hints.labelCount
    // Boxes and classes are joined side by side; a segmentation's maps of several scales are not.
    let joinsBoxes = maps.allSatisfy { map in
      guard let node = columns.ends.producers[map.name], let join = node.op as? Concatenation else { return false }
      return join.axis == 1 && columns.shape(node.inputs[0]).dropFirst().first == 64
    }
    guard joinsBoxes || named != nil || channels == 255 else { return nil }
    // 255 and its kin are three anchors with five numbers and the classes each.
    if named == nil, channels == 255 {
      return readAnchoredScales(maps, classes: channels / 3 - 5)
    }
    if let named, channels != 64 + named {
      return channels == 3 * (5 + named) ? readAnchoredScales(maps, classes: named) : nil
    }
    let images = batch
    var flat: [String] = []
    for (name, shape) in maps.sorted(by: { $0.shape[2] * $0.shape[3] > $1.shape[2] * $1.shape[3] }) {
      flat.append(add(Reshape(to: [images, channels, shape[2] * shape[3]]), [name], "scale"))
    }
    let rows = maps.reduce(0) { $0 + $1.shape[2] * $1.shape[3] }
    let whole = add(Concatenation(axis: 2), flat, "scales"), shape = [images, channels, rows]
    put(DetectionHead.OutputName.scores, of: whole, shape, along: 1, 64..<channels)
    let bins = add(
      Reshape(to: [images, 4, 16, rows]), [slice(whole, shape, 1, 0..<64, "bins")], "bins")
    let shares = add(Softmax(axis: 2), [bins], "shares")
    constants["detector.distances"] = NDArray((0..<16).map(Float.init), shape: [1, 1, 16, 1]).asConstant()
    let weighted = add(Arithmetic(.multiply), [shares, "detector.distances"], "weighted")
    put(
      DetectionHead.OutputName.boxes,
      add(Reduction(.sum, axes: [2], keepsDimensions: false), [weighted], "distances"), columnsAlong: 1)
    sources = maps.map(\.name)
    let cells = maps.sorted { $0.shape[2] * $0.shape[3] > $1.shape[2] * $1.shape[3] }.flatMap { map in
      Self.cells(height: map.shape[2], width: map.shape[3], over: frame.width)
    }
    return DetectionHead(
      "YOLOv8 before its boxes are decoded: 16 distances for each edge, classes", rows: rows,
      classCount: channels - 64, boxes: boxes(.distances, isRelative: false), cells: cells)
  }

  /// `[1, 3·(5 + classes), h, w]` of YOLOv5 before it is decoded: the anchors, by which its boxes are read, are not there.
  private mutating func readAnchoredScales(_ maps: [(name: String, shape: [Int])], classes: Int) -> DetectionHead {
    let images = batch, width = 5 + classes
    var flat: [String] = []
    var cells: [BoxCoding.Cell] = []
    for (name, shape) in maps {
      let area = shape[2] * shape[3]
      let apart = add(Reshape(to: [images, 3, width, area]), [name], "anchors")
      let moved = add(Transpose(permutation: [0, 1, 3, 2]), [apart], "anchors")
      flat.append(add(Reshape(to: [images, 3 * area, width]), [moved], "rows"))
      let own = Self.cells(height: shape[2], width: shape[3], over: frame.width)
      cells += own + own + own
    }
    let shape = [images, cells.count, width]
    let whole = add(Concatenation(axis: 1), flat, "scales")
    put(DetectionHead.OutputName.scores, of: whole, shape, along: 2, 5..<width)
    put(DetectionHead.OutputName.objectness, of: whole, shape, along: 2, 4..<5)
    sources = maps.map(\.name)
    return DetectionHead(
      "YOLOv5 before it is decoded", rows: cells.count, classCount: classes, hasObjectness: true,
      boxes: boxes(.cell, isRelative: false), cells: cells)
  }

  static func cells(height: Int, width: Int, over imageWidth: Float) -> [BoxCoding.Cell] {
    let stride = imageWidth / Float(width)
    return (0..<height * width).map {
      BoxCoding.Cell(left: Float($0 % width) * stride, top: Float($0 / width) * stride, stride: stride)
    }
  }
}
