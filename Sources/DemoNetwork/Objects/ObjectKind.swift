/// The kinds of object in the demo's scenes, which are the demo network's classes, in the order of its outputs.
public enum ObjectKind: String, CaseIterable, Hashable, Sendable {
  case star, moon, heart, mushroom, fish, house, sailboat, umbrella, butterfly, cup, flower, rocket

  /// The class label.
  public var name: String { rawValue }

  /// One random specimen.
  func drawing(_ palette: Palette, using random: inout SplitMix64) -> Drawing {
    switch self {
    case .star: .star(palette, &random)
    case .moon: .moon(palette, &random)
    case .heart: .heart(palette, &random)
    case .mushroom: .mushroom(palette, &random)
    case .fish: .fish(palette, &random)
    case .house: .house(palette, &random)
    case .sailboat: .sailboat(palette, &random)
    case .umbrella: .umbrella(palette, &random)
    case .butterfly: .butterfly(palette, &random)
    case .cup: .cup(palette, &random)
    case .flower: .flower(palette, &random)
    case .rocket: .rocket(palette, &random)
    }
  }

  /// The largest tilt at which the object still looks right, in turns either way.
  var tilt: Float {
    switch self {
    case .star, .moon, .butterfly, .flower, .rocket: 0.12
    case .heart, .fish, .umbrella, .mushroom: 0.07
    case .house, .sailboat, .cup: 0.035
    }
  }
}
