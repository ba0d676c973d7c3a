import AttributionKit
import Evaluating
import Explaining
import Tensors
import TestSupport
import Testing

/// Metrics that ask for more than one picture.
@Suite struct CollectiveTests {
  let explainer: Explainer

  init() throws { explainer = try Example.explainer() }

  /// How many maps there are, and the class of each.
  private struct Count: CollectiveMetric {
    func trace(of explanation: Explanation) throws -> MetricTrace {
      MetricTrace(try explanation.balance(), classIndex: explanation.session.score.classIndex)
    }

    func results(for traces: [MetricTrace]) -> [MetricResult] {
      traces.map { MetricResult(Float(100 * traces.count + ($0.classIndex ?? 50))) }
    }

    static let descriptor = MetricDescriptor(
      "count", title: "Count", summary: "", citation: "", better: .higher, prototype: Count())
  }

  @Test func `pictures held against each other are judged after the last, each once for each target`() throws {
    let count = try MetricExpression(Count.descriptor),
      one = try ScriptedMetric.expression("one") { _ in MetricResult(1) }
    var findings: [Finding] = []
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(2)), asking: Question([.classes("dog"), .classes("hen")]),
      by: explainer.methods("gradient, attention-rollout"), with: [count, one], each: { findings.append($0) })
    let order = findings.map { "\($0.index) \($0.method.identifier) \($0.metric.identifier)" }
    #expect(order.prefix(2) == ["0 gradient one", "0 attention-rollout one"] && order.count == 16)
    #expect(order.suffix(2) == ["1 gradient count", "1 attention-rollout count"])
    #expect(evaluation.photographs == 2 && evaluation.targets == 4)
    // Four maps of classes 1 and 3: their mean is 2.
    #expect(evaluation.values(of: 0, by: 0) == [402, 402])
    #expect(evaluation.values(of: 1, by: 0) == [nil, nil])
    #expect(evaluation.reason(of: 1, by: 0)?.contains("attention") == true)
  }

  @Test func `one that asks for peers gets other pictures of other classes, and never the one it judges`() throws {
    let needy = MetricDescriptor(
      "needy", title: "Needy", summary: "", citation: "", better: .higher, needsPeers: true,
      prototype: ScriptedMetric { explanation in
        let own = explanation.peers.contains { $0.input == explanation.session.input }
        let classes = explanation.peers.compactMap(\.classes.first)
        return own || Set(classes).count < classes.count ? .undefined("mixed up") : MetricResult(Float(classes.count))
      })
    var answers: Set<Int> = []
    // Pictures that the network answers in three ways.
    let strides: [Float] = [0.2, 0.51, 0.324, 0.634, 0.758, 0.479]
    let pictures = strides.map { Picture(Tensor.scattered([3, 4, 4], $0), named: "\($0).npy") }
    let evaluation = try explainer.evaluate(
      PictureQueue(pictures), by: explainer.methods("gradient"), with: [MetricExpression(needy)],
      answered: { picture, _, _ in answers.insert(picture.answer.ranking[0].index) })
    #expect(answers.count == 3)
    let values = evaluation.values(of: 0, by: 0)
    #expect(values.count == 6 && values.allSatisfy { $0 == Double(answers.count) || $0 == Double(answers.count) - 1 })
    let alone = try explainer.evaluate(
      PictureQueue(Example.pictures(1)), by: explainer.methods("gradient"), with: [MetricExpression(needy)])
    #expect(alone.reason(of: 0, by: 0) == "there are no other photographs to make a mosaic with")
  }
}
