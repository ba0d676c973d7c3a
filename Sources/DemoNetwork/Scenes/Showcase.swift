/// A scene worth showing: a name, and what it is drawn from.
public struct ShowcaseScene: Hashable, Sendable {
  /// The name, as a command line takes it.
  public let name: String
  /// What the scene shows.
  public let kinds: [ObjectKind]
  /// What decides the rest.
  public let seed: UInt64

  /// Draws the scene, by default at the size at which it is shown.
  ///
  /// - Parameter side: the width and height in pixels.
  /// - Returns: the same scene every time.
  public func drawn(side: Int = DemoNetwork.displayedSide) -> Scene {
    Scene(kinds: kinds, seed: seed, side: side)
  }
}

extension DemoNetwork {
  /// The width and height at which the showcase is drawn.
  public static let displayedSide = 448

  /// A handful of scenes to explain; their seeds lie outside those that the network was trained on.
  public static let scenes: [ShowcaseScene] = [
    ShowcaseScene(name: "fish-and-sailboat", kinds: [.fish, .sailboat], seed: 30_000_009),
    ShowcaseScene(name: "butterfly-and-cup", kinds: [.butterfly, .cup], seed: 30_000_001),
    ShowcaseScene(name: "mushroom-and-flower", kinds: [.mushroom, .flower], seed: 30_000_031),
    ShowcaseScene(name: "rocket-and-moon", kinds: [.rocket, .moon], seed: 30_000_010),
    ShowcaseScene(name: "house", kinds: [.house], seed: 30_000_003),
    ShowcaseScene(name: "umbrella", kinds: [.umbrella], seed: 30_000_006),
  ]
}
