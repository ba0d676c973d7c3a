import AttributionKit
import Evaluating
import Explaining
import Foundation
import Rendering
import Reporting
import Testing

@Suite struct EvaluationReportTests {
  /// Two methods by a metric that is made from a curve, on two pictures.
  private func evaluated() throws -> (Evaluation, EvaluationReport, Explainer) {
    let explainer = try Example.explainer()
    let metrics = try explainer.catalogue.metrics("insertion(steps=4)")
    var numbers: [EvaluationReport.Measurement] = []
    let evaluation = try explainer.evaluate(
      PictureQueue([Example.array, Example.picture]), by: explainer.methods("gradient, attention-rollout"),
      with: metrics, each: { numbers.append(.init($0)) })
    return (evaluation, EvaluationReport(evaluation, numbers, about: explainer), explainer)
  }

  @Test func `a report holds every number, its curve, and what they say together`() throws {
    let (evaluation, report, _) = try evaluated()
    #expect(report.measurements.count == 4 && report.photographs == 2)
    #expect(report.measurements[0].curves?[0].x == [0, 0.25, 0.5, 0.75, 1])
    #expect(report.measurements[1].value == nil && report.measurements[1].remarks?.isEmpty == false)
    #expect(report.metrics[0].expression == "insertion(steps=4)" && report.metrics[0].better == "higher")
    #expect(report.metrics[0].standings.map(\.comparison) == [.best, .undefined])
    #expect(report.metrics[0].verdict == evaluation.verdict(by: 0))
    let decoded = try ReportJSON.decode(EvaluationReport.self, from: ReportJSON.encode(report))
    #expect(decoded == report)
  }

  @Test func `a table has a row for every number, its cells as spreadsheets read them`() throws {
    let (_, report, _) = try evaluated()
    let lines = report.csv.components(separatedBy: "\r\n")
    #expect(lines[0] == "image,target,index,method,metric,value,remark" && lines.count == 6 && lines[5].isEmpty)
    let value = try #require(report.measurements[0].value)
    #expect(lines[1].hasPrefix("array.npy,") && lines[1].hasSuffix(",gradient,insertion(steps=4),\(value),"))
    // The reason has a comma.
    #expect(lines[2].hasSuffix("\"") && lines[2].contains("attention-rollout,insertion(steps=4),,\""))
  }

  @Test(arguments: FigureFormat.allCases) func `a figure is drawn, the same twice`(format: FigureFormat) throws {
    let (evaluation, _, explainer) = try evaluated()
    let sheet = PlotSheet(evaluation, about: explainer)
    // Dots, and the curves behind them.
    #expect(sheet.plots.count == 2 && sheet.names == ["Gradient", "Attention rollout"])
    let bytes = try sheet.render(as: format)
    #expect(bytes.count > 1000)
    #expect(try sheet.render(as: format) == bytes)
  }
}
