import Foundation
import Images
import Tensors
import Testing

@Suite struct ExpressionTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
  }

  func configure(_ json: String) throws {
    try FileManager.default.createDirectory(atPath: folder.path(".config/limn"), withIntermediateDirectories: true)
    try folder.write(json, to: ".config/limn/config.json")
  }

  func map(_ method: String) throws -> Tensor {
    let run = try Command.run(["explain", "photo.png", "--method", method, "-o", "map.npy"], in: folder)
    try #require(run.status == 0, "\(run.errors)")
    return try folder.array("map.npy")
  }

  /// A tensor in units of its largest magnitude.
  func scaled(_ map: Tensor) -> Tensor { 1 / (map.magnitudes().scalars.max() ?? 1) * map }

  @Test func `What the command computes of a combination is what the arrays of its parts make`() throws {
    let cam = try map("cam"), gradCAM = try map("grad-cam"), counterfactual = try map("grad-cam(counterfactual=true)")
    let mean = try map("mean(cam, negative(grad-cam))")
    let expected = 0.5 * (scaled(cam) - scaled(gradCAM))
    #expect(zip(mean.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-5 } && mean.shape == expected.shape)
    #expect(try map("negative(grad-cam)") == counterfactual)
    #expect(try map("abs(grad-cam)") == gradCAM.magnitudes())
    #expect(try map("smooth(gradient, samples=3)") == map("smooth(gradient, samples=3, seed=0)"))
    #expect(try map("smooth(gradient, samples=3)") != map("smooth(gradient, samples=3, seed=1)"))
  }

  @Test func `A method is shown beside itself on a network that knows nothing`() throws {
    let own = try map("grad-cam"), control = try map("randomized(grad-cam)")
    #expect(own != control)
    let run = try Command.run(
      ["explain", "photo.png", "--randomize", "all", "--randomize-seed", "0", "-o", "map.npy"], in: folder)
    #expect(run.status == 0 && run.errors.contains("layers are drawn anew: the score is"), "\(run.errors)")
    #expect(try folder.array("map.npy") == control)
    let sheet = try Command.run(
      ["compare", "photo.png", "--methods", "grad-cam,gradient", "--randomize", "cascade", "--json"], in: folder)
    try #require(sheet.status == 0, "\(sheet.errors)")
    #expect(sheet.output.matches(of: /"randomized\(grad-cam, layers=cascade:[^"]+\)"/).count == 3)
    #expect(sheet.output.matches(of: /"randomized\(gradient\)"/).count == 1)
    let refused = try Command.run(["compare", "photo.png", "--randomize", "pool9", "--json"], in: folder)
    #expect(refused.status != 0 && refused.errors.contains("no layer 'pool9' has weights"), "\(refused.errors)")
    let several = try Command.run(["explain", "photo.png", "--randomize", "cascade", "--json"], in: folder)
    #expect(several.status == 64 && several.errors.contains("cascade:LAYER"), "\(several.errors)")
  }

  @Test func `Figures of another library are had again, and the report says so`() throws {
    let run = try Command.run(
      ["compare", "photo.png", "--methods", "grad-cam++,cam", "--compat", "torch-cam", "--json"], in: folder)
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("\"grad-cam++(alpha=squared)\""))
    #expect(run.errors.contains("depart from their papers as torch-cam does"))
    #expect(run.output.contains("depart from their papers as torch-cam does"))
    let explained = try Command.run(
      ["explain", "photo.png", "--method", "grad-cam++", "--compat", "torch-cam", "-o", "map.npy"], in: folder)
    #expect(explained.status == 0, "\(explained.errors)")
    #expect(try folder.array("map.npy") == map("grad-cam++(alpha=squared)"))
    let unknown = try Command.run(["compare", "photo.png", "--compat", "tf-explain"], in: folder)
    #expect(unknown.status == 64 && unknown.errors.contains("pytorch-grad-cam"), "\(unknown.errors)")
  }

  @Test func `Layers are fused on the finest grid`() throws {
    let fused = try map("layers(grad-cam, relu[-1], relu[-7])")
    let parts = try ["relu[-1]", "relu[-7]"].map { try scaled(map("grad-cam(layer=\($0))")) }
    let finest = try #require(parts.max { $0.scalars.count < $1.scalars.count })
    #expect(fused.shape == finest.shape && parts[0].shape != parts[1].shape)
    let stretched = parts.map { $0.resized(height: finest.shape[0], width: finest.shape[1]) }
    #expect(
      zip(fused.scalars, zip(stretched[0].scalars, stretched[1].scalars)).allSatisfy {
        abs($0 - max($1.0, $1.1)) < 1e-5
      })
  }

  @Test func `Aliases stand for methods wherever one can be named`() throws {
    try configure(#"{"aliases": {"mine": "smooth(grad-cam, samples=2)", "ours": "mean(mine, cam)"}}"#)
    let named = try map("mine")
    #expect(try named == map("smooth(grad-cam, samples=2)"))
    let run = try Command.run(["compare", "photo.png", "--methods", "ours, cam * mine", "--json"], in: folder)
    let reports = try JSONDecoder().decode([Report].self, from: Data(run.output.utf8))
    #expect(
      reports.map(\.method.expression) == [
        "mean(smooth(grad-cam, samples=2), cam)", "cam * smooth(grad-cam, samples=2)",
      ])
    #expect(reports.map(\.method.title) == ["ours", "CAM × mine"])
    #expect(try Command.run(["explain", "photo.png", "--method", "mine"], in: folder).status == 0)
    #expect(folder.has("photo-mine.png"))
    let list = try Command.run(["methods"], in: folder)
    #expect(list.output.contains("\nmine   smooth(grad-cam, samples=2)\n"))
    #expect(list.errors.isEmpty)
    let one = try Command.run(["methods", "ours"], in: folder)
    #expect(one.output.hasPrefix("ours\nWritten: mean(smooth(grad-cam, samples=2), cam)\nNeeds: gradients, a spatial"))
    #expect(one.output.contains("Passes of its own: 2 forward and backward passes\n"))
  }

  @Test func `An alias that means nothing is reported where methods are listed, and where it is used`() throws {
    try configure(#"{"aliases": {"round": "abs(about)", "about": "negative(round)", "fine": "cam"}}"#)
    let list = try Command.run(["methods", "--json"], in: folder)
    #expect(list.status == 0)
    struct Alias: Decodable { let kind: String, identifier: String, problem: String? }
    let aliases = try JSONDecoder().decode([Alias].self, from: Data(list.output.utf8)).filter { $0.kind == "alias" }
    #expect(aliases.map(\.identifier) == ["about", "fine", "round"])
    #expect(aliases.map { $0.problem == nil } == [false, true, false])
    let used = try Command.run(["explain", "photo.png", "--method", "mean(cam, round)"], in: folder)
    #expect(used.status == 65)
    #expect(used.errors.contains("round → about → round"))
    #expect(used.errors.hasPrefix("limn: in the alias 'about':\n  negative(round)\n           ^~~~~\n"))
    #expect(try Command.run(["explain", "photo.png", "--method", "fine"], in: folder).status == 0)
  }

  @Test(arguments: [
    (#"{"aliases": {"mine": "cam"},,}"#, "line 1, column "), ("{\n  \"aliases\" {}\n}", "line 2, column 13"),
    ("", "ends too early"), ("[]", "JSON object"), (#"{"alias": {}}"#, "no field 'alias'"),
    (#"{"aliases": []}"#, "'aliases'"), (#"{"aliases": {"mine": 3}}"#, "'aliases.mine'"),
    (#"{"aliases": {"cam": "gradient"}}"#, "rename the alias"),
    (#"{"aliases": {"Smooth": "cam"}}"#, "rename the alias"),
    (#"{"aliases": {"all": "cam"}}"#, "rename the alias"), (#"{"aliases": {"my own": "cam"}}"#, "letters, digits"),
  ]) func `A broken configuration is one sentence that names the file and the place`(json: String, says: String) throws
  {
    try configure(json)
    for arguments in [["explain", "photo.png", "--method", "cam"], ["methods"]] {
      let run = try Command.run(arguments, in: folder)
      #expect(run.status == 65 && run.output.isEmpty)
      #expect(run.errors.hasPrefix("limn: ") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
      #expect(
        run.errors.contains(folder.path(".config/limn/config.json")) && run.errors.contains(says), "\(run.errors)")
    }
    #expect(!folder.has("photo-cam.png"))
  }

  @Test func `Where no configuration is, none is missed`() throws {
    #expect(try Command.run(["methods"], in: folder, environment: ["XDG_CONFIG_HOME": "relative"]).status == 0)
    try FileManager.default.createDirectory(atPath: folder.path(".config/limn"), withIntermediateDirectories: true)
    #expect(try Command.run(["methods"], in: folder).status == 0)
  }

  @Test func `The file is looked for below the home folder where XDG says nothing`() throws {
    try configure(#"{"aliases": {"mine": "cam"}}"#)
    let run = try Command.run(["methods"], in: folder, environment: ["XDG_CONFIG_HOME": "", "HOME": folder.url.path])
    #expect(run.output.contains("\nmine   cam\n"))
  }

  @Test func `A mistake in an expression is pointed at`() throws {
    let run = try Command.run(
      ["explain", "photo.png", "--method", "mean(cam, smooth(gard-cam, samples=4))"], in: folder)
    #expect(run.status == 64)
    #expect(
      run.errors == """
        limn: in this expression:
          mean(cam, smooth(gard-cam, samples=4))
                           ^~~~~~~~
        there is no method 'gard-cam'; did you mean grad-cam, cam, xgrad-cam?

        """)
    let range = try Command.run(["compare", "--methods", "smooth(cam, noise=2)"], in: folder)
    #expect(
      range.errors.contains(
        "\n                    ^\n'2' is not a value of noise in smooth, which takes a number from 0"))
  }

  @Test func `Combinations are listed, and each tells its parameters`() throws {
    let list = try Command.run(["methods"], in: folder)
    for usage in [
      "METHOD * METHOD", "smooth(METHOD, samples=25, noise=0.15, seed=0, statistic=mean)", "mean(METHOD, METHOD, …)",
      "layers(METHOD, LAYER, LAYER, …)", "negative(METHOD)",
    ] { #expect(list.output.contains("\n\(usage)  ")) }
    let smooth = try Command.run(["methods", "smooth"], in: folder)
    #expect(smooth.output.contains("1706.03825"))
    for row in [["samples", "25", "1 to 10000"], ["noise", "0.15", "0 to 1"], ["seed", "0", "from 0"]] {
      #expect(smooth.output.split(separator: "\n").contains { line in row.allSatisfy(line.contains) })
    }
    #expect(try Command.run(["methods", "*"], in: folder).output.contains("METHOD * METHOD"))
    let whole = try Command.run(["methods", "smooth(cam) * gradient"], in: folder)
    #expect(whole.output.hasPrefix("(SmoothGrad of CAM) × Gradient\nWritten: smooth(cam) * gradient\n"))
    #expect(whole.output.contains("Passes of its own: 25 forward passes\n"))
    #expect(whole.output.contains("\nCAM (cam)\n") && whole.output.contains("\nGradient (gradient)\n"))
  }
}
