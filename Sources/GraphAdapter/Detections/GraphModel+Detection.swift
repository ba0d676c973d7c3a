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
    let source = try detection.isRanked ? rankedRow(behind: cotangents, in: trace) : row
    guard let group = source.flatMap(detection.group) else { return self }
    let asksBox =
      outputs.firstIndex { $0.name == DetectionHead.OutputName.boxes }.map { cotangents[$0] != nil } ?? false
    let focus = try detection.focus(of: group, in: plan, among: layers)
    return GraphModel(self, focused: focus, onBox: asksBox)
  }

  /// The row, before the network ranked them, that derivatives are about: the one with a derivative of its own.
  private func rankedRow(behind cotangents: Cotangents, in trace: any ForwardTrace) throws -> Int? {
    guard let rows = detection?.rows, let layer = layers.first(where: { $0.name == rows.value }),
      let trace = trace as? any DifferentiableTrace
    else { return nil }
    let gradient = try trace.pullback(cotangents, to: layer, under: .standard)
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
