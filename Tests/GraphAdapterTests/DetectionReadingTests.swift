import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Raw heads read as detections, and one row explained.
@Suite struct DetectionReadingTests {
  private let image = Tensor.scattered([3, TinyDetector.side, TinyDetector.side], 0.618)

  private func reading(_ graph: Graph, _ hints: DetectionReading.Hints = .init()) throws -> DetectionReading {
    try #require(try DetectionReading(of: graph, hints))
  }

  private func model(_ graph: Graph) throws -> GraphModel {
    let reading = try reading(graph)
    return try GraphModel(
      reading.graph, output: reading.graph.outputs[0], alongside: Array(reading.graph.outputs.dropFirst()),
      detecting: reading.head)
  }

  /// What the network itself puts out.
  private func output(_ graph: Graph) throws -> [NDArray] {
    try Plan(graph).outputs(for: [NDArray(image).reshaped([1, 3, TinyDetector.side, TinyDetector.side])])
  }

  @Test func `boxes and classes of YOLOv8 are told apart by where sigmoids are`() throws {
    let head = try reading(TinyDetector.eight).head
    #expect(head.rows == 80 && head.classCount == 3 && !head.hasObjectness && head.link == .sigmoid)
    #expect(head.boxes == BoxCoding(.center) && head.cells.count == 80)
    #expect(head.cells[9] == .init(left: 4, top: 4, stride: 4) && head.cells[64] == .init(left: 0, top: 0, stride: 8))
  }

  @Test func `an objectness is told by one sigmoid of all numbers, or by how many names there are`() throws {
    let head = try reading(TinyDetector.five).head
    #expect(head.classCount == 3 && head.hasObjectness)
    let named = try reading(TinyDetector.eight, .init(labelCount: 2)).head
    #expect(named.classCount == 2 && named.hasObjectness)
    var settings = DetectionSettings()
    settings.objectness = false
    #expect(try reading(TinyDetector.five, .init(settings: settings)).head.classCount == 4)
  }

  @Test func `a background in front and boxes of another output are found`() throws {
    let head = try reading(TinyDetector.separate).head
    #expect(head.link == .softmax && head.background == .first && head.classCount == 3 && head.detectable == 1..<3)
    #expect(head.boxes != nil && head.open == [.form, .units])
  }

  @Test func `a segmentation is no detector`() throws {
    #expect(try DetectionReading(of: TinyDetector.segmentation, .init()) == nil)
  }

  /// The probabilities are the file's, the logits those before its sigmoids, and boxes the file's numbers.
  @Test(arguments: [TinyDetector.eight, TinyDetector.five]) func `rows say what the file says`(graph: Graph) throws {
    let model = try model(graph), head = try #require(model.detectionHead)
    let outputs = try Outputs(model.outputs, model.trace(image).outputs)
    let y = try output(graph)[0], isLast = y.shape[2] > y.shape[1] ? false : true
    func number(_ column: Int, _ row: Int) -> Float {
      isLast ? y.scalars[row * y.shape[2] + column] : y.scalars[column * y.shape[2] + row]
    }
    let first = head.hasObjectness ? 5 : 4
    for row in [0, 17, 64, 79] {
      for index in 0..<3 {
        let there = head.hasObjectness ? number(4, row) : 1
        let found = head.detection(of: row, as: index, in: outputs)
        #expect(abs(found.probability - there * number(first + index, row)) < 1e-6)
        #expect(abs(1 / (1 + exp(-Double(found.logit))) - Double(number(first + index, row))) < 1e-6)
      }
      let box = try #require(head.box(of: row, in: outputs))
      #expect(abs(box.left - (number(0, row) - number(2, row) / 2)) < 1e-5)
      #expect(abs(box.bottom - (number(1, row) + number(3, row) / 2)) < 1e-5)
    }
  }

