import Foundation
import GraphEngine
import Kernels
import Testing
import TorchExportImport

private typealias Operation = ProgramBuilder.Operation

/// What a program makes of an input.
private func answer(_ builder: ProgramBuilder, _ x: [Float], batch: Int = 1) throws -> [Float] {
  let graph = try TorchExportModel(decoding: try builder.file, named: "net.pt2").graph(batch: batch)
  let plan = try Plan(graph)
  return try plan.outputs(for: [NDArray(x, shape: graph.inputs[0].shape)])[0].scalars
}

private func reason(_ builder: ProgramBuilder) -> String {
  do {
    _ = try TorchExportModel(decoding: try builder.file, named: "net.pt2").graph()
    return "no error"
  } catch { return "\(error)" }
}

private let x = ProgramBuilder.tensor("x")

/// A program of one operator with an input `x`.
private func single(_ target: String, _ arguments: [(String, String)], input: [Int], self name: String = "self")
  -> ProgramBuilder
{
  var builder = ProgramBuilder()
  builder.input = input
  builder.operations = [
    Operation(target: "torch.ops.aten.\(target)", arguments: [(name, x)] + arguments, results: ["y"])
  ]
  return builder
}

@Suite struct `Programs of torch.export` {
  /// A convolution, a rectifier in place, the mean over places and a linear layer.
  private var small: ProgramBuilder {
    var builder = ProgramBuilder()
    builder.input = [1, 1, 3, 3]
    builder.weights = [
      ("conv.weight", [2, 1, 2, 2], [1, 2, 3, 4, -1, -1, -1, -1]), ("conv.bias", [2], [0.5, 1]),
      ("fc.weight", [2, 2], [1, 2, 3, 4]), ("fc.bias", [2], [10, 20]),
    ]
    let p = { ProgramBuilder.tensor("p_" + $0) }
    builder.operations = [
      Operation(
        target: "torch.ops.aten.conv2d.default",
        arguments: [("input", x), ("weight", p("conv.weight")), ("bias", p("conv.bias"))], results: ["conv2d"],
        modules: ["features", "features.conv"]),
      Operation(
        target: "torch.ops.aten.relu_.default", arguments: [("self", ProgramBuilder.tensor("conv2d"))],
        results: ["relu_"], modules: ["features", "features.act"]),
      Operation(
        target: "torch.ops.aten.mean.dim",
        arguments: [("self", ProgramBuilder.tensor("conv2d")), ("dim", ProgramBuilder.ints([-1, -2]))],
        results: ["mean"]),
      Operation(
        target: "torch.ops.aten.linear.default",
        arguments: [("input", ProgramBuilder.tensor("mean")), ("weight", p("fc.weight")), ("bias", p("fc.bias"))],
        results: ["y"], modules: ["fc"]),
    ]
    return builder
  }

  @Test func `compute what their operators say, those in place seen under the old name, too`() throws {
    let pixels: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    // Windows by hand; the second filter is negative everywhere, so that the rectifier leaves nothing of it.
    let windows: [[Float]] = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    let first = windows.map { $0[0] + 2 * $0[1] + 3 * $0[2] + 4 * $0[3] + 0.5 }.reduce(0, +) / 4
    #expect(try answer(small, pixels) == [first + 10, 3 * first + 20])
  }

