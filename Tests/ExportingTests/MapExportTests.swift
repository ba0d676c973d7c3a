import AttributionKit
import Exporting
import Foundation
import GradCAMMethod
import GraphAdapter
import GraphEngine
import GuidedBackpropagationMethod
import ISCAMMethod
import IntegratedGradientsMethod
import Kernels
import LRPMethod
import ONNXFiles
import ONNXImport
import SSCAMMethod
import ScoreCAMMethod
import SwiftProtobuf
import TestSupport
import Tensors
import Testing
import XGradCAMMethod

/// Files with a map in them, read again and run.
@Suite struct MapExportTests {
  static let methods: [any AttributionMethod] = [
    GradCAM(), XGradCAM(), GuidedBackpropagation(), GradCAM() * GuidedBackpropagation(), LRP(composite: .epsilonPlus),
    IntegratedGradients(steps: 3), Smooth(GradCAM(), samples: 3), Smooth(GradCAM(), samples: 3, statistic: .variance),
    Augmented(GuidedBackpropagation()), Mean([GradCAM(), XGradCAM(), GuidedBackpropagation()]),
    Maximum([GuidedBackpropagation(), IntegratedGradients(steps: 2)]), Difference(GradCAM(), GuidedBackpropagation()),
    Consensus([GradCAM(), GuidedBackpropagation()]), ScoreCAM(), ScoreCAM(top: .most(3)),
    SSCAM(top: .most(2), samples: 3), ISCAM(top: .most(2), steps: 3),
  ]

  @Test(arguments: methods.indices, [17, 18, 21]) func `the file's map is the method's own, for any number of images`(
    method: Int, opset: Int
  ) throws {
    let network = try Network(.vector(4).leavingBatchOpen()), method = Self.methods[method]
    let export = try network.export(method, for: .score(ClassLogit(index: 2)), opset: opset)
    let images = (0..<3).map { Tensor(gaussianNoise: [3, 16, 16], seed: $0) }
    let found = try network.maps(export.data, of: images)
    let expected = try images.flatMap { image in
      try method.attribution(in: network.session(on: image, for: ClassLogit(index: 2))).values.scalars
    }
    let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
  }

  @Test func `each image is explained for its own prediction`() throws {
    let network = try Network(.vector(4).leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .open(.prediction))
    let images = (0..<6).map {
      Tensor(gaussianNoise: [3, 16, 16], seed: $0) + Tensor(repeating: Float($0) - 2, shape: [3, 16, 16])
    }
    let sessions = try images.map { try network.session(on: $0, for: RankedLogit.prediction) }
    #expect(Set(sessions.compactMap(\.score.classIndex)).count > 1, "all images are one class: nothing is tested")
    let expected = try sessions.flatMap { try GradCAM().attribution(in: $0).values.scalars }
    let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
    #expect(zip(try network.maps(export.data, of: images), expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
  }

  @Test func `the class may be chosen at run time`() throws {
    let network = try Network(.vector(4).leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .open(.chosen))
    let image = Tensor(gaussianNoise: [3, 16, 16], seed: 4)
    for index in 0..<4 {
      let found = try network.maps(export.data, of: [image], choosing: [index])
      let expected = try GradCAM().attribution(in: network.session(on: image, for: ClassLogit(index: index))).values
      #expect(zip(found, expected.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test(arguments: [4, -1]) func `a class that there is not ends the run, with the classes that there are`(
    index: Int
  ) throws {
    let network = try Network(.vector(4).leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .open(.chosen)),
      image = Tensor(gaussianNoise: [3, 16, 16], seed: 4)
    let error = #expect(throws: (any Error).self) { try network.maps(export.data, of: [image], choosing: [index]) }
    #expect(error.map { "\($0)" }?.contains("limn_target/from 0 to 3") == true, "\(error as Any)")
  }

  @Test func `weights and nodes of the file stay as they were, and nothing is copied`() throws {
    let network = try Network(.vector(40).leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    let before = try Limn_Onnx_ModelProto(serializedBytes: network.bytes)
    let after = try Limn_Onnx_ModelProto(serializedBytes: export.data)
    #expect(Array(after.graph.node.prefix(before.graph.node.count)) == before.graph.node)
    #expect(Array(after.graph.initializer.prefix(before.graph.initializer.count)) == before.graph.initializer)
    let added = after.graph.initializer.dropFirst(before.graph.initializer.count)
    #expect(added.allSatisfy { $0.rawData.count <= 4 * 40 }, "larger than the one-hot vector")
    #expect(after.graph.output.map(\.name) == ["y", "limn_map"])
    #expect(try ONNXModel(decoding: export.data).metadata["limn_method"] == "method")
  }

  @Test(arguments: ["Transpose", "Reshape"]) func `weights that the file brings into their form are not copied, either`(
    type: String
  ) throws {
    let network = try Network(.vector(40).formingHead(by: type).leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .open(.prediction))
    let file = try Limn_Onnx_ModelProto(serializedBytes: export.data)
    let added = file.graph.initializer.filter { $0.name.hasPrefix("limn/") }
    #expect(!added.isEmpty && added.allSatisfy { $0.rawData.count <= 64 })
  }

  @Test func `a file of whole numbers, one image at a time`() throws {
    let network = try Network(.vector(4).declaring(.uint8))
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    #expect(export.images == nil)
    #expect(try #require(export.deviation) < 1e-5)
  }

  @Test func `truths in the file are made numbers where the map needs them`() throws {
    // A leaky rectifier as some exporters spell it.
    let network = try Network(
      .vector(4).leavingBatchOpen().ending(in: [
        .init("Greater", ["z", "0"], to: "above"), .init("Mul", ["z", "0.25"], to: "less"),
        .init("Where", ["above", "z", "less"]),
      ]))
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    #expect(try #require(export.deviation) < 1e-4)
    let file = try Limn_Onnx_ModelProto(serializedBytes: export.data)
    let truths = Set(file.graph.node.filter { $0.opType == "Greater" }.flatMap(\.output))
    let readers = file.graph.node.filter { !truths.isDisjoint(with: $0.input) }
    #expect(readers.allSatisfy { ["Cast", "Where"].contains($0.opType) })
  }

  @Test func `what is read off tensors is refused`() throws {
    let network = try Network(.vector(4))
    let error = #expect(throws: ExportError.self) {
      try network.export(Scaled(), for: .score(ClassLogit(index: 1)))
    }
    #expect(error?.description.contains("single numbers that it reads off") == true)
    #expect(error?.remedy?.contains("Documentation/Exporting.md") == true)
    let other = #expect(throws: ExportError.self) {
      try network.export(Randomized(GradCAM()), for: .score(ClassLogit(index: 1)))
    }
    #expect(other?.description == "method cannot be exported: it draws weights anew")
  }

