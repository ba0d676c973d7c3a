import AttributionKit
import EigenCAMMethod
import Foundation
import GradCAMMethod
import GraphAdapter
import GraphEngine
import GuidedBackpropagationMethod
import ONNXFiles
import ONNXImport
import Runtimes
import Synchronization
import Tensors
import TestSupport
import Testing

/// Maps that ONNX Runtime computes, against Limn's own.
@Suite(.enabled(if: Installed.isThere, "\(Installed.remedy)")) struct ExportedMethodTests {
  static let methods: [any AttributionMethod] = [
    GradCAM(), GuidedBackpropagation(), GradCAM() * GuidedBackpropagation(),
  ]

  @Test(arguments: methods.indices) func `maps of any class are Limn's own`(index: Int) throws {
    let network = try HostedNetwork(.vector(4).leavingBatchOpen()), own = Self.methods[index]
    let hosted = network.hosted(own)
    for seed in 0..<4 {
      let image = Tensor(gaussianNoise: [3, 16, 16], seed: UInt64(seed))
      let session = try network.session(on: image, for: .logit(seed))
      let found = try hosted.attribution(in: session), expected = try own.attribution(in: session)
      #expect(found.layer == expected.layer)
      #expect(!MapDeviation(of: found.values, from: expected.values).isNotable)
      #expect(found.remarks.contains { $0.contains("ONNX Runtime \(network.version), CPU") })
      #expect(found.coverage == expected.coverage)
    }
    #expect(network.notes.isEmpty)
  }

  @Test(arguments: [ONNXFile.vector(4).declaring(.uint8), .vector(4)], [1, 3])
  func `files of whole numbers, of one image, and written anew`(file: ONNXFile, index: Int) throws {
    let image = Tensor(gaussianNoise: [3, 16, 16], seed: 3).map { (20 * $0).rounded().magnitude }
    for isONNX in [true, false] {
      let network = try HostedNetwork(file, isONNX: isONNX)
      let session = try network.session(on: image, for: .logit(index))
      let found = try network.hosted(GradCAM()).attribution(in: session)
      #expect(!MapDeviation(of: found.values, from: try GradCAM().attribution(in: session).values).isNotable)
      #expect(found.remarks.count == 1)
    }
  }

  @Test func `weights in a file beside the network's`() throws {
    let (file, weights) = ONNXFile.vector(4).keepingWeights(in: "weights.bin")
    let network = try HostedNetwork(file, beside: ["weights.bin": weights])
    let session = try network.session(on: Tensor(gaussianNoise: [3, 16, 16], seed: 8), for: .logit(2))
    let found = try network.hosted(GradCAM()).attribution(in: session)
    #expect(!MapDeviation(of: found.values, from: try GradCAM().attribution(in: session).values).isNotable)
    #expect(found.remarks.count == 1 && network.notes.isEmpty)
  }

  @Test func `a difference of classes has a graph of its own`() throws {
    let network = try HostedNetwork(.vector(4)), hosted = network.hosted(GradCAM())
    let image = Tensor(gaussianNoise: [3, 16, 16], seed: 5)
    for (a, b) in [(0, 1), (1, 0), (2, 3), (3, 1), (0, 3), (0, 1)] {
      let session = try network.session(on: image, for: LogitDifference(index: a, contrast: b))
      let found = try hosted.attribution(in: session)
      #expect(!MapDeviation(of: found.values, from: try GradCAM().attribution(in: session).values).isNotable)
      #expect(found.remarks.count == 1)
    }
  }

  @Test func `both sides of a single logit, and segmentations where a class is predicted`() throws {
    for (file, target) in [
      (ONNXFile.vector(1, sigmoid: true), RankedLogit.prediction as any Target),
      (.segmentation(4), RegionMean(of: RankedLogit.prediction, over: .predicted)),
    ] {
      let network = try HostedNetwork(file), hosted = network.hosted(GradCAM())
      for seed in 0..<4 {
        let image = Tensor(gaussianNoise: [3, 16, 16], seed: UInt64(seed)).map { $0 + Float(seed) - 2 }
        let session = try network.session(on: image, for: target)
        let found = try hosted.attribution(in: session), expected = try GradCAM().attribution(in: session)
        #expect(!MapDeviation(of: found.values, from: expected.values).isNotable)
      }
    }
  }

  @Test func `what cannot be exported is Limn's own, and is told once`() throws {
    let network = try HostedNetwork(.vector(4)), hosted = network.hosted(EigenCAM(), "eigen-cam")
    for seed in 0..<3 {
      let image = Tensor(gaussianNoise: [3, 16, 16], seed: UInt64(seed))
      let session = try network.session(on: image, for: .logit(seed))
      #expect(try hosted.attribution(in: session) == EigenCAM().attribution(in: session))
    }
    #expect(network.notes.count == 1)
    #expect(network.notes.first?.hasPrefix("eigen-cam cannot be exported: ") == true)
    #expect(network.notes.first?.hasSuffix("Limn computes it itself") == true)
  }

  @Test func `another network than the exported one is asked by Limn`() throws {
    let network = try HostedNetwork(.vector(4)), other = try HostedNetwork(.vector(4).replacingFirstWeight(by: 3))
    let session = try other.session(on: Tensor(gaussianNoise: [3, 16, 16], seed: 2), for: .logit(1))
    let hosted = network.hosted(GradCAM())
    #expect(try hosted.attribution(in: session) == GradCAM().attribution(in: session))
  }

  @Test func `a method's error is its own`() throws {
    let network = try HostedNetwork(.linear(4))
    let session = try network.session(on: Tensor(gaussianNoise: [3, 16, 16], seed: 2), for: .logit(1))
    #expect(throws: AttributionError.self) { try network.hosted(GradCAM()).attribution(in: session) }
  }

  @Test func `how far maps are apart`() {
    let own = Tensor([1, -2, 4, 0], shape: [2, 2])
    #expect(!MapDeviation(of: Tensor([1, -2, 4.0002, 0], shape: [2, 2]), from: own).isNotable)
    let near = MapDeviation(of: Tensor([1, -2.004, 4, 0], shape: [2, 2]), from: own)
    #expect(near.isNotable && !near.isOfAnotherMap && near.share == 0.25)
    #expect("\(near)" == "1.0e-03 of its largest magnitude, 25 % of the places by more than 1e-4")
    #expect(MapDeviation(of: Tensor([1, -2, 4, 1], shape: [2, 2]), from: own).isOfAnotherMap)
    #expect(MapDeviation(of: Tensor([1, -2, 4, .nan], shape: [2, 2]), from: own).isOfAnotherMap)
    #expect(MapDeviation(of: Tensor([1, -2], shape: [2]), from: own).isOfAnotherMap)
  }
}

