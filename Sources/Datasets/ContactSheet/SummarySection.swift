import Explaining
import Foundation
import Images
import Rendering
import Tensors

/// The part of the contact sheet about all pictures together.
struct SummarySection {
  let summary: SummaryReport
  let folder: ResultFolder

  var html: String {
    [
      splitClasses,
      pictures("Where the methods agree least", summary.mostDisputed, "1 − rank correlation"),
      pictures("Most focused", summary.mostFocused, "Gini coefficient"),
      pictures("Least focused", summary.leastFocused, "Gini coefficient"), means,
    ].joined(separator: "\n")
  }

  private var splitClasses: String {
    guard !summary.split.isEmpty else {
      return "<h3>Classes with two kinds of maps</h3><p>None: the maps of no class fall into two lots.</p>"
    }
    let classes = summary.split.prefix(20).map { one -> String in
      let lots = one.lots.enumerated().map { number, lot -> String in
        "<article><h2>\(number == 0 ? "Most" : "The others"): \(lot.maps) maps</h2>\(map(lot.mean, side: 96))"
          + lot.pictures.map { card($0, nil) }.joined() + "</article>"
      }
      return "<h3>\(Page.escaped(one.name))</h3><p>The maps fall into two lots (separation "
        + "\(Wording.fixed(Double(one.separation), places: 2))): the network may have two reasons for this class. See "
        + "whether one of them is a watermark or a background.</p><div class=\"cards\">\(lots.joined())</div>"
    }
    return "<h3>Classes with two kinds of maps</h3>" + classes.joined()
  }

  private func pictures(_ title: String, _ all: [SummaryReport.Remarkable], _ unit: String) -> String {
    guard !all.isEmpty else { return "" }
    return "<h3>\(title)</h3><div class=\"cards\">"
      + all.map { "<article>\(card($0, unit))</article>" }.joined(separator: "\n") + "</div>"
  }

  private func card(_ picture: SummaryReport.Remarkable, _ unit: String?) -> String {
    let value = unit.map { " · \($0) \(Wording.fixed(Double(picture.value), places: 2))" } ?? ""
    let image = picture.thumbnail.flatMap { folder.contents(of: $0) }.map {
      "<img alt=\"\" loading=\"lazy\" src=\"data:image/jpeg;base64,\($0.base64EncodedString())\">"
    }
    let nearest = picture.nearest.map { neighbors in
      "<p class=\"gray\">seen alike: \(Page.escaped(neighbors.map(\.image).map(Self.title).joined(separator: ", ")))</p>"
    }
    return
      "<h2>\(Page.escaped(picture.image))</h2><p>\(Page.escaped(picture.name))\(value)</p>\(image ?? "")\(nearest ?? "")"
  }

  private static func title(_ name: String) -> String { URL(fileURLWithPath: name).lastPathComponent }

  private var means: String {
    let shown = summary.classes.prefix(200)
    let more =
      summary.classes.count > shown.count
      ? "<p>… and \(summary.classes.count - shown.count) more in summary.json.</p>" : ""
    return
      "<h3>Mean map of each class</h3><p class=\"gray\">\(Page.escaped(summary.method)); each map counts the same.</p>"
      + "<div class=\"cards\">"
      + shown.map {
        "<article><h2>\(Page.escaped($0.name))</h2>\(map($0.mean, side: 64))<p class=\"gray\">\($0.pictures) pictures</p></article>"
      }.joined(separator: "\n") + "</div>" + more
  }

  /// A coarse map in colour, from nothing to its greatest value.
  private func map(_ values: [Float], side: Int) -> String {
    let greatest = max(values.max() ?? 0, .leastNormalMagnitude)
    let coarse = Tensor(values.map { $0 / greatest }, shape: [CoarseMap.side, CoarseMap.side])
    guard
      let png = try? ColorMap.viridis.raster(of: coarse.resized(height: side, width: side)).pngData(workers: Workers(1))
    else { return "" }
    return
      "<img alt=\"\" width=\"\(side)\" height=\"\(side)\" src=\"data:image/png;base64,\(Data(png).base64EncodedString())\">"
  }
}
