import Datasets
import Explaining
import Foundation
import Images
import Testing

@Suite struct DifferenceTests {
  private func findings(_ first: Explainer, _ second: Explainer, _ methods: String) throws -> [NetworkDifference
    .Finding]
  {
    let difference = try NetworkDifference(
      first, second, methods: first.methods(methods), secondMethods: second.methods(methods))
    return try (0..<4).map { try difference.pair(on: Picture(Scratch.picture($0), named: "\($0)")).finding }
  }

  @Test func `a network does not differ from itself`() throws {
    let demo = try Explainer(NetworkFile.demo)
    let report = DifferenceReport("a", "a", try findings(demo, demo, "grad-cam, gradient"))
    #expect(report.changed == 0 && report.pictures == 4)
    for finding in report.findings {
      #expect(finding.largestShift == 0 && finding.secondOnFirst == finding.first.probability)
      #expect(finding.maps.allSatisfy { abs(($0.similarity ?? 0) - 1) < 1e-5 && abs(($0.ssim ?? 0) - 1) < 1e-5 })
    }
    #expect(report.methods.map(\.method) == ["grad-cam", "gradient"])
  }

  @Test func `the worst come first: changed predictions, then unlike maps`() throws {
    func finding(_ image: String, _ hasChanged: Bool, _ similarity: Float?) throws -> NetworkDifference.Finding {
      let text = """
        {"image": "\(image)", "first": {"index": 1, "name": "one, \\"two\\"", "probability": 0.5},
        "second": {"index": \(hasChanged ? 2 : 1), "name": "x", "probability": 0.5}, "secondOnFirst": 0.25,
        "hasChanged": \(hasChanged), "largestShift": 0.25,
        "maps": [{"method": "cam", "similarity": \(similarity.map { "\($0)" } ?? "null")}]}
        """
      return try JSONDecoder().decode(NetworkDifference.Finding.self, from: Data(text.utf8))
    }
    let report = DifferenceReport(
      "a", "b",
      [
        try finding("same", false, 1), try finding("moved", false, 0.1), try finding("flat", false, nil),
        try finding("changed", true, 0.9),
      ])
    #expect(report.findings.map(\.image) == ["changed", "moved", "same", "flat"])
    #expect(report.changed == 1)
    let mean = report.methods[0].similarity ?? 0
    #expect(abs(mean - 2.0 / 3) < 1e-6)
    #expect(
      report.csv.split(separator: "\n")[1].hasPrefix(
        "changed,1,\"one, \"\"two\"\"\",0.5,2,x,0.5,0.25,true,0.25,cam,0.9,,"))
  }
}
