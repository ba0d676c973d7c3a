/// One of the inputs of a network.
public struct NetworkInput: Hashable, Sendable {
  /// The input as a layer, which attributions can be asked for at; its shape is that for one image.
  public let layer: Layer
  public let kind: Kind

  public enum Kind: Hashable, Sendable {
    /// A picture, `[channels, height, width]`, or with the channels last.
    case image
    /// Anything else: numbers from a table, tokens, a mask.
    case other
  }

  public init(_ layer: Layer, kind: Kind = .image) {
    self.layer = layer
    self.kind = kind
  }

  public var name: String { layer.name }
  public var shape: [Int] { layer.shape }
}
