public import AttributionKit
import Foundation

/// Classifiers of the Darknet framework: `net.cfg`, with the weights in `net.weights` beside it.
public struct DarknetFormat: ModelFormat {
  public let identifier = "darknet"
  public let summary = "Darknet classifiers: net.cfg, with net.weights beside it."

  public init() {}

  /// Whether the first line that is no comment is `[net]`.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
    Configuration.begins(String(decoding: contents.prefix(4096), as: UTF8.self))
  }

  public func open(_ request: ModelRequest) throws -> OpenedModel {
    guard request.precision == .float32 else { throw Refusal("Darknet networks are computed in float32 only") }
    let model: DarknetModel
    do {
      model = DarknetModel(try Self.network(at: request.path))
    } catch let refusal as Refusal {
      throw Refusal("\(request.path): \(refusal)")
    }
    // As Darknet classifies: RGB from 0 to 1, the shorter side resized to the input's, the middle of the longer.
    return OpenedModel(
      model, producer: "Darknet",
      preprocessing: Preprocessing(resize: .centerCrop(keeping: 1)))
  }

  private static func network(at path: String) throws -> DarknetNetwork {
    let configuration = try Configuration(String(decoding: contents(of: path, "the configuration"), as: UTF8.self))
    let weights = (path as NSString).deletingPathExtension + ".weights"
    return try DarknetNetwork(
      configuration,
      weights: WeightFile(contents(of: weights, "the weights, which must lie beside the configuration")))
  }

  private static func contents(of path: String, _ what: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Refusal("cannot read '\(path)', \(what)")
    }
    return Array(data)
  }
}
