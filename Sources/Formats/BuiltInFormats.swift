public import AttributionKit
import Kernels

/// The formats that network files are opened by, in the order in which they are asked whether a file is theirs.
public enum BuiltInFormats {
  /// The formats built in with others among them: the first that takes a file for its own opens it.
  ///
  /// Keras' files and archives of torch.export bear a mark. Bare weights are those of any framework, so that a format with more to go by is asked
  /// before. ONNX files bear no mark at all: that format takes whatever is left, and says what is wrong with it. The
  /// demo network is in no file, and is opened by its name only.
  public static func all(with added: [any ModelFormat] = []) -> [any ModelFormat] {
    [KerasFormat(), TorchExportFormat()] + added
      + [TimmFormat(), HuggingFaceFormat(), WeightsFormat(), DemoFormat(), ONNXFormat()]
  }

  /// The version of oneDNN, which computes the networks of these formats: `3.4.1`.
  public static let oneDNNVersion: String = Kernels.oneDNNVersion()
}