  @Test func `use the tensors of a file where they lie, as they use those in memory`() throws {
    var tokens = ProgramBuilder()
    tokens.input = [1, 2, 3]
    tokens.weights = [("fc.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("fc.bias", [2], [10, 20])]
    tokens.operations = [
      Operation(
        target: "torch.ops.aten.linear.default",
        arguments: [
          ("input", x), ("weight", ProgramBuilder.tensor("p_fc.weight")), ("bias", ProgramBuilder.tensor("p_fc.bias")),
        ], results: ["y"], modules: ["fc"])
    ]
    for (builder, numbers) in [(small, [1, 2, 3, 4, 5, 6, 7, 8, 9]), (tokens, [1, 0, 0, 0, 1, 2])] as [(_, [Float])] {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString).pt2").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      try builder.file.write(to: URL(fileURLWithPath: path))
      let graph = try TorchExportModel(contentsOf: path).graph()
      let found = try Plan(graph).outputs(for: [NDArray(numbers, shape: graph.inputs[0].shape)])[0].scalars
      #expect(try found == answer(builder, numbers))
    }
    #expect(try answer(tokens, [1, 0, 0, 0, 1, 2]) == [11, 24, 18, 37])
  }

  @Test func `take elements at places that they compute`() throws {
    let t = ProgramBuilder.tensor
    var builder = ProgramBuilder()
    builder.input = [1, 4]
    builder.operations = [
      Operation(
        target: "torch.ops.aten.argsort.default", arguments: [("self", x), ("dim", ProgramBuilder.int(1))],
        results: ["order"]),
      Operation(
        target: "torch.ops.aten.gather.default",
        arguments: [("self", x), ("dim", ProgramBuilder.int(1)), ("index", t("order"))], results: ["y"]),
    ]
    #expect(try answer(builder, [3, 1, 4, 2]) == [1, 2, 3, 4])
    builder.operations[1] = Operation(
      target: "torch.ops.aten.index_select.default",
      arguments: [("self", x), ("dim", ProgramBuilder.int(1)), ("index", t("flat"))], results: ["y"])
    builder.operations.insert(
      Operation(
        target: "torch.ops.aten.view.default", arguments: [("self", t("order")), ("size", ProgramBuilder.ints([4]))],
        results: ["flat"]), at: 1)
    #expect(try answer(builder, [3, 1, 4, 2]) == [1, 2, 3, 4])
  }

  @Test func `tell numbers that are none or infinite from others`() throws {
    let t = ProgramBuilder.tensor
    var builder = ProgramBuilder()
    builder.input = [1, 4]
    // log of −1 is no number, and of 0 infinite.
    func operations(_ test: String) -> [Operation] {
      [
        Operation(target: "torch.ops.aten.log.default", arguments: [("self", x)], results: ["l"]),
        Operation(target: "torch.ops.aten.\(test).default", arguments: [("self", t("l"))], results: ["c"]),
        Operation(
          target: "torch.ops.aten.where.self", arguments: [("condition", t("c")), ("self", x), ("other", t("l"))],
          results: ["y"]),
      ]
    }
    builder.operations = operations("isnan")
    #expect(try answer(builder, [1, -1, 0, 1]) == [0, -1, -.infinity, 0])
    builder.operations = operations("isinf")
    let infinite = try answer(builder, [1, -1, 0, 1])
    #expect(infinite[0] == 0 && infinite[1].isNaN && infinite[2] == 0 && infinite[3] == 0)
  }

  @Test func `multiply every number of one vector by every number of another`() throws {
    var builder = ProgramBuilder()
    builder.input = [1, 3]
    builder.operations = [
      Operation(
        target: "torch.ops.aten.view.default", arguments: [("self", x), ("size", ProgramBuilder.ints([3]))],
        results: ["v"]),
      Operation(
        target: "torch.ops.aten.outer.default",
        arguments: [("self", ProgramBuilder.tensor("v")), ("vec2", ProgramBuilder.tensor("v"))], results: ["y"]),
    ]
    #expect(try answer(builder, [1, 2, 3]) == [1, 2, 3, 2, 4, 6, 3, 6, 9])
  }

  @Test func `call layers as their owner does`() throws {
    let graph = try TorchExportModel(decoding: try small.file, named: "net.pt2").graph()
    #expect(graph.nodes.map(\.output) == ["features.conv", "features.act", "mean", "fc"])
  }

  @Test func `of a module called twice name the last call plainly`() throws {
    var builder = ProgramBuilder()
    builder.operations = [
      Operation(
        target: "torch.ops.aten.relu.default", arguments: [("self", x)], results: ["a"], modules: ["b", "b.relu"]),
      Operation(
        target: "torch.ops.aten.neg.default", arguments: [("self", ProgramBuilder.tensor("a"))], results: ["n"],
        modules: ["b"]),
      Operation(
        target: "torch.ops.aten.relu.default", arguments: [("self", ProgramBuilder.tensor("n"))], results: ["y"],
        modules: ["b", "b.relu@1"]),
    ]
    let graph = try TorchExportModel(decoding: try builder.file, named: "net.pt2").graph()
    // The negation is not what the block gives, and does not bear its name.
    #expect(graph.nodes.map(\.output) == ["b.relu@1", "b/n", "b.relu"])
  }

  @Test func `exported for one image take several where images do not meet`() throws {
    let model = try TorchExportModel(decoding: try small.file, named: "net.pt2")
    #expect(try model.lowered().takesBatches)
    let one = (0..<9).map { Float($0) }, other = (0..<9).map { Float(9 - $0) }
    let both = try answer(small, one + other, batch: 2)
    #expect(try both == answer(small, one) + answer(small, other))
    var meeting = single("softmax.int", [("dim", ProgramBuilder.int(0))], input: [1, 4])
    meeting.operations.append(
      Operation(
        target: "torch.ops.aten.sum.dim_IntList",
        arguments: [("self", ProgramBuilder.tensor("y")), ("dim", ProgramBuilder.ints([0]))], results: ["z"]))
    meeting.outputs = ["z"]
    #expect(try !TorchExportModel(decoding: try meeting.file, named: "net.pt2").lowered().takesBatches)
  }

  @Test func `leave sizes open that they were exported with open`() throws {
    var builder = small
    builder.input = [-2, 1, -3, -3]
    let model = try TorchExportModel(decoding: try builder.file, named: "net.pt2")
    #expect(model.leavesImageSizeOpen && model.exportedSide == 3)
    #expect(try model.graph(batch: 4, imageSize: (5, 6)).inputs[0].shape == [4, 1, 5, 6])
    #expect(throws: TorchExportError.fixedImageSize(input: "x", declared: [3, 3], asked: [5, 5])) {
      try TorchExportModel(decoding: try small.file, named: "net.pt2").graph(imageSize: (5, 5))
    }
  }

