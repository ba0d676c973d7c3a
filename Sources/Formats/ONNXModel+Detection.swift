import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport

/// How the rows of a detector are looked for before its file chooses among them.
enum DetectorForm {
  /// Joined in the one output.
  case joined
  /// As boxes and scores among all outputs.
  case parts
}

extension ONNXModel {
  /// The network opened as a detector; `nil` where its outputs are no detector's, or something else is asked for.
  ///
  /// - Parameters:
  ///   - request: what is settled.
  ///   - told: what the file's metadata says.
  ///   - beforeChoice: how rows are looked for, where the file goes on to choose among them.
  ///   - notes: what was assumed so far.
  ///   - lower: the network up to some outputs, for a number of images.
  /// - Returns: The detector.
  /// - Throws: `ModelFileError` where somebody says that it is a detector, and it cannot be read as one.
  func openedDetector(
    for request: ModelRequest, _ told: ONNXMetadata, beforeChoice: DetectorForm?, notes: [Note],
    lowering lower: @escaping @Sendable (_ outputs: [String], _ images: Int) throws -> LoweredNetwork
  ) throws -> OpenedModel? {
    guard request.output == nil, request.answer == nil else { return nil }
    let all = rowOutputs
    guard !all.isEmpty, var first = network(of: all, by: lower) else {
      if request.detection != nil { throw ModelRequest.noDetector }
      return nil
    }
    if beforeChoice == .parts {
      guard let parts = try? DetectionReading.parts(among: first.network.graph), !parts.isEmpty,
        let network = try? lower(parts, 1)
      else { return nil }
      first = (network, parts)
    }
    var hints = DetectionReading.Hints(
      settings: request.detection ?? DetectionSettings(),
      labelCount: request.classCount ?? told.classNames?.count, task: told.task,
      keyPoints: told.keyPoints, keyPointNames: told.keyPointNames)
    hints.areBeforeChoice = beforeChoice != nil
    let names = first.outputs
    return try request.openedDetector(first.network, hints, notes: notes) { try lower(names, $0).graph }
  }

  /// The outputs that may hold rows, or lists of the best rows' classes and scores beside their boxes.
  private var rowOutputs: [String] {
    let images = Set(inputs.compactMap { $0.shape?.first })
    let hasBoxes =
      outputs.count >= 3
      && outputs.contains { output in
        guard let shape = output.shape else { return false }
        return shape.count == 3 || shape.count == 2 && shape[1] == .fixed(4) && !images.contains(shape[0])
      }
    return outputs.filter { output in
      guard let shape = output.shape else { return true }
      if shape.count >= 3 || shape.count == 2 && hasBoxes { return true }
      // Rows without an axis for the images; of a network for several, a classifier's.
      return shape.count == 2 && !images.contains(shape[0]) && shape.allSatisfy { $0.isWide }
        || shape.count == 1 && hasBoxes
    }.map(\.name)
  }

  /// The network up to as many of some outputs as can be computed.
  private func network(
    of names: [String], by lower: (_ outputs: [String], _ images: Int) throws -> LoweredNetwork
  ) -> (network: LoweredNetwork, outputs: [String])? {
    if let whole = try? lower(names, 1) { return (whole, names) }
    let able = names.filter { (try? lower([$0], 1)) != nil }
    guard !able.isEmpty, able.count < names.count, let part = try? lower(able, 1) else { return nil }
    return (part, able)
  }
}

