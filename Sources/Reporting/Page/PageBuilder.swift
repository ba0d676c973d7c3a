import AttributionKit
import Evaluating
import Explaining
import Images
import Rendering
import Tensors

/// One row of a page, and what it adds to what rows share.
struct PageRow: Sendable {
  let row: Page.Row
  /// The picture, where this row is the first about it.
  let picture: PagePicture?
  let methods: [PageMethod]
  let notes: [String]
}

extension PageRow {
  /// One explanation; `isFirst` of its picture's.
  init(of explained: Explained, checks: [SanityCheck?], by painter: Painter, isFirst: Bool) throws {
    let (inquiry, entries) = (explained.inquiry, explained.entries)
    var row = Page.Row(title: inquiry.title, subtitle: inquiry.predictionLine ?? "")
    row.predictions = inquiry.target.isSimilarity ? [] : inquiry.picture.predictions(top: 5)
    if let places = inquiry.target.places {
      row.region = PackedPlane(
        places.weights.scalars, places.weights.shape[0], places.weights.shape[1],
        fullScale: places.weights.scalars.max() ?? 0)
      row.regionName = places.name
    }
    row.box = PageBox.asked(in: inquiry)
    row.panels = try entries.enumerated().map { index, entry in
      try PagePanel(
        entry, check: checks.indices.contains(index) ? checks[index] : nil, showsTexture: painter.showsTexture)
    }
    self.row = row
    picture = isFirst ? try PagePicture(inquiry.picture, shown: painter.photograph) : nil
    methods = entries.map { PageMethod($0.expression, in: inquiry.picture.explainer.catalogue) }
    notes = inquiry.notes.map(\.sentence)
  }

  /// A picture that could not be used, with the reason.
  init(refused picture: Picture, because reason: ExplainingError) {
    row = Page.Row(title: picture.name, subtitle: "not used", refusal: reason.description)
    (self.picture, methods, notes) = (nil, [], [])
  }
}

extension Page {
  /// A page of these rows, in their order.
  init(of sheet: Sheet, command: String?) throws {
    let made = sheet.rows.compactMap(\.page)
    guard let settings = sheet.pageSettings, !made.isEmpty else { throw RenderingError.nothingToShow }
    self.init(
      title: sheet.title, subtitle: sheet.subtitle, footer: sheet.footer, command: command,
      notes: made.flatMap(\.notes).uniqued)
    colorMaps = settings.colorMaps.map(Colors.init)
    style = Style(settings.style)
    methods = made.flatMap(\.methods).uniqued
    pictures = made.compactMap(\.picture)
    var last = -1
    rows = made.map { each in
      if each.picture != nil { last += 1 }
      var row = each.row
      row.picture = row.refusal == nil ? last : nil
      return row
    }
    try pack(workers: sheet.workers)
  }

  /// Packs all numbers, as finely as their number allows.
  private mutating func pack(workers: Workers) throws {
    let count = rows.flatMap(\.panels).flatMap { [$0.values, $0.sizes] }.reduce(0) { $0 + ($1?.roundedCount ?? 0) }
    let steps = PackedPlane.steps(for: count)
    rows = try workers.map(rows.count) { [rows] index in
      Result {
        var row = rows[index]
        try row.region?.pack(steps: steps)
        for panel in row.panels.indices { try row.panels[panel].pack(steps: steps) }
        return row
      }
    }.map { try $0.get() }
  }
}

/// What a page needs to know beside its rows.
struct PageSettings: Sendable {
  let colorMaps: [ColorMap]
  let style: DrawingStyle
}

extension [String] {
  fileprivate var uniqued: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}

extension [PageMethod] {
  fileprivate var uniqued: [PageMethod] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
