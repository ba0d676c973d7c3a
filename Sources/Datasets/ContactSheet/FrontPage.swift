import Explaining
import Foundation
import Reporting

/// The first page: what was run, what came of it, and the first pictures.
struct FrontPage {
  let manifest: DatasetManifest
  let metrics: MetricsReport?
  /// What all pictures show together, written.
  let summary: String
  let unusable: [(image: String, reason: String)]
  let cards: [String]
  let pages: Int

  var html: String {
    let name = URL(fileURLWithPath: manifest.network.name).lastPathComponent
    return Page.html(
      title: name, body: ([heading(name)] + [standings, refusals, summary, pictures]).joined(separator: "\n"))
  }

  private func heading(_ name: String) -> String {
    let order = ["photograph"] + manifest.methods.map(\.title)
    return """
      <h1>\(Page.escaped(name)): \(manifest.pictures) pictures</h1>
      <p>\(manifest.explained) explained\(manifest.unusable > 0 ? ", \(manifest.unusable) could not be used" : "").
      Each shows, from left to right: \(Page.escaped(order.joined(separator: ", "))).</p>
      <p class="gray">\(Page.escaped(manifest.settings.preprocessing ?? "arrays")); \
      target: \(Page.escaped(manifest.settings.targets.joined(separator: ", "))); Limn \(manifest.versions.limn)\(manifest.settings.runtime.map { ", maps by \(Page.escaped($0))" } ?? "").
      All numbers: <a href="results.csv">results.csv</a>, <a href="results.jsonl">results.jsonl</a>,
      <a href="manifest.json">manifest.json</a>.</p>
      """
  }

  private var standings: String {
    guard let metrics else { return "" }
    return metrics.metrics.map { metric in
      let rows = metric.standings.map { standing -> [String] in
        let interval = standing.interval.map {
          "[\(Wording.fixed($0[0], places: 3)), \(Wording.fixed($0[1], places: 3))]"
        }
        return [
          standing.method, standing.mean.map { Wording.fixed($0, places: 3) } ?? "–", interval ?? "–",
          standing.rank.map { "\($0)" } ?? "–", "\(standing.photographs)",
        ]
      }
      return
        "<h3>\(Page.escaped(metric.title))</h3><p>\(metric.better.capitalized) is better. \(Page.escaped(metric.verdict)).</p>"
        + Page.table(["Method", "Mean", "95 % interval", "Rank", "Pictures"], numbers: [1, 2, 3, 4], rows)
    }.joined(separator: "\n")
  }

  private var refusals: String {
    guard !unusable.isEmpty else { return "" }
    let more =
      manifest.unusable > unusable.count
      ? "<p>… and \(manifest.unusable - unusable.count) more in results.csv.</p>" : ""
    return "<h3>Not used</h3>"
      + Page.table(["Picture", "Because"], numbers: [], unusable.prefix(50).map { [$0.image, $0.reason] }) + more
  }

  private var pictures: String {
    let links =
      pages < 2
      ? ""
      : "<nav>"
        + Self.listed(pages).map { page in
          let place = page == 1 ? "#pictures" : "report/\(ContactSheet.name(page))"
          return "<a href=\"\(place)\">\(page)</a>"
        }.joined(separator: " ") + "</nav>"
    return "<h3 id=\"pictures\">Pictures</h3>\(links)\(Page.filter)"
      + "<div class=\"cards\">\(cards.joined(separator: "\n"))</div>\(links)"
  }

  /// The pages that the front page leads to: of many, every tenth, hundredth …, and the last; each leads to its neighbours.
  static func listed(_ pages: Int) -> [Int] {
    var step = 1
    while pages / step > 120 { step *= 10 }
    return [1] + stride(from: step, to: pages, by: step).filter { $0 > 1 } + (pages > 1 ? [pages] : [])
  }
}
