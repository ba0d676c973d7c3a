public import AttributionKit
import GraphEngine
import Tensors

extension GraphModel: DetectingModel {
  public var detectionHead: DetectionHead? { detection?.head }
}

extension GraphModel: FocusingModel {
  /// Of a detector, the same network with the layers that the rows asked about depend on; others as they are.
  public func focused(on cotangents: Cotangents, in trace: any ForwardTrace) throws -> any ModelAdapter {
    guard let detection, let row = row(of: cotangents) else { return self }
    let source = try detection.isRanked ? rankedRow(behind: row, in: trace) : row
    guard let group = source.flatMap(detection.group) else { return self }
    let focus = try detection.focus(of: group, in: plan, among: layers)
    let asked = outputs.indices.filter { cotangents[$0] != nil }.map { outputs[$0].name }
    let others = Set(asked.flatMap { detection.layers(behind: $0, among: layers) }.map(\.name))
    var layer = focus.layer
    if asked.contains(DetectionHead.OutputName.prototypes),
      let shared = detection.layers(behind: DetectionHead.OutputName.prototypes, among: layers)
        .last(where: { $0.isSpatial && layouts[$0.name] != nil && focus.common.contains($0.name) })
    {
      layer = AutomaticLayer(
        shared, because: "the last feature map that both the row and the masks' prototypes are made of")
    }
    return GraphModel(self, focused: focus, and: others, on: layer)
  }

  /// The row, before the network ranked them, that a row comes from: the one by which its score has a derivative.
  private func rankedRow(behind row: Int, in trace: any ForwardTrace) throws -> Int? {
    guard let rows = detection?.rows, let layer = layers.first(where: { $0.name == rows.value }),
      let trace = trace as? any DifferentiableTrace
    else { return nil }
    var score = Tensor(repeating: 0, shape: outputs[0].shape)
    score[row * outputs[0].shape[1]] = 1
    let gradient = try trace.pullback(Cotangents(score), to: layer, under: .standard)
    // The shape of a layer lacks the axis of the images.
    let stride = gradient.shape.dropFirst(rows.axis).reduce(1, *)
    guard let place = gradient.scalars.firstIndex(where: { $0 != 0 }) else { return nil }
    return place / stride % gradient.shape[rows.axis - 1]
  }

  /// The one row that derivatives are about.
  private func row(of cotangents: Cotangents) -> Int? {
    var row: Int?
    for (output, cotangent) in zip(outputs, cotangents.values) {
      guard let cotangent, output.shape.count == 2 else { continue }
      let scalars = cotangent.scalars, width = output.shape[1]
      guard let first = scalars.firstIndex(where: { $0 != 0 }), let last = scalars.lastIndex(where: { $0 != 0 }) else {
        continue
      }
      guard first / width == last / width, row == nil || row == first / width else { return nil }
      row = first / width
    }
    return row
  }
}
