import AttributionKit
import Formats
import Foundation
import ONNXFiles
import TestSupport
import Testing

/// Detectors with more inputs than their image.
@Suite struct DetectorOpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ file: ONNXFile, filling pictures: Set<String> = []) throws -> OpenedModel {
    var request = ModelRequest(path: try folder.write(file.bytes, to: "net.onnx"))
    request.pictureInputs = pictures
    return try ONNXFormat().open(request)
  }

  @Test func `the photograph is for the image that nothing else fills`() throws {
    let file = ONNXFile.detector(on: [("depth", [1, 1, 16, 16]), ("photo", [1, 3, 16, 16])])
    for (filled, image) in [("depth", "photo"), ("photo", "depth")] {
      let model = try open(file, filling: [filled]).model
      #expect(model.input.name == image)
      #expect((model as? any DetectingModel)?.detectionHead?.classCount == 3)
    }
    let error = #expect(throws: ModelFileError.self) { try open(file) }
    #expect(error?.description.contains("'depth'") == true, "\(error as Any)")
  }

  @Test func `an input for the size of the picture is filled with that of the network's image`() throws {
    let image = [(name: "photo", shape: [1, 3, 16, 16])]
    for (name, shape) in [("orig_target_sizes", [1, 2]), ("image_size", [2])] {
      let opened = try open(.detector(on: image, boxesTimes: (name, shape)))
      #expect((opened.model as? any DetectingModel)?.detectionHead?.rows == 256)
      #expect(opened.notes.contains { $0.sentence.contains("'\(name)' is filled with the size") })
    }
    #expect(throws: ModelFileError.self) { try open(.detector(on: image, boxesTimes: ("age", [1, 2]))) }
  }

  @Test func `rows are read before the file chooses among them`() throws {
    let file = ONNXFile.detector(on: [("photo", [1, 3, 16, 16])])
    let whole = try open(file), chosen = try open(file.choosingRows())
    #expect(chosen.head != nil && chosen.head == whole.head)
    #expect(chosen.notes.contains { $0.sentence.contains("before it chooses among them") })
  }

  @Test func `boxes and the scores of all classes are found behind the choice by each row's best`() throws {
    let opened = try open(ONNXFile.detector(on: [("photo", [1, 3, 16, 16])]).suppressingBest())
    let head = try #require(opened.head)
    #expect(head.rows == 256 && head.classCount == 3 && head.link == .sigmoid)
    #expect(head.boxes?.form == .corners && head.open == [.form, .units])
    #expect(opened.notes.contains { $0.sentence.contains("before it chooses among them") })
  }

  @Test func `a choice among boxes that are not found is no answer`() throws {
    let file = ONNXFile.detector(on: [("photo", [1, 3, 16, 16])]).suppressingBest(ofFixedBoxes: true)
    let error = #expect(throws: ModelFileError.self) { try open(file) }
    #expect(error?.description.contains("chooses among boxes") == true, "\(error as Any)")
    #expect(error?.description.contains("'best'") == true, "\(error as Any)")
  }

  @Test func `rows without an axis for the images are read, and what is left out is said`() throws {
    let image = [(name: "photo", shape: [1, 3, 16, 16])]
    let steps = [ONNXFile.Step("Reshape", ["z", "bare"])]
    let bare = try open(ONNXFile.detector(on: image).ending(in: steps, ["bare": [7, 256]]))
    #expect(bare.head?.rows == 256 && bare.head?.classCount == 3)
    var twice = ONNXFile.detector(on: image)
    twice.outputs = ["y", "logits"]
    #expect(try open(twice).notes.contains { $0.sentence.contains("nothing is read from 'logits'") })
  }
}

extension OpenedModel {
  fileprivate var head: DetectionHead? { (model as? any DetectingModel)?.detectionHead }
}
