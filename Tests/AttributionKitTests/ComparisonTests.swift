import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ComparisonTests {
  let network = ChainNetwork.tiny()

  func entries(_ text: String) throws -> (entries: [Comparison.Entry], session: ExplanationSession) {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let expressions = try MethodExpression.list(parsing: text, among: toyMethods)
    return (Comparison(of: expressions).entries(in: session), session)
  }

  @Test func `results come in the order asked for`() throws {
    let text = "slope, weighing(layer=relu1), refusing++, weighing"
    #expect(try entries(text).entries.map(\.expression.identifier).joined(separator: ", ") == text)
  }

  @Test func `one walk back serves all, however they are ordered`() throws {
    let (entries, session) = try entries(
      "slope, weighing(layer=relu1), weighing * slope, weighing(layer=relu2), weighing")
    #expect(session.backwardPasses == 1)
    #expect(network.forwardPasses == 1)
    #expect(try entries[0].outcome.get().layer == network.input)
    #expect(try entries[1].outcome.get().layer.name == "relu1")
    #expect(try entries[4].outcome.get() == entries[3].outcome.get())
  }

  @Test func `one failure does not stop the others`() throws {
    let (entries, _) = try entries("refusing++, weighing(layer=nowhere), slope")
    #expect(throws: AttributionError.noSpatialLayer) { try entries[0].outcome.get() }
    #expect(throws: AttributionError.self) { try entries[1].outcome.get() }
    #expect(try entries[2].outcome.get().status == .ok)
    #expect(entries.allSatisfy { $0.duration >= .zero })
  }
}
