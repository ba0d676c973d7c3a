public import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import Tensors

/// ONNX files.
public struct ONNXFormat: ModelFormat {
  /// `onnx`.
  public let identifier = "onnx"
  /// What is read.
  public let summary = "ONNX files, with weights inside or beside them."

  /// The format; it has no settings.
  public init() {}

  /// Any file, since ONNX's bear no mark: ask other formats first.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { true }

  /// Reads the file and plans the network for one image.
  ///
  /// - Throws: `ModelFileError`, for a file that is none of ONNX's with what it looks like.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try reading(request) {
      let model = try ONNXModel(contentsOf: request.path)
      if let named = try model.openedBeforeNames(for: request) { return named }
      if let detector = model.openedBeforeChoices(for: request) { return detector }
      guard request.output == nil, let cut = model.cuttingPostProcessing() else {
        do { return try model.opened(for: request) } catch {
          throw model.lackOfTexts(in: request) ?? error
        }
      }
      var opened = try cut.model.opened(for: request)
      // Of a detector whose rows are not found, no number is an answer.
      if model.suppressesBoxes, request.answer == nil, (opened.model as? any DetectingModel)?.detectionHead == nil {
        throw model.lackOfRows(choosing: cut.model.outputs.map(\.name))
      }
      opened.notes.insert(Note(cut.note, about: .output), at: 0)
      return opened
    }
  }
}

extension ONNXModel {
  /// The network with the numbers that its file turns into names; `nil` where it does not.
  fileprivate func openedBeforeNames(for request: ModelRequest) throws -> OpenedModel? {
    guard let (model, names) = endingBeforeNames() else { return nil }
    var opened = try model.opened(for: request)
    if opened.classNames == nil { opened.name(names, by: "the file's own table of names") }
    return opened
  }

  /// The network as the detector that it is before it chooses among its boxes; `nil` where it chooses none, or is none.
  func openedBeforeChoices(for request: ModelRequest) -> OpenedModel? {
    guard request.output == nil, request.answer == nil else { return nil }
    let joined = openedBeforeChoices(for: request, as: .joined, among: endingBeforeChoices())
    if let joined, joined.boxForm != .cell { return joined }
    let apart = openedBeforeChoices(
      for: request, as: .parts, among: endingInPartsBeforeChoices().map { [$0] } ?? [])
    // What is read as parts tells more where it tells of boxes, or of another factor of the score.
    if let apart, joined == nil || apart.boxForm != .cell { return apart }
    return joined
  }

  private func openedBeforeChoices(
    for request: ModelRequest, as form: DetectorForm, among models: [ONNXModel]
  ) -> OpenedModel? {
    for model in models {
      guard var opened = try? model.opened(for: request, onlyAsDetector: form), opened.boxForm != nil else { continue }
      let isFirstStage = hasSecondStage && opened.classCount == 1
      opened.notes.insert(
        Note(
          isFirstStage
            ? "the network looks a second time at the boxes that it chose, of which the image decides how many there are, and "
              + "tells only then what they show: its first stage is explained, whether there is an object and where, and what "
              + "follows is left out"
            : "how many boxes the file leaves depends on the image: they are explained as they are before it chooses among them, "
              + "and what follows is left out", about: .output), at: 0)
      return opened
    }
    return nil
  }

  /// Why a detector whose rows are not found cannot be explained.
  fileprivate func lackOfRows(choosing values: [String]) -> ModelFileError {
    ModelFileError(
      .request,
      "the network chooses among boxes (NonMaxSuppression), of which the image decides how many are left, and the boxes and scores "
        + "that it chooses from could not be told: what can be explained are values before that, such as "
        + listed(values.map { elided($0, to: 60) }, within: 200), about: .output)
  }

