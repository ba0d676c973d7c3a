public import Tensors

/// Another image of those that are judged together: what mosaics are made of.
public struct PeerImage: Sendable {
  /// In the network's input shape.
  public let input: Tensor
  /// The classes that the network ranks first on it, the likeliest first: five, or as many as there are.
  public let classes: [Int]

  public init(_ input: Tensor, classes: [Int]) { (self.input, self.classes) = (input, classes) }
}
