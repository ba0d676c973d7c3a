import AttributionKit
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Heads whose rows have masks, angles or key points beside boxes and classes.
@Suite struct DetectionPartsTests {
  private let image = Tensor.scattered([3, TinyDetector.side, TinyDetector.side], 0.618)

  private func head(_ graph: Graph, _ hints: DetectionReading.Hints = .init()) throws -> DetectionHead {
    try #require(try DetectionReading(of: graph, hints)).head
  }

  private func model(_ graph: Graph) throws -> GraphModel {
    let reading = try #require(try DetectionReading(of: graph, .init()))
    return try GraphModel(
      reading.graph, output: reading.graph.outputs[0], alongside: Array(reading.graph.outputs.dropFirst()),
      detecting: reading.head)
  }

  /// What the network itself puts out.
  private func file(_ graph: Graph) throws -> [NDArray] {
    try Plan(graph).outputs(for: [NDArray(image).reshaped([1, 3, TinyDetector.side, TinyDetector.side])])
  }

  /// A row and a column of what the file puts out, whichever way its rows run.
  private func number(_ y: NDArray, _ row: Int, _ column: Int, isRanked: Bool) -> Float {
    y.scalars[isRanked ? row * y.shape[2] + column : column * y.shape[2] + row]
  }

  @Test func `what follows the classes is told by prototypes, sines and axes laid side by side`() throws {
    let instances = try head(TinyDetector.instances)
    #expect(instances.masks == MaskGrid(height: 8, width: 8, across: 4, down: 4))
    #expect(instances.classCount == 3 && instances.keyPoints == nil && !instances.isTurned)
    let turned = try head(TinyDetector.turned)
    #expect(turned.isTurned && turned.boxes?.form == .center && turned.masks == nil && turned.classCount == 3)
    let posed = try head(TinyDetector.posed)
    #expect(posed.keyPoints == KeyPoints(2, link: .sigmoid) && posed.classCount == 3 && !posed.isTurned)
    let told = try head(TinyDetector.posed, .init(task: "pose", keyPoints: [3, 2], keyPointNames: ["a", "b", "c"]))
    #expect(told.keyPoints == KeyPoints(3, link: nil, names: ["a", "b", "c"]))
    let plain = try head(TinyDetector.eight)
    #expect(plain.masks == nil && plain.keyPoints == nil && !plain.isTurned)
  }

  @Test func `the best rows keep what they had, and turned boxes among them are middles`() throws {
    #expect(try head(TinyDetector.ranked(TinyDetector.instances)).masks != nil)
    #expect(try head(TinyDetector.ranked(TinyDetector.posed)).keyPoints == KeyPoints(2, link: .sigmoid))
    let turned = try head(TinyDetector.ranked(TinyDetector.turned))
    #expect(turned.isTurned && turned.isEndToEnd && turned.boxes?.form == .center)
    #expect(try head(TinyDetector.ranked).boxes?.form == .corners)
  }

  /// Places are the file's numbers, confidences its probabilities.
  @Test(arguments: [false, true]) func `key points say what the file says`(isRanked: Bool) throws {
    let graph = isRanked ? try TinyDetector.ranked(TinyDetector.posed) : TinyDetector.posed
    let model = try model(graph), head = try #require(model.detectionHead), first = isRanked ? 6 : 7
    let outputs = try Outputs(model.outputs, model.trace(image).outputs), y = try file(graph)[0]
    for row in [0, 3, 19] {
      let points = head.keyPoints(of: row, in: outputs)
      #expect(points.count == 2)
      for (index, point) in points.enumerated() {
        func own(_ offset: Int) -> Float { number(y, row, first + 3 * index + offset, isRanked: isRanked) }
        #expect(abs(point.x - own(0)) < 1e-5 && abs(point.y - own(1)) < 1e-5)
        #expect(abs(try #require(point.confidence) - own(2)) < 1e-6)
      }
    }
  }

