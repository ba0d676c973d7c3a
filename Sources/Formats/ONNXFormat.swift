public import AttributionKit
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
      guard request.output == nil, let cut = model.cuttingPostProcessing() else {
        return try model.opened(for: request)
      }
      var opened = try cut.model.opened(for: request)
      opened.notes.insert(Note(cut.note, about: .output), at: 0)
      return opened
    }
  }
}

extension ONNXModel {
  /// The network of this file, made ready for one image.
  func opened(for request: ModelRequest) throws -> OpenedModel {
    let told = ONNXMetadata(metadata)
    var request = request
    var fixed = try request.fixedInputs(among: inputs.map(\.name))
    var shapes: [String: [Int]] = [:]
    let openInputs = openImageInputs.filter { fixed[$0.name] == nil }
    if let arrayShape = request.arrayShape {
      for input in openInputs where shapes.isEmpty {
        shapes[input.name] = input.batchedShape.map { arrayShape.batched(toRank: $0.count) } ?? [1] + arrayShape
      }
    }
    let isOpen = !openInputs.allSatisfy { shapes[$0.name] != nil }
    if isOpen, request.arrayShape == nil { request.imageSize = request.imageSize ?? told.imageSize }
    let size = ImageSizeChoice(request, isOpen: isOpen), knownShapes = shapes
    let extents = pictureExtents(
      besides: request.pictureInputs.union(fixed.keys), image: size.extent,
      array: request.arrayShape)
    fixed.merge(extents.values) { own, _ in own }
    let filled = fixed
    let detector = try openedDetector(for: request, told, notes: size.notes) { outputs, images in
      try lowered(
        batch: images, imageSize: size.extent, inputShapes: knownShapes.mapValues { [images] + $0.dropFirst() },
        output: outputs[0], alongside: Array(outputs.dropFirst()), fixed: filled)
    }
    var opened = try detector ?? answering(request, by: size, knownShapes, fixed)
    opened.notes += extents.notes
    (opened.producer, opened.opset) = (producer, opset)
    if let names = told.classNames {
      if names.count == opened.classCount {
        opened.classNames = names
      } else {
        opened.notes.append(
          Note(
            "the file's metadata names \(names.count == 1 ? "one class" : "\(names.count) classes") and the output has \(opened.classCount ?? 0): the names "
              + "are left out", about: Setting("labels")))
      }
    }
    opened.preprocessing = told.preprocessing
    if told.preprocessing != nil { opened.notes.append(Note("photographs are prepared as the file's metadata says")) }
    if let graph = opened.model as? GraphModel {
      let image = inputs.first { $0.name == graph.input.name }
      opened.prepare(by: try graph.inputReading(), wholeNumbers: image?.wholeNumbers)
    }
    return opened
  }

  /// The network opened by the one of its outputs that is asked for, or else is the answer.
  private func answering(
    _ request: ModelRequest, by size: ImageSizeChoice, _ shapes: [String: [Int]], _ fixed: [String: NDArray]
  ) throws -> OpenedModel {
    let chosen = try chosenOutput(for: request) { output in
      try graph(imageSize: size.extent, inputShapes: shapes, output: output, fixed: fixed)
    }
    let extent = size.extent
    return try request.opened(
      lowered(imageSize: extent, inputShapes: shapes, output: chosen.name, fixed: fixed),
      output: chosen.written, notes: size.notes + chosen.notes
    ) { images in
      try graph(
        batch: images, imageSize: extent, inputShapes: shapes.mapValues { [images] + $0.dropFirst() },
        output: chosen.name, fixed: fixed)
    }
  }

  /// The inputs of which the file leaves the height or width open, or everything.
  private var openImageInputs: [ONNXValue] { inputs.filter(\.leavesImageSizeOpen) }
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
