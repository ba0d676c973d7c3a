public import AttributionKit
import GraphAdapter
import GraphEngine
import TorchExportImport

/// Archives of PyTorch's `torch.export`.
public struct TorchExportFormat: ModelFormat {
  /// `torch-export`.
  public let identifier = "torch-export"
  /// What is read.
  public let summary = "Archives of torch.export (.pt2), as PyTorch 2.8 and later write them."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is a zip archive with a program in it, in whichever layout.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    TorchExportModel.recognizes(contents)
  }

  /// Reads the file and plans the network for one image.
  ///
  /// - Throws: `ModelFileError`.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try reading(request) {
      let file = try TorchExportModel(contentsOf: request.path)
      let size = ImageSizeChoice(request, isOpen: file.leavesImageSizeOpen, assuming: file.exportedSide)
      let fixed = try request.fixedInputs(among: file.inputs)
      let network = try file.lowered(imageSize: size.extent, fixed: fixed)
      let batched: @Sendable (Int) throws -> Graph = {
        try file.graph(batch: $0, imageSize: size.extent, fixed: fixed)
      }
      var opened =
        try request.openedDetector(network, notes: size.notes, batched: batched)
        ?? request.openedByItsAnswer(network, notes: size.notes, batched: batched)
      opened.producer = file.version.isEmpty ? "torch.export" : "torch.export of PyTorch \(file.version)"
      if case let detached = file.detachedValues, let first = detached.first {
        opened.notes.append(
          Note(
            "the program detaches \(detached.count == 1 ? "'\(elided(first, to: 60))'" : "\(detached.count) values"), where PyTorch's "
              + "gradients stop: here they are followed on to the image"))
      }
      opened.prepare(by: try (opened.model as? GraphModel)?.inputReading())
      return opened
    }
  }
}
