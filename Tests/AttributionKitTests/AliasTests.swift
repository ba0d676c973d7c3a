import AttributionKit
import TestSupport
import Testing

@Suite struct AliasTests {
  func read(_ text: String, _ aliases: [String: String], settings: [String: String] = [:]) throws -> MethodExpression {
    try MethodExpression(
      parsing: text, among: MethodVocabulary(toyMethods).naming(aliases), settings: settings)
  }

  func mistake(_ text: String, _ aliases: [String: String]) -> ExpressionFault? {
    do { _ = try read(text, aliases) } catch AttributionError.unreadableExpression(let fault) { return fault } catch {}
    return nil
  }

  @Test func `an alias is the expression it stands for, under its own name`() throws {
    let aliases = ["mine": "slope * weighing(strength=2)", "ours": "smooth(mine, samples=3)"]
    let mine = try read("MINE", aliases)
    #expect(mine.title == "mine" && mine.identifier == "slope * weighing(strength=2.0)" && mine.names == ["mine"])
    let both = try read("slope * mine", aliases)
    #expect(both.identifier == "slope * (slope * weighing(strength=2.0))" && both.title == "Slope × mine")
    let ours = try read("mean(ours, mine)", aliases)
    #expect(
      ours.identifier == "mean(smooth(slope * weighing(strength=2.0), samples=3), slope * weighing(strength=2.0))")
    #expect(ours.title == "Mean of ours and mine")
    #expect(try read("abs(ours)", aliases).cost() == .forward(3) + .backward(3))
  }

  @Test func `layers reach into an alias`() throws {
    let aliases = ["mine": "weighing(strength=2)"]
    #expect(try read("mine", aliases, settings: ["layer": "a"]).identifier == "weighing(layer=a, strength=2.0)")
    let fused = try read("layers(mine, a, b)", aliases)
    #expect(fused.title == "mine on a and b")
    let parts = try ["a", "b"].map { try read("weighing(layer=\($0), strength=2)", [:]).method }
    #expect(
      "\(fused.method)" == "\(Layers([.matching("a"), .matching("b")]) { $0 == .matching("a") ? parts[0] : parts[1] })")
  }

  @Test func `a mistake inside an alias is shown there`() throws {
    let unknown = try #require(mistake("mean(slope, mine)", ["mine": "smooth(slop)"]))
    #expect(unknown.alias == "mine" && unknown.text == "smooth(slop)" && unknown.range == 7..<11)
    #expect(unknown.description.hasPrefix("in the alias 'mine':\n  smooth(slop)\n         ^~~~\nthere is no method"))
    #expect(try #require(mistake("mine", ["mine": "slope("])).alias == "mine")
    #expect(try #require(mistake("mine", ["mine": "slope, slope"])).reason.contains("not a list"))
    let value = try #require(mistake("ours", ["ours": "mine", "mine": "smooth(slope, seed=x)"]))
    #expect(value.alias == "mine" && value.range == 19..<20)
  }

  @Test func `a circle of aliases is named`() throws {
    let circle = try #require(mistake("a", ["a": "abs(b)", "b": "mean(slope, c)", "c": "b"]))
    #expect(circle.reason.contains("b → c → b") && circle.alias == "c" && circle.range == 0..<1)
    #expect(try #require(mistake("a", ["a": "a"])).reason.contains("a → a"))
  }

  @Test func `aliases of aliases do not multiply without end`() throws {
    var (doubling, chain) = (["a0": "slope"], ["a0": "slope"])
    for n in 1...60 { (doubling["a\(n)"], chain["a\(n)"]) = ("mean(a\(n - 1), a\(n - 1))", "a\(n - 1)") }
    #expect(try read("a8", doubling).descriptors.count == 256)
    #expect(try #require(mistake("a9", doubling)).reason.contains("more than 256 methods"))
    #expect(mistake("a60", doubling) != nil)
    #expect(try read("a30", chain).identifier == "slope")
    #expect(try #require(mistake("a31", chain)).reason.contains("more than 32 levels"))
  }

  @Test func `an alias takes no parameters, and an unknown one is compared with those there are`() throws {
    let aliases = ["mine": "weighing", "miner": "slope"]
    #expect(try #require(mistake("mine(layer=a)", aliases)).range == 5..<12)
    #expect(try #require(mistake("mine(layer=a)", aliases)).reason.contains("stands for weighing"))
    #expect(try read("mine()", aliases).identifier == "weighing")
    #expect(try #require(mistake("minee", aliases)).reason.contains("did you mean mine, miner,"))
  }

  @Test(arguments: [
    (["Slope": "weighing"], "Slope", "would be hidden"), (["smooth": "weighing"], "smooth", "would be hidden"),
    (["my own": "slope"], "my own", "letters"), (["": "slope"], "", "letters"),
    (["mine": "slope", "Mine": "slope"], "mine", "capitals"),
  ]) func `an alias hides nothing`(aliases: [String: String], name: String, says: String) {
    #expect {
      try MethodVocabulary(toyMethods).naming(aliases)
    } throws: { error in
      guard case AttributionError.unusableAlias(name, let reason) = error else { return false }
      return reason.contains(says) && "\(error)".contains("'\(name)'")
    }
  }
}
