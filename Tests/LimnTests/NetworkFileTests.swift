import Limn
import ONNXFiles
import Testing
import TestSupport

/// Networks in files whose output is no list of classes, or whose input no photograph in colour.
@Suite struct NetworkFileTests {
  let folder: TemporaryFolder
  let image = Tensor.ramp([3, 16, 16])

  init() throws { folder = try TemporaryFolder() }

  private func explainer(_ file: ONNXFile, _ change: (inout NetworkFile) -> Void = { _ in }) throws -> Explainer {
    var network = NetworkFile(try folder.write(file.bytes, to: "net.onnx"))
    change(&network)
    return try Explainer(network)
  }

  private func map(_ explainer: Explainer, _ target: String, region: String?, _ method: String) throws -> Tensor {
    let picture = Picture(image, named: "image.npy")
    return try explainer.explain(picture, targets: [target], region: region, methods: method)[0].entries[0].outcome
      .get()
      .values
  }

  /// The gradient of a mean over places, made by hand from the network's own pullback.
  private func gradient(_ explainer: Explainer, _ index: Int, _ weights: [Float]) throws -> Tensor {
    let total = weights.reduce(0, +)
    var cotangent = Tensor(repeating: 0, shape: explainer.outputShape)
    for (place, weight) in weights.enumerated() { cotangent[index * weights.count + place] = weight / total }
    return try explainer.model.inputGradient(of: cotangent, on: image)
  }

  @Test func `a region in pixels is laid on a grid of every second one`() throws {
    let explainer = try explainer(.segmentation(3))
    // Of 16 columns, cells have two each: two whole columns of cells and half of a third, three rows.
    let weights = (0..<64).map { (p: Int) -> Float in
      (1..<4).contains(p / 8) ? ((2..<4).contains(p % 8) ? 1 : p % 8 == 4 ? 0.5 : 0) : 0
    }
    let map = try map(explainer, "1", region: "4,2,9,8", "gradient")
    #expect(map.distance(to: try gradient(explainer, 1, weights)) < 1e-5 && map.scalars.contains { $0 != 0 })
    // The automatic layer is not the answer itself.
    #expect(try explainer.defaultLayer()?.name == "features")
  }

  @Test(arguments: [
    "gradient", "input-x-gradient", "integrated-gradients(steps=8)", "guided-backprop", "grad-cam", "grad-cam++",
    "guided-grad-cam", "score-cam", "ablation-cam", "occlusion(window=4,stride=4)",
  ])
  func `every method explains a segmentation`(method: String) throws {
    let map = try map(explainer(.segmentation(3)), "2", region: "2,2,9,9", method)
    #expect(map.scalars.contains { $0 != 0 } && map.scalars.allSatisfy(\.isFinite))
  }

  @Test func `perturbing methods score the region`() throws {
    let explainer = try explainer(.segmentation(3))
    let map = try map(explainer, "2", region: "0,0,2,2", "occlusion(window=4,stride=4,baseline=zero)")
    func score(_ image: Tensor) throws -> Float { try explainer.model.trace(image).logits.channel(2).scalars[0] }
    var covered = image
    for c in 0..<3 { for y in 0..<4 { for x in 0..<4 { covered[c * 256 + y * 16 + x] = 0 } } }
    #expect(abs(map.scalars[0] - (try score(image) - score(covered))) < 1e-4)
    // Out of sight of the first cell nothing matters.
    #expect(abs(map.scalars[15 * 16 + 15]) < 1e-5 && abs(map.scalars[0]) > 1e-3)
  }

  @Test func `another output is a name or a number away`() throws {
    func score(_ explainer: Explainer) throws -> Float {
      let picture = try explainer.predict(Picture(image, named: "image.npy"))
      return try picture.inquiries(Question([TargetExpression("positive")]))[0].session.score.value
    }
    let first = try score(explainer(.segmentation(1)))
    for output in ["aux", "1"] {
      let twice = try score(explainer(.segmentation(1)) { $0.output = output })
      #expect(abs(twice - 2 * first) < 1e-4 * max(1, abs(first)))
    }
  }

  @Test func `one channel is fed luminance, and many take arrays only`() throws {
    var photograph = Raster(width: 40, height: 28, fill: (180, 190, 220))
    for y in 8..<20 { for x in 12..<30 { photograph[x, y] = (200, UInt8(x), UInt8(y)) } }
    let gray = try explainer(.vector(3, channels: 1))
    let prepared = try Preprocessing(resize: .centerCrop(keeping: 1)).prepare(
      photograph, height: 16, width: 16, channels: 1)
    #expect(try gray.predict(Picture(photograph, named: "photo")).subject.input == prepared.tensor)
    let many = try explainer(.vector(3, channels: 5)), five = Tensor.ramp([5, 16, 16])
    let picture = try many.predict(Picture(five.reshaped([1, 5, 16, 16]), named: "five.npy"))
    #expect(picture.answer.logits == (try many.model.trace(five).logits))
    #expect(throws: ExplainingError.self) { try many.predict(Picture(photograph, named: "photo")) }
  }

  @Test func `a sheet of a segmentation shows where it is explained`() throws {
    let explained = try explainer(.segmentation(3)).explain(
      Picture(image, named: "image.npy"), targets: ["1"], region: "4,2,9,8", methods: "grad-cam")
    let row = try #require(Sheet(of: explained).rows[0].drawing)
    #expect(row.panels[0].caption == "array 3 × 16 × 16 · explained in 4,2,9,8" && row.title.hasSuffix(" in 4,2,9,8"))
    // Outside of the region the picture is dark.
    guard case .picture(let lit) = row.panels[0].content else { throw Refusal("no picture") }
    func light(_ picture: Raster) -> Int { picture.luminance.reduce(0) { $0 + Int($1) } }
    #expect(light(lit) < light(explained[0].subject.photograph))
  }
}
