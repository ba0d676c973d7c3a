#if os(Linux)
  import Foundation
  import Tensors
  import Testing

  /// What plugins add is used like what is built in.
  @Suite struct PluginUseTests {
    let folder: Folder
    let good: [String]
    let scene = "butterfly-and-cup"

    init() throws {
      folder = try Folder()
      good = ["--plugin", try PluginFixture.shared().path("Good")]
    }

    @Test func `A method stands in the list, with its parameters`() throws {
      let list = try Command.run(["methods"] + good, in: folder)
      #expect(list.output.contains("\nscaled-gradient "))
      let page = try Command.run(["methods", "scaled-gradient"] + good, in: folder)
      #expect(page.status == 0)
      #expect(page.output.contains("factor") && page.output.contains("a number") && page.output.contains("1.0"))
      #expect(try Command.run(["methods", "scaled-gradient"], in: folder).status == 64)
    }

    @Test func `A method is compared and combined, and its parameters are checked`() throws {
      func map(_ method: String) throws -> Tensor {
        let run = try Command.run(
          ["explain", scene, "--method", method, "-o", "map.npy"] + good, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try folder.array("map.npy")
      }
      let plain = try map("gradient")
      #expect(try map("scaled-gradient(factor=2)") == 2 * plain)
      #expect(try map("scaled-gradient * gradient") == plain * plain)

      let wrong = try Command.run(
        ["explain", scene, "--method", "scaled-gradient(factor=x)"] + good, in: folder)
      #expect(wrong.status == 64 && wrong.errors.contains("factor"))
      let refused = try Command.run(
        ["explain", scene, "--method", "scaled-gradient(factor=200)"] + good, in: folder)
      #expect(refused.status == 65)
      #expect(refused.errors == "limn: a factor above 100 shows nothing: choose a smaller one\n")
    }

    @Test func `A quick method joins those compared without being named`() throws {
      let run = try Command.run(["compare", "--json"] + good, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let reports = try JSONDecoder().decode([Report].self, from: Data(run.output.utf8))
      #expect(reports.contains { $0.method.expression == "scaled-gradient" && $0.error == nil })
    }

    @Test func `A rule changes what the gradient crosses`() throws {
      func gradient(_ method: String) throws -> Report {
        let run = try Command.run(
          ["explain", scene, "--method", method, "--json"] + good, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
      }
      let (plain, halved) = (try gradient("gradient"), try gradient("gradient(rule=halved)"))
      let crossed = try #require(halved.guided)
      #expect(crossed.crossed > 0 && plain.guided == nil)
      let (a, b) = (try #require(plain.range), try #require(halved.range))
      #expect(abs(b.maximum) < abs(a.maximum))
      let unknown = try Command.run(["explain", scene, "--method", "gradient(rule=none)"] + good, in: folder)
      #expect(unknown.status == 64 && unknown.errors.contains("standard or halved"))
    }

    @Test func `A target is asked for by its name`() throws {
      func score(_ target: String) throws -> Float {
        let run = try Command.run(
          ["explain", scene, "--target", target, "--json"] + good, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)).score.value
      }
      let prediction = try Command.run(["predict", scene, "--top", "100", "--json"] + good, in: folder)
      let all = try JSONDecoder().decode([Predictions].self, from: Data(prediction.output.utf8))[0].predictions
      let mean = all.map(\.logit).reduce(0, +) / Float(all.count)
      #expect(abs(try score("margin(prediction)") - (all[0].logit - mean)) < 1e-4)
      #expect(abs(try score("margin(2)") - ((all.first { $0.index == 2 }?.logit ?? .nan) - mean)) < 1e-4)

      let bare = try Command.run(["explain", scene, "--target", "margin"] + good, in: folder)
      #expect(bare.status == 65 && bare.errors == "limn: margin takes one class: 'margin(0)'\n")
      let open = try Command.run(["explain", scene, "--target", "margin(1"] + good, in: folder)
      #expect(open.status == 64 && open.errors.contains("does not end"))
      let probable = try Command.run(
        ["explain", scene, "--target", "margin(1)", "--score", "probability"] + good, in: folder)
      #expect(probable.status == 64)
    }

    @Test func `A colour map colours`() throws {
      let drawn = try Command.run(
        ["explain", scene, "--colormap", "Rust", "-o", "rust.png"] + good, in: folder)
      #expect(drawn.status == 0, "\(drawn.errors)")
      _ = try Command.run(["explain", scene, "-o", "viridis.png"] + good, in: folder)
      #expect(try folder.bytes("rust.png") != folder.bytes("viridis.png"))
      let unknown = try Command.run(["explain", scene, "--colormap", "rust"], in: folder)
      #expect(unknown.status == 64 && unknown.errors.contains("there is no colour map 'rust'; choose viridis, "))
    }

    @Test func `A model format opens files of its own, whatever their names`() throws {
      try folder.write("MEANS warm cold\n", to: "net.onnx")
      try folder.writePhotograph()
      let run = try Command.run(["predict", "photo.png", "--model", "net.onnx", "--json"] + good, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let answer = try JSONDecoder().decode([Predictions].self, from: Data(run.output.utf8))[0]
      #expect(Set(answer.predictions.compactMap(\.label)) == ["warm", "cold"])
      #expect(answer.predictions[0].logit == -answer.predictions[1].logit)
      let map = try Command.run(
        [
          "explain", "photo.png", "--model", "net.onnx", "--method", "gradient", "--size", "6x4", "-t", "warm", "-o",
          "m.npy",
        ]
          + good, in: folder)
      #expect(map.status == 0, "\(map.errors)")
      let values = try folder.array("m.npy")
      #expect(values.shape == [3, 6, 4])
      #expect(values.scalars[0] == 1 / 24 && values.scalars[24] == 0 && values.scalars[71] == -1 / 24)

      // A segmentation is one, whoever opens it.
      try folder.write("MEANS warm cold everywhere\n", to: "places.onnx")
      let part = try Command.run(
        [
          "explain", "photo.png", "--model", "places.onnx", "--method", "gradient", "--size", "7x4", "-t", "warm",
          "--region", "0,0,50,20", "-o", "part.npy",
        ] + good, in: folder)
      #expect(part.status == 0, "\(part.errors)")
      let corner = try folder.array("part.npy").scalars
      #expect(corner[0] == 1 && corner[56] == -1 && corner.count { $0 != 0 } == 2)
      let table = try Command.run(["predict", "photo.png", "--model", "places.onnx"] + good, in: folder)
      #expect(table.status == 0 && table.output.contains("Pixels"), "\(table.errors)")

      try folder.write("MEANS warm\n", to: "half.onnx")
      let half = try Command.run(["predict", "photo.png", "--model", "half.onnx"] + good, in: folder)
      #expect(half.status == 65)
      #expect(half.errors.contains("half.onnx names no two classes: write 'MEANS warm cold'"))
    }
  }
#endif
