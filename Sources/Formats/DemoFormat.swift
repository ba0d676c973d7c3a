public import AttributionKit
import DemoNetwork
import Foundation
import ONNXImport

/// The small network that is part of the program, opened by the name of this format and from no file.
public struct DemoFormat: ModelFormat {
  /// `demo`.
  public let identifier = "demo"
  /// What is opened.
  public let summary = "The demo network, which is part of the program."

  /// The format; it has no settings.
  public init() {}

  /// No file is of this format.
  public func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { false }

  /// The path by which the detector is asked for.
  public static let detectorPath = "demo detector"

  /// Plans the network for one image, or the detector where the request's path is its name.
  ///
  /// - Throws: `ModelFileError`.
  public func open(_ request: ModelRequest) throws -> OpenedModel {
    var request = request
    request.imageSize = request.imageSize ?? (DemoNetwork.inputSide, DemoNetwork.inputSide)
    let sized = request
    return try reading(request) {
      let isDetector = request.path == Self.detectorPath
      let (bytes, name) =
        isDetector ? (DemoNetwork.detector, "the demo detector") : (DemoNetwork.onnx, "the demo network")
      var opened = try ONNXModel(decoding: Data(bytes), named: name).opened(for: sized)
      opened.title = isDetector ? "Limn's demo detector" : "Limn's demo network"
      opened.classNames = DemoNetwork.labels
      opened.preprocessing = Preprocessing(
        resize: .exact, mean: DemoNetwork.mean, deviation: DemoNetwork.standardDeviation)
      return opened
    }
  }
}