  @Test func `that cannot be read name every operator at once, and nobody's files`() throws {
    var builder = small
    for target in ["aten.fft_fft2.default", "aten.histc.default", "aten.fft_fft2.default"] {
      builder.operations.append(
        Operation(target: "torch.ops." + target, arguments: [("self", x)], results: ["u"], modules: ["head"]))
    }
    let words = reason(builder)
    #expect(words.contains("aten.fft_fft2 (in 'head") && words.contains("2 times") && words.contains("aten.histc"))
    #expect(!words.contains("secret"))
  }

  @Test func `that overwrite a part of an array change all that shows it`() throws {
    let t = ProgramBuilder.tensor
    func slice(_ source: String, _ start: Int, _ end: Int, to result: String) -> Operation {
      Operation(
        target: "torch.ops.aten.slice.Tensor",
        arguments: [
          ("self", t(source)), ("dim", ProgramBuilder.int(1)), ("start", ProgramBuilder.int(start)),
          ("end", ProgramBuilder.int(end)),
        ], results: [result])
    }
    var builder = ProgramBuilder()
    builder.input = [1, 4]
    builder.operations = [
      Operation(target: "torch.ops.aten.neg.default", arguments: [("self", x)], results: ["n"]),
      slice("n", 1, 4, to: "late"), slice("n", 0, 3, to: "s"),
      Operation(target: "torch.ops.aten.relu_.default", arguments: [("self", t("s"))], results: ["r"]),
      Operation(
        target: "torch.ops.aten.cat.default",
        arguments: [
          ("tensors", "{\"as_tensors\": [{\"name\": \"n\"}, {\"name\": \"late\"}, {\"name\": \"r\"}]}"),
          ("dim", ProgramBuilder.int(1)),
        ], results: ["y"]),
    ]
    #expect(try answer(builder, [1, -2, 3, 4]) == [0, 2, 0, -4] + [2, 0, -4] + [0, 2, 0])
  }

  @Test func `of other layouts and schemas are refused in a sentence`() throws {
    var builder = small
    builder.schema = "\"major\": 7, \"minor\": 3"
    #expect(reason(builder).contains("schema 7.3"))
    builder = small
    builder.members = ["models/model.json": [], "serialized_exported_program.json": Array("{}".utf8)]
    #expect(reason(builder).contains("PyTorch 2.8 or later"))
    builder = small
    builder.members = ["models/other.json": Array("{}".utf8)]
    #expect(reason(builder).contains("2 programs ('model', 'other')"))
    builder = small
    builder.members = ["models/model.json": [], "data/aotinductor/model/a.so": [1]]
    #expect(reason(builder).contains("AOTInductor"))
    builder = small
    builder.members = ["data/weights/model_weights_config.json": [], "data/weights/model.pt": [1]]
    #expect(reason(builder).contains("data/weights/model.pt"))
    builder = small
    builder.members = ["archive_format": Array("other".utf8)]
    #expect(reason(builder).contains("archive_format other"))
    #expect([UInt8](1...9).withUnsafeBytes { !TorchExportModel.recognizes($0) })
  }

