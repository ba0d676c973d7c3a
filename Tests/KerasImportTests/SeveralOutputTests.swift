import AttributionKit
import Formats
import Foundation
import TestSupport
import Testing

/// Which of a Keras network's outputs is explained.
@Suite struct `Several outputs` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.network.archive(), to: "net.keras")
  }

  private static var network: KerasNetwork {
    func dense(_ name: String, _ count: Int, _ activation: String) -> TestLayer {
      TestLayer(
        "Dense", name, ["units": count, "activation": activation],
        weights: [("kernel", [3, count], numbers(3 * count)), ("bias", [count], numbers(count, 1))], calls: [["pooled"]]
      )
    }
    return KerasNetwork(
      layers: [
        .input([6, 5, 3]), TestLayer("GlobalAveragePooling2D", "pooled", calls: [["image"]]),
        dense("corners", 4, "linear"), dense("kind", 2, "softmax"),
      ], isSequential: false, outputs: ["corners", "kind"])
  }

  private func open(_ output: String? = nil, as answer: ModelRequest.Answer? = nil) throws -> OpenedModel {
    var request = ModelRequest(path: folder.path("net.keras"), output: output)
    request.answer = answer
    return try KerasFormat().open(request)
  }

  @Test func `the one that ends in a softmax is taken, with a note on the other`() throws {
    let opened = try open()
    #expect(opened.outputShape == [2] && !opened.isAnswerAssumed)
    let note = opened.notes.first { $0.setting == .output }?.sentence
    #expect(note?.contains("softmax") == true && note?.contains("(4 numbers)") == true, "\(opened.notes)")
  }

  @Test func `any other is taken by name or number, and as numbers`() throws {
    #expect(try open("0").outputShape == [4] && open("0").isAnswerAssumed)
    let numbers = try open("0", as: .numbers)
    #expect(numbers.model.explained.kind == .numbers && !numbers.isAnswerAssumed)
    let inner = try open("pooled")
    #expect(inner.outputShape == [3] && inner.notes.contains { $0.sentence.contains("'pooled' is no output") })
    #expect(throws: ModelFileError.self) { try open("nosuch") }
  }

  @Test func `a dictionary's keys are their names`() throws {
    var network = Self.network
    network.outputNames = ["aux", "label"]
    try folder.write(network.archive(), to: "net.keras")
    #expect(try open("aux").outputShape == [4] && open("label").outputShape == [2] && open("kind").outputShape == [2])
    let note = try open().notes.first { $0.setting == .output }?.sentence
    #expect(note?.contains("'label'") == true && note?.contains("'aux'") == true, "\(note ?? "none")")
  }
}
