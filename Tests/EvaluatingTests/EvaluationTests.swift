import AttributionKit
import Evaluating
import Explaining
import Synchronization
import Tensors
import Testing

@Suite struct EvaluationTests {
  let explainer: Explainer

  init() throws { explainer = try Example.explainer() }

  @Test func `every metric judges every method on every picture, in that order`() throws {
    let sum = try ScriptedMetric.expression { MetricResult(try $0.balance().scalars.reduce(0, +)) }
    let one = try ScriptedMetric.expression("one") { _ in MetricResult(1) }
    var findings: [Finding] = []
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(2)), by: explainer.methods("gradient, grad-cam"), with: [sum, one],
      each: { findings.append($0) })
    let order = findings.map { "\($0.index) \($0.method.identifier) \($0.metric.identifier)" }
    #expect(
      order == [
        "0 gradient scripted", "0 gradient one", "0 grad-cam scripted", "0 grad-cam one",
        "1 gradient scripted", "1 gradient one", "1 grad-cam scripted", "1 grad-cam one",
      ])
    #expect(evaluation.photographs == 2 && evaluation.targets == 2)
    let values = findings.filter { $0.metric.identifier == "scripted" && $0.method.identifier == "grad-cam" }
    #expect(evaluation.values(of: 1, by: 0).map { $0.map(Float.init) } == values.map(\.result.value))
  }

  @Test func `of a photograph with two targets the mean counts`() throws {
    let metric = try ScriptedMetric.expression { MetricResult(Float($0.session.score.classIndex ?? 0)) }
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(2)), asking: Question([.classes("dog"), .classes("hen")]),
      by: explainer.methods("gradient"), with: [metric])
    #expect(evaluation.values(of: 0, by: 0) == [2, 2])
    #expect(evaluation.photographs == 2 && evaluation.targets == 4)
  }

  @Test func `what a method or a metric cannot do is a reason in place of a number`() throws {
    let undefined = try ScriptedMetric.expression("undefined") { _ in .undefined("nothing to judge") }
    let failing = try ScriptedMetric.expression("failing") { _ in throw AttributionError.noGradients }
    let object = try ScriptedMetric.expression("object", needsObject: true) { _ in MetricResult(1) }
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(1)), by: explainer.methods("gradient, attention-rollout"),
      with: [undefined, failing, object])
    #expect(evaluation.reason(of: 0, by: 0) == "nothing to judge")
    #expect(evaluation.reason(of: 0, by: 1) == "\(AttributionError.noGradients)")
    #expect(evaluation.reason(of: 0, by: 2) == "no object is marked")
    #expect(evaluation.reason(of: 1, by: 0)?.contains("attention") == true)
    #expect(evaluation.standings(by: 0).map(\.comparison) == [.undefined, .undefined])
    #expect(evaluation.verdict(by: 0) == "undefined: undefined for every method (nothing to judge)")
  }

  @Test func `a result that is no finite number is none`() throws {
    let metric = try ScriptedMetric.expression { _ in MetricResult(.nan) }
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(1)), by: explainer.methods("gradient"), with: [metric])
    #expect(evaluation.values(of: 0, by: 0) == [nil])
  }

  @Test func `who ends the work is heard`() throws {
    struct Stop: Error {}
    let metric = try ScriptedMetric.expression { explanation in
      try explanation.session.report(passes: 1, of: 2)
      return MetricResult(1)
    }
    #expect(throws: Stop.self) {
      try explainer.evaluate(
        PictureQueue(Example.pictures(1)), by: explainer.methods("gradient"), with: [metric],
        progress: { if $0.passes != nil { throw Stop() } })
    }
  }

  @Test func `curves are averaged place by place`() throws {
    let metric = try ScriptedMetric.expression { explanation in
      let score = explanation.session.score.value
      let curve = MetricCurve("curve", places: "x", values: "y", x: [0, 1], y: [score, 1])
      return MetricResult(curve.mean, curves: [curve])
    }
    var scores: [Float] = []
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(3)), by: explainer.methods("gradient"), with: [metric],
      each: { scores.append($0.inquiry.session.score.value) })
    let mean = evaluation.curves(of: 0, by: 0)[0]
    #expect(abs(mean.y[0] - scores.reduce(0, +) / 3) < 1e-5 && mean.y[1] == 1)
  }

  /// As ROC curves are, whose places are other for each picture; the first rises at once.
  @Test func `curves of other places are averaged over the same ones`() throws {
    let steps: [(x: [Float], y: [Float])] = [
      ([0, 0, 1], [0, 0.5, 1]), ([0, 0.25, 1], [0, 1, 1]), ([0, 1], [0, 1]),
    ]
    let turn = Mutex(0)
    let metric = try ScriptedMetric.expression { _ in
      let step = steps[
        turn.withLock { turn in
          defer { turn += 1 }
          return turn
        }]
      let curve = MetricCurve("curve", places: "x", values: "y", x: step.x, y: step.y)
      return MetricResult(curve.mean, curves: [curve])
    }
    let evaluation = try explainer.evaluate(
      PictureQueue(Example.pictures(3)), by: explainer.methods("gradient"), with: [metric])
    let mean = evaluation.curves(of: 0, by: 0)[0]
    #expect(mean.x.count == 201 && mean.x.first == 0 && mean.x.last == 1)
    for place in [0, 25, 50, 100, 150, 200] {
      let x = Float(place) / 200
      let value = (0.5 + 0.5 * x) / 3 + min(1, 4 * x) / 3 + x / 3
      #expect(abs(mean.y[place] - value) < 1e-5, "\(x)")
    }
    // The areas are those of the pictures, but for the steps.
    #expect(
      abs(mean.mean - steps.map { MetricCurve("", places: "", values: "", x: $0.x, y: $0.y).mean }.reduce(0, +) / 3)
        < 0.01)
  }
}
