public import AttributionKit
import Foundation
import NetworkDefinitions

/// What a model folder's description says of the numbers of its network's output.
public struct ToldAnswer: Sendable {
  /// What they mean.
  public let answer: ModelRequest.Answer
  /// How that was told.
  public let note: Note

  /// Reads the description that belongs to a network's file, which is itself the description perhaps.
  ///
  /// - Returns: `nil` where there is none, or it says that they are scores of classes, as is usual.
  public init?(ofNetwork path: String) {
    let isDescription = URL(fileURLWithPath: path).lastPathComponent == "config.json"
    let folder =
      (isDescription ? try? ModelFolder(ofConfiguration: path) : try? ModelFolder(ofWeights: path))
      ?? (path.lowercased().hasSuffix(".onnx") ? ModelFolder(besideGraph: path) : nil)
    guard let folder, folder.answer == .numbers else { return nil }
    answer = .numbers
    let reason =
      folder.description.settings["problem_type"].text == nil
      ? "names one label and no kind of problem, which transformers train as a regression"
      : "says that the network was trained as a regression"
    note = Note("config.json \(reason): its numbers are shown as they are", about: .answer)
  }
}
