import AttributionKit
import Evaluating
import Explaining
import Tensors
import TestSupport

/// A network in plain Swift, opened for explaining, and what it is shown.
enum Example {
  static func explainer() throws -> Explainer {
    try Explainer(
      OpenedModel(ChainNetwork.tiny(), classNames: ["cat", "dog", "fox", "hen"]), of: NetworkFile("tiny.net"))
  }

  /// Pictures of the network's own size, each another.
  static func pictures(_ count: Int) -> [Picture] {
    (0..<count).map { Picture(Tensor.ramp([3, 4, 4], phase: Float($0) * 0.0071), named: "folder/picture\($0).npy") }
  }
}

/// A metric that says what a closure says.
struct ScriptedMetric: AttributionMetric {
  let say: @Sendable (Explanation) throws -> MetricResult

  func result(for explanation: Explanation) throws -> MetricResult { try say(explanation) }

  static func expression(
    _ identifier: String = "scripted", better: MetricDescriptor.Direction = .higher, needsObject: Bool = false,
    _ say: @escaping @Sendable (Explanation) throws -> MetricResult
  ) throws -> MetricExpression {
    try MetricExpression(
      MetricDescriptor(
        identifier, title: identifier, summary: "", citation: "", better: better, needsObject: needsObject,
        prototype: ScriptedMetric(say: say)))
  }
}
