import Foundation
package import Reporting

/// How two networks differ on some pictures: what `limn diff --json` prints.
package struct DifferenceReport: Codable, Sendable {
  package var version = 1
  package let first: String
  package let second: String
  package var pictures = 0
  /// How many predictions have changed.
  package var changed = 0
  /// The mean likeness of the maps of each method.
  package var methods: [MethodMean] = []
  /// By the first network's prediction, the least alike first.
  package var classes: [ClassMean] = []
  /// Every picture, the worst first.
  package var findings: [NetworkDifference.Finding] = []
  package let versions: Report.Versions

  package struct MethodMean: Codable, Sendable {
    package let method: String
    package let similarity: Double?
    package let ssim: Double?
  }

  package struct ClassMean: Codable, Sendable {
    package let index: Int
    package let name: String
    package let pictures: Int
    package let changed: Int
    package let similarity: Double?
  }

  /// What was found on all pictures, in any order; those alike in rank keep theirs.
  package init(_ first: String, _ second: String, _ findings: [NetworkDifference.Finding]) {
    (self.first, self.second, versions) = (first, second, .current)
    pictures = findings.count
    changed = findings.count(where: \.hasChanged)
    self.findings = findings.enumerated().sorted {
      ($0.element.rank.0, $0.element.rank.1, $0.offset) < ($1.element.rank.0, $1.element.rank.1, $1.offset)
    }.map(\.element)
    methods = (findings.first?.maps ?? []).indices.map { index in
      MethodMean(
        method: findings[0].maps[index].method, similarity: Self.mean(findings.map { $0.maps[index].similarity }),
        ssim: Self.mean(findings.map { $0.maps[index].ssim }))
    }
    classes = Dictionary(grouping: findings, by: \.first.index).map { index, own in
      ClassMean(
        index: index, name: own[0].first.name, pictures: own.count, changed: own.count(where: \.hasChanged),
        similarity: Self.mean(own.flatMap { $0.maps.map(\.similarity) }))
    }.sorted { ($0.similarity ?? 2, $0.index) < ($1.similarity ?? 2, $1.index) }
  }

  private static func mean(_ values: [Float?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0) { $0 + Double($1) } / Double(known.count)
  }

  /// A row for each picture and method, the worst first.
  package var csv: String {
    let head = [
      "image", "class", "label", "probability", "other_class", "other_label", "other_probability", "other_on_class",
      "changed",
      "largest_shift", "method", "similarity", "ssim", "reason",
    ]
    let rows = findings.flatMap { finding in
      finding.maps.map { map -> [String] in
        [
          finding.image, "\(finding.first.index)", finding.first.name, "\(finding.first.probability)",
          "\(finding.second.index)", finding.second.name, "\(finding.second.probability)",
          finding.secondOnFirst.map { "\($0)" } ?? "", "\(finding.hasChanged)", "\(finding.largestShift)", map.method,
          map.similarity.map { "\($0)" } ?? "", map.ssim.map { "\($0)" } ?? "", map.reason ?? "",
        ]
      }
    }
    return ([head] + rows).map { $0.map(TableCell.written).joined(separator: ",") + "\n" }.joined()
  }
}
