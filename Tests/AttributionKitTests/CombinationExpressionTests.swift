import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct CombinationExpressionTests {
  func read(_ text: String) throws -> MethodExpression { try MethodExpression(parsing: text, among: toyMethods) }

  @Test(arguments: [
    ("smooth(slope)", "smooth(slope)", "SmoothGrad of Slope"),
    ("Smooth( slope , seed=0, samples = 9 )", "smooth(slope, samples=9)", "SmoothGrad (samples=9) of Slope"),
    ("smooth(samples=9, slope)", "smooth(slope, samples=9)", "SmoothGrad (samples=9) of Slope"),
    ("mean(slope,weighing)", "mean(slope, weighing)", "Mean of Slope and Weighing"),
    ("max(slope, weighing, slope)", "max(slope, weighing, slope)", "Maximum of Slope, Weighing and Slope"),
    ("abs(slope)", "abs(slope)", "|Slope|"), ("negative(slope)", "negative(slope)", "Negative of Slope"),
    (
      "layers(weighing, relu1, 'relu2')", "layers(weighing, relu1, relu2)", "Weighing on relu1 and relu2"
    ),
    ("layers(weighing, a*b, /c.d:[0]/e)", "layers(weighing, a*b, /c.d:[0]/e)", "Weighing on a*b and /c.d:[0]/e"),
    ("layers(weighing, \"a=b\", 'c, d')", "layers(weighing, \"a=b\", \"c, d\")", "Weighing on a=b and c, d"),
    ("(slope)", "slope", "Slope"), ("((slope)*(weighing))", "slope * weighing", "Slope × Weighing"),
    ("slope*slope*weighing", "slope * slope * weighing", "Slope × Slope × Weighing"),
    ("(slope*slope)*weighing", "slope * slope * weighing", "Slope × Slope × Weighing"),
    ("slope*(slope*weighing)", "slope * (slope * weighing)", "Slope × (Slope × Weighing)"),
    ("slope * mean(slope, weighing)", "slope * mean(slope, weighing)", "Slope × (mean of Slope and Weighing)"),
    ("smooth(slope * weighing)", "smooth(slope * weighing)", "SmoothGrad of (Slope × Weighing)"),
    ("abs(negative(slope)) * slope", "abs(negative(slope)) * slope", "|negative of Slope| × Slope"),
    (
      "mean(smooth(abs(slope), noise=0.5), (weighing * slope))",
      "mean(smooth(abs(slope), noise=0.5), weighing * slope)",
      "Mean of (SmoothGrad (noise=0.5) of |Slope|) and (Weighing × Slope)"
    ),
  ]) func `a combination has one shortest spelling and a title`(text: String, identifier: String, title: String) throws
  {
    let expression = try read(text)
    #expect(expression.identifier == identifier)
    #expect(expression.title == title)
    let again = try read(identifier)
    #expect(again.identifier == identifier && again.title == title)
    #expect("\(again.method)" == "\(expression.method)")
  }

  @Test func `what it is made of is told`() throws {
    let expression = try read("smooth(weighing) * mean(slope, layers(weighing, a, b))")
    #expect(expression.descriptors.map(\.identifier) == ["weighing", "slope", "weighing"])
    #expect(expression.names == ["smooth", "weighing", "mean", "slope", "layers", "weighing"])
    #expect(expression.needs == [.gradients, .spatialLayer])
    #expect(try read("abs(refusing++)").needs == [])
  }

  @Test(
    arguments: [
      ("slope", 0, 0, 1), ("mean(slope, weighing) * slope", 0, 0, 1), ("layers(weighing, a, b)", 0, 0, 1),
      ("refusing++", 0, 0, 0), ("smooth(slope)", 25, 25, 0), ("smooth(refusing++, samples=3)", 3, 0, 0),
      ("smooth(smooth(slope, samples=2), samples=3)", 9, 6, 0), ("abs(mean(smooth(slope), smooth(slope)))", 50, 50, 0),
      ("smooth(slope) * smooth(slope, samples=2)", 27, 27, 0), ("smooth(slope) * slope", 25, 25, 1),
    ] as [(String, Int, Int, Int)]) func `costs add up`(text: String, forward: Int, backward: Int, walks: Int) throws
  {
    let cost = try read(text).cost()
    #expect((cost.forward, cost.backward, cost.sharedWalks.count) == (forward, backward, walks))
  }

  @Test func `a layer for all reaches every method that was given none, except below layers`() throws {
    let list = try MethodExpression.list(
      parsing: "smooth(weighing), mean(weighing(layer=x), weighing), layers(weighing, a, b)", among: toyMethods,
      settings: ["layer": "conv1"])
    #expect(
      list.map(\.identifier) == [
        "smooth(weighing(layer=conv1))", "mean(weighing(layer=x), weighing(layer=conv1))", "layers(weighing, a, b)",
      ])
  }

  @Test func `layers are given to every method inside that has none`() throws {
    let fused = try read("layers(smooth(weighing * weighing(layer=relu1), samples=2), conv1, automatic)")
    let written = try #require(fused.method as? Layers)
    let parts = try ["weighing(layer=conv1)", "weighing"].map {
      try read("smooth(\($0) * weighing(layer=relu1), samples=2)").method
    }
    #expect("\(written.methods)" == "\(parts)")
    #expect(fused.identifier == "layers(smooth(weighing * weighing(layer=relu1), samples=2), conv1, automatic)")
  }

  @Test func `every combination says what it takes and where it is from`() {
    for combination in CombinationDescriptor.builtIn + [.product] {
      #expect(combination.summary.hasSuffix(".") && combination.citation.contains(": ") == false)
      #expect(combination.citation.contains("arXiv:") || combination.citation.contains("doi:"))
    }
    #expect(CombinationDescriptor.smooth.usage == "smooth(METHOD, samples=25, noise=0.15, seed=0, statistic=mean)")
    #expect(CombinationDescriptor.within.usage == "within(METHOD, LEFT, TOP, RIGHT, BOTTOM)")
    #expect(CombinationDescriptor.difference.usage == "difference(METHOD, METHOD)")
    #expect(CombinationDescriptor.mean.usage == "mean(METHOD, METHOD, …)")
    #expect(CombinationDescriptor.layers.usage == "layers(METHOD, LAYER, LAYER, …)")
    #expect(CombinationDescriptor.product.usage == "METHOD * METHOD")
    #expect(CombinationDescriptor.smooth.cost == .forward(25) && CombinationDescriptor.mean.cost == .zero)
  }
}