  @Test func `survive any damage`() throws {
    let file = Array(try small.file)
    for index in stride(from: 0, to: file.count, by: 3) {
      var damaged = file
      damaged[index] ^= 0x15
      _ = try? TorchExportModel(decoding: Data(damaged), named: "net.pt2").graph()
      _ = try? TorchExportModel(decoding: Data(file[..<index]), named: "net.pt2")
    }
    // Sums find that out; descriptions that are wrong in themselves have right ones.
    let text = Array(small.program.utf8)
    for index in stride(from: 0, to: text.count, by: 13) {
      for change: UInt8 in [0x01, 0x10, 0x7F] {
        var damaged = small
        var description = text
        description[index] ^= change
        damaged.members = ["models/model.json": description]
        _ = try? TorchExportModel(decoding: try damaged.file, named: "net.pt2").graph()
      }
    }
    var deep = small
    deep.metadata = "\"a\": " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    #expect(reason(deep).contains("holds no JSON"))
    var pickled = small
    pickled.members = [
      "data/weights/model_weights_config.json": Array(
        "{\"config\": {\"conv.weight\": {\"path_name\": \"weight_0\", \"use_pickle\": true}}}".utf8)
    ]
    #expect(reason(pickled).contains("which is never opened"))
  }
}

@Suite struct `Operators of ATen` {
  private static let i = ProgramBuilder.int, l = ProgramBuilder.ints

  @Test func `move and reshape as NumPy does`() throws {
    let numbers = (0..<8).map { Float($0) }
    #expect(try answer(single("view.default", [("size", Self.l([-1, 4]))], input: [1, 8]), numbers) == numbers)
    let turned = single("permute.default", [("dims", Self.l([0, 2, 1]))], input: [1, 2, 4])
    #expect(try answer(turned, numbers) == [0, 4, 1, 5, 2, 6, 3, 7])
    let taken = single(
      "slice.Tensor", [("dim", Self.i(1)), ("start", Self.i(-3)), ("end", Self.i(1 << 40))], input: [1, 8])
    #expect(try answer(taken, numbers) == [5, 6, 7])
    let rolled = single("roll.default", [("shifts", Self.l([3])), ("dims", Self.l([1]))], input: [1, 8])
    #expect(try answer(rolled, numbers) == [5, 6, 7, 0, 1, 2, 3, 4])
    let strided = single(
      "as_strided.default", [("size", Self.l([1, 3])), ("stride", Self.l([8, 2])), ("storage_offset", Self.i(1))],
      input: [1, 8])
    #expect(try answer(strided, numbers) == [1, 3, 5])
    let repeated = single("repeat.default", [("repeats", Self.l([1, 2]))], input: [1, 2])
    #expect(try answer(repeated, [1, 2]) == [1, 2, 1, 2])
  }

  @Test func `pool to extents that do not divide`() throws {
    let pooled = single("adaptive_avg_pool2d.default", [("output_size", Self.l([1, 2]))], input: [1, 1, 1, 3])
    #expect(try answer(pooled, [1, 2, 6]) == [1.5, 4])
    let windows = single(
      "avg_pool2d.default",
      [("kernel_size", Self.l([1, 2])), ("stride", Self.l([1, 2])), ("padding", Self.l([0, 1]))], input: [1, 1, 1, 2])
    #expect(try answer(windows, [2, 4]) == [1, 2])
  }

  @Test func `resize by PyTorch's rules`() throws {
    let linear = single(
      "upsample_bilinear2d.vec",
      [("output_size", Self.l([1, 4])), ("align_corners", "{\"as_bool\": false}")], input: [1, 1, 1, 2], self: "input")
    #expect(try answer(linear, [0, 4]) == [0, 1, 3, 4])
    let nearest = single(
      "upsample_nearest2d.vec", [("output_size", Self.l([1, 3]))], input: [1, 1, 1, 2], self: "input")
    #expect(try answer(nearest, [5, 7]) == [5, 5, 7])
  }

  @Test func `count variances by their correction`() throws {
    func variance(_ correction: Int) throws -> Float {
      try answer(
        single("var.correction", [("dim", Self.l([1])), ("correction", Self.i(correction))], input: [1, 4]),
        [1, 2, 3, 6])[0]
    }
    #expect(try abs(variance(0) - 3.5) < 1e-5)
    #expect(try abs(variance(1) - 14 / 3) < 1e-5)
  }
}
