public import AttributionKit
import Foundation

/// Where a network came from, for reports and sheets.
public struct ModelOrigin: Hashable, Sendable {
  /// The file as the user named it, `demo` for the demo network.
  public let name: String
  /// What the network is called above drawings.
  public let title: String
  /// The network that the file holds the weights of, where it holds nothing else.
  public let architecture: String?
  /// The program that wrote the file, where it says so.
  public let producer: String?
  /// The version of ONNX's operators, for ONNX files.
  public let opset: Int?

  /// Where a network came from that was opened under a name.
  public init(_ opened: OpenedModel, named name: String) {
    self.name = name
    title = opened.title ?? URL(fileURLWithPath: name).lastPathComponent
    (architecture, producer, opset) = (opened.architecture, opened.producer, opened.opset)
  }
}
