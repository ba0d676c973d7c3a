import AttributionKit
import Images
import Rendering
import Tensors

extension ComparisonSheet.Row {
  /// One explanation: the photograph, then what every method made of it.
  init(of explanation: Explanation, entries: [Comparison.Entry], on picture: Picture, workers: Workers) throws {
    let places = explanation.target.places
    let original = ComparisonSheet.Panel(
      .picture(places.map { picture.lit($0.weights) } ?? picture.photograph), title: explanation.subject.title,
      caption: explanation.subject.photographExtent + (places.map { " · explained in \($0.name)" } ?? ""))
    let panels = try workers.map(entries.count) { index in
      Result { try ComparisonSheet.Panel(of: entries[index], on: picture) }
    }.map { try $0.get() }
    self.init(
      title: explanation.rowTitle, subtitle: explanation.predictionLine ?? "", panels: [original] + panels)
  }
}

extension ComparisonSheet.Panel {
  /// What one method made of it, or why it made nothing.
  init(of entry: Comparison.Entry, on picture: Picture) throws {
    let title = entry.expression.title
    switch entry.outcome {
    case .failure(let failure):
      self.init(.empty(status: "not applicable", hint: ExitStatus.sentence(on: failure)), title: title)
    case .success(let attribution):
      let drawn = try picture.drawn(attribution)
      var bar = drawn.bar
      if attribution.isMap { bar?.note = "raw \(Wording.range(attribution.range))" }
      if let bar, bar.range.upperBound > 0 {
        let badge = attribution.status == .ok ? nil : attribution.status.rawValue
        self.init(
          .picture(drawn.raster), title: title, caption: Wording.place(of: attribution), colorBar: bar, badge: badge)
      } else if attribution.status == .ok {
        self.init(.picture(drawn.raster), title: title, caption: Wording.place(of: attribution))
      } else {
        self.init(
          .empty(status: attribution.status.rawValue, hint: attribution.status.hint ?? ""), title: title,
          caption: Wording.place(of: attribution))
      }
    }
  }
}

extension Subject {
  fileprivate var photographExtent: String {
    preprocessing == nil
      ? "array \(input.shape.map(String.init).joined(separator: " × "))" : "\(photograph.width) × \(photograph.height)"
  }
}
