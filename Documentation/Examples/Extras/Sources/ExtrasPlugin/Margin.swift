public import AttributionKit
import Tensors

/// What sets a class apart from its strongest rival: the difference of their logits, whoever the rival is.
public struct Margin: Target, Hashable {
  public let index: Int

  public init(index: Int) { self.index = index }

  public func score(of outputs: Outputs) throws -> Score {
    let logits = outputs.logits
    guard logits.scalars.count > 1 else { throw Refusal("a margin needs two classes, and the network has one") }
    guard let rival = logits.descendingOrder().first(where: { $0 != index }) else {
      throw AttributionError.noSuchClass(index, count: logits.scalars.count)
    }
    return try LogitDifference(index: index, contrast: rival).score(of: outputs)
  }
}

extension Margin {
  public static let descriptor = TargetDescriptor(
    "margin", usage: "margin(class)", summary: "A class's logit less that of its strongest rival."
  ) { request in
    guard request.arguments.count == 1 else { throw Refusal("margin takes one class: margin(281), margin(prediction)") }
    return Margin(index: try request.classIndex(of: request.arguments[0]))
  }
}
