public import AttributionKit
import GraphAdapter
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
      let batched: @Sendable (Int) throws -> Graph = {
        try file.graph(batch: $0, imageSize: size.extent, fixed: fixed)
      }
      var opened =
        try request.openedDetector(network, notes: size.notes, batched: batched)
        ?? request.openedByItsAnswer(network, notes: size.notes, batched: batched)
      opened.producer = file.version.isEmpty ? "Keras" : "Keras \(file.version)"
      let layers = try file.rescalingLayers(imageSize: size.extent, fixed: fixed)
      guard !layers.isEmpty else { return opened }
      let reading = try (opened.model as? GraphModel)?.inputReading()
      opened.prepare(by: reading, layers: layers)
      // Where the layers can be read but their numbers tell nothing, they are no reason to assume anything.
      if opened.preprocessing == nil, reading == nil { opened.takesRawSamples(rescaledBy: layers) }
      return opened
    }
  }
}

extension OpenedModel {
  /// Sets the recipe for a network that rescales its images itself in a way that cannot be read off: 0…255 is usual.
  fileprivate mutating func takesRawSamples(rescaledBy layers: [String]) {
    notes.append(
      Note(
        "the network rescales its images itself, in \(listed(layers)): it is assumed to take samples of 0…255 as they are",
        about: Setting("recipe")))
    var recipe = Preprocessing.raw255
    if let grid = ImageGrid(model.input.shape) { recipe.resize = .usual(height: grid.height, width: grid.width) }
    preprocessing = recipe
  }
}
