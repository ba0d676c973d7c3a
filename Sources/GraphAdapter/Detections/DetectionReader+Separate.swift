import AttributionKit
import GraphEngine
import Kernels

/// Heads whose boxes and scores are outputs of their own.
extension DetectionReader {
  /// Scores `[1, rows, classes]` and boxes `[1, rows, 4]`: the DETR family, SSD, RetinaNet, FCOS, EfficientDet.
  mutating func readSeparateOutputs() -> DetectionHead? {
    let flat = outputs.filter { $0.shape.count == 3 && $0.shape[1] > 1 }
    let fours = flat.filter { $0.shape[2] == 4 && columns.mayBeBoxes($0.name, along: 2) }
    let computed = fours.filter { columns.kinds(of: $0.name, along: 2).contains(.other) }
    let boxes =
      fours.count == 1
      ? fours.first : fours.first { $0.name.suggests(.boxes) } ?? (computed.count == 1 ? computed[0] : nil)
    guard let boxes else { return readLevels() }
    let others = flat.filter { $0.name != boxes.name && $0.shape[1] == boxes.shape[1] }
    // A single number beside classes is a centerness; where it stands alone, it is the score of the only class.
    let wide = others.filter { $0.shape[2] > 1 }, narrow = others.filter { $0.shape[2] == 1 }
    let scores =
      wide.count == 1
      ? wide.first
      : wide.first { $0.name.suggests(.scores) } ?? narrow.first
    guard let scores else { return nil }
    let centerness = scores.shape[2] > 1 ? narrow.first : nil
    return separate(scores, boxes, centerness)
  }

  private mutating func separate(
    _ scores: (name: String, shape: [Int]), _ boxes: (name: String, shape: [Int]),
    _ centerness: (name: String, shape: [Int])?
  ) -> DetectionHead? {
    let (rows, count) = (scores.shape[1], scores.shape[2])
    let kinds = columns.kinds(of: boxes.name, along: 2)
    let cells = cells(of: scores.name, along: 1, rows: rows)
    var isRelative = kinds.allSatisfy(\.isSigmoid)
    // D-FINE's queries, whose edges are moved by the mean of a distribution instead of by a sigmoid.
    if !isRelative, cells.isEmpty, graph.nodes.contains(where: { $0.op is GridSample }), hasQueries(scores.name) {
      isRelative = true
      assumptions.append("boxes are middles and sizes in parts of the picture")
    }
    // Behind a rectifier, distances; those of FCOS are in cells.
    let isRaw = kinds.allSatisfy { $0 == .linear } || columns.isRectified(boxes.name)
    var (link, background) = ending(of: scores.name, count, isQueries: isRelative, cells: cells)
    link = settings.scores ?? link
    background = settings.background ?? background
    var factor: ProbabilityLink?
    if columns.kinds(of: scores.name, along: 2).allSatisfy(\.isProduct) {
      (link, factor) = putFactors(of: scores)
    } else {
      let isSoftmax = link == .softmax
      _ = putLogits(
        DetectionHead.OutputName.scores, of: scores.name, scores.shape, along: 2, 0..<count,
        behind: isSoftmax ? .softmax : .sigmoid)
    }
    put(DetectionHead.OutputName.boxes, of: boxes.name, boxes.shape, along: 2, 0..<4)
    sources = [scores.name, boxes.name]
    if let centerness, factor == nil {
      sources.append(centerness.name)
      let kinds = columns.kinds(of: centerness.name, along: 2)
      if kinds.allSatisfy(\.isSigmoid) {
        _ = putLogits(DetectionHead.OutputName.objectness, of: centerness.name, centerness.shape, along: 2, 0..<1)
      } else {
        put(DetectionHead.OutputName.objectness, of: centerness.name, centerness.shape, along: 2, 0..<1)
      }
    }
    let form: BoxCoding.Form =
      isRelative ? .center : isRaw ? centerness != nil && !cells.isEmpty ? .distances : .cell : .corners
    var head = DetectionHead(
      "scores and boxes of their own", rows: rows, classCount: background == .last ? count - 1 : count, link: link,
      background: background, hasObjectness: centerness != nil || factor != nil,
      boxes: self.boxes(boxes.name.form ?? form, isRelative: isRelative), cells: cells)
    // A centerness is averaged with the class, an objectness multiplied by it.
    head.isGeometric = factor == nil && centerness.map { !$0.name.suggests(["obj", "conf"]) } ?? false
    head.name =
      isRelative
      ? "DETR: scores and boxes of queries"
      : factor != nil ? "boxes, and classes times objectness" : head.isGeometric ? "FCOS" : head.name
    if form == .corners { head.open = boxes.name.form == nil ? openTraits : openTraits.subtracting([.form]) }
    // torchvision measures from the upper left corners of cells, and chooses before it decodes.
    if form == .distances, hints.areBeforeChoice { head.cells = cells.map { $0.moved(by: -$0.stride / 2) } }
    if form == .cell, cells.isEmpty { head.boxes = nil }
    return head
  }

