import AttributionKit
import MetricCatalog
import Testing

/// A metric is a folder in its family's module, a line in the catalogue and a page: none may be missing.
@Suite struct MetricCompletenessTests {
  @Test func `every folder of a metric stands in the catalogue, and the reverse`() throws {
    let families = try Project.contents(of: "Sources/Metrics")
    let folders = try families.flatMap { family in
      try Project.contents(of: "Sources/Metrics/\(family)").filter { !$0.hasSuffix(".swift") && $0 != "README.md" }
    }
    let files = try Project.contents(of: "Sources/MetricCatalog").filter { $0.hasSuffix(".swift") }
    let source = try files.map { try Project.text("Sources/MetricCatalog/\($0)") }.joined(separator: "\n")
    let listed = source.matches(of: /(\w+)\.descriptor/).map { String($0.1) }
    #expect(listed.sorted() == folders.sorted())
    #expect(MetricCatalog.metrics.count == folders.count)
  }

  @Test func `every metric has a page, and every page a metric`() throws {
    let pages = try Project.contents(of: "Documentation/Metrics").filter { $0 != "README.md" }
    #expect(pages == MetricCatalog.metrics.map { $0.identifier + ".md" }.sorted())
  }

  @Test(arguments: MetricCatalog.metrics.map(\.identifier)) func `a page says what there is to know`(
    identifier: String
  ) throws {
    let metric = try #require(MetricCatalog.metrics.first { $0.identifier == identifier })
    let page = try Project.text("Documentation/Metrics/\(identifier).md")
    #expect(page.hasPrefix("# \(metric.title)\n"))
    #expect(page.contains(metric.direction == .higher ? "Higher is better" : "Lower is better"))
    for heading in ["## Definition", "## Parameters", "## Cost", "## Known failures", "## Elsewhere", "## Citation"] {
      #expect(page.contains("\n\(heading)\n"), "\(heading)")
    }
    for parameter in metric.parameters { #expect(page.contains("`\(parameter.name)`"), "\(parameter.name)") }
    let number = try #require(metric.citation.split(separator: " ").last)
    #expect(["arXiv:", "doi:", "https://openreview.net/"].contains { number.hasPrefix($0) })
    #expect(page.contains(number))
    #expect(try Project.text("Documentation/Metrics/README.md").contains("(\(identifier).md)"))
  }

  @Test func `metrics of a family stand together, and each has one`() {
    let families = MetricCatalog.metrics.map(\.family)
    #expect(!families.contains(.other))
    let changes = zip(families, families.dropFirst()).count { $0 != $1 }
    #expect(changes + 1 == Set(families).count)
  }

  @Test func `identifiers are written as people type them, and once`() {
    let identifiers = MetricCatalog.metrics.map(\.identifier)
    #expect(Set(identifiers).count == identifiers.count)
    for identifier in identifiers { #expect(identifier.wholeMatch(of: /[a-z][a-z0-9+]*(-[a-z0-9+]+)*/) != nil) }
  }
}