  /// The network of this file, made ready for one image.
  ///
  /// - Parameters:
  ///   - request: what is settled.
  ///   - comparison: how an embedding is compared with the classes' vectors, where there are such.
  ///   - form: as which detector it is read, if one that is none is an error.
  /// - Returns: The network, with what the file says of it.
  /// - Throws: Errors of the reader, the engine and its adapter.
  func opened(
    for request: ModelRequest, comparison: EmbeddingClasses.Comparison = EmbeddingClasses.Comparison(),
    onlyAsDetector form: DetectorForm? = nil
  ) throws -> OpenedModel {
    let told = ONNXMetadata(metadata)
    var request = request
    // What lies in the folder of a file that is decoded from memory is not about it.
    let folder = FileManager.default.fileExists(atPath: request.path) ? ModelFolder(besideGraph: request.path) : nil
    if request.output == nil { request.answer = request.answer ?? folder?.answer }
    var fixed = try request.fixedInputs(among: inputs.map(\.name))
    var shapes: [String: [Int]] = [:]
    let openInputs = openImageInputs.filter { fixed[$0.name] == nil }
    if let arrayShape = request.arrayShape {
      for input in openInputs where shapes.isEmpty {
        shapes[input.name] = input.batchedShape.map { arrayShape.batched(toRank: $0.count) } ?? [1] + arrayShape
      }
    }
    let isOpen = !openInputs.allSatisfy { shapes[$0.name] != nil }
    if isOpen, request.arrayShape == nil {
      request.imageSize = request.imageSize ?? told.imageSize ?? folder?.imageSize
    }
    let size = ImageSizeChoice(request, isOpen: isOpen), knownShapes = shapes
    let extents = pictureExtents(
      besides: request.pictureInputs.union(fixed.keys), image: size.extent,
      array: request.arrayShape)
    fixed.merge(extents.values) { own, _ in own }
    let filled = fixed
    let detector = try openedDetector(for: request, told, beforeChoice: form, notes: size.notes) {
      outputs, images in
      try lowered(
        batch: images, imageSize: size.extent, inputShapes: knownShapes.mapValues { [images] + $0.dropFirst() },
        output: outputs[0], alongside: Array(outputs.dropFirst()), fixed: filled)
    }
    if detector == nil, form != nil { throw ModelRequest.noDetector }
    var opened = try detector ?? answering(request, by: size, knownShapes, fixed, comparison)
    opened.notes += extents.notes
    (opened.producer, opened.opset) = (producer, opset)
    opened.name(told.classNames(of: opened.classCount), by: "the file's metadata")
    if let grid = ImageGrid(opened.model.input.shape), let preparation = told.preparation {
      opened.preprocessing = preparation.preprocessing(height: grid.height, width: grid.width)
      opened.notes.append(preparation.note)
    }
    if let graph = opened.model as? GraphModel {
      let image = inputs.first { $0.name == graph.input.name }
      opened.prepare(by: try graph.inputReading(), wholeNumbers: image?.wholeNumbers)
    }
    if told.preparation == nil, told.isReversed, opened.preprocessing != nil {
      opened.preprocessing?.channelOrder = .bgr
      opened.notes.append(Note("the file's metadata says that its channels are blue, green and red, in this order"))
    }
    if let folder { opened.follow(folder) }
    return opened
  }

  /// The network opened by the one of its outputs that is asked for, or else is the answer.
  private func answering(
    _ request: ModelRequest, by size: ImageSizeChoice, _ shapes: [String: [Int]], _ fixed: [String: NDArray],
    _ comparison: EmbeddingClasses.Comparison
  ) throws -> OpenedModel {
    let chosen = try chosenOutput(for: request) { output in
      try graph(imageSize: size.extent, inputShapes: shapes, output: output, fixed: fixed)
    }
    let extent = size.extent
    return try request.opened(
      lowered(imageSize: extent, inputShapes: shapes, output: chosen.name, fixed: fixed),
      output: chosen.written, notes: size.notes + chosen.notes, comparison: comparison
    ) { images in
      try graph(
        batch: images, imageSize: extent, inputShapes: shapes.mapValues { [images] + $0.dropFirst() },
        output: chosen.name, fixed: fixed)
    }
  }

  /// The inputs of which the file leaves the height or width open, or everything.
  private var openImageInputs: [ONNXValue] { inputs.filter(\.leavesImageSizeOpen) }
}

extension OpenedModel {
  /// Takes names of classes, if there are as many as the network tells apart.
  mutating func name(_ names: [String]?, by source: String) {
    guard let names else { return }
    guard names.count == classCount else {
      notes.append(
        Note(
          "\(source) names \(names.count == 1 ? "one class" : "\(names.count) classes") and the output has "
            + "\(classCount ?? 0): the names are left out", about: Setting("labels")))
      return
    }
    classNames = names
  }

  /// Takes what the description of a model folder says and the graph beside it does not.
  fileprivate mutating func follow(_ folder: ModelFolder) {
    if classNames == nil, let names = folder.classNames {
      name(names, by: "config.json beside the file")
      if classNames != nil { notes.append(Note("the names of the classes are those of config.json beside the file")) }
    }
    guard preprocessing == nil else {
      if folder.preprocessing != nil, !folder.isPreparationAssumed {
        notes.append(
          Note(
            "the file says itself how photographs are prepared, so that the description in its folder is not followed",
            about: Setting("recipe")))
      }
      return
    }
    preprocessing = folder.preprocessing
    notes += folder.notes
  }
}

extension [Int] {
  /// The shape of an array as a network's input of some rank has it: with a batch of one in front and, of a volume, a
  /// single channel, where it has none; `nil` where it is another.
  fileprivate func batched(toRank rank: Int) -> [Int]? {
    switch rank - count {
    case 1: [1] + self
    case 0 where first == 1 && rank != 4: self
    case 2 where rank == 5: [1, 1] + self
    default: nil
    }
  }
}
