import AttributionKit
import GraphAdapter
import Images
import KerasImport

/// A Keras file: a `.keras` archive, or a whole model in HDF5.
struct KerasSource: ModelSource {
  let path: String

  var files: [NamedFile] { [NamedFile(path: path, kind: "model")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    guard input.output == nil, input.fixedInputs.isEmpty else {
      throw Failure.usage(
        "of a Keras file, networks with one input and one output are read: leave out --input and --logits")
    }
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
    let model = try GraphModel(
      file.graph(imageSize: size), precision: input.precision,
      graphForBatch: { try file.graph(batch: $0, imageSize: size) })
    return LoadedModel(
      model: model, classCount: model.classCount,
      origin: ModelOrigin(name: path, producer: file.version.isEmpty ? "Keras" : "Keras \(file.version)"),
      preprocessing: try preprocessing(of: file, imageSize: size, extents: model.input.shape))
  }

  /// The recipe for a network that rescales its images itself; `nil` for others, which do not say what they want.
  private func preprocessing(
    of file: KerasModel, imageSize: (height: Int, width: Int)?, extents: [Int]
  ) throws -> Preprocessing? {
    let layers = try file.rescalingLayers(imageSize: imageSize)
    guard !layers.isEmpty else { return nil }
    let names = layers.map { "'\($0)'" }.joined(separator: ", ")
    Console.note("the network rescales samples of 0…255 itself, in \(names): it is given photographs as they are")
    var recipe = Preprocessing.raw255
    // As for other networks for icons, which are trained on whole pictures.
    if extents.dropFirst().allSatisfy({ $0 <= 64 }) { recipe.resize = .centreCrop(keeping: 1) }
    return recipe
  }
}