  @Test func `a method that must know the class says so, and has a file about one that is named`() throws {
    let network = try Network(.vector(4))
    for target in [MapExport.Target.open(.prediction), .open(.chosen)] {
      let error = #expect(throws: ExportError.self) { try network.export(OwnChannel(), for: target) }
      #expect(error?.description == "method must know the class when the file is written")
    }
    _ = try network.export(OwnChannel(), for: .score(ClassLogit(index: 1)))
    // Naming a class would not help this one.
    let other = #expect(throws: ExportError.self) {
      try network.export(OwnChannel(isScaled: true), for: .open(.chosen))
    }
    #expect(other?.description.contains("single numbers that it reads off") == true)
  }

  @Test func `a network that has no numbers for noise is tried on images above zero`() throws {
    let network = try Network(.vector(4).activated(by: "Tanh").seeingRoots())
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    #expect(try #require(export.deviation) < 1e-4)
  }

  @Test func `where all channels are the same everywhere nothing is masked, and nothing seen`() throws {
    let network = try Network(.vector(4)), black = Tensor(repeating: 0, shape: [3, 16, 16])
    let export = try network.export(ScoreCAM(), for: .score(ClassLogit(index: 2)))
    #expect(try network.maps(export.data, of: [black]).allSatisfy { $0 == 0 })
  }

  @Test func `of a network that mixes images the file written takes one`() throws {
    let network = try Network(
      .vector(4).leavingBatchOpen().ending(in: [.init("ReduceMean", ["z"], to: "all"), .init("Add", ["z", "all"])]))
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    #expect(export.images == nil)
    #expect(export.notes == ["the network mixes the images that it is given at a time: the file written takes one"])
    let image = Tensor(gaussianNoise: [3, 16, 16], seed: 4)
    let expected = try GradCAM().attribution(in: network.session(on: image, for: ClassLogit(index: 1))).values.scalars
    let largest = expected.map(abs).max() ?? 0
    #expect(zip(try network.maps(export.data, of: [image]), expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
  }

  @Test func `more passes than a file should hold are refused`() throws {
    let network = try Network(.vector(4))
    let error = #expect(throws: ExportError.self) {
      try network.export(Smooth(GradCAM(), samples: 200), for: .score(ClassLogit(index: 1)))
    }
    #expect(error?.description.contains("more than 128 passes") == true)
  }

  @Test func `weights of half precision stay so in a file that is written anew`() throws {
    let network = try Network(.vector(40).holdingHalves().leavingBatchOpen())
    let export = try network.export(GradCAM(), for: .score(ClassLogit(index: 1)))
    #expect(export.notes.contains { $0.contains("float16") })
    let file = try Limn_Onnx_ModelProto(serializedBytes: export.data)
    let large = file.graph.initializer.filter { $0.dims.reduce(1, *) > 16 && !$0.name.hasPrefix("limn/") }
    #expect(large.count == 2 && large.allSatisfy { $0.dataType == 10 })
    #expect(try #require(export.deviation) < 1e-5)
    let ordinary = try Network(.vector(40).leavingBatchOpen()).export(GradCAM(), for: .open(.prediction), isONNX: false)
    let other = try Limn_Onnx_ModelProto(serializedBytes: ordinary.data)
    #expect(other.graph.initializer.allSatisfy { $0.dataType != 10 })
  }

  @Test func `an old opset, and one that does not exist`() throws {
    let network = try Network(.vector(4))
    #expect(throws: ExportError.self) { try network.export(GradCAM(), for: .open(.prediction), opset: 12) }
    #expect(throws: ExportError.self) { try network.export(GradCAM(), for: .open(.prediction), opset: 22) }
  }
}

/// A method whose map is the activation times a number that it reads off it.
private struct Scaled: LayerMethod {
  let targetLayer = TargetLayer.automatic

  func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let activation = try session.activation(at: layer)
    return activation.scalars[0] * activation.channelSum()
  }
}

/// The channel that has the number of the class, which it must know.
private struct OwnChannel: LayerMethod {
  let targetLayer = TargetLayer.automatic
  /// Whether it is scaled by a number that is read off it.
  var isScaled = false

  func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard let index = session.score.classIndex else { throw AttributionError.notAboutAClass }
    let channel = try session.activation(at: layer).channel(index)
    return isScaled ? channel.scalars[0] * channel : channel
  }
}
