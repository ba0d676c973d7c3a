public import AttributionKit
import Foundation
import GraphEngine
import NetworkDefinitions

/// The weights of a network that is known by name, in a safetensors file with torchvision's parameter names.
public struct WeightsFormat: ModelFormat {
  /// `weights`.
  public let identifier = "weights"
  /// What is read.
  public let summary = "Safetensors files with the weights of a network that is known by name."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is a safetensors file: the length of a table of contents in eight bytes, then the table in JSON.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    contents.dropFirst(8).starts(with: #"{""#.utf8)
  }

  /// Binds the weights to the network of the requested architecture and plans it for one image.
  ///
  /// - Throws: `ModelFileError`, where no architecture is named, too.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    guard let name = request.architecture else {
      throw ModelFileError(
        .unsupported,
        "'\(request.path)' holds weights only: name the network that they are of, or load them in PyTorch and export "
          + "the network with torch.onnx.export", about: .architecture)
    }
    return try reading(request) {
      let definition = try NetworkDefinition.named(name)
      guard request.output == nil else {
        throw ModelFileError(
          .request, "\(definition.name) has one output: leave the choice of another out", about: .output)
      }
      guard request.fixedInputs.isEmpty else {
        throw ModelFileError(
          .request, "\(definition.name) has one input, the image: leave out what others are fixed to",
          about: .fixedInputs)
      }
      let network = try Network(definition, weights: SafetensorsFile(request.path))
      // The definition knows a size of its own, so that none need be assumed.
      let size = ImageSizeChoice(request, isOpen: true, assuming: nil)
      var opened = try request.opened(LoweredNetwork(network.graph(imageSize: size.extent))) {
        try network.graph(batch: $0, imageSize: size.extent)
      }
      opened.architecture = definition.name
      opened.title = "\(definition.name) (\(URL(fileURLWithPath: request.path).lastPathComponent))"
      return opened
    }
  }
}