/// A small network in a file, which ONNX Runtime computes maps of.
private final class HostedNetwork: Sendable {
  let model: GraphModel
  private let folder: TemporaryFolder
  private let isONNX: Bool
  private let told = Mutex<[String]>([])

  init(_ file: ONNXFile, isONNX: Bool = true, beside files: [String: Data] = [:]) throws {
    folder = try TemporaryFolder()
    let bytes = try file.bytes
    try folder.write(bytes, to: "network.onnx")
    for (name, data) in files { try folder.write(data, to: name) }
    let read = try ONNXModel(decoding: bytes, externalData: folder.url)
    let batched: @Sendable (Int) throws -> Graph = { try read.graph(batch: $0) }
    model = try GraphModel(read.graph(), graphForBatch: batched)
    self.isONNX = isONNX
  }

  var notes: [String] { told.withLock { $0 } }
  var version: String { Installed.runtime?.version ?? "" }

  func session(on image: Tensor, for target: any Target) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: image, for: target)
  }

  func hosted(_ method: any AttributionMethod, _ expression: String = "method") -> ExportedMethod {
    let host = RuntimeHost(
      model, in: folder.path("network.onnx"), isONNX: isONNX, on: Installed.runtime!, with: OnnxRuntime.processor,
      threads: 1
    ) { [self] note in told.withLock { $0.append(note) } }
    return ExportedMethod(method, expression: expression, on: host)
  }
}
