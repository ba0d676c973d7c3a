import AttributionKit
public import Evaluating
public import Explaining
import Images
import Rendering
import Tensors

/// Makes a sheet row by row, each drawn on another thread while the next is explained.
///
/// No more is kept of a picture than its rows once the next one is begun.
public struct SheetBuilder: Sendable {
  private let explainer: Explainer
  /// The layer of methods that were given none.
  private let layer: Layer?
  private let style: DrawingStyle
  private let contents: Sheet.Contents

  private var rows: [Sheet.Row] = []
  /// Rows of the picture at hand.
  private var underway: [(reports: [Report], arrays: [Sheet.NamedArray], drawing: Ahead<ComparisonSheet.Row>?)] = []
  /// Paints on the picture at hand.
  private var painter: Ahead<Painter>?
  /// The run of the picture at hand, which nobody need keep for a sheet.
  private weak var begun: ExplanationSession?
  private var takesPhotographs = false
  private var score: String?
  private var hasChecks = false

  /// A sheet about a network, without rows.
  ///
  /// - Throws: ``ExplainingError`` where the layer chosen is not there.
  public init(
    about explainer: Explainer, style: DrawingStyle = DrawingStyle(),
    contents: Sheet.Contents = [.drawings, .reports]
  ) throws(ExplainingError) {
    self.explainer = explainer
    self.style = style
    self.contents = contents
    layer = try explainer.defaultLayer()
  }

  /// Begins the rows of a picture, before any method has explained it: its photograph is made ready meanwhile.
  ///
  /// Without this, ``add(_:)`` begins them.
  ///
  /// - Throws: Where a row of a picture before it could not be drawn.
  public mutating func begin(_ picture: AnsweredPicture) throws {
    takesPhotographs = takesPhotographs || picture.subject.preprocessing != nil
    begun = picture.session
    try collect()
    guard contents.contains(.drawings) else { return }
    let subject = picture.subject
    painter = Ahead(by: explainer.workers) { [style] in
      Painter(on: subject, style: style, side: ComparisonSheet.usefulSide)
    }
  }

  /// Adds the row of one target; its drawing is under way when this returns.
  ///
  /// - Parameters:
  ///   - explained: the target, and what the methods made of it.
  ///   - checks: the sanity checks of its entries, which are then marked on their panels.
  /// - Throws: Where a row of a picture before it could not be drawn.
  public mutating func add(_ explained: Explained, checks: [SanityCheck?] = []) throws {
    hasChecks = hasChecks || !checks.isEmpty
    if begun !== explained.inquiry.picture.session { try begin(explained.inquiry.picture) }
    score = score ?? explained.inquiry.scorePhrase
    let drawing = contents.contains(.drawings) ? painter : nil
    underway.append(
      (
        contents.contains(.reports) ? explained.reports(checks: checks) : [],
        contents.contains(.arrays) ? explained.arrays : [],
        drawing.map { painter in
          Ahead(by: explainer.workers) { try ComparisonSheet.Row(of: explained, checks: checks, by: painter.get()) }
        }
      ))
  }

  /// Adds a row for a picture that could not be used, with the reason.
  ///
  /// - Throws: Where a row of a picture before it could not be drawn.
  public mutating func add(refused picture: Picture, because reason: ExplainingError) throws {
    try collect()
    (painter, begun) = (nil, nil)
    guard contents.contains(.drawings) else { return }
    let panel = ComparisonSheet.Panel(.empty(status: "not used", hint: reason.description), title: picture.name)
    rows.append(
      Sheet.Row(
        reports: [], arrays: [], drawing: ComparisonSheet.Row(title: picture.name, subtitle: "", panels: [panel])))
  }

  /// The whole sheet, when all rows are drawn.
  ///
  /// - Throws: Where a row could not be drawn.
  public mutating func sheet() throws -> Sheet {
    try collect()
    var notes = ["Limn \(Release.version)", "score: \(score ?? explainer.score.rawValue)"]
    if let layer { notes.append("layer: \(explainer.description(of: layer))") }
    let input = "input \(Wording.extent(explainer.model.input.nativeShape))"
    let recipe = takesPhotographs ? explainer.preprocessing.map { ", \($0.summary)" } ?? "" : ""
    return Sheet(
      title: explainer.origin.title, subtitle: input + recipe, rows: rows,
      footer: [notes.joined(separator: " · ")] + (hasChecks ? [SanityCheck.legend] : []),
      workers: explainer.workers)
  }

  /// Waits for the rows that are under way.
  private mutating func collect() throws {
    rows += try underway.map { Sheet.Row(reports: $0.reports, arrays: $0.arrays, drawing: try $0.drawing?.get()) }
    underway = []
  }
}
