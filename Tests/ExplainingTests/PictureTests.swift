import AttributionKit
import Explaining
import Foundation
import Images
import Synchronization
import Tensors
import Testing
import TestSupport

/// What networks are shown.
@Suite struct PictureTests {
  let folder: TemporaryFolder
  let explainer: Explainer

  init() throws {
    folder = try TemporaryFolder()
    explainer = try Networks.classifier()
  }

  @Test func `files and memory mean the same picture`() throws {
    let photograph = Networks.photograph()
    let png = try folder.write(photograph.pngData(), to: "photo.png")
    let array = Tensor.ramp([3, 4, 4])
    let npy = try folder.write(NumPyFile.data(array), to: "array.NPY")
    let drawn = Picture(named: "drawn") { photograph }
    let subjects = try [Picture(png), Picture(photograph, named: "memory"), drawn].map {
      try explainer.predict($0).subject
    }
    #expect(subjects.allSatisfy { $0.input == subjects[0].input && $0.photograph == photograph })
    #expect(
      subjects.map(\.title) == ["photo.png", "memory", "drawn"] && subjects[0].preprocessing == explainer.preprocessing)
    let arrays = [
      Picture(npy), Picture(array, named: "memory"), Picture(array.reshaped([1, 3, 4, 4]), named: "batch"),
    ]
    #expect(try arrays.allSatisfy { try explainer.predict($0).subject.input == array && $0.isArray })
    #expect(
      try arrays.allSatisfy { try $0.arrayShape() == [3, 4, 4] && explainer.predict($0).subject.preprocessing == nil })
    #expect(!Picture(png).isArray && Picture(png).file == png && drawn.file == nil)
  }

  @Test func `a folder's pictures are read for methods, in the order of their names`() throws {
    try folder.write(Networks.photograph(width: 40, height: 40).pngData(), to: "b.png")
    try folder.write(NumPyFile.data(Tensor.ramp([3, 4, 4])), to: "a.npy")
    try folder.write("no picture", to: "notes.txt")
    let read = try #require(try explainer.predict(Networks.image).session.options.pictures)
    let inputs = try read(folder.url.path)
    #expect(inputs.map(\.shape) == [[3, 4, 4], [3, 4, 4]] && inputs[0] == Tensor.ramp([3, 4, 4]))
    #expect(throws: ExplainingError.self) { try read(folder.path("nowhere")) }
    try folder.write("no picture", to: "c.png")
    #expect(throws: ExplainingError.self) { try read(folder.url.path) }
    let explained = try explainer.explain(
      Networks.image, methods: "expected-gradients(references=\(folder.path("nowhere")))")
    #expect(throws: ExplainingError.self) { try explained[0].entries[0].outcome.get() }
  }

  @Test func `a photograph is prepared by the recipe, and its colours are known`() throws {
    let photograph = Networks.photograph()
    let prepared = try Preprocessing(
      resize: .centerCrop(keeping: 1), mean: Preprocessing.imagenet.mean, deviation: Preprocessing.imagenet.deviation
    ).prepare(photograph, height: 4, width: 4)
    let picture = try explainer.predict(Picture(photograph, named: "photo"))
    #expect(picture.subject.input == prepared.tensor && picture.subject.geometry == prepared.geometry)
    let colors = try #require(picture.session.options.colors)
    #expect(abs(colors.black[0] + 0.485 / 0.229) < 1e-5 && abs(colors.white[2] - (1 - 0.406) / 0.225) < 1e-5)
    #expect(try explainer.predict(Networks.image).session.options.colors == nil)
  }

  @Test func `an array must have the network's shape and only numbers`() throws {
    let odd = refusal { try explainer.predict(Picture(Tensor([1, 2, 3], shape: [1, 3, 1]), named: "odd.npy")) }
    #expect(odd?.fault == .data && odd?.description.contains("1 × 3 × 1 and the network takes 3 × 4 × 4") == true)
    var numbers = Tensor.ramp([3, 4, 4])
    numbers[5] = .nan
    numbers[6] = .infinity
    let broken = refusal { try explainer.predict(Picture(numbers, named: "broken.npy")) }
    #expect(broken?.description.contains("2 of 48") == true && broken?.fault == .data)
  }

  @Test func `an array is shown by its values, large enough to look at`() throws {
    let subject = try explainer.predict(Networks.image).subject
    #expect(subject.photograph.width == 256 && subject.photograph.height == 256)
    let least = Tensor.ramp([3, 4, 4]).scalars.min() ?? 0, greatest = Tensor.ramp([3, 4, 4]).scalars.max() ?? 0
    let expected = UInt8((Tensor.ramp([3, 4, 4]).scalars[0] - least) * (255 / (greatest - least)))
    #expect(subject.photograph[0, 0].0 == expected)
    #expect(try subject.frame.originalWidth == 4)
  }

  @Test func `what is no picture is refused by whose fault it is`() throws {
    let text = try folder.write("not a picture", to: "text.png")
    for (picture, fault, words) in [
      (Picture(text), ExplainingError.Fault.data, "text.png"),
      (Picture(folder.path("none.png")), .missingInput, "none.png"),
      (Picture(folder.path("none.npy")), .missingInput, "none.npy"),
    ] {
      let error = refusal { try explainer.predict(picture) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(error as Any)")
    }
    #expect(refusal { try Picture(folder.path("none.png")).check() }?.fault == .missingInput)
    let many = try Explainer(
      OpenedModel(ChainNetwork(input: [5, 4, 4], [.globalAveragePool("pool")])),
      of: NetworkFile("many.net"))
    let error = refusal { try many.predict(Picture(Networks.photograph(), named: "photo")) }
    #expect(error?.description.contains("5 × 4 × 4") == true && many.preprocessing == nil)
  }

  @Test func `a queue draws each picture once, the next while one is at work`() throws {
    let drawn = Mutex<[Int]>([])
    let pictures = (0..<3).map { index in
      Picture(named: "\(index)") {
        drawn.withLock { $0.append(index) }
        return Networks.photograph(width: 10 + index)
      }
    }
    let queue = PictureQueue(pictures)
    let widths = try (0..<3).map { try explainer.answer(queue, at: $0).subject.photograph.width }
    #expect(widths == [10, 11, 12] && drawn.withLock { $0.sorted() } == [0, 1, 2])
  }
}
