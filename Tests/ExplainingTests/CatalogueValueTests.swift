import AttributionKit
import Explaining
import Tensors
import Testing

/// What can be named, and by whom.
@Suite struct CatalogueValueTests {
  private func method(_ name: String) -> MethodDescriptor {
    struct Nothing: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution { throw Refusal("nothing") }
    }
    return MethodDescriptor(
      name, title: name, summary: "Nothing.", citation: "a test's", needs: [], prototype: Nothing())
  }

  @Test(arguments: ["Grad", "two words", "", "-a", "a-", "rust & gold"]) func `a name that nobody can type is refused`(
    name: String
  ) {
    var catalogue = Catalogue()
    let error = refusal { try catalogue.add(Contributions(methods: [method(name)]), from: "dots.so") }
    #expect(error?.fault == .data && error?.description.hasPrefix("dots.so adds a method called '\(name)'") == true)
  }

  @Test func `a name that is taken is refused, and nothing of that contribution is added`() throws {
    var catalogue = Catalogue()
    let before = catalogue.methods.count
    for (contributions, words) in [
      (Contributions(methods: [method("new"), method("grad-cam")]), "a method 'grad-cam', which limn has built in"),
      (Contributions(methods: [method("new"), method("smooth")]), "'smooth'"),
      (Contributions(methods: [method("new"), method("all")]), "'all'"),
      (
        Contributions(targets: [TargetDescriptor("prediction", summary: "") { _ in ClassLogit(index: 0) }]),
        "a target 'prediction'"
      ),
      (Contributions(colorMaps: [ColorMapDescriptor("viridis", stops: [0, 1])]), "a colour map 'viridis'"),
      (
        Contributions(rules: [RuleDescriptor("standard", summary: "", rule: StandardRule())]),
        "a gradient rule 'standard'"
      ),
      (
        Contributions(methods: [method("new")], colorMaps: [ColorMapDescriptor("flat", stops: [0])]),
        "at least two stops"
      ),
      (Contributions(methods: [method("new"), method("new")]), "which it has added before"),
    ] {
      let error = refusal { try catalogue.add(contributions, from: "dots.so") }
      #expect(error?.fault == .data && error?.description.contains(words) == true, "\(error as Any)")
    }
    #expect(catalogue.methods.count == before)
    try catalogue.add(Contributions(methods: [method("new")]), from: "dots.so")
    let second = refusal { try catalogue.add(Contributions(methods: [method("new")]), from: "other.so") }
    #expect(second?.description.contains("which dots.so has added") == true)
    #expect(catalogue.methods.count == before + 1 && Catalogue().methods.count == before)
  }

  @Test(arguments: ["onnx", "keras", "weights", "demo"]) func `built-in formats keep their names`(name: String) {
    struct Named: ModelFormat {
      let identifier: String
      let summary = ""
      func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { false }
      func open(_ request: ModelRequest) throws -> OpenedModel { throw Refusal("never") }
    }
    var catalogue = Catalogue()
    #expect(refusal { try catalogue.add(Contributions(formats: [Named(identifier: name)])) }?.fault == .data)
    #expect(catalogue.formats.count == Catalogue().formats.count)
  }

  @Test func `a rule that was added is one of the gradient's`() throws {
    struct Halved: GradientRule {
      func crossing(_ step: Step) -> Crossing { step.activation == nil ? .derivative : .replaced { 0.5 * $0 } }
    }
    var catalogue = Catalogue()
    try catalogue.add(Contributions(rules: [RuleDescriptor("halved", summary: "Half.", rule: Halved())]))
    let explainer = try Networks.classifier(catalogue: catalogue)
    let explained = try explainer.explain(Networks.image, methods: "gradient(rule=halved), gradient")
    #expect(explained[0].attributions.count == 2 && explained[0].attributions[0].coverage?.crossed == 2)
    #expect(refusal { try Networks.classifier().methods("gradient(rule=halved)") }?.fault == .usage)
  }

  @Test func `aliases stand for expressions, in every order, and hide nothing`() throws {
    var catalogue = Catalogue()
    try catalogue.name(["ours": "mean(mine, cam)", "mine": "smooth(grad-cam, samples=2)"])
    #expect(
      try catalogue.expressions("ours, cam * mine").map(\.identifier) == [
        "mean(smooth(grad-cam, samples=2), cam)", "cam * smooth(grad-cam, samples=2)",
      ])
    for (alias, words) in [
      (["cam": "gradient"], "rename the alias"), (["Smooth": "cam"], "rename the alias"),
      (["all": "cam"], "rename the alias"),
      (["my own": "cam"], "letters, digits"),
    ] {
      let error = refusal { try catalogue.name(alias) }
      #expect(error?.fault == .data && error?.description.contains(words) == true, "\(error as Any)")
    }
    // A mistake within an alias is not whose fault it is that uses it.
    try catalogue.name(["round": "abs(round)"])
    #expect(refusal { try catalogue.expressions("round") }?.fault == .data)
    #expect(refusal { try catalogue.expressions("abs(gard)") }?.fault == .usage)
    #expect(try catalogue.vocabulary.aliases.keys.sorted() == ["mine", "ours", "round"])
  }
}
