/// The layer a model proposes, with the reason in words that end a sentence: "the deepest spatial activation".
public struct AutomaticLayer: Hashable, Sendable {
  public let layer: Layer
  public let reason: String

  public init(_ layer: Layer, because reason: String) {
    self.layer = layer
    self.reason = reason
  }
}
