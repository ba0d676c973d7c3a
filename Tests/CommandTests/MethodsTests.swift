import Foundation
import ONNXFiles
import Testing

/// `limn methods --model`: what each method costs on a network, and what the network lacks for it.
@Suite struct MethodsTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write(ONNXFile.vector(4).bytes, to: "net.onnx")
    try folder.write(ONNXFile.segmentation(3).bytes, to: "maps.onnx")
  }

  private struct Method: Decodable {
    let identifier: String, cost: String?, passes: Passes?, unmet: [Unmet]?, family: String?

    struct Passes: Decodable { let forward: Int, backward: Int, resumed: Int }
    struct Unmet: Decodable { let need: String, reason: String }
  }

  private func methods(_ arguments: String...) throws -> [String: Method] {
    let run = try Command.run(["methods", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let list = try JSONDecoder().decode([Method].self, from: Data(run.output.utf8))
    return Dictionary(list.map { ($0.identifier, $0) }) { first, _ in first }
  }

  @Test func `passes are counted for the network's own layers and extents`() throws {
    let methods = try methods("--model", "net.onnx")
    #expect(methods["score-cam"]?.passes?.forward == 6)
    #expect(methods["ablation-cam"]?.passes?.resumed == 6)
    #expect(methods["ablation-cam"]?.cost?.hasPrefix("6 passes of the network after 'features', ") == true)
    // Windows of three pixels at every pixel of 16 × 16 but the last two.
    #expect(methods["occlusion"]?.passes?.forward == 14 * 14)
    #expect(methods["integrated-gradients"]?.passes?.backward == 50)
    #expect(methods["grad-cam"]?.cost == "none")
  }

  @Test func `without a network nothing is met or unmet, and what depends on it is not counted`() throws {
    let methods = try methods()
    #expect(methods["cam"]?.unmet == nil && methods["score-cam"]?.passes == nil)
    #expect(methods["score-cam"]?.cost == "a forward pass for each channel of the layer")
    #expect(methods["gradient"]?.passes?.forward == 0)
  }

  @Test func `a need that is not met is told with its reason`() throws {
    let unmetOfNet = try methods("--model", "net.onnx").values.flatMap { $0.unmet ?? [] }
    #expect(
      !unmetOfNet.isEmpty && unmetOfNet.allSatisfy { $0.reason.contains(/no (attention|softmax)|detect/) },
      "it has whatever else a method may need")
    let unmet = try #require(try methods("--model", "maps.onnx")["cam"]?.unmet)
    #expect(unmet.map(\.need) == ["a pooled linear head"])
    #expect(unmet[0].reason.contains("use grad-cam"))
    let table = try Command.run(["methods", "--model", "maps.onnx"], in: folder)
    #expect(table.output.split(separator: "\n").contains { $0.hasPrefix("cam ") && $0.contains("no: ") })
    #expect(table.output.split(separator: "\n").contains { $0.hasPrefix("grad-cam ") && $0.contains(" yes ") })
    let one = try Command.run(["methods", "cam", "--model", "maps.onnx"], in: folder)
    #expect(one.output.contains("\nNot met: a pooled linear head: "))
  }

  @Test func `an expression is counted whole`() throws {
    let run = try Command.run(["methods", "smooth(score-cam, samples=3)", "--model", "net.onnx"], in: folder)
    #expect(run.output.contains("\nPasses of its own: 21 forward passes\n"), "\(run.output)")
  }

  /// What the list says and what happens are one.
  @Test(arguments: ["net.onnx", "maps.onnx", "linear.onnx", "smooth.onnx", "one.onnx"])
  func `methods that are said to apply do, and others do not`(network: String) throws {
    try folder.write(ONNXFile.linear(3).bytes, to: "linear.onnx")
    try folder.write(ONNXFile.vector(3).activated(by: "Softplus").bytes, to: "smooth.onnx")
    try folder.write(ONNXFile.vector(1).bytes, to: "one.onnx")
    try folder.write(numbers: (0..<768).map { Float($0 % 29) / 14 - 1 }, shape: [3, 16, 16], to: "image.npy")
    let told = try methods("--model", network).filter { $0.value.family != nil }
    let run = try Command.run(
      ["compare", "image.npy", "--model", network, "--methods", told.keys.sorted().joined(separator: ","), "--json"],
      in: folder)
    struct Outcome: Decodable {
      struct Method: Decodable { let expression: String }
      let method: Method, error: String?
    }
    let outcomes = try JSONDecoder().decode([Outcome].self, from: Data(run.output.utf8))
    #expect(outcomes.count == told.count && told.count > 60, "\(run.errors)")
    for outcome in outcomes {
      let unmet = try #require(told[outcome.method.expression]?.unmet)
      #expect(unmet.isEmpty == (outcome.error == nil), "\(outcome.method.expression): \(outcome.error ?? "it works")")
    }
  }

  @Test func `what is named twice is drawn once, and a set stands by itself`() throws {
    try folder.write(numbers: (0..<768).map { Float($0 % 29) / 14 - 1 }, shape: [3, 16, 16], to: "image.npy")
    let run = try Command.run(
      ["compare", "image.npy", "--model", "net.onnx", "--methods", "gradient,cam,gradient,random", "--json"], in: folder
    )
    #expect(run.output.matches(of: /"expression" *: *"gradient"/).count == 1)
    #expect(run.errors.matches(of: /drawn once: 3 of 4/).count == 1, "\(run.errors)")
    let nested = try Command.run(
      ["compare", "image.npy", "--model", "net.onnx", "--methods", "smooth(all)", "--json"], in: folder)
    #expect(nested.status != 0 && nested.errors.contains("'all' is a set of methods"), "\(nested.errors)")
  }

  @Test func `numbers that are none are traced to the weights`() throws {
    try folder.write(numbers: (0..<768).map { Float($0 % 29) / 14 - 1 }, shape: [3, 16, 16], to: "image.npy")
    try folder.write(ONNXFile.vector(3).replacingFirstWeight(by: .nan).bytes, to: "nan.onnx")
    let run = try Command.run(
      ["compare", "image.npy", "--model", "nan.onnx", "--methods", "grad-cam,occlusion,sobel", "--json"], in: folder)
    // Whether the rectifier lets the numbers through or hides them.
    #expect(run.status == 65 && run.errors.matches(of: /the weights of (its|the network's) layer 'stemmed'/).count == 1)
    try folder.write(ONNXFile.vector(3).replacingFirstWeight(by: 3e38).bytes, to: "huge.onnx")
    let huge = try Command.run(["explain", "image.npy", "--model", "huge.onnx", "--json"], in: folder)
    #expect(huge.status == 65 && huge.errors.contains("come up in its layer '"), "\(huge.errors)")
  }
}