  @Test func `a row is explained on the map that feeds its own scale, and others have no part in it`() throws {
    let model = try model(TinyDetector.eight), head = try #require(model.detectionHead)
    for (row, layer, other) in [(10, "fine", "coarse"), (70, "coarse", "")] {
      let session = try ExplanationSession(of: model, on: image, for: DetectionScore(.logit(1), of: row, in: head))
      let chosen = try #require(session.model.automaticLayer)
      #expect(chosen.layer.name == layer, "row \(row)")
      #expect(try session.gradient(at: chosen.layer).scalars.contains { $0 != 0 })
      if let layer = session.model.layers.first(where: { $0.name == other }) {
        #expect(!layer.reachesScore)
        #expect(throws: AttributionError.self) { try session.gradient(at: layer) }
      }
    }
  }

  /// The scale that a row comes from is known only when the network has ranked them.
  @Test func `a row that the network ranks itself is explained on the map that it came from`() throws {
    let reading = try reading(TinyDetector.ranked), head = reading.head
    #expect(head.isEndToEnd && head.rows == 20 && head.classCount == 3 && head.link == .sigmoid && head.boxes != nil)
    let model = try model(TinyDetector.ranked)
    let y = try output(TinyDetector.ranked)[0].scalars, before = try output(TinyDetector.eight)[0].scalars
    var layers: Set<String> = []
    for row in 0..<20 {
      let index = Int(y[row * 6 + 5]), score = y[row * 6 + 4]
      let rows = (0..<TinyDetector.rows).filter { before[(4 + index) * TinyDetector.rows + $0] == score }
      let session = try ExplanationSession(of: model, on: image, for: DetectionScore(.logit(index), of: row, in: head))
      let chosen = try #require(session.model.automaticLayer).layer
      #expect(abs(1 / (1 + exp(-session.score.value)) - score) < 1e-6)
      if rows.count == 1 { #expect(chosen.name == (rows[0] < 64 ? "fine" : "coarse"), "row \(row)") }
      #expect(try session.gradient(at: chosen).scalars.contains { $0 != 0 })
      layers.insert(chosen.name)
    }
    #expect(layers == ["fine", "coarse"])
  }

  @Test func `the best rows in outputs of their own are those of one output`() throws {
    let apart = try model(TinyDetector.rankedApart), joined = try model(TinyDetector.ranked)
    let head = try #require(apart.detectionHead), other = try #require(joined.detectionHead)
    #expect(head.isEndToEnd && head.rows == 20 && head.classCount == 3 && head.link == .sigmoid)
    #expect(head.open == [.form, .units])
    let outputs = try Outputs(apart.outputs, apart.trace(image).outputs)
    let others = try Outputs(joined.outputs, joined.trace(image).outputs)
    for row in 0..<20 {
      let (own, found) = (head.detections(in: outputs)[row], other.detections(in: others)[row])
      #expect((own.classIndex, own.logit) == (found.classIndex, found.logit) && own.box == found.box)
      let target = DetectionScore(.logit(own.classIndex), of: row, in: head)
      let session = try ExplanationSession(of: apart, on: image, for: target)
      let twin = try ExplanationSession(
        of: joined, on: image, for: DetectionScore(.logit(own.classIndex), of: row, in: other))
      #expect(try session.inputGradient() == twin.inputGradient())
      #expect(session.model.automaticLayer?.layer.name == twin.model.automaticLayer?.layer.name)
    }
  }

  /// By finite differences of the image.
  @Test(arguments: [
    DetectionScore.Quantity.logit(2), .probability(1), .edge(.right), .width, .box, .objectness,
  ]) func `what is asked of a row has the derivative of its value`(quantity: DetectionScore.Quantity) throws {
    let model = try model(TinyDetector.five), head = try #require(model.detectionHead)
    let target = DetectionScore(quantity, of: 21, in: head)
    let session = try ExplanationSession(of: model, on: image, for: target)
    let gradient = try session.inputGradient()
    let direction = Tensor.scattered(image.shape, 0.37), step: Float = 1e-2
    let ahead = try session.repeated(on: image + step * direction).score.value
    let behind = try session.repeated(on: image - step * direction).score.value
    let slope = zip(gradient.scalars, direction.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(Double(ahead - behind) / Double(2 * step) - slope) < 2e-3 * max(1, abs(slope)), "\(quantity)")
    #expect(gradient.scalars.contains { $0 != 0 })
  }
}
