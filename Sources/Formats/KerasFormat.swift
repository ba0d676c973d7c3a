public import AttributionKit
import GraphEngine
import KerasImport

/// Keras' files: a `.keras` archive, or a whole model in HDF5.
public struct KerasFormat: ModelFormat {
  /// `keras`.
  public let identifier = "keras"
  /// What is read.
  public let summary = "Keras files: a .keras archive, or a whole model in HDF5."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is an HDF5 file, or a zip archive with Keras' configuration in it.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    KerasModel.recognizes(contents)
  }

  /// Reads the file and plans the network for one image, its channels first.
  ///
  /// - Throws: `ModelFileError`.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    try reading(request) {
      let file = try KerasModel(contentsOf: request.path, lambdas: request.lambdas)
      let size = ImageSizeChoice(request, isOpen: file.leavesImageSizeOpen)
      let fixed = try request.fixedInputs(among: file.inputs)
      let network = try file.lowered(imageSize: size.extent, fixed: fixed)
      var opened = try request.opened(
        network, output: request.output(among: network.graph.outputs), notes: size.notes
      ) { try file.graph(batch: $0, imageSize: size.extent, fixed: fixed) }
      opened.producer = file.version.isEmpty ? "Keras" : "Keras \(file.version)"
      let layers = try file.rescalingLayers(imageSize: size.extent, fixed: fixed)
      if !layers.isEmpty { opened.takesRawSamples(rescaledBy: layers) }
      return opened
    }
  }
}

extension OpenedModel {
  /// Sets the recipe for a network that rescales its images itself; others do not say what they want.
  fileprivate mutating func takesRawSamples(rescaledBy layers: [String]) {
    let names = layers.map { "'\($0)'" }.joined(separator: ", ")
    notes.append(
      Note("the network rescales samples of 0…255 itself, in \(names): it is given photographs as they are"))
    var recipe = Preprocessing.raw255
    if let grid = ImageGrid(model.input.shape) { recipe.resize = .usual(height: grid.height, width: grid.width) }
    preprocessing = recipe
  }
}