  /// Remembers the classes and the objectness that scores are the products of.
  ///
  /// - Returns: How they become probabilities, without an objectness where the product is not taken apart.
  private mutating func putFactors(
    of scores: (name: String, shape: [Int])
  ) -> (link: ProbabilityLink, objectness: ProbabilityLink?) {
    let (name, shape) = scores
    guard
      putLogits(
        DetectionHead.OutputName.scores, of: name, shape, along: 2, 0..<shape[2], behind: .classes)
    else { return (.identity, nil) }
    let isLogit = putLogits(
      DetectionHead.OutputName.objectness, of: name, shape, along: 2, 0..<1, behind: .objectness)
    return (.sigmoid, isLogit ? .sigmoid : .identity)
  }

  /// How scores become probabilities, and which column stands for nothing.
  private mutating func ending(
    of scores: String, _ count: Int, isQueries: Bool, cells: [BoxCoding.Cell]
  ) -> (ProbabilityLink, DetectionHead.Background) {
    let kinds = columns.kinds(of: scores, along: 2)
    if kinds.allSatisfy({ $0.isSigmoid || $0.isProduct }) { return (.sigmoid, .none) }
    let labels = settings.classes ?? hints.labelCount
    let isSoftmax = kinds.allSatisfy(\.isSoftmax)
    if !isSoftmax, columns.ends.reading(of: scores).isProbability { return (.identity, .none) }
    if count == 1 { return (.sigmoid, .none) }
    if isSoftmax { return (.softmax, isQueries ? .last : .first) }
    if isQueries {
      if labels == count { return (.sigmoid, .none) }
      if labels == count - 1 { return (.softmax, .last) }
      let samples = graph.nodes.contains { $0.op.name == "GridSample" }
      if samples || [80, 91, 365].contains(count) {
        assumptions.append("each class of a query has a sigmoid of its own")
        return (.sigmoid, .none)
      }
      assumptions.append("the classes of a query share a softmax, whose last column means that there is nothing")
      return (.softmax, .last)
    }
    // A focal loss is what heads are shared among scales with: one sigmoid for each class.
    let parts = HeadRows(of: scores, along: 1, columns).parts
    let weights = parts.compactMap { lastWeights(behind: $0.value) }
    if parts.count > 1, weights.count == parts.count, Set(weights).count == 1 {
      assumptions.append("each class has a sigmoid of its own, as where all scales share one head")
      return (.sigmoid, .none)
    }
    assumptions.append("the classes share a softmax, whose first column means that there is nothing")
    return (.softmax, .first)
  }

  /// The weights of the last convolution or linear layer that a value comes from.
  private func lastWeights(behind value: String) -> String? {
    var value = value
    for _ in 0..<40 {
      guard let node = columns.ends.producers[value] else { return nil }
      if node.op is Convolution || node.op is Linear || node.op is MatrixProduct {
        return node.inputs.count > 1 ? identity(of: node.inputs[1]) : nil
      }
      value = node.inputs[0]
    }
    return nil
  }

  /// What tells one constant from another, whatever it is called.
  private func identity(of constant: String) -> String {
    guard let scalars = columns.ends.scalars(of: constant) else { return constant }
    return "\(scalars.count) \(scalars.prefix(32)) \(scalars.suffix(8))"
  }

  /// One output for each scale, scores `[1, anchors · classes, h, w]` and boxes `[1, anchors · 4, h, w]`: EfficientDet.
  private mutating func readLevels() -> DetectionHead? {
    let maps = outputs.filter { $0.shape.count == 4 && $0.shape[2] * $0.shape[3] > 0 }
    guard maps.count == outputs.count, maps.count >= 4, maps.count % 2 == 0 else { return nil }
    let widths = Set(maps.map { $0.shape[1] })
    guard widths.count == 2, let narrow = widths.min(), let wide = widths.max(), narrow % 4 == 0,
      wide % (narrow / 4) == 0
    else { return nil }
    let anchors = narrow / 4, classes = wide / anchors
    let scores = maps.filter { $0.shape[1] == wide }
    guard scores.count * 2 == maps.count, classes > 1 else { return nil }
    var (flat, cells): ([String], [BoxCoding.Cell]) = ([], [])
    for (name, shape) in scores {
      let area = shape[2] * shape[3]
      let last = add(Transpose(permutation: [0, 2, 3, 1]), [name], "level")
      flat.append(add(Reshape(to: [batch, area * anchors, classes]), [last], "level"))
      cells += Self.cells(height: shape[2], width: shape[3], over: frame.width)
        .flatMap { Array(repeating: $0, count: anchors) }
    }
    found.append((DetectionHead.OutputName.scores, add(Concatenation(axis: 1), flat, "levels")))
    sources = scores.map(\.name)
    assumptions.append("each class has a sigmoid of its own")
    return DetectionHead(
      "EfficientDet: scores and boxes for each scale", rows: cells.count, classCount: classes,
      boxes: boxes(.cell, isRelative: false), cells: cells)
  }

