import AttributionKit
import Explaining
import Foundation
import Images
import Rendering
import Reporting
import Tensors
import Testing
import TestSupport

/// Pictures with their numbers, and the files they go to.
@Suite struct SheetTests {
  let explained: [Explained]

  init() throws {
    explained = try Example.explainer().explain(
      Example.picture, Example.array, targets: ["dog", "cat"], methods: "grad-cam, gradient, cam(layer=nosuch)")
  }

  @Test func `a row has a panel for each report, and a reason where there is no map`() throws {
    let sheet = try Sheet(of: explained)
    #expect(sheet.rows.count == 4 && sheet.title == "tiny.net" && sheet.reports.count == 12)
    #expect(sheet.subtitle == "input 3 × 4 × 4, imagenet preprocessing, centre crop")
    #expect(
      sheet.footer == [
        "Limn \(Release.version) · score: logit · layer: relu2 [6 × 4 × 4], the deepest spatial activation"
      ])
    for (row, one) in zip(sheet.rows, explained) {
      let drawing = try #require(row.drawing)
      #expect(row.reports == one.reports && drawing.title == one.inquiry.title)
      #expect(drawing.panels.map(\.title) == [one.subject.title] + row.reports.map(\.method.title))
      #expect(drawing.panels[3].reason == "not applicable: \(row.reports[2].error ?? "")")
      #expect(drawing.panels[1].width != nil && drawing.panels[1].width == drawing.panels[0].width)
      #expect(drawing.panels[1].colorBar?.range.lowerBound == 0)
    }
  }

  /// The class that is predicted, the one that was expected, and their difference.
  @Test func `what was expected stands in one row with what is predicted, a row for each method`() throws {
    let explainer = try Example.explainer(), answered = try explainer.predict(Example.picture)
    let other = try #require(answered.predictions(top: 2).last.map { explainer.names.name(of: $0.choice) })
    let methods = try explainer.methods("grad-cam, gradient")
    let explained = try answered.inquiries(Question([.expected(other)])).map { try $0.explained(by: methods) }
    #expect(explained.count == 3)
    let sheet = try Sheet(of: explained), rows = sheet.figure.rows
    #expect(sheet.rows.count == 3 && sheet.reports.count == 6, "files and reports stay those of three targets")
    #expect(rows.map(\.title) == ["Grad-CAM", "Gradient"])
    for row in rows {
      #expect(row.panels.count == 4 && row.panels[0].title == explained[0].subject.title)
      #expect(row.panels[1].title == "predicted: " + explained[0].inquiry.title)
      #expect(row.panels[2].title == "expected: " + explained[1].inquiry.title)
      #expect(row.panels[3].title == explained[2].inquiry.title && row.panels[3].title.contains("differ by"))
    }
    // On one scale: full intensity stands for the strongest of the three.
    let strengths = rows[0].panels.dropFirst().compactMap { $0.colorBar?.range.upperBound }
    #expect(Set(strengths).count == 1, "\(strengths)")
    // An answer that was expected is a row as ever.
    let first = try #require(answered.predictions(top: 1).first.map { explainer.names.name(of: $0.choice) })
    let right = try answered.inquiries(Question([.expected(first)])).map { try $0.explained(by: methods) }
    let rowsAsEver = try Sheet(of: right).figure.rows
    #expect(rowsAsEver.map(\.title) == right.map(\.inquiry.title))
    #expect(rowsAsEver.map(\.subtitle) == ["predicted, as expected"])
  }

  @Test(arguments: [
    ("grad-cam, gradient", "maps computed by an abacus"),
    ("grad-cam, gradient, cam", "maps computed by an abacus, those of CAM by Limn itself"),
    ("cam", "maps computed by Limn itself"),
  ]) func `the foot says which maps another program has computed`(methods: String, phrase: String) throws {
    let explainer = try Example.explainer(), answered = try explainer.predict(Example.picture)
    let expressions = try explainer.methods(methods).map {
      $0.identifier == "cam" ? $0 : $0.computed(by: Counted(base: $0.method))
    }
    var builder = try SheetBuilder(about: explainer)
    builder.foreignRemark = Counted.remark
    for inquiry in try answered.inquiries(Question()) { try builder.add(inquiry.explained(by: expressions)) }
    let sheet = try builder.sheet()
    #expect(sheet.footer.count == 1 && sheet.footer[0].hasSuffix(" · " + phrase), "\(sheet.footer)")
  }

  @Test func `rows hold what is asked for`() throws {
    let drawings = try Sheet(of: explained, contents: .drawings), reports = try Sheet(of: explained, contents: .reports)
    #expect(drawings.reports.isEmpty && drawings.figure.rows.count == 4)
    #expect(reports.figure.rows.isEmpty && reports.reports.count == 12)
    #expect(refusal { try Sheet(of: []) }?.fault == .usage)
  }

  @Test func `a sheet built row by row is the sheet made at once`() throws {
    let explainer = try Example.explainer()
    var builder = try SheetBuilder(about: explainer)
    try explainer.explain(
      PictureQueue([Example.picture, Example.array]),
      asking: { _ in Question([.classes("dog"), .classes("cat")]) },
      by: explainer.methods("grad-cam, gradient, cam(layer=nosuch)"), answered: { try builder.begin($0) },
      each: { try builder.add($0) })
    let sheet = try builder.sheet()
    #expect(try sheet.figure == Sheet(of: explained).figure)
  }

  @Test func `a style colours maps and pixels`() throws {
    let one = explained[0]
    func overlay(_ index: Int, _ style: DrawingStyle = DrawingStyle()) throws -> Raster {
      try one.inquiry.overlay(of: one.attributions[index], style: style)
    }
    #expect(try overlay(0).width == 90 && overlay(0).height == 60)
    #expect(
      try overlay(0, DrawingStyle(opacity: 0)) != overlay(0) && overlay(0, DrawingStyle(colorMap: .jet)) != overlay(0))
    #expect(try overlay(1, DrawingStyle(colorMap: .diverging)) == overlay(1, DrawingStyle(pixels: .signed)))
    #expect(
      try overlay(1, DrawingStyle(pixels: .evidence)) == overlay(1)
        && overlay(1, DrawingStyle(pixels: .texture)) != overlay(1))
    // What the network never saw is pale in either.
    let seen = try #require(ImageGrid(one.inquiry.session.model.input.shape))
    #expect(seen.height == 4)
    #expect(try overlay(0)[2, 30] != Example.photograph[2, 30] && overlay(1)[2, 30] == overlay(0)[2, 30])
  }

  @Test(arguments: [
    ("s.png", "\u{89}PNG"), ("s.jpg", "\u{FF}\u{D8}"), ("s.JPEG", "\u{FF}\u{D8}"), ("s.pdf", "%PDF"),
    ("s.svg", "<?xml"),
    ("s.json", "[\n"),
  ]) func `the ending says what a sheet is written as, the same bytes each time`(name: String, signature: String) throws
  {
    let folder = try TemporaryFolder(), sheet = try Sheet(of: explained)
    try sheet.write(to: folder.path(name))
    let bytes = try folder.bytes(name)
    #expect(bytes.starts(with: signature.unicodeScalars.map { UInt8($0.value) }))
    try Sheet(of: explained).write(to: folder.path(name))
    #expect(try folder.bytes(name) == bytes)
  }

  @Test func `one attribution is an overlay, a figure, an array or a report`() throws {
    let folder = try TemporaryFolder(), one = explained[0]
    for name in ["m.png", "m.jpg", "m.pdf", "m.svg", "m.npy", "m.json"] { try one.write(1, to: folder.path(name)) }
    #expect(try Raster(contentsOf: folder.path("m.png")) == one.inquiry.overlay(of: one.attributions[1]))
    #expect(try NumPyFile.read(contentsOf: folder.path("m.npy")) == one.attributions[1].values)
    #expect(try ReportJSON.decode(Report.self, from: Data(folder.bytes("m.json"))) == one.reports[1])
    #expect(try folder.bytes("m.svg").count > 1000 && folder.bytes("m.pdf").starts(with: "%PDF".utf8))
  }

  @Test func `what cannot be written is refused, and an earlier file stays`() throws {
    let folder = try TemporaryFolder(), sheet = try Sheet(of: explained, contents: .reports)
    let endings = ReportWriters.all.compactMap(\.fileExtensions.first)
    for (name, fault, words) in [
      ("s.bmp", ExplainingError.Fault.usage, endings.dropLast().joined(separator: ", ") + " or \(endings.last ?? "")"),
      ("s", .usage, "extension"),
      ("s.npy", .usage, "no single array"), ("s.png", .usage, "nothing to show"),
      ("none/s.json", .output, "none/s.json"),
    ] {
      try folder.write("earlier", to: "s.png")
      let error = refusal { try sheet.write(to: folder.path(name)) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(error as Any)")
      #expect(try folder.bytes("s.png") == Array("earlier".utf8))
    }
    #expect(refusal { try explained[0].write(2, to: folder.path("m.npy")) }?.description.contains("nosuch") == true)
    #expect(refusal { try explained[0].write(3, to: folder.path("m.npy")) }?.fault == .usage)
  }

  /// Counts what it is given.
  struct CountWriter: ReportWriter {
    let fileExtensions = ["count"]
    let needs = Sheet.Contents.reports
    func data(of sheet: Sheet) throws -> [UInt8] { Array("\(sheet.reports.count)".utf8) }
    func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] { [1] }
  }

  @Test func `a further kind of file is a writer in the list`() throws {
    let folder = try TemporaryFolder()
    try Sheet(of: explained).write(to: folder.path("s.count"), among: ReportWriters.all + [CountWriter()])
    #expect(try folder.bytes("s.count") == Array("12".utf8) && CountWriter().takesSheets && !ArrayWriter().takesSheets)
    let endings = ReportWriters.all.flatMap(\.fileExtensions)
    #expect(Set(endings).count == endings.count)
  }

  private func refusal(_ body: () throws -> some Any) -> ExplainingError? {
    do {
      _ = try body()
      return nil
    } catch { return error as? ExplainingError }
  }
}

// Swift 6.3's optimiser fails on these where it inlines them.
extension ComparisonSheet.Panel {
  @inline(never) fileprivate var width: Int? {
    switch content {
    case .picture(let raster): raster.width
    case .empty: nil
    }
  }

  /// Why there is nothing to see.
  @inline(never) fileprivate var reason: String? {
    switch content {
    case .picture: nil
    case .empty(let status, let hint): "\(status): \(hint)"
    }
  }
}

/// A method whose maps say that an abacus has computed them.
private struct Counted: AttributionMethod {
  static let remark = "computed by an abacus"
  let base: any AttributionMethod

  func attribution(in session: ExplanationSession) throws -> Attribution {
    let own = try base.attribution(in: session)
    return Attribution(own.values, at: own.layer, facts: own.facts + [.remark(Self.remark)])
  }
}
