import AttributionKit
import Explaining
import Testing

/// How photographs are prepared where not everything is said.
@Suite struct RecipeTests {
  private func grid(_ shape: [Int]) throws -> ImageGrid { try #require(ImageGrid(shape)) }

  @Test func `nothing said means ImageNet's recipe for three channels, and 0…1 for one`() throws {
    let color = try Recipe().preprocessing(for: grid([3, 224, 224]))
    #expect(color == .imagenet && color.resize == .centerCrop(keeping: 0.875) && color.layout == .nchw)
    #expect(try Recipe().preprocessing(for: grid([1, 224, 224])) == .unit)
    #expect(try Recipe().preprocessing(for: grid([224, 200, 3])).layout == .nhwc)
    #expect(Recipe().isAssumed && Recipe().isEmpty && !Recipe(fit: .crop).isEmpty)
  }

  @Test(arguments: [(64, 64, 1.0), (32, 64, 1), (65, 64, 0.875), (32, 96, 0.875)])
  func `networks for icons are shown whole pictures`(height: Int, width: Int, share: Double) throws {
    #expect(
      try Recipe().preprocessing(for: grid([3, height, width])).resize == .centerCrop(keeping: share))
    #expect(
      try Recipe(preset: "tf").preprocessing(for: grid([3, height, width])).resize == .centerCrop(keeping: share))
  }

  @Test func `the network's own recipe holds until numbers are given`() throws {
    let native = Preprocessing(resize: .exact, scale: 1, mean: [7])
    let size = try grid([3, 224, 224])
    #expect(try Recipe().preprocessing(for: size, native: native) == native)
    #expect(try Recipe(preset: "unit").preprocessing(for: size, native: native) == .unit)
    // Explicit numbers start from 0…1.
    let explicit = try Recipe(mean: [0.5]).preprocessing(for: size, native: native)
    #expect(explicit.mean == [0.5, 0.5, 0.5] && explicit.scale == 1 / 255 && explicit.deviation == [1])
    let fitted = try Recipe(channelOrder: .bgr, fit: .letterbox).preprocessing(for: size, native: native)
    #expect(fitted.mean == [7] && fitted.channelOrder == .bgr && fitted.resize == .letterbox(fill: 114))
    #expect(try Recipe(fit: .stretch).preprocessing(for: size).resize == .exact)
  }

  @Test func `detectors are shown whole photographs, by the numbers of their kind`() throws {
    func recipe(_ head: DetectionHead, _ recipe: Recipe = Recipe()) throws -> Preprocessing {
      try recipe.preprocessing(for: grid([3, 640, 640]), detecting: head)
    }
    func head(_ form: BoxCoding.Form, scale: Float = 1, isEndToEnd: Bool = false, isOpen: Bool = false) -> DetectionHead
    {
      var head = DetectionHead(
        "rows", rows: 9, classCount: 4, isEndToEnd: isEndToEnd,
        boxes: BoxCoding(form, horizontal: scale, vertical: scale))
      if isOpen { head.open = [.form, .units] }
      return head
    }
    for yolo in [head(.center), head(.corners, isEndToEnd: true)] {
      #expect(try recipe(yolo) == Preprocessing(resize: .letterbox(fill: 114)))
    }
    #expect(try recipe(head(.offsets)) == Preprocessing(resize: .letterbox(fill: 114), scale: 1))
    let queries = try recipe(head(.center, scale: 640))
    #expect(queries.resize == .exact && queries.mean == Preprocessing.imagenet.mean)
    for best in [head(.corners, isEndToEnd: true, isOpen: true), head(.yxyx, isEndToEnd: true)] {
      #expect(try recipe(best) == Preprocessing(resize: .exact))
    }
    let said = try recipe(head(.center), Recipe(preset: "tf", fit: .crop))
    #expect(said.mean == Preprocessing.tf.mean && said.resize == .centerCrop(keeping: 0.875))
    let own = Preprocessing(resize: .exact, scale: 1)
    #expect(try Recipe().preprocessing(for: grid([3, 64, 64]), native: own, detecting: head(.center)) == own)
    // What a network normalises itself says nothing of what is cut off.
    let normalised = Preprocessing(resize: .usual(height: 64, width: 64), scale: 1)
    #expect(try Recipe().preprocessing(for: grid([3, 64, 64]), native: normalised, detecting: head(.corners)) == own)
  }

  @Test func `numbers replace those of the preset, each for itself`() throws {
    let recipe = try Recipe(preset: "Caffe", deviation: [1, 2, 3], scale: 0.5).preprocessing(for: grid([3, 224, 224]))
    #expect(recipe.mean == Preprocessing.caffe.mean && recipe.deviation == [1, 2, 3] && recipe.scale == 0.5)
    #expect(recipe.channelOrder == .bgr)
  }

  @Test func `what cannot be followed is refused with what to settle otherwise`() throws {
    let size = try grid([3, 224, 224])
    for (recipe, setting, words) in [
      (Recipe(preset: "keras"), Setting.preset, "imagenet, tf, caffe"),
      (Recipe(deviation: [1, 0, 1]), .deviation, "zero"),
      (Recipe(scale: 0), .scale, "nothing to see"), (Recipe(scale: .infinity), .scale, "nothing to see"),
      (Recipe(mean: [1, 2]), .mean, "2 numbers"), (Recipe(deviation: [1, 2]), .deviation, "3 channels"),
    ] {
      let error = refusal { try recipe.preprocessing(for: size) }
      #expect(error?.fault == .usage && error?.setting == setting, "\(error as Any)")
      #expect(error?.description.contains(words) == true, "\(error as Any)")
    }
  }

  @Test func `one recipe fills another, numbers all together`() {
    var said = Recipe(fit: .crop)
    said.fill(from: Recipe(preset: "tf", channelOrder: .bgr, fit: .stretch, size: ImageSize("240x320")))
    #expect(said == Recipe(preset: "tf", channelOrder: .bgr, fit: .crop, size: ImageSize(height: 240, width: 320)))
    var numbers = Recipe(scale: 2, size: ImageSize("96"))
    numbers.fill(from: Recipe(preset: "tf", mean: [1], size: ImageSize("240x320")))
    #expect(numbers == Recipe(scale: 2, size: ImageSize(height: 96, width: 96)))
  }

  @Test func `a recipe written down is the same recipe`() throws {
    let size = try grid([3, 224, 224])
    for preset in Preprocessing.presets {
      let written = Recipe(describing: preset.preprocessing)
      #expect(try written.preprocessing(for: size).mean.first == preset.preprocessing.mean.first)
      #expect(try written.preprocessing(for: size).scale == preset.preprocessing.scale)
      #expect(try written.preprocessing(for: size).channelOrder == preset.preprocessing.channelOrder)
    }
  }

  @Test(arguments: [("224", 224, 224), ("240x320", 240, 320), ("8X16384", 8, 16384)])
  func `a size is a number, or two with the height first`(text: String, height: Int, width: Int) {
    #expect(ImageSize(text) == ImageSize(height: height, width: width))
    #expect(ImageSize(text).flatMap { ImageSize($0.description) } == ImageSize(text))
  }

  @Test(arguments: ["", "0", "-3", "16385", "3x", "x3", "3x4x5", "3.5", "big"]) func `anything else is no size`(
    text: String
  ) {
    #expect(ImageSize(text) == nil)
  }
}
