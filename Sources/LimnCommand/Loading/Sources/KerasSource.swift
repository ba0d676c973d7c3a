import AttributionKit
import GraphAdapter
import GraphEngine
import Images
import KerasImport
import Kernels
import Tensors

/// A Keras file: a `.keras` archive, or a whole model in HDF5.
struct KerasSource: ModelSource {
  let path: String

  var files: [NamedFile] { [NamedFile(path: path, kind: "model")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    let file = try KerasModel(contentsOf: path)
    var imageSize = input.size.map { (height: $0.height, width: $0.width) }
    if imageSize == nil, file.leavesImageSizeOpen {
      if let shape = input.arrayShape, shape.count == 3 {
        // Arrays come as the graph takes them, channels first.
        imageSize = (shape[1], shape[2])
      } else {
        Console.note("the network leaves the size of its input open: assuming 224 × 224; choose with --size")
        imageSize = (224, 224)
      }
    }
    let size = imageSize
    let fixed = try FixedInput.arrays(input.fixedInputs, among: file.inputs).mapValues { NDArray($0) }
    let network = try file.lowered(imageSize: size, fixed: fixed)
    let graph = network.graph
    for note in network.notes { Console.note(note) }
    let output = try input.output.map { try $0.naming(oneOf: graph.outputs, as: "output") }
    let batched: @Sendable (Int) throws -> Graph = {
      try file.graph(batch: $0, imageSize: size, fixed: fixed)
    }
    let model = try GraphModel(
      graph, output: output, precision: input.precision, graphForBatch: network.takesBatches ? batched : nil)
    return LoadedModel(
      model: model, outputShape: model.logitsShape,
      origin: ModelOrigin(name: path, producer: file.version.isEmpty ? "Keras" : "Keras \(file.version)"),
      preprocessing: try preprocessing(of: file, imageSize: size, fixed: fixed, extents: model.input.shape))
  }

  /// The recipe for a network that rescales its images itself; `nil` for others, which do not say what they want.
  private func preprocessing(
    of file: KerasModel, imageSize: (height: Int, width: Int)?, fixed: [String: NDArray], extents: [Int]
  ) throws -> Preprocessing? {
    let layers = try file.rescalingLayers(imageSize: imageSize, fixed: fixed)
    guard !layers.isEmpty else { return nil }
    let names = layers.map { "'\($0)'" }.joined(separator: ", ")
    Console.note("the network rescales samples of 0…255 itself, in \(names): it is given photographs as they are")
    var recipe = Preprocessing.raw255
    // As for other networks for icons, which are trained on whole pictures.
    if extents.dropFirst().allSatisfy({ $0 <= 64 }) { recipe.resize = .centreCrop(keeping: 1) }
    return recipe
  }
}
