/// What each channel of a network's input holds where the photograph is black, and where it is white.
public struct InputColors: Hashable, Sendable {
  /// One number per channel.
  public let black: [Float], white: [Float]

  public init(black: [Float], white: [Float]) {
    self.black = black
    self.white = white
  }
}
