import AttributionKit
import Exporting
import Foundation
import Tensors

/// A method's map of one network, computed by ONNX Runtime.
final class ExportedMap: Sendable {
  /// The layer that it is of.
  let layer: Layer
  private let graph: RuntimeGraph
  private let shape: [Int]
  private let image: (name: String, element: Int, shape: [Int])

  /// Takes in the graph that `limn export` would write.
  ///
  /// - Throws: ``ExportError`` where there is none, ``RuntimeError``, and whatever the method throws.
  init(_ request: MapExportRequest, of host: RuntimeHost) throws {
    var request = request
    // The first picture is compared instead.
    request.isChecked = false
    let export = try MapExport(request, of: host.network)
    let folder = URL(fileURLWithPath: request.path).deletingLastPathComponent().path
    graph = try RuntimeGraph(
      export.data, filesIn: export.hasFilesBeside ? folder : nil, on: host.runtime, with: host.provider,
      threads: host.threads)
    (layer, shape, image) = (export.layer, export.shape, export.image)
  }

  /// The map of a session's image.
  ///
  /// - Throws: ``RuntimeError``.
  func values(in session: ExplanationSession, about index: Int?) throws(RuntimeError) -> Tensor {
    var inputs = [
      try RuntimeInput(image.name, session.input.scalars, [1] + image.shape, element: image.element)
    ]
    if let index { inputs.append(try RuntimeInput(MapExport.targetName, [Float(index)], [1], element: 7)) }
    let scalars = try graph.output(MapExport.mapName, count: shape.reduce(1, *), of: inputs)
    return Tensor(scalars, shape: shape)
  }
}
