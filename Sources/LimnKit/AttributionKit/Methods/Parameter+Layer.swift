extension Parameter {
  /// The parameter that every method with a target layer has, `layer`.
  public static func layer(_ setting: any WritableKeyPath<Method, TargetLayer> & Sendable) -> Parameter {
    Parameter(
      "layer", setting, help: "the layer whose grid the map is drawn on",
      expected: "a layer's name, a pattern such as features*, or an index such as conv[-1]")
  }

  /// The same parameter of methods that attribute to the input unless a layer is named.
  public static func layer(_ setting: any WritableKeyPath<Method, AttributedLayer> & Sendable) -> Parameter {
    Parameter(
      "layer", setting, help: "where the walk back ends: at the input, or on a layer's grid",
      expected: "input, automatic, a layer's name, a pattern such as features*, or an index such as conv[-1]")
  }
}
