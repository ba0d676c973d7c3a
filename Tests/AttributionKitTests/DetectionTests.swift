import AttributionKit
import Tensors
import Testing

/// Boxes, what becomes of overlapping ones, and how numbers are read as boxes.
@Suite struct DetectionTests {
  private func detection(_ row: Int, _ index: Int, _ probability: Float, _ box: Box?) -> Detection {
    Detection(row: row, classIndex: index, logit: 0, probability: probability, box: box)
  }

  @Test func `boxes overlap by what they share of what they cover together`() {
    let box = Box(left: 0, top: 0, right: 4, bottom: 2)
    #expect(box.overlap(with: box) == 1)
    #expect(box.overlap(with: Box(left: 2, top: 0, right: 6, bottom: 2)) == 1.0 / 3)
    #expect(box.overlap(with: Box(left: 5, top: 0, right: 6, bottom: 2)) == 0)
    #expect(box.overlap(with: Box(left: 3, top: 0, right: 1, bottom: 2)) == 0)
  }

  @Test func `of boxes of one class that overlap the likeliest stays, and others stay beside it`() {
    let box = Box(left: 0, top: 0, right: 10, bottom: 10), near = Box(left: 1, top: 0, right: 11, bottom: 10)
    let far = Box(left: 20, top: 0, right: 30, bottom: 10)
    let all = [
      detection(0, 1, 0.5, near), detection(1, 1, 0.9, box), detection(2, 2, 0.4, near), detection(3, 1, 0.3, far),
      detection(4, 1, 0.2, nil),
    ]
    #expect(all.suppressed(overlap: 0.5, limit: 10).map(\.row) == [1, 2, 3, 4])
    #expect(all.suppressed(overlap: 0.5, limit: 2).map(\.row) == [1, 2])
    #expect(all.suppressed(overlap: 0.9, limit: 10).map(\.row) == [1, 0, 2, 3, 4])
  }

  private func head(_ form: BoxCoding.Form) -> DetectionHead {
    DetectionHead(
      "rows", rows: 2, classCount: 2, boxes: BoxCoding(form, horizontal: 2, vertical: 3),
      cells: [.init(left: 8, top: 16, stride: 8), .init(left: 16, top: 16, stride: 8)])
  }

  private func outputs(_ numbers: [Float]) throws -> Outputs {
    try Outputs(
      [Output("scores", shape: [2, 2], kind: .boxes), Output("boxes", shape: [2, 4], kind: .boxes)],
      [Tensor([0, 1, 2, 3], shape: [2, 2]), Tensor(numbers, shape: [2, 4])])
  }

  @Test func `each form of numbers is the box that its papers say`() throws {
    let numbers: [Float] = [0, 0, 0, 0, 1, 2, 0.5, 0.25], outputs = try outputs(numbers)
    #expect(head(.corners).box(of: 1, in: outputs) == Box(left: 2, top: 6, right: 1, bottom: 0.75))
    #expect(head(.yxyx).box(of: 1, in: outputs) == Box(left: 4, top: 3, right: 0.5, bottom: 1.5))
    #expect(head(.center).box(of: 1, in: outputs) == Box(left: 1.5, top: 5.625, right: 2.5, bottom: 6.375))
    #expect(head(.cell).box(of: 1, in: outputs) == Box(left: 16, top: 16, right: 24, bottom: 24))
    #expect(head(.distances).box(of: 1, in: outputs) == Box(left: 12, top: 4, right: 24, bottom: 22))
    #expect(head(.sizes).box(of: 1, in: outputs) == Box(left: 16, top: 10, right: 24, bottom: 26))
    let decoded = try #require(head(.offsets).box(of: 0, in: outputs))
    #expect(decoded == Box(left: 4, top: 12, right: 12, bottom: 20))
  }

  /// By finite differences of the numbers.
  @Test(arguments: [BoxCoding.Form.corners, .yxyx, .center, .offsets, .sizes, .faceSizes, .distances])
  func `an edge's derivative by the numbers is that of its value`(form: BoxCoding.Form) throws {
    let numbers: [Float] = [0.1, 0.2, 0.3, 0.4, 0.5, -0.3, 0.2, 0.7], step: Float = 1e-2
    for quantity in [
      DetectionScore.Quantity.edge(.left), .edge(.top), .edge(.right), .edge(.bottom), .width, .height, .box,
    ] {
      let target = DetectionScore(quantity, of: 1, in: head(form))
      let slope = try #require(try target.score(of: outputs(numbers)).cotangents[1])
      for index in numbers.indices {
        var (ahead, behind) = (numbers, numbers)
        ahead[index] += step
        behind[index] -= step
        let difference = try target.score(of: outputs(ahead)).value - target.score(of: outputs(behind)).value
        #expect(abs(difference / (2 * step) - slope.scalars[index]) < 1e-2, "\(quantity) by \(index)")
      }
    }
  }

  @Test func `what cannot be asked is refused`() throws {
    let outputs = try outputs([0, 0, 0, 0, 0, 0, 0, 0])
    for target in [
      DetectionScore(.logit(2), of: 0, in: head(.corners)), DetectionScore(.logit(0), of: 2, in: head(.corners)),
      DetectionScore(.objectness, of: 0, in: head(.corners)), DetectionScore(.edge(.left), of: 0, in: head(.cell)),
    ] {
      #expect(throws: AttributionError.self) { try target.score(of: outputs) }
    }
  }
}
