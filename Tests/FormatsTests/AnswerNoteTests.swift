import AttributionKit
import Formats
import Foundation
import ONNXFiles
import TestSupport
import Testing

/// What is said of outputs that hold no plain scores of classes.
@Suite struct AnswerNoteTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(
    _ file: ONNXFile, _ steps: [ONNXFile.Step], as answer: ModelRequest.Answer? = nil
  ) throws -> OpenedModel {
    var request = ModelRequest(path: try folder.write(file.ending(in: steps).bytes, to: "net.onnx"))
    request.answer = answer
    return try ONNXFormat().open(request)
  }

  private func says(_ opened: OpenedModel, _ words: String) -> Bool {
    opened.notes.contains { $0.sentence.contains(words) }
  }

  private let sigmoid = ONNXFile.Step("Sigmoid", ["z"], to: "p")

  @Test func `a comparison's threshold and direction are said`() throws {
    let above = try open(.vector(1), [sigmoid, .init("Greater", ["p", "0.9"])])
    #expect(says(above, "says yes to a probability above 0.9") && !says(above, "turned around"))
    let below = try open(.vector(1), [sigmoid, .init("Less", ["p", "0.9"])])
    #expect(says(below, "a probability below 0.9, so that they are turned around"))
    let not = try open(.vector(3), [sigmoid, .init("Greater", ["p", "0.5"], to: "c"), .init("Not", ["c"])])
    #expect(says(not, "a probability below 0.5") && not.model.explained.link == .sigmoid)
    #expect(try says(open(.vector(1), [.init("Greater", ["z", "2"])]), "a score above 2"))
  }

  @Test func `what a sigmoid is scaled to is asked for, and taken as said`() throws {
    let steps = [sigmoid, ONNXFile.Step("Mul", ["p", "360"])]
    let angle = try open(.vector(1), steps)
    #expect(angle.model.explained.link == nil && says(angle, "between 0 and 360"))
    #expect(angle.notes.first?.setting == .outputOrAnswer && !angle.isAnswerAssumed)
    #expect(try open(.vector(1), steps, as: .classes).model.explained.link == .identity)
    let number = try open(.vector(1), steps, as: .numbers)
    #expect(number.model.explained.kind == .numbers && number.notes.isEmpty)
  }

  @Test func `joined heads are named with the numbers that are theirs`() throws {
    let joined = try open(
      .vector(3),
      [
        .init("Softmax", ["z"], to: "kind", attributes: ["axis": 1]), .init("Sigmoid", ["z"], to: "tags"),
        .init("Concat", ["kind", "tags"], attributes: ["axis": 1]),
      ])
    #expect(joined.model.explained.link == .identity && joined.outputShape == [6])
    #expect(says(joined, "joins 2 heads, each with an answer of its own: 'kind' (0…2), 'tags' (3…5)"))
  }

  @Test func `an embedding is called so, rather than classes`() throws {
    let unit = try open(.vector(8), [.init("LpNormalization", ["z"], attributes: ["axis": 1, "p": 2])])
    #expect(says(unit, "as embeddings are") && !unit.isAnswerAssumed)
    #expect(unit.notes.first?.setting?.name == "reference")
    #expect(try open(.vector(8), [.init("Mul", ["z", "2"])]).isAnswerAssumed)
  }

  @Test func `roundings at the end are stepped over, and those within are told`() throws {
    let rounded = try open(
      .vector(3), [.init("Softmax", ["z"], to: "p", attributes: ["axis": 1]), .init("Round", ["p"])])
    #expect(says(rounded, "ends in a rounding") && rounded.model.explained.link == .softmax)
    let votes = try open(
      .vector(3),
      [
        .init("Hardmax", ["z"], to: "a", attributes: ["axis": 1]), .init("Neg", ["z"], to: "n"),
        .init("Hardmax", ["n"], to: "b", attributes: ["axis": 1]), .init("Add", ["a", "b"]),
      ])
    #expect(says(votes, "all derivatives are zero"))
  }

  @Test func `negative logarithms and heat maps are said to be such`() throws {
    let loss = try open(
      .vector(3), [.init("LogSoftmax", ["z"], to: "l", attributes: ["axis": 1]), .init("Neg", ["l"])])
    #expect(says(loss, "negative logarithms") && loss.model.explained.link == .softmax)
    let mapped = ONNXFile.maps(2).ending(in: [.init("Softmax", ["z"], attributes: ["axis": 3])])
    var request = ModelRequest(path: try folder.write(mapped.bytes, to: "maps.onnx"))
    let asked = try ONNXFormat().open(request)
    #expect(asked.model.explained.link == nil && says(asked, "a softmax over places"))
    request.answer = .numbers
    let numbers = try ONNXFormat().open(request)
    #expect(numbers.outputShape == [2, 16, 16] && numbers.notes.first?.setting?.name == "region")
  }

  @Test func `complements, greatest probabilities and bounds are said, and measures are asked about`() throws {
    let softmax = ONNXFile.Step("Softmax", ["z"], to: "p", attributes: ["axis": 1])
    let complement = try open(.vector(3), [softmax, .init("Sub", ["1", "p"])])
    #expect(
      says(complement, "greatest number is the least probable class") && complement.model.explained.link == .softmax)
    let greatest = try open(.vector(3), [softmax, .init("ReduceMax", ["p"])])
    #expect(says(greatest, "the greatest of several probabilities") && greatest.outputShape == [3])
    let probit = try open(
      .vector(1), [.init("Erf", ["z"], to: "e"), .init("Add", ["e", "1"], to: "s"), .init("Div", ["s", "2"])])
    #expect(says(probit, "lies between 0 and 1") && probit.model.explained.link == .identity)
    #expect(probit.notes.first?.setting == .answer && !probit.isAnswerAssumed)
    let count = try open(.vector(1), [.init("Relu", ["z"])])
    #expect(says(count, "never be negative") && count.model.explained.link == nil)
    #expect(count.notes.first?.setting == .outputOrAnswer)
    #expect(try open(.vector(1), [.init("Relu", ["z"])], as: .classes).model.explained.link == .sigmoid)
    let twice = try open(.vector(3), [softmax, .init("Softmax", ["p"], attributes: ["axis": 1])])
    #expect(says(twice, "one too many"))
  }

  @Test func `slots of characters and mean places are no detector's rows`() throws {
    // Six numbers for each of four slots, from a layer that sees all of the image.
    let slots = ONNXFile.vector(24).ending(
      in: [.init("Reshape", ["z", "shape"], to: "s"), .init("Softmax", ["s"], attributes: ["axis": 2])],
      ["shape": [1, 4, 6]])
    let opened = try ONNXFormat().open(ModelRequest(path: folder.write(slots.bytes, to: "slots.onnx")))
    #expect(opened.model.explained.link == nil && !says(opened, "detector"))
    // A softmax over places, weighted by where they lie and summed, for each of five maps.
    let mean = ONNXFile.maps(5).ending(
      in: [
        .init("Reshape", ["z", "flat"], to: "f"), .init("Softmax", ["f"], to: "p", attributes: ["axis": 2]),
        .init("Mul", ["p", "places"], to: "w"),
        .init("ReduceSum", ["w", "axis"], to: "x", attributes: ["keepdims": 1]),
        .init("Concat", ["x", "x"], attributes: ["axis": 2]),
      ], ["flat": [1, 5, 256], "axis": [2]], reals: ["places": (0..<256).map { Float($0) / 256 }])
    let points = try ONNXFormat().open(ModelRequest(path: folder.write(mean.bytes, to: "points.onnx")))
    #expect(points.model.explained.link == nil && !says(points, "detector") && says(points, "an expected value"))
  }

  @Test func `images and embeddings that only shape or name tell are told`() throws {
    let image = ONNXFile.maps(3).ending(in: [.init("Sigmoid", ["z"])])
    let opened = try ONNXFormat().open(ModelRequest(path: folder.write(image.bytes, to: "image.onnx")))
    #expect(says(opened, "may be the colours of an image") && opened.outputShape == [3, 16, 16])
    var named = ONNXFile.vector(8).ending(in: [.init("Mul", ["z", "2"], to: "embedding")])
    named.outputs = ["embedding"]
    var request = ModelRequest(path: try folder.write(named.bytes, to: "named.onnx"))
    let embedding = try ONNXFormat().open(request)
    #expect(says(embedding, "an embedding by its name") && embedding.notes.first?.setting?.name == "reference")
    request.classCount = 8
    #expect(try !says(ONNXFormat().open(request), "an embedding by its name"))
  }
}
