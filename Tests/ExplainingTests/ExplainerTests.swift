import AttributionKit
import Explaining
import Foundation
import Synchronization
import Tensors
import Testing
import TestSupport

/// Opening networks and running methods on them.
@Suite struct ExplainerTests {
  @Test func `what is explained is what the methods themselves make of the session`() throws {
    let explainer = try Networks.classifier(names: ["a", "b", "c", "d"])
    let explained = try explainer.explain(
      Networks.image, targets: ["b", "c - d"], methods: "grad-cam, gradient, grad-cam(layer=nosuch)")
    #expect(explained.map(\.target.expression) == ["b", "c - d"])
    for one in explained {
      #expect(one.entries.map(\.expression.identifier) == ["grad-cam", "gradient", "grad-cam(layer=nosuch)"])
      let session = try explainer.inquiry(one.target.expression, of: Networks.image).session
      #expect(
        try one.entries[0].outcome.get()
          == MethodExpression(parsing: "grad-cam", among: explainer.catalogue.methods)
          .method.attribution(in: session))
      #expect(try one.entries[1].outcome.get().values == session.inputGradient())
      #expect(throws: AttributionError.self) { try one.entries[2].outcome.get() }
      #expect(one.attributions.count == 2 && one.subject.name == "image")
    }
    #expect(explained[0].answer.ranking.count == 4)
  }

  @Test func `pictures come in their order, each with all targets`() throws {
    let explainer = try Networks.classifier()
    let other = Picture(Tensor.ramp([3, 4, 4], phase: 0.7), named: "other")
    let all = try explainer.explain([Networks.image, other], Question([.top(2)]), by: explainer.methods("gradient"))
    #expect(
      all.map { "\($0.subject.name) \($0.target.expression)" } == [
        "image prediction", "image rank 2", "other prediction", "other rank 2",
      ])
  }

  @Test func `without a name the standard methods run, and a layer reaches those that were given none`() throws {
    var file = NetworkFile("tiny.net")
    file.layer = "relu1"
    let explainer = try Networks.classifier(of: file)
    let standard = try explainer.methods().map(\.identifier)
    #expect(
      standard.contains("grad-cam(layer=relu1)") && standard.contains("gradient")
        && standard.last == "random(layer=relu1)")
    #expect(try explainer.methods("cam(layer=relu2)").map(\.identifier) == ["cam(layer=relu2)"])
    #expect(try explainer.defaultLayer()?.name == "relu1")
    #expect(try Networks.classifier().defaultLayer() == explainer.model.automaticLayer?.layer)
    file.layer = "nosuch"
    let lost = try Networks.classifier(of: file)
    #expect(refusal { try lost.defaultLayer() }?.setting == .layer)
    #expect(refusal { try explainer.methods("gard-cam") }?.fault == .usage)
  }

  @Test func `what is assumed is noted, and only of pictures it holds for`() throws {
    let explainer = try Explainer(
      OpenedModel(ChainNetwork.tiny(), notes: [Note("odd but sound")]), of: NetworkFile("tiny.net"))
    #expect(explainer.notes.map(\.sentence) == ["odd but sound"] && explainer.isPreprocessingAssumed)
    #expect(explainer.recipeNote?.sentence == "assuming imagenet preprocessing, centre crop")
    #expect(explainer.recipeNote?.setting == .recipe)
    let photo = try explainer.explain(Picture(Networks.photograph(), named: "photo"), methods: "gradient")
    #expect(photo[0].notes.map(\.sentence) == ["odd but sound", "assuming imagenet preprocessing, centre crop"])
    #expect(try explainer.explain(Networks.image, methods: "gradient")[0].notes.map(\.sentence) == ["odd but sound"])
    var file = NetworkFile("tiny.net")
    file.recipe = Recipe(preset: "unit")
    #expect(try Networks.classifier(of: file).recipeNote == nil)
  }

  /// A file that names its classes: `places cat dog` has two for each pixel, `whole cat dog` two for the picture.
  struct WordFormat: ModelFormat {
    var identifier = "words"
    let summary = "Lists of words."

    func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool {
      contents.starts(with: "words ".utf8)
    }

    func open(_ request: ModelRequest) throws -> OpenedModel {
      let words = try String(contentsOfFile: request.path, encoding: .utf8).split(separator: " ").map(String.init)
      guard words.count == 4 else { throw Refusal("\(request.path) has no four words") }
      let size = request.imageSize ?? (8, 8)
      let step = ChainStep.convolution(
        "logits", kernels: Tensor([1, 0, -1, -1, 0, 1], shape: [2, 3, 1, 1]), bias: Tensor([0, 0], shape: [2]))
      let isWhole = words[1] == "whole"
      let network = ChainNetwork(
        input: [3, size.height, size.width], isWhole ? [step, .globalAveragePool("mean")] : [step])
      return OpenedModel(
        network, classNames: Array(words[2...]),
        producer: "a pen", preprocessing: Preprocessing(resize: .exact))
    }
  }

  private func catalogue(_ identifier: String = "words") throws -> Catalogue {
    var catalogue = Catalogue()
    try catalogue.add(Contributions(formats: [WordFormat(identifier: identifier)]))
    return catalogue
  }

  @Test func `a file is opened by the format that knows it, and a segmentation is taken for one`() throws {
    let folder = try TemporaryFolder(), catalogue = try catalogue()
    let whole = try Explainer(folder.write("words whole cat dog", to: "a.onnx"), catalogue: catalogue)
    #expect(!whole.hasPlaces && whole.names.labels?.names == ["cat", "dog"] && whole.origin.producer == "a pen")
    #expect(whole.preprocessing?.resize == .exact && whole.recipeNote == nil && whole.origin.title == "a.onnx")
    let places = try Explainer(folder.write("words places cat dog", to: "b.onnx"), catalogue: catalogue)
    #expect(places.hasPlaces && places.outputShape == [2, 8, 8])
    let picture = Picture(Networks.photograph(), named: "photo")
    let explained = try places.explain(picture, targets: ["dog"], region: "0,0,30,60", methods: "gradient")[0]
    #expect(explained.target.places?.expression == "0,0,30,60")
    let map = try explained.entries[0].outcome.get().values
    // Dog is the third channel less the first, at the places of the region only.
    #expect(map.scalars[0] < 0 && map.scalars[0] == -map.scalars[128] && map.scalars[7] == 0 && map.scalars[64] == 0)
    #expect(try places.predict(picture).answer.ranking.allSatisfy { $0.share != nil })
  }

  @Test func `a format's own words stand, and what contradicts itself is its author's to mend`() throws {
    let folder = try TemporaryFolder(), catalogue = try catalogue()
    let three = try folder.write("words whole cat", to: "c.onnx")
    #expect(refusal { try Explainer(three, catalogue: catalogue) }?.description == "\(three) has no four words")
    var broken = OpenedModel(ChainNetwork.tiny(), classNames: ["a"])
    struct Fixed: ModelFormat {
      let opened: OpenedModel
      let identifier = "fixed", summary = "One network."
      func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { true }
      func open(_ request: ModelRequest) throws -> OpenedModel { opened }
    }
    func refused(_ opened: OpenedModel) throws -> String {
      var catalogue = Catalogue()
      try catalogue.add(Contributions(formats: [Fixed(opened: opened)]))
      return refusal { try Explainer(three, catalogue: catalogue) }?.description ?? ""
    }
    #expect(try refused(broken).contains("names 1 of 4 classes, which is for its author to mend"))
    (broken.classNames, broken.preprocessing) = (nil, Preprocessing(mean: [1, 2]))
    #expect(try refused(broken).contains("2 means"))
    broken.preprocessing = Preprocessing(deviation: [0])
    #expect(try refused(broken).contains("nothing to see"))
  }

  @Test func `files that are missing or not to be opened tell whose fault it is`() throws {
    let folder = try TemporaryFolder()
    let missing = refusal { try Explainer(folder.path("none.onnx")) }
    #expect(missing?.fault == .missingInput && missing?.description.contains("none.onnx") == true)
    let text = try folder.write("hello", to: "text.onnx")
    #expect(refusal { try Explainer(text) }?.fault == .data)
    var file = NetworkFile(text)
    file.format = "torch"
    let known = Catalogue().formats.map(\.identifier).joined(separator: ", ")
    #expect(refusal { try Explainer(file) }?.description.contains("there are \(known)") == true)
    let flat = OpenedModel(ChainNetwork(input: [4], [.relu("relu")]))
    #expect(refusal { try Explainer(flat, of: NetworkFile("flat")) }?.description.contains("take images") == true)
  }

  @Test func `two explainers with different catalogues work side by side`() throws {
    struct Ones: AttributionMethod {
      var value: Float = 1
      func attribution(in session: ExplanationSession) throws -> Attribution {
        Attribution(Tensor(repeating: value, shape: session.model.input.shape), at: session.model.input)
      }
    }
    let explainers = try (1...2).map { value in
      var catalogue = Catalogue()
      try catalogue.add(
        Contributions(
          methods: [
            MethodDescriptor(
              "own", title: "Own", summary: "A number.", citation: "a test's", needs: [],
              prototype: Ones(value: Float(value)))
          ], colorMaps: [ColorMapDescriptor("own", stops: value == 1 ? [0, 0xFF0000] : [0, 0x00FF00])]))
      try catalogue.name(["mine": value == 1 ? "own" : "negative(own)"])
      return try Networks.classifier(catalogue: catalogue)
    }
    let results = Mutex<[Int: [Float]]>([:])
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let explained = try? explainers[index % 2].explain(Networks.image, methods: "own, mine")
      results.withLock { $0[index] = explained?[0].attributions.map { $0.values.scalars[0] } }
    }
    for index in 0..<8 { #expect(results.withLock { $0[index] } == (index % 2 == 0 ? [1, 1] : [2, -2])) }
    #expect(explainers[0].catalogue.colorMap(named: "Own") != explainers[1].catalogue.colorMap(named: "own"))
    #expect(refusal { try Networks.classifier().methods("own") }?.fault == .usage)
  }

  struct Enough: Error {}

  @Test func `whoever listens hears of pictures and passes, and may end the work`() throws {
    let explainer = try Networks.classifier()
    let heard = Mutex<[Activity]>([])
    let pictures = [Networks.image, Picture(Tensor.ramp([3, 4, 4], phase: 0.7), named: "other")]
    let methods = try explainer.methods("occlusion(window=1, stride=1, baseline=zero)")
    _ = try explainer.explain(pictures, Question(), by: methods) { activity in heard.withLock { $0.append(activity) } }
    let begun = heard.withLock { $0.filter { $0.passes == nil } }
    #expect(
      begun.map(\.picture) == ["image", "other"] && begun.map(\.index) == [0, 1] && begun.allSatisfy { $0.count == 2 })
    let passes = heard.withLock { $0.compactMap(\.passes) }
    #expect(passes.last?.passes == 16 && passes.allSatisfy { $0.total == 16 })
    #expect(throws: Enough.self) {
      try explainer.explain(pictures, Question(), by: methods) { if $0.index == 1 { throw Enough() } }
    }
    // What is thrown while a method runs is no failure of the method.
    #expect(throws: Enough.self) {
      try explainer.explain(pictures, Question(), by: methods) { if $0.passes != nil { throw Enough() } }
    }
  }

  @Test func `gradients of layers are told in one walk`() throws {
    let explainer = try Networks.classifier()
    let session = try explainer.inquiry("1", of: Networks.image).session
    let norms = try GradientNorms(of: explainer.model.layers, in: session)
    for layer in explainer.model.layers {
      let gradient = try session.gradient(at: layer)
      #expect(abs(norms[layer] - (gradient * gradient).scalars.reduce(0, +).squareRoot()) < 1e-5 && norms[layer] > 0)
    }
    #expect(session.backwardPasses == 1)
  }
}
