import AttributionKit
import Exporting
import Foundation
import GraphAdapter
import GraphEngine
import Kernels
import ONNXFiles
import ONNXImport
import TestSupport
import Tensors

/// A small network in a file, and as a model.
struct Network {
  let bytes: Data
  let model: GraphModel

  init(_ file: ONNXFile, as answer: ModelRequest.Answer? = nil) throws {
    bytes = try file.bytes
    let read = try ONNXModel(decoding: bytes)
    let batched: @Sendable (Int) throws -> Graph = { try read.graph(batch: $0) }
    model = try GraphModel(read.graph(), as: answer, graphForBatch: batched)
  }

  func session(on image: Tensor, for target: any Target) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: image, for: target)
  }

  func export(
    _ method: any AttributionMethod, for target: MapExport.Target, opset: Int? = nil, isONNX: Bool = true
  ) throws -> MapExport {
    let folder = try TemporaryFolder()
    var request = MapExportRequest(
      try folder.write(bytes, to: "network.onnx"), method: method, expression: "method", target: target,
      targetName: "target")
    (request.opset, request.isONNX) = (opset, isONNX)
    return try MapExport(request, of: model)
  }

  func maps(_ data: Data, of images: [Tensor], choosing classes: [Int]? = nil) throws -> [Float] {
    let fixed =
      classes.map { numbers in ["limn_target": NDArray(numbers.map { Float($0) }, shape: [numbers.count])] } ?? [:]
    let graph = try ONNXModel(decoding: data).graph(batch: images.count, output: "limn_map", fixed: fixed)
    let input = NDArray(images.flatMap(\.scalars), shape: [images.count] + model.input.shape)
    return try Plan(graph).outputs(for: [input])[0].scalars
  }
}
