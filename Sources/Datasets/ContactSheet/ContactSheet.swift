import Explaining
import Foundation
import Reporting

/// All pictures with their maps, on as many pages as it takes: `report.html`, and the rest in `report/`.
///
/// Each page is a file that needs no other: its pictures are in it. No more than one page is held.
final class ContactSheet {
  /// The longer side of a picture, in pixels.
  static let side = 128
  private static let picturesPerPage = 100

  private let folder: ResultFolder
  private let manifest: DatasetManifest
  private var cards: [String] = []
  private var page = 1
  /// The pictures of the first page, which the front page shows.
  private var firstCards: [String] = []
  private var unusable: [(image: String, reason: String)] = []
  private var pages: [String] { (1...max(1, page)).map { Self.name($0) } }

  init(_ folder: ResultFolder, _ manifest: DatasetManifest) throws {
    (self.folder, self.manifest) = (folder, manifest)
    try ResultFolder.makeFolder("\(folder.staging)/report")
  }

  func add(_ line: ResultLine) throws {
    if cards.count == Self.picturesPerPage { try turn(hasNext: true) }
    cards.append(card(line))
    if case .unusable(let reason) = line.outcome, unusable.count < 200 { unusable.append((line.image, reason)) }
  }

  /// Writes the front page and puts all in place.
  func finish(_ manifest: DatasetManifest, metrics: MetricsReport?, summary: SummaryReport?) throws {
    if page > 1 { try turn(hasNext: false) } else { firstCards = cards }
    let last = page > 1 ? page - 1 : 1
    let front = FrontPage(
      manifest: manifest, metrics: metrics,
      summary: summary.map { SummarySection(summary: $0, folder: folder).html } ?? "",
      unusable: unusable, cards: firstCards, pages: last)
    try folder.replaceFolder("report", by: "\(folder.staging)/report")
    try folder.write(Array(front.html.utf8), to: "report.html")
  }

  /// Ends a page; the first is part of the front page, which is written last.
  private func turn(hasNext: Bool) throws {
    if page == 1 {
      firstCards = cards
    } else {
      let first = (page - 1) * Self.picturesPerPage + 1
      var links = ["<a href=\"../report.html\">Overview</a>"]
      links.append("<a href=\"\(page == 2 ? "../report.html#pictures" : Self.name(page - 1))\">◀ Previous</a>")
      if hasNext { links.append("<a href=\"\(Self.name(page + 1))\">Next ▶</a>") }
      let navigation = "<nav>\(links.joined(separator: " "))</nav>"
      let title = "Pictures \(first) to \(first + cards.count - 1)"
      let html = Page.html(
        title: title,
        body:
          "\(navigation)<h1>\(title)</h1>\(Page.filter)<div class=\"cards\">\(cards.joined(separator: "\n"))</div>\(navigation)"
      )
      try ResultFolder.write(Array(html.utf8), at: "\(folder.staging)/report/\(Self.name(page))")
    }
    cards = []
    page += 1
  }

  static func name(_ page: Int) -> String {
    "page-\(String(repeating: "0", count: max(0, 5 - "\(page)".count)))\(page).html"
  }

  private func card(_ line: ResultLine) -> String {
    let name = Page.escaped(line.image)
    switch line.outcome {
    case .unusable(let reason):
      return "<article class=\"bad\"><h2>\(name)</h2><p>not used: \(Page.escaped(reason))</p></article>"
    case .explained(let record, _, _):
      let parts = record.targets.map { part($0, record) }
      return "<article><h2>\(name)</h2>\(parts.joined())</article>"
    }
  }

  private func part(_ target: PictureRecord.Target, _ record: PictureRecord) -> String {
    let named =
      target.target.label ?? target.target.side ?? target.target.index.map { "class \($0)" } ?? target.target.expression
    var caption = "<b>\(Page.escaped(named))</b>"
    if let contrast = target.target.contrastLabel ?? target.target.contrastIndex.map({ "class \($0)" }) {
      caption += " − <b>\(Page.escaped(contrast))</b>"
    }
    if let probability = target.target.probability { caption += " \(Wording.percent(probability))" }
    if let first = record.predictions.first, first.index != target.target.index, let probability = first.probability {
      caption += " · predicted: \(Page.escaped(first.label ?? "class \(first.index)")) \(Wording.percent(probability))"
    }
    let troubles = target.methods.compactMap { method -> String? in
      if let error = method.error { return "\(method.method): \(error)" }
      guard let status = method.status, status != "ok" else { return nil }
      return "\(method.method): \(status)"
    }
    let image = target.thumbnail.flatMap { folder.contents(of: $0.file) }.map {
      "<img alt=\"\" loading=\"lazy\" src=\"data:image/jpeg;base64,\($0.base64EncodedString())\">"
    }
    return "<p>\(caption)</p>\(image ?? "")"
      + (troubles.isEmpty ? "" : "<p class=\"note\">\(Page.escaped(troubles.joined(separator: "; ")))</p>")
  }
}

/// What all pages have in common.
enum Page {
  static func html(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(escaped(title)) · Limn</title>
    <style>
    body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:84rem;padding:0 1rem;color:#1c1c1e;background:#fff}
    h1{font-size:1.4rem}h2{font-size:.85rem;margin:0 0 .2rem;font-weight:600;overflow-wrap:anywhere}
    h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
    p{margin:.15rem 0}nav{margin:.8rem 0}nav a{margin-right:.9rem}a{color:#0a58ca}
    .cards{display:flex;flex-wrap:wrap;gap:.8rem}
    article{border:1px solid #ddd;border-radius:6px;padding:.6rem;max-width:100%;overflow-wrap:anywhere}
    article.bad{background:#fdf3f2;max-width:24rem}article img{display:block;max-width:100%;height:auto;margin-top:.3rem}
    .note{color:#8a5a00}.gray{color:#666}
    table{border-collapse:collapse;margin:.4rem 0}td,th{padding:.2rem .7rem;text-align:left;border-bottom:1px solid #e4e4e4}
    td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
    input{font:inherit;padding:.25rem .5rem;margin:.4rem 0;width:18rem;max-width:100%}
    @media(prefers-color-scheme:dark){body{background:#1c1c1e;color:#eee}article{border-color:#444}
    article.bad{background:#3a2422}a{color:#7db4ff}td,th{border-color:#3c3c3e}.gray{color:#aaa}.note{color:#e0b050}}
    </style></head><body>
    \(body)
    </body></html>

    """
  }

  /// A field that hides the cards on its page whose text does not have what is written in it.
  static let filter = """
    <input type="search" placeholder="Show only names with …" aria-label="Filter" oninput="\
    for(const a of document.querySelectorAll('.cards article'))\
    a.hidden=!a.textContent.toLowerCase().includes(this.value.toLowerCase())">
    """

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// A table; columns in `numbers` are set flush right.
  static func table(_ headings: [String], numbers: Set<Int>, _ rows: [[String]]) -> String {
    func line(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { "<\(tag)\(numbers.contains($0) ? " class=\"number\"" : "")>\(escaped($1))</\(tag)>" }
        .joined() + "</tr>"
    }
    return "<table>" + line(headings, "th") + rows.map { line($0, "td") }.joined() + "</table>"
  }
}
