public import AttributionKit
import GraphEngine
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
  public func recognises(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { true }

  /// Reads the file and plans the network for one image.
  ///
  /// - Throws: `ModelFileError`, for a file that is none of ONNX's with what it looks like.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try reading { try ONNXModel(contentsOf: request.path).opened(for: request) }
  }
}

extension ONNXModel {
  /// The network of this file, made ready for one image.
  func opened(for request: ModelRequest) throws -> OpenedModel {
    let output = try request.output(among: outputs.map(\.name))
    let fixed = try request.fixedInputs(among: inputs.map(\.name))
    var shapes = fixed.mapValues(\.shape)
    let openInputs = openImageInputs.filter { fixed[$0.name] == nil }
    if let arrayShape = request.arrayShape, let open = openInputs.first { shapes[open.name] = [1] + arrayShape }
    let size = ImageSizeChoice(request, isOpen: !openInputs.allSatisfy { shapes[$0.name] != nil })
    let knownShapes = shapes
    var opened = try request.opened(
      graph(imageSize: size.extent, inputShapes: knownShapes, output: output), fixing: fixed, notes: size.notes
    ) { images in
      try graph(
        batch: images, imageSize: size.extent, inputShapes: knownShapes.mapValues { [images] + $0.dropFirst() },
        output: output)
    }
    (opened.producer, opened.opset) = (producer, opset)
    return opened
  }

  /// The inputs whose extents, the batch aside, the file leaves open.
  private var openImageInputs: [ONNXValue] {
    inputs.filter { input in
      guard let shape = input.shape else { return true }
      return shape.dropFirst().contains { if case .open = $0 { true } else { false } }
    }
  }
}
