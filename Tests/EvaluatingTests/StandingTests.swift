import AttributionKit
import Evaluating
import Explaining
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct StandingTests {
  /// Judges three methods on as many pictures as there are rows; a row holds what the metric says of each.
  private func evaluation(
    _ rows: [[Float?]], better: MetricDescriptor.Direction = .higher
  ) throws -> Evaluation {
    let explainer = try Example.explainer(), pictures = Example.pictures(rows.count)
    let metric = try ScriptedMetric.expression(better: better) { explanation in
      let method = explanation.method is Gradient ? 0 : explanation.method is GradCAM ? 1 : 2
      let input = explanation.session.input
      let row = rows.indices.first { Tensor.ramp([3, 4, 4], phase: Float($0) * 0.0071) == input }
      return row.flatMap { rows[$0][method] }.map { MetricResult($0) } ?? .undefined("none")
    }
    return try explainer.evaluate(
      PictureQueue(pictures), by: explainer.methods("gradient, grad-cam, random"), with: [metric])
  }

  @Test func `means are ranked in the metric's direction, equal ones alike`() throws {
    let rows: [[Float?]] = [[1, 2, 2], [3, 4, 4]]
    #expect(try evaluation(rows).standings(by: 0).map(\.rank) == [3, 1, 1])
    #expect(try evaluation(rows, better: .lower).standings(by: 0).map(\.rank) == [1, 2, 2])
    #expect(try evaluation(rows).standings(by: 0).map(\.mean) == [2, 3, 3])
  }

  /// The two differ by one on every photograph, which themselves differ by far more.
  @Test func `what differs on every photograph is told apart, however much these differ`() throws {
    let rows = (0..<8).map { [Float($0) * 100, Float($0) * 100 + 1, Float($0) * 100 - 1] as [Float?] }
    let evaluation = try evaluation(rows), standings = evaluation.standings(by: 0)
    #expect(standings.map(\.comparison) == [.worse, .best, .worse])
    let interval = try #require(standings[1].interval)
    #expect(interval.lowerBound < 351 && interval.upperBound > 351 && interval.upperBound - interval.lowerBound > 100)
    #expect(evaluation.verdict(by: 0) == "scripted: grad-cam is better than all others on 8 photographs")
  }

  @Test func `what differs by chance is not told apart`() throws {
    let rows = (0..<8).map { [0.5, $0 % 2 == 0 ? 0 : 1.2, -9] as [Float?] }
    let evaluation = try evaluation(rows)
    #expect(evaluation.standings(by: 0).map(\.comparison) == [.undecided, .best, .worse])
    #expect(
      evaluation.verdict(by: 0) == "scripted: grad-cam is ahead; 8 photographs do not tell it from gradient")
  }

  @Test func `equals are ahead together`() throws {
    let rows = (0..<8).map { [Float($0), Float($0), Float($0) - 1] as [Float?] }
    let evaluation = try evaluation(rows)
    #expect(evaluation.standings(by: 0).map(\.comparison) == [.best, .best, .worse])
    #expect(evaluation.verdict(by: 0) == "scripted: gradient and grad-cam are better than all others on 8 photographs")
    #expect(try self.evaluation([[2, 2, 2]]).verdict(by: 0) == "scripted: all methods are equal")
  }

  @Test func `where no metric has a number, the first reason is told`() throws {
    #expect(try evaluation([[nil, nil, nil]]).failure == "none")
    #expect(try evaluation([[nil, 1, nil]]).failure == nil)
  }

  @Test func `one photograph has no interval and decides nothing`() throws {
    let evaluation = try evaluation([[1, 2, 3]]), standings = evaluation.standings(by: 0)
    #expect(standings.allSatisfy { $0.interval == nil })
    #expect(standings.map(\.comparison) == [.undecided, .undecided, .best])
    #expect(evaluation.verdict(by: 0).contains("tells nothing of others"))
  }

  @Test func `photographs without a number are left out of the mean`() throws {
    let standings = try evaluation([[1, nil, 1], [3, nil, 2], [nil, nil, 3]]).standings(by: 0)
    #expect(standings.map(\.mean) == [2, nil, 2])
    #expect(standings.map(\.photographs) == [2, 0, 3])
    #expect(standings[1].comparison == .undefined)
  }

  @Test func `the same seed draws the same photographs`() throws {
    let rows = (0..<9).map { [Float($0 * $0), 0, Float($0)] as [Float?] }
    let evaluation = try evaluation(rows)
    #expect(evaluation.standings(by: 0, seed: 4) == evaluation.standings(by: 0, seed: 4))
    #expect(evaluation.standings(by: 0, seed: 4) != evaluation.standings(by: 0, seed: 5))
  }

  /// For the mean of n numbers the interval is close to 1.96 standard errors either way.
  @Test func `the interval is that of the normal distribution where that is known`() throws {
    let numbers = Tensor(gaussianNoise: [200], seed: 1).scalars
    let standing = try evaluation(numbers.map { [$0, 0, -9] }).standings(by: 0)[0]
    let (mean, deviation) = Tensor(numbers, shape: [200]).meanAndDeviation()
    let error = Double(deviation) / Double(200).squareRoot(), interval = try #require(standing.interval)
    #expect(abs(interval.lowerBound - (Double(mean) - 1.96 * error)) < 0.1 * error)
    #expect(abs(interval.upperBound - (Double(mean) + 1.96 * error)) < 0.1 * error)
  }
}