  /// Rows of scores without boxes, of which no place in the image is known: an output cut off, or one of many.
  mutating func readScoresAlone() -> DetectionHead? {
    guard outputs.count == 1, let (name, shape) = outputs.first, shape.count == 3, shape[1] > 1, shape[2] > 1 else {
      return nil
    }
    let kinds = columns.kinds(of: name, along: 2)
    let parts = HeadRows(of: name, along: 1, columns).parts
    // What is joined side by side with places of the image along the other axis are the numbers of rows, not rows.
    let places = HeadRows(of: name, along: 2, columns).parts
    let isTurned = parts.contains { $0.grid == nil } && places.allSatisfy { $0.grid != nil } && shape[2] > shape[1]
    guard !isTurned, !withoutImages.contains(name) || hints.areBeforeChoice else { return nil }
    // Rows that are places of one grid are a segmentation's or a transformer's tokens.
    guard parts.count > 1 || settings != DetectionSettings() || answersQueries(name, kinds) else { return nil }
    let count = shape[2], isSoftmax = kinds.allSatisfy(\.isSoftmax)
    _ = putLogits(
      DetectionHead.OutputName.scores, of: name, shape, along: 2, 0..<count, behind: isSoftmax ? .softmax : .sigmoid)
    sources = [name]
    let link = settings.scores ?? (isSoftmax ? .softmax : .sigmoid)
    let background = settings.background ?? .none
    let cells = cells(of: name, along: 1, rows: shape[1])
    return DetectionHead(
      "rows of scores", rows: shape[1], classCount: background == .last ? count - 1 : count, link: link,
      background: background, boxes: cells.isEmpty ? nil : boxes(.cell, isRelative: false), cells: cells)
  }

  /// Whether rows come from constants that ask the image: queries of a transformer's decoder.
  func hasQueries(_ value: String) -> Bool {
    guard columns.shape(value)[1] > 1,
      graph.nodes.contains(where: { $0.op is Softmax || $0.op.name == "GridSample" }),
      !graph.nodes.contains(where: { ["LSTM", "GRU", "RNN", "Recurrence"].contains($0.op.name) })
    else { return false }
    // Where rows are places of the image, they are no queries.
    let image = graph.inputs.first?.name ?? ""
    return ImageRegions(of: columns.plan, image: image).map(of: value).extents.allSatisfy { $0 == 1 }
  }

  /// Heat maps as in CenterNet: a score for each class and place, sizes, and offsets of middles, on one grid.
  mutating func readHeatMaps() -> DetectionHead? {
    let maps = outputs.filter { $0.shape.count == 4 && $0.shape[2] * $0.shape[3] > 1 }
    guard maps.count >= 2, maps.count == outputs.count, Set(maps.map { Array($0.shape[2...]) }).count == 1 else {
      return nil
    }
    func named(_ words: [String]) -> Int? { maps.firstIndex { $0.name.suggests(words) && $0.shape[1] == 2 } }
    let pairs = maps.indices.filter { maps[$0].shape[1] == 2 }
    let heat =
      maps.indices.first { maps[$0].name.suggests(["hm", "heat"]) } ?? maps.indices.first { !pairs.contains($0) }
    guard let heat, let size = named(["wh", "size", "scale"]) ?? pairs.first(where: { $0 != heat }) else { return nil }
    let offset = named(["reg", "off"]) ?? pairs.first { $0 != size && $0 != heat }
    // Without words that say so, two pairs are needed.
    guard named(["wh", "size"]) != nil || offset != nil && offset != size else { return nil }
    let shape = maps[heat].shape, (h, w) = (shape[2], shape[3]), images = batch
    func rows(_ reader: inout DetectionReader, _ value: String, _ count: Int) -> String {
      let flat = reader.add(Reshape(to: [images, count, h * w]), [value], "map")
      return reader.add(Transpose(permutation: [0, 2, 1]), [flat], "map")
    }
    var lifting = HeadLifting(columns, naming: "detector.heat")
    let logits = lifting.logits(of: maps[heat].name, along: 1, 0..<shape[1])
    nodes += lifting.nodes
    let isClipped = logits == nil && columns.kinds(of: maps[heat].name, along: 1).allSatisfy { $0 == .other }
    found.append((DetectionHead.OutputName.scores, rows(&self, logits ?? maps[heat].name, shape[1])))
    let parts = [size, offset].compactMap { $0 }.map { rows(&self, maps[$0].name, 2) }
    found.append(
      (DetectionHead.OutputName.boxes, parts.count == 1 ? parts[0] : add(Concatenation(axis: 2), parts, "boxes")))
    sources = ([heat, size] + (offset.map { [$0] } ?? [])).map { maps[$0].name }
    let isFaces = shape[1] == 1 && maps.contains { $0.shape[1] == 10 } && parts.count == 2
    return DetectionHead(
      isFaces ? "CenterFace: a heat map, sizes, offsets" : "CenterNet: heat maps, sizes, offsets", rows: h * w,
      classCount: shape[1], link: isClipped ? .identity : .sigmoid,
      boxes: boxes(isFaces ? .faceSizes : .sizes, isRelative: false),
      cells: Self.cells(height: h, width: w, over: frame.width), heatMap: [h, w])
  }
}
