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
  private var underway: [Underway] = []
  /// Paints on the picture at hand.
  private var painter: Ahead<Painter>?
  /// The run of the picture at hand, which nobody need keep for a sheet.
  private weak var begun: ExplanationSession?
  private var takesPhotographs = false
  private var score: String?
  private var hasChecks = false
  private var foreign = ForeignMaps()
  /// Targets of the picture at hand that share rows, until the last of them is there.
  private var alternatives: [Explained] = []

  /// What maps say of themselves that another program than Limn has computed; told at the foot, too.
  package var foreignRemark: String? {
    get { foreign.remark }
    set { foreign.remark = newValue }
  }

  /// A row whose drawing is not finished.
  private struct Underway {
    let reports: [Report]
    let arrays: [Sheet.NamedArray]
    let drawing: Ahead<ComparisonSheet.Row>?
    let page: Ahead<PageRow>?
    /// Rows in place of the drawing.
    let together: [Ahead<ComparisonSheet.Row>]?
  }

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
    guard isShown else { return }
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
    foreign.hear(explained.entries)
    let isFirst = underway.isEmpty, together = self.together(with: explained)
    underway.append(
      Underway(
        reports: contents.contains(.reports) ? explained.reports(checks: checks, regionsAbove: style.regionsAbove) : [],
        arrays: contents.contains(.arrays) ? explained.arrays : [],
        drawing: made(.drawings) { try ComparisonSheet.Row(of: explained, checks: checks, by: $0) },
        page: made(.page) { try PageRow(of: explained, checks: checks, by: $0, isFirst: isFirst) },
        together: together))
  }

  /// The rows in place of a target's own: of a class that was expected, the one that is predicted, and their difference, a
  /// row for each method when all are there.
  private mutating func together(with explained: Explained) -> [Ahead<ComparisonSheet.Row>]? {
    guard let expectation = explained.inquiry.target.expectation, expectation != .met else { return nil }
    alternatives = (expectation == .predicted ? [] : alternatives) + [explained]
    guard expectation == .difference, alternatives.count == 3 else { return [] }
    let all = alternatives
    alternatives = []
    return explained.entries.indices.compactMap { method in
      made(.drawings) { try ComparisonSheet.Row(of: all, by: method, painter: $0) }
    }
  }

  /// Adds the row of one target with its checks.
  ///
  /// - Throws: Where a row of a picture before it could not be drawn.
  public mutating func add(_ explanation: CheckedExplanation) throws {
    try add(explanation.explained, checks: explanation.checks)
  }

  /// Whether photographs are shown at all.
  private var isShown: Bool { !contents.isDisjoint(with: [.drawings, .page]) }

  /// What another thread makes with the painter of the picture at hand, where it was asked for.
  private func made<Value: Sendable>(
    _ content: Sheet.Contents, _ make: @escaping @Sendable (Painter) throws -> Value
  ) -> Ahead<Value>? {
    guard contents.contains(content), let painter else { return nil }
    return Ahead(by: explainer.workers) { try make(painter.get()) }
  }

  /// Adds a row for a picture that could not be used, with the reason.
  ///
  /// - Throws: Where a row of a picture before it could not be drawn.
  public mutating func add(refused picture: Picture, because reason: ExplainingError) throws {
    try collect()
    (painter, begun) = (nil, nil)
    guard isShown else { return }
    let panel = ComparisonSheet.Panel(.empty(status: "not used", hint: reason.description), title: picture.name)
    rows.append(
      Sheet.Row(
        reports: [], arrays: [], drawing: ComparisonSheet.Row(title: picture.name, subtitle: "", panels: [panel]),
        page: PageRow(refused: picture, because: reason)))
  }

  /// The whole sheet, when all rows are drawn.
  ///
  /// - Throws: Where a row could not be drawn.
  public mutating func sheet() throws -> Sheet {
    try collect()
    var notes = ["Limn \(Release.version)", "score: \(score ?? explainer.score.rawValue)"]
    if let layer, explainer.detectionHead == nil || explainer.layer != nil {
      notes.append("layer: \(explainer.description(of: layer))")
    } else if layer != nil {
      notes.append("layer: the feature map that feeds the detector's head at each box's scale")
    }
    if let phrase = foreign.phrase { notes.append(phrase) }
    let input = "input \(Wording.extent(explainer.model.input.nativeShape))"
    let recipe = takesPhotographs ? explainer.preprocessing.map { ", \($0.summary)" } ?? "" : ""
    var sheet = Sheet(
      title: explainer.origin.title, subtitle: input + recipe, rows: rows,
      footer: [notes.joined(separator: " · ")] + (hasChecks ? [SanityCheck.legend] : []),
      workers: explainer.workers)
    if contents.contains(.page) {
      sheet.pageSettings = PageSettings(colorMaps: explainer.catalogue.colorMaps, style: style)
    }
    return sheet
  }

  /// Waits for the rows that are under way.
  private mutating func collect() throws {
    rows += try underway.map {
      Sheet.Row(
        reports: $0.reports, arrays: $0.arrays, drawing: try $0.drawing?.get(),
        together: try $0.together?.map { try $0.get() }, page: try $0.page?.get())
    }
    underway = []
  }
}
