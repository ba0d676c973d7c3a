public import AttributionKit
import Foundation

/// A model folder as timm saves it: `config.json`, which says what the network is and how photographs are prepared, beside
/// `model.safetensors`.
public struct TimmFormat: ModelFormat {
  /// `timm`.
  public let identifier = "timm"
  /// What is read.
  public let summary = "timm's config.json, beside model.safetensors."

  /// The format; it has no settings.
  public init() {}

  /// Whether it is JSON that names an architecture and how it was trained.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    contents.first == UInt8(ascii: "{") && contents.count < 1 << 20 && (try? TimmConfiguration(Data(contents))) != nil
  }

  /// Binds the weights beside the configuration to the network that it names.
  ///
  /// - Throws: `ModelFileError`, for a network that is not known, too.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    let configuration = try TimmConfiguration(Data(contentsOf: URL(fileURLWithPath: request.path)))
    var weights = request
    weights.path =
      URL(fileURLWithPath: request.path).deletingLastPathComponent()
      .appendingPathComponent("model.safetensors").path
    guard FileManager.default.fileExists(atPath: weights.path) else {
      throw ModelFileError(
        .missing,
        "'\(request.path)' is timm's description of a network, and its weights, model.safetensors, are not beside it")
    }
    weights.architecture = request.architecture ?? configuration.network
    weights.imageSize = request.imageSize ?? configuration.imageSize
    var opened = try WeightsFormat().open(weights)
    opened.title = "\(configuration.architecture) (timm)"
    opened.preprocessing = configuration.preprocessing
    opened.classNames = configuration.classNames(count: opened.outputShape[0])
    opened.notes.append(Note("photographs are prepared as timm's config.json says"))
    return opened
  }
}

/// What timm's `config.json` says.
struct TimmConfiguration {
  /// The network with the tag of its training: `resnet50.a1_in1k`.
  let architecture: String
  private let file: File

  /// - Throws: Where it is no such file.
  init(_ json: Data) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    file = try decoder.decode(File.self, from: json)
    architecture = file.architecture
  }

  /// The name of the network without the tag.
  var network: String { String(architecture.prefix { $0 != "." }) }

  var imageSize: (height: Int, width: Int)? {
    guard let size = file.pretrainedCfg.inputSize, size.count == 3 else { return nil }
    return (size[1], size[2])
  }

  /// Samples from 0 to 1 less the mean, divided by the deviation; of the resized short side a fraction is kept.
  var preprocessing: Preprocessing {
    let trained = file.pretrainedCfg
    let resize: Preprocessing.Resize =
      trained.cropMode == "squash" ? .exact : .centerCrop(keeping: trained.cropPct ?? 0.875)
    return Preprocessing(
      resize: resize, mean: trained.mean ?? [0.485, 0.456, 0.406], deviation: trained.std ?? [0.229, 0.224, 0.225])
  }

  /// The names of as many classes, where the file has them.
  func classNames(count: Int) -> [String]? {
    guard let names = file.labelNames ?? file.pretrainedCfg.labelNames, names.count == count else { return nil }
    return names
  }

  private struct File: Decodable {
    let architecture: String
    let pretrainedCfg: Trained
    let labelNames: [String]?
  }

  private struct Trained: Decodable {
    let mean: [Float]?
    let std: [Float]?
    let inputSize: [Int]?
    let cropPct: Double?
    let cropMode: String?
    let labelNames: [String]?
  }
}
