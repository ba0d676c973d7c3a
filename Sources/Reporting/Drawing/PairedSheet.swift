import AttributionKit
package import Explaining
import Images
package import Rendering
import Tensors

/// What the same methods made of pictures with two networks, each pair of maps beside each other on one scale where one can
/// show both.
package struct PairedSheet: Sendable {
  package let figure: ComparisonSheet

  /// A picture with what two networks made of it.
  package struct Row {
    let title: String
    let subtitle: String
    let first: Explained
    let second: Explained?

    package init(title: String, subtitle: String, first: Explained, second: Explained?) {
      (self.title, self.subtitle, self.first, self.second) = (title, subtitle, first, second)
    }
  }

  /// - Parameters:
  ///   - title: above all rows.
  ///   - rows: in the order in which they are drawn.
  ///   - names: what the two networks are called.
  ///   - style: how maps are drawn.
  /// - Throws: `RenderingError`.
  package init(title: String, rows: [Row], names: (String, String), style: DrawingStyle) throws {
    figure = ComparisonSheet(
      title: title, rows: try rows.map { try Self.row($0, names, style) },
      footer: [
        "Limn \(Release.version) · maps of the first network's prediction; the two of each method are on one scale, but for those "
          + "whose caption tells of another"
      ])
  }

  private static func row(_ row: Row, _ names: (String, String), _ style: DrawingStyle) throws -> ComparisonSheet.Row {
    let explained = [row.first] + (row.second.map { [$0] } ?? [])
    let painters = explained.map { Painter(on: $0.inquiry.picture, style: style, side: ComparisonSheet.usefulSide) }
    var panels = [
      ComparisonSheet.Panel(.picture(painters[0].photograph), title: row.first.subject.title)
    ]
    for index in row.first.entries.indices {
      let strengths = explained.compactMap { one in
        (try? one.entries[index].outcome.get()).flatMap { painters[0].strength(of: $0) }
      }
      let scale = CommonScale(of: strengths)
      for (number, one) in explained.enumerated() {
        var panel = try ComparisonSheet.Panel(of: one.entries[index], by: painters[number], inUnitsOf: scale.strength)
        panel.caption = (number == 0 ? names.0 : names.1) + (number == 1 ? scale.words : "")
        panels.append(panel)
      }
    }
    return ComparisonSheet.Row(title: row.title, subtitle: row.subtitle, panels: panels)
  }
}

/// The scale on which two maps are drawn: one for both, unless the fainter would be black on it, as where two networks take
/// samples of other units.
private struct CommonScale {
  /// What full intensity stands for; `nil` where each map has its own.
  let strength: Float?
  /// What the caption of the second map says of it.
  let words: String

  init(of strengths: [Float]) {
    guard strengths.count == 2, strengths.allSatisfy({ $0 > 0 }), strengths.max()! > 10 * strengths.min()! else {
      (strength, words) = (strengths.max(), "")
      return
    }
    (strength, words) = (nil, " · own scale, × \(Wording.significant(strengths[1] / strengths[0]))")
  }
}
