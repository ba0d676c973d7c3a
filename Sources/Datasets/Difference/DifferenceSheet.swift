import Explaining
import Foundation
package import Reporting

extension NetworkDifference {
  /// The pictures on which two networks differ most, both maps of each method beside each other on one scale.
  ///
  /// - Parameters:
  ///   - pairs: the rows, in order.
  ///   - style: how maps are drawn.
  /// - Returns: A sheet to be written to a file.
  /// - Throws: `RenderingError`.
  package func sheet(of pairs: [Pair], style: DrawingStyle) throws -> PairedSheet {
    try PairedSheet(
      title: "\(first.origin.title) beside \(second.origin.title)",
      rows: pairs.map { pair in
        let finding = pair.finding
        let answers = [finding.first, finding.second].map { "\($0.name) \(Wording.percent($0.probability))" }
        let maps = finding.maps.map { map in
          "\(map.method): "
            + (map.similarity.map {
              "rank correlation \(Wording.fixed(Double($0), places: 2).replacingOccurrences(of: "-", with: "−"))"
            } ?? map.reason ?? "–")
        }
        return PairedSheet.Row(
          title:
            "\(URL(fileURLWithPath: finding.image).lastPathComponent): \(answers.joined(separator: finding.hasChanged ? " → " : ", then "))",
          subtitle: maps.joined(separator: " · "), first: pair.first, second: pair.second)
      }, names: (first.origin.title, second.origin.title), style: style)
  }
}