extension ModelRequest {
  /// A network opened as a detector; `nil` where its outputs are no detector's, or something else is asked for.
  ///
  /// - Parameters:
  ///   - network: the network up to all of its outputs, for one image.
  ///   - hints: what is known beside it; what the request says, without any.
  ///   - notes: what was assumed so far.
  ///   - batched: the same network for another number of images.
  /// - Returns: The detector.
  /// - Throws: `ModelFileError` where somebody says that it is a detector, and it cannot be read as one.
  func openedDetector(
    _ network: LoweredNetwork, _ hints: DetectionReading.Hints? = nil, notes: [Note],
    batched: @escaping @Sendable (Int) throws -> Graph
  ) throws -> OpenedModel? {
    guard output == nil, answer == nil else { return nil }
    let hints =
      hints ?? DetectionReading.Hints(settings: detection ?? DetectionSettings(), labelCount: classCount)
    guard let reading = try? DetectionReading(of: network.graph, hints) else {
      if detection != nil { throw Self.noDetector }
      return nil
    }
    let takesBatches = network.takesBatches, first = network.graph.outputs.first ?? ""
    let leftOut = reading.leftOut(of: network.graph.outputs)
    return try opened(reading, leftOut: leftOut, notes: notes + network.notes.map { Note($0) }) { images in
      guard takesBatches, let many = try DetectionReading(of: batched(images), hints), many.head == reading.head else {
        throw GraphError.noSuchValue(first)
      }
      return many.graph
    }
  }

  static var noDetector: ModelFileError {
    ModelFileError(
      .request,
      "the network's outputs cannot be read as a detector's, which it was said to be: see which outputs it has, "
        + "and choose one of them", about: .output)
  }

  /// A detector as a model.
  ///
  /// - Parameters:
  ///   - reading: what its rows mean.
  ///   - leftOut: the outputs that nothing is read from.
  ///   - notes: what was assumed so far.
  ///   - batched: the same network for another number of images.
  /// - Returns: The model, with what was assumed.
  /// - Throws: Errors of the engine and its adapter.
  func opened(
    _ reading: DetectionReading, leftOut: [String] = [], notes: [Note],
    batched: @escaping @Sendable (Int) throws -> Graph
  ) throws -> OpenedModel {
    let head = reading.head, graph = reading.graph
    let model = try GraphModel(
      graph, output: graph.outputs.first, alongside: Array(graph.outputs.dropFirst()), from: image(among: graph.inputs),
      precision: precision == .bfloat16 ? .bfloat16 : .float32, detecting: head, graphForBatch: batched)
    var notes = notes
    let sources = listed(reading.sources.map { elided($0, to: 40) }, within: 120)
    notes.append(
      Note(
        "the network is taken for a detector, \(head.name), by its "
          + "output\(reading.sources.count == 1 ? "" : "s") \(sources): \(head.rows) rows, \(head.classCount) "
          + (head.classCount == 1 ? "class" : "classes")
          + reading.assumptions.map { "; assumed that \($0)" }.joined()
          + (leftOut.isEmpty
            ? "" : "; nothing is read from \(listed(leftOut.map { elided($0, to: 40) }, within: 120))"),
        about: .detection))
    if head.hasObjectness, !head.isGeometric {
      notes.append(
        Note(
          "a box's probability is that of an object times that of its class; the logit explained is the class's alone",
          about: Setting("score")))
    }
    if head.boxes == nil {
      notes.append(Note("where its boxes are is not known: rows are named by their number, row:12"))
    } else if head.boxes?.form == .cell {
      notes.append(
        Note("its file holds no anchors, by which boxes are read: the cell of the image that a row is about is shown"))
    }
    if head.link == .identity {
      notes.append(Note("no sigmoid was found behind its scores: probabilities are explained rather than logits"))
    }
    var opened = OpenedModel(model, notes: notes)
    try opened.prepareOthers(pictureInputs)
    return opened
  }
}

extension OpenedModel {
  /// How a detector's boxes are read; `nil` of those without boxes, and of other networks.
  var boxForm: BoxCoding.Form? { (model as? any DetectingModel)?.detectionHead?.boxes?.form }

  /// How many classes it tells apart.
  var classCount: Int? { (model as? any DetectingModel)?.detectionHead?.classCount ?? outputShape.first }
}

extension ONNXExtent {
  /// Whether it is known to be more than the four numbers of a box.
  fileprivate var isWide: Bool { if case .fixed(let extent) = self { extent > 4 } else { false } }
}
