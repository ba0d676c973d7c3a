import AttributionKit
import Evaluating
import Explaining
import Images
import Rendering
import Tensors

extension ComparisonSheet.Row {
  /// One explanation: the photograph, then what every method made of it.
  ///
  /// `checks` are the sanity checks of its entries; none where they were not made.
  init(of explained: Explained, checks: [SanityCheck?], by painter: Painter) throws {
    let (inquiry, entries) = (explained.inquiry, explained.entries)
    let places = inquiry.target.places, painter = inquiry.surrounded(painter)
    // An instance's own places are lit, as a region is.
    let mask = inquiry.target.box?.parts.mask.flatMap { $0.isEmpty ? nil : $0.weights }
    let photograph = (places?.weights ?? mask).map(painter.lit) ?? painter.photograph
    let original = ComparisonSheet.Panel(
      .picture(places == nil ? painter.finished(photograph) : photograph), title: explained.subject.title,
      caption: explained.subject.photographExtent + (places.map { " · explained in \($0.name)" } ?? ""))
    let panels = try inquiry.picture.explainer.workers.map(entries.count) { index in
      Result {
        var panel = try ComparisonSheet.Panel(of: entries[index], by: painter)
        if checks.indices.contains(index), let check = checks[index], case .picture = panel.content {
          panel.checks = check.marks
        }
        return panel
      }
    }.map { try $0.get() }
    self.init(
      title: inquiry.title, subtitle: inquiry.predictionLine ?? "", panels: [original] + panels)
  }
}

extension ComparisonSheet.Row {
  /// What one method makes of the class that is predicted, of the one that was expected, and of the one rather than the
  /// other, on one scale.
  ///
  /// - Parameters:
  ///   - explained: the three targets, in that order.
  ///   - method: which of their entries is shown.
  ///   - painter: of their picture.
  /// - Throws: `RenderingError`.
  init(of explained: [Explained], by method: Int, painter: Painter) throws {
    let strengths = explained.compactMap { one in
      (try? one.entries[method].outcome.get()).flatMap { painter.strength(of: $0) }
    }
    let panels = try zip(explained, ["predicted: ", "expected: ", ""]).map { one, word in
      var panel = try ComparisonSheet.Panel(of: one.entries[method], by: painter, inUnitsOf: strengths.max())
      panel.title = word + one.inquiry.title
      return panel
    }
    let subject = explained[0].subject
    let original = ComparisonSheet.Panel(
      .picture(painter.finished(painter.photograph)), title: subject.title, caption: subject.photographExtent)
    self.init(
      title: explained[0].entries[method].expression.title,
      subtitle: "what speaks for each class, and for the one rather than the other, on one scale",
      panels: [original] + panels)
  }
}

extension Inquiry {
  /// A painter that draws the box which is asked about.
  func surrounded(_ painter: Painter) -> Painter {
    guard let detections = picture.detections else { return painter }
    return painter.around(target.box, extent: detections.extent)
  }
}

extension ComparisonSheet.Panel {
  /// What one method made of it, or why it made nothing; full intensity stands for `strength` where one is given.
  init(of entry: Comparison.Entry, by painter: Painter, inUnitsOf strength: Float? = nil) throws {
    let title = entry.expression.title
    switch entry.outcome {
    case .failure(let failure):
      self.init(.empty(status: "not applicable", hint: ExplainingError(failure).description), title: title)
    case .success(let attribution):
      let drawn = try painter.drawn(attribution, inUnitsOf: strength), status = entry.status ?? attribution.status
      let place = Wording.place(of: attribution) + (drawn.planes.map { " · \($0)" } ?? "")
      var bar = drawn.bar
      if attribution.isMap { bar?.note = "raw \(Wording.range(attribution.range))" }
      if let bar, bar.range.upperBound > 0 {
        let badge = status == .ok ? nil : status.rawValue
        self.init(
          .picture(drawn.raster), title: title, caption: place, colorBar: bar, badge: badge)
      } else if status == .ok {
        self.init(.picture(drawn.raster), title: title, caption: place)
      } else {
        self.init(
          .empty(status: status.rawValue, hint: entry.hint ?? ""), title: title,
          caption: Wording.place(of: attribution))
      }
    }
  }
}

extension SanityCheck {
  /// What the marks on panels mean, for the foot of a sheet.
  static let legend =
    "C: how alike the map is to that of the least likely class; W: to that of the network with the weights of its later half "
    + "drawn anew. Rank correlation, green disc below 0.5, amber triangle to 0.9, red cross above: such a map does not depend on it."

  fileprivate var marks: [ComparisonSheet.Check] {
    checks.map { .init($0.letter, similarity: $0.similarity.map(Double.init)) }
  }

  /// The same as pages tell them.
  var checks: [PagePanel.Check] {
    [
      .init(letter: "C", meaning: "alike the map of another class", similarity: otherClass),
      .init(letter: "W", meaning: "alike the map of random weights", similarity: randomWeights),
    ]
  }
}

extension Subject {
  /// The extent in the words of captions.
  var photographExtent: String {
    preprocessing == nil
      ? "array \((stack?.nativeShape ?? input.shape).map(String.init).joined(separator: " × "))"
      : "\(photograph.width) × \(photograph.height)"
  }
}
