import AttributionKit
import DRISEMethod
import Foundation
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct DRISETests {
  private let detector = ScriptedDetector()
  private let image = Tensor.scattered([1, 6, 6], 0.618)

  private func session(row: Int) throws -> ExplanationSession {
    try ExplanationSession(of: detector, on: image, for: DetectionScore(.logit(0), of: row, in: detector.head))
  }

  /// Section 3.3 with every masked image run by itself, and the similarity by loops.
  @Test func `the map is the mean of the masks, each by how like the box is found again`() throws {
    let method = DRISE(masks: 40, cells: 3, probability: 0.5, seed: 2)
    let masks = RandomGridMasks(cells: 3, probability: 0.5, height: 6, width: 6, seed: 2)
    let target = detector.rows(of: image)[1]
    let weights = (0..<40).map { index in
      detector.rows(of: image * masks[index].reshaped([1, 6, 6])).map { row -> Float in
        let overlap = target.box.overlap(with: row.box)
        let product = zip(target.p, row.p).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        func norm(_ p: [Float]) -> Float { p.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return overlap * product / (norm(target.p) * norm(row.p)) * (row.p.max() ?? 0)
      }.max() ?? 0
    }
    let mean = weights.reduce(0, +) / 40
    let map = try method.attribution(in: session(row: 1)).values
    for pixel in 0..<36 {
      let sum = (0..<40).reduce(Float(0)) { $0 + (weights[$1] - mean) * masks[$1].scalars[pixel] }
      #expect(abs(map.scalars[pixel] - sum / 20) < 1e-4)
    }
  }

  @Test func `seen whole, a box is found again as surely as it was`() throws {
    let method = DRISE(masks: 3, cells: 1, probability: 1)
    #expect(try method.attribution(in: session(row: 0)).status == .zeroGradient)
  }

  @Test func `a network that is no detector, and values that make no sense, are refused`() throws {
    let network = ChainNetwork.tiny(side: 9)
    #expect(throws: AttributionError.self) { try DRISE().attribution(in: session(on: network)) }
    for method in [DRISE(masks: 0), DRISE(cells: 0), DRISE(probability: 0)] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(row: 0)) }
    }
    #expect(DRISE.descriptor.needs.map { $0.unmet(by: network, for: DRISE()) != nil } == [true])
    #expect(DRISE.descriptor.needs.map { $0.unmet(by: detector, for: DRISE()) == nil } == [true])
  }

  private func session(on network: ChainNetwork) throws -> ExplanationSession {
    try ExplanationSession(of: network, on: network.sample, for: .logit(0))
  }
}

/// A detector of two rows whose numbers are sums over halves of a picture of 6 × 6 pixels.
private struct ScriptedDetector: DetectingModel {
  let input = Layer("image", shape: [1, 6, 6], operatorName: "Input")
  let head = DetectionHead("two rows", rows: 2, classCount: 2, boxes: BoxCoding(.corners))
  var detectionHead: DetectionHead? { head }
  var outputs: [Output] {
    [Output("scores", shape: [2, 2], kind: .boxes), Output("boxes", shape: [2, 4], kind: .boxes)]
  }
  var layers: [Layer] { [input] }
  var automaticLayer: AutomaticLayer? { nil }

  func rows(of image: Tensor) -> [(box: Box, p: [Float])] {
    let (scores, boxes) = numbers(of: image)
    return (0..<2).map { row in
      let p = scores[2 * row..<2 * row + 2].map { 1 / (1 + exp(-$0)) }
      let b = boxes[4 * row..<4 * row + 4].map { $0 }
      return (Box(left: b[0], top: b[1], right: b[2], bottom: b[3]), p)
    }
  }

  func numbers(of image: Tensor) -> (scores: [Float], boxes: [Float]) {
    func sum(_ columns: Range<Int>) -> Float {
      (0..<36).filter { columns.contains($0 % 6) }.reduce(0) { $0 + image.scalars[$1] }
    }
    let (left, right) = (sum(0..<3) / 9, sum(3..<6) / 9)
    return ([left, -right, right, left - right], [0, 0, 3 + left, 6, 3 - right / 4, 0, 6, 6])
  }

  func trace(_ inputs: [Tensor]) throws -> any ForwardTrace {
    let (scores, boxes) = numbers(of: inputs[0])
    return Run(outputs: [Tensor(scores, shape: [2, 2]), Tensor(boxes, shape: [2, 4])], input: inputs[0])
  }

  struct Run: ForwardTrace {
    let outputs: [Tensor]
    let input: Tensor
    func activation(at layer: Layer) throws -> Tensor { input }
  }
}
