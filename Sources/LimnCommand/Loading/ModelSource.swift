import AttributionKit
import Images
import Kernels

/// A place that networks come from: a kind of file, a definition with its weights, the command's own demo.
///
/// A further kind is a type beside the others in this folder, and a line in ``ModelOptions/source()``.
protocol ModelSource {
  /// The files it reads: they must be there, and are never written over.
  var files: [NamedFile] { get }

  /// Reads the network and makes it ready for one image.
  func load(for input: InputRequest) throws -> LoadedModel
}

/// A file that the user names, with what it should hold: "model", "weights".
struct NamedFile {
  let path: String
  let kind: String
}

/// What the command line and the images settle about a network that leaves it open.
struct InputRequest {
  /// The value of `--size`.
  var size: PixelSize?
  /// The shape of the first input given as an array, without the batch.
  var arrayShape: [Int]?
  /// The output that is explained, by name or number; the first without it.
  var output: String?
  /// What inputs other than the image are fixed to.
  var fixedInputs: [FixedInput] = []
  /// What the network computes in.
  var precision = Precision.float32
}

/// A network as its source hands it over.
struct LoadedModel {
  let model: any ModelAdapter
  /// The shape of its answer for one image: `[classes]`, `[classes, height, width]`, or the `[features]` of an embedding.
  var outputShape: [Int] { model.explained.shape }
  let origin: ModelOrigin
  /// The names of the classes, where they come with the network; `--labels` replaces them.
  var labels: Labels?
  /// The recipe that belongs to the network, where its source tells; the command line replaces it.
  var preprocessing: Preprocessing?
}

/// Where a network came from, for reports and sheets.
struct ModelOrigin {
  /// The file as the user named it, `demo` for the network that comes with the command.
  let name: String
  /// The definition that the file holds the weights of.
  var network: String?
  /// The program that wrote the file, where it says so.
  var producer: String?
  /// The version of ONNX's operators, for ONNX files.
  var opset: Int?
  var isDemo = false
}
