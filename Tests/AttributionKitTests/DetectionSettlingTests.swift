import AttributionKit
import Tensors
import Testing

/// What a run's numbers tell of a head that may be read in several ways.
@Suite struct DetectionSettlingTests {
  private let width = 64, height = 32

  /// The middles of 8 × 4 cells of 8 pixels, in pixels, with boxes of 6 × 4 about them.
  private var middles: [[Float]] {
    (0..<32).map { [Float($0 % 8) * 8 + 4, Float($0 / 8) * 8 + 4, 6, 4] }
  }

  private var corners: [[Float]] {
    middles.map { [$0[0] - $0[2] / 2, $0[1] - $0[3] / 2, $0[0] + $0[2] / 2, $0[1] + $0[3] / 2] }
  }

  private func settled(
    _ form: BoxCoding.Form, _ rows: [[Float]], cells: Bool = false, open: Set<DetectionHead.Trait> = [.form, .units]
  ) throws -> DetectionHead {
    var head = DetectionHead("rows", rows: rows.count, classCount: 1, boxes: BoxCoding(form))
    if cells { head.cells = middles.map { .init(left: $0[0] - 4, top: $0[1] - 4, stride: 8) } }
    head.open = open
    let outputs = try Outputs(
      [
        Output("scores", shape: [rows.count, 1], kind: .boxes), Output("boxes", shape: [rows.count, 4], kind: .boxes),
      ],
      [Tensor(repeating: 0, shape: [rows.count, 1]), Tensor(rows.flatMap { $0 }, shape: [rows.count, 4])])
    return head.settled(by: outputs, height: height, width: width)
  }

  private func shares(_ rows: [[Float]]) -> [[Float]] {
    rows.map { [$0[0] / 64, $0[1] / 32, $0[2] / 64, $0[3] / 32] }
  }

  @Test(arguments: [BoxCoding.Form.corners, .center])
  func `corners, middles and shares are told from each other, whatever was likely`(likely: BoxCoding.Form) throws {
    let relative = BoxCoding(.center, horizontal: 64, vertical: 32)
    #expect(try settled(likely, middles).boxes == BoxCoding(.center))
    #expect(try settled(likely, corners).boxes == BoxCoding(.corners))
    #expect(try settled(likely, shares(middles)).boxes == relative)
    #expect(try settled(likely, shares(corners)).boxes == BoxCoding(.corners, horizontal: 64, vertical: 32))
    #expect(try settled(likely, shares(corners)).open.isEmpty)
  }

  @Test func `across and down are told by the cells of rows`() throws {
    let exchanged = corners.map { [$0[1], $0[0], $0[3], $0[2]] }
    #expect(try settled(.corners, exchanged, cells: true).boxes?.form == .yxyx)
    #expect(try settled(.corners, corners, cells: true).boxes?.form == .corners)
    #expect(try settled(.corners, exchanged).boxes?.form == .corners)
  }

  @Test func `what numbers do not tell stays as it was, and open`() throws {
    // Large boxes, which lie in the image either way.
    let large: [[Float]] = (0..<20).map { [20 + Float($0 % 2), 10, 24, 12] }
    let head = try settled(.center, large)
    #expect(head.boxes == BoxCoding(.center) && head.open == [.form])
    #expect(try settled(.corners, middles, open: [.units]).boxes == BoxCoding(.corners))
    #expect(try settled(.center, shares(corners), open: []).boxes == BoxCoding(.center))
  }

  @Test func `corners of boxes that are larger than the image are no middles`() throws {
    let wide = middles.map { [$0[0] - 50, $0[1] - 40, $0[0] + 50, $0[1] + 40] }
    #expect(try settled(.center, wide).boxes == BoxCoding(.corners))
  }

  @Test func `rows that a ranking fills up with zeros do not make pixels of shares`() throws {
    let empty = [[Float]](repeating: [0, 0, 0, 0], count: 600)
    #expect(try settled(.corners, corners + empty).boxes == BoxCoding(.corners))
  }

  @Test(arguments: [(0, DetectionHead.Background.first, 3), (2, .last, 2), (1, .first, 3)])
  func `the column that is greatest in most rows stands for nothing`(
    greatest: Int, background: DetectionHead.Background, classes: Int
  ) throws {
    var head = DetectionHead("rows", rows: 3, classCount: 3, link: .softmax, background: .first)
    head.open = [.background]
    var scores = Tensor(repeating: 0, shape: [3, 3])
    for row in 0..<2 { scores[row * 3 + greatest] = 1 }
    scores[6 + 1] = 2
    let found = head.settled(
      by: try Outputs([Output("scores", shape: [3, 3], kind: .boxes)], [scores]), height: 8, width: 8)
    #expect(found.background == background && found.classCount == classes)
    #expect(found.open.isEmpty == (greatest != 1))
  }
}
