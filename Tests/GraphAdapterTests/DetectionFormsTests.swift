import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import TestSupport
import Tensors
import Testing

/// The same rows in the forms that exporters give them.
@Suite struct DetectionFormsTests {
  private let image = Tensor.scattered([3, TinyDetector.side, TinyDetector.side], 0.618)

  private func found(_ graph: Graph) throws -> (head: DetectionHead, outputs: Outputs) {
    let reading = try #require(try DetectionReading(of: graph, .init()))
    let model = try GraphModel(
      reading.graph, output: reading.graph.outputs[0], alongside: Array(reading.graph.outputs.dropFirst()),
      detecting: reading.head)
    return (reading.head, try Outputs(model.outputs, model.trace(image).outputs))
  }

  /// Whether rows have the boxes and logits of those of YOLOv8, with probabilities times `factor`.
  private func expectEight(_ graph: Graph, times factor: (Int) -> Float = { _ in 1 }) throws {
    let (eight, outputs) = try found(TinyDetector.eight), (head, others) = try found(graph)
    var own = head
    own.boxes?.form = .center
    #expect(head.rows == 80 && head.classCount == 3)
    for row in [0, 9, 63, 64, 79] {
      for index in 0..<3 {
        let (expected, found) = (
          eight.detection(of: row, as: index, in: outputs), own.detection(of: row, as: index, in: others)
        )
        #expect(found.logit == expected.logit && found.box == expected.box)
        #expect(abs(found.probability - factor(row) * expected.probability) < 1e-6, "row \(row)")
      }
    }
  }

  /// What the network itself computes.
  private func value(_ name: String, of graph: Graph) throws -> [Float] {
    var graph = graph
    graph.outputs = [name]
    return try Plan(graph).outputs(for: [NDArray(image).reshaped([1, 3, TinyDetector.side, TinyDetector.side])])[0]
      .scalars
  }

  @Test func `logits, halves, columns and rows without images are the rows that they were`() throws {
    for graph in [
      TinyDetector.logits, TinyDetector.halves, TinyDetector.columns, TinyDetector.bare, TinyDetector.twice,
    ] {
      try expectEight(graph)
    }
  }

  @Test func `an objectness that classes are multiplied by is taken apart`() throws {
    for graph in [TinyDetector.products, TinyDetector.four] {
      let there = try value("there", of: graph)
      try expectEight(graph) { there[$0] }
      let (head, outputs) = try found(graph)
      #expect(head.hasObjectness && !head.isGeometric && head.link == .sigmoid)
      #expect(abs(try #require(head.objectness(of: 7, outputs)) - there[7]) < 1e-6)
    }
  }

  @Test func `a softmax has a column for nothing, of which numbers tell`() throws {
    let (head, outputs) = try found(TinyDetector.softmax)
    #expect(head.link == .softmax && head.background == .first && head.open.contains(.background))
    #expect(head.rows == 80 && head.classCount == 3)
    let shares = try value("shares", of: TinyDetector.softmax)
    #expect(abs(head.probability(of: 2, in: 11, outputs) - shares[2 * 80 + 11]) < 1e-6)
  }

  @Test func `numbers of rows are no rows, where nothing tells what they are`() throws {
    #expect(try DetectionReading(of: TinyDetector.unknown, .init()) == nil)
  }

  @Test func `outputs that are read are named, and the others known`() throws {
    let halves = try #require(try DetectionReading(of: TinyDetector.halves, .init()))
    #expect(halves.sources == ["y1", "y2"] && halves.leftOut(of: ["y1", "y2"]).isEmpty)
    let twice = try #require(try DetectionReading(of: TinyDetector.twice, .init()))
    #expect(twice.leftOut(of: ["y", "again"]) == ["again"])
  }

  @Test func `the names of TensorFlow's detection API tell the order of edges`() throws {
    let (head, _) = try found(TinyDetector.named), (other, _) = try found(TinyDetector.rankedApart)
    #expect(head.boxes?.form == .yxyx && head.open == [.units] && head.rows == other.rows)
    #expect(other.boxes?.form == .corners)
  }

  @Test func `decoded boxes and the scores of all classes are told among other values`() throws {
    #expect(try DetectionReading.parts(among: TinyDetector.parts) == ["p", "pixels"])
    var less = TinyDetector.parts
    less.outputs = ["best", "edges", "y"]
    #expect(try DetectionReading.parts(among: less).isEmpty)
    less.outputs = ["best", "pixels"]
    #expect(try DetectionReading.parts(among: less) == ["best", "pixels"])
    // Of two numbers that boxes are made of, neither is a score.
    less.outputs = ["box", "pixels", "edges"]
    #expect(try DetectionReading.parts(among: less).isEmpty)
  }

  /// Metrics that measure probabilities measure those of rows.
  @Test func `a row's score has a probability`() throws {
    let reading = try #require(try DetectionReading(of: TinyDetector.five, .init())), head = reading.head
    let model = try GraphModel(
      reading.graph, output: reading.graph.outputs[0], alongside: Array(reading.graph.outputs.dropFirst()),
      detecting: head)
    let session = try ExplanationSession(of: model, on: image, for: DetectionScore(.logit(1), of: 5, in: head))
    let (scored, name) = try session.scaled(to: .probability)
    #expect(name == "probability")
    #expect(scored.score.value == head.probability(of: 1, in: 5, session.outputs))
    let edge = try session.retargeted(to: DetectionScore(.edge(.left), of: 5, in: head))
    #expect(try edge.scaled(to: .probability).name == "score")
  }
}
