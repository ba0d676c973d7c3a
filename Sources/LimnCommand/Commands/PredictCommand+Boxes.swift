import Explaining
import Rendering
import Reporting
@_spi(Limn) import Tensors

/// What a detector found, in tables.
extension PredictCommand {
  /// How many boxes have their key points listed; all of them are in the JSON.
  private static let boxesWithPoints = 3

  func show(_ boxes: [BoxReport]) {
    let columns = Self.columns(of: boxes)
    var table = Table(
      ["Box", "Probability", "Class", "Label"] + columns.map(\.heading) + ["Row"],
      numbers: Set([0, 1, 2] + (4...4 + columns.count)))
    for box in boxes {
      table.append(
        [
          box.number.map(String.init) ?? "", Wording.percent(box.probability), "\(box.index)",
          elided(box.label ?? "", to: 60),
        ] + columns.map { $0.text(box) } + ["\(box.row)"])
    }
    table.show()
    for box in boxes.prefix(Self.boxesWithPoints) { showPoints(of: box) }
    let rest = boxes.dropFirst(Self.boxesWithPoints).count { $0.keyPoints != nil }
    if rest > 0 {
      Console.note("the key points of \(rest) more \(rest == 1 ? "box is" : "boxes are") listed with --json")
    }
  }

  /// The columns that some boxes have something in: edges of upright ones, middle, extents and angle of turned ones.
  private static func columns(of boxes: [BoxReport]) -> [(heading: String, text: (BoxReport) -> String)] {
    typealias Value = (BoxReport) -> Double?
    var numbers: [(heading: String, value: Value, places: Int)] = []
    if boxes.contains(where: { $0.turned != nil }) {
      numbers += [
        ("X", { $0.turned?.x }, 1), ("Y", { $0.turned?.y }, 1), ("Width", { $0.turned?.width }, 1),
        ("Height", { $0.turned?.height }, 1), ("Angle", { $0.turned?.angle }, 1),
      ]
    } else if boxes.contains(where: { $0.left != nil }) {
      numbers += [
        ("Left", { $0.left }, 1), ("Top", { $0.top }, 1), ("Right", { $0.right }, 1), ("Bottom", { $0.bottom }, 1),
      ]
    }
    if boxes.contains(where: { $0.maskArea != nil }) { numbers.append(("Mask", { $0.maskArea }, 0)) }
    var columns = numbers.map { column in
      (
        heading: column.heading,
        text: { (box: BoxReport) in
          column.value(box).map { Wording.fixed($0, places: column.places) } ?? ""
        }
      )
    }
    if boxes.contains(where: { $0.keyPoints != nil }) {
      columns.append(
        (
          heading: "Points",
          text: { box in
            box.keyPoints.map { "\($0.count(where: \.isLikely)) of \($0.count)" } ?? ""
          }
        ))
    }
    return columns
  }

  private func showPoints(of box: BoxReport) {
    guard let points = box.keyPoints else { return }
    let isSure = points.contains { $0.confidence != nil }, isNamed = points.contains { $0.name != nil }
    var table = Table(
      ["Point"] + (isNamed ? ["Name"] : []) + ["X", "Y"] + (isSure ? ["Confidence"] : []),
      numbers: isNamed ? [0, 2, 3, 4] : [0, 1, 2, 3])
    for (index, point) in points.enumerated() {
      table.append(
        ["\(index)"] + (isNamed ? [point.name ?? ""] : [])
          + [Wording.fixed(point.x, places: 1), Wording.fixed(point.y, places: 1)]
          + (isSure ? [point.confidence.map(Wording.percent) ?? ""] : []))
    }
    Console.say("Key points of box \(box.number.map(String.init) ?? "")")
    table.show()
  }
}