  /// The logits are the prototypes weighted by the row's coefficients; outside of the box, and where they are negative, there
  /// is no mask.
  @Test func `a mask is where its prototypes, weighted, are positive within the box`() throws {
    let model = try model(TinyDetector.instances), head = try #require(model.detectionHead)
    let outputs = try Outputs(model.outputs, model.trace(image).outputs), y = try file(TinyDetector.instances)
    var sizes: Set<Int> = []
    for row in [5, 20, 40, 70] {
      let logits = try #require(head.maskLogits(of: row, in: outputs)),
        box = try #require(head.box(of: row, in: outputs))
      var expected: [Int] = []
      for place in 0..<64 {
        let z = (0..<5).reduce(Float(0)) {
          $0 + number(y[0], row, 7 + $1, isRanked: false) * y[1].scalars[$1 * 64 + place]
        }
        #expect(abs(logits.scalars[place] - z) < 1e-5)
        let (x, v) = (Float(place % 8 * 4), Float(place / 8 * 4))  // The corner of an 8 × 8 grid's cell.
        if z > 0, box.left <= x, x < box.right, box.top <= v, v < box.bottom { expected.append(place) }
      }
      #expect(head.maskPlaces(of: row, in: outputs) == expected)
      sizes.insert(expected.count)
    }
    #expect(sizes.count > 1)
  }

  @Test func `a turned box is the file's middle, extents and angle`() throws {
    let model = try model(TinyDetector.turned), head = try #require(model.detectionHead)
    let outputs = try Outputs(model.outputs, model.trace(image).outputs), y = try file(TinyDetector.turned)[0]
    for row in [3, 66] {
      let box = try #require(head.turnedBox(of: row, in: outputs))
      let numbers = [box.x, box.y, box.width, box.height], angle = number(y, row, 7, isRanked: false)
      for (index, value) in numbers.enumerated() {
        #expect(abs(value - number(y, row, index, isRanked: false)) < 1e-5)
      }
      #expect(box.angle == angle)
      #expect(head.detection(of: row, as: 0, in: outputs).turned == box)
    }
  }

  /// By finite differences of the image.
  @Test(arguments: [
    ("posed", DetectionScore.Quantity.keyPoint(1, .confidence)), ("posed", .keyPoint(0, .x)),
    ("posed", .keyPoint(1, .y)),
    ("ranked", .keyPoint(1, .confidence)), ("turned", .angle), ("turned", .height),
    ("instances", .mask([9, 10, 11, 18])),
  ]) func `what is asked has the derivative of its value`(name: String, quantity: DetectionScore.Quantity) throws {
    let graph =
      switch name {
      case "posed": TinyDetector.posed
      case "ranked": try TinyDetector.ranked(TinyDetector.posed)
      case "turned": TinyDetector.turned
      default: TinyDetector.instances
      }
    let model = try model(graph), head = try #require(model.detectionHead)
    let target = DetectionScore(quantity, of: 12, in: head)
    let session = try ExplanationSession(of: model, on: image, for: target)
    let gradient = try session.inputGradient()
    let direction = Tensor.scattered(image.shape, 0.37), step: Float = 2e-3
    let ahead = try session.repeated(on: image + step * direction).score.value
    let behind = try session.repeated(on: image - step * direction).score.value
    let slope = zip(gradient.scalars, direction.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(Double(ahead - behind) / Double(2 * step) - slope) < 1e-2 * max(1, abs(slope)), "\(name) \(quantity)")
    #expect(gradient.scalars.contains { $0 != 0 })
  }

  @Test func `a mask stays that of the picture, and is explained on what its prototypes are made of`() throws {
    let model = try model(TinyDetector.instances), head = try #require(model.detectionHead)
    let row = 70, outputs = try Outputs(model.outputs, model.trace(image).outputs)
    let target = DetectionScore(.mask(nil), of: row, in: head)
    let pinned = try #require(try target.pinned(to: outputs) as? DetectionScore)
    #expect(pinned.quantity == .mask(head.maskPlaces(of: row, in: outputs)))
    #expect(try pinned.score(of: outputs).value == target.score(of: outputs).value)
    let session = try ExplanationSession(of: model, on: image, for: target)
    #expect(try #require(session.model.automaticLayer).layer.name == "fine")
    let ofClass = try ExplanationSession(of: model, on: image, for: DetectionScore(.logit(1), of: row, in: head))
    #expect(try #require(ofClass.model.automaticLayer).layer.name == "coarse")
  }

  @Test func `a ranked row's key point is explained on the map that the row came from`() throws {
    let graph = try TinyDetector.ranked(TinyDetector.posed)
    let model = try model(graph), head = try #require(model.detectionHead)
    for row in 0..<20 {
      let point = try ExplanationSession(of: model, on: image, for: DetectionScore(.keyPoint(0, .x), of: row, in: head))
      let ofClass = try ExplanationSession(of: model, on: image, for: DetectionScore(.logit(0), of: row, in: head))
      let layer = try #require(point.model.automaticLayer).layer
      #expect(layer.name == (try #require(ofClass.model.automaticLayer)).layer.name)
      #expect(try point.gradient(at: layer).scalars.contains { $0 != 0 })
    }
  }
}
