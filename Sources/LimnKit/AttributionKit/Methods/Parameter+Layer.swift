extension Parameter {
  /// The parameter that every method with a target layer has, `layer`.
  public static func layer(_ setting: any WritableKeyPath<Method, TargetLayer> & Sendable) -> Parameter {
    Parameter(
      "layer", setting, help: "the layer whose grid the map is drawn on",
      expected: "a layer's name, a pattern such as features*, or an index such as conv[-1]")
  }
}
