import AttributionKit
public import Explaining
import Images
public import Rendering
import Tensors

extension AnsweredPicture {
  /// The photograph with the boxes that a detector found in it, each with its number, class and probability, its key
  /// points and its mask; a box that is not known is left out.
  ///
  /// - Returns: `nil` for a network that is no detector.
  public var boxFigure: BoxFigure? {
    guard let detections else { return nil }
    let (across, down) = (
      Double(subject.photograph.width) / Double(detections.extent.width),
      Double(subject.photograph.height) / Double(detections.extent.height)
    )
    let parts = detections.listed.map(detections.parts)
    let boxes = zip(detections.listed, parts).enumerated().compactMap { index, found -> BoxFigure.LabelledBox? in
      let (detection, parts) = found
      guard let place = detections.place(of: detection) else { return nil }
      let name = explainer.names.name(of: Choice(index: detection.classIndex))
      return BoxFigure.LabelledBox(
        Rectangle(
          left: place.left * across, top: place.top * down, right: place.right * across, bottom: place.bottom * down),
        label: "\(index + 1) \(name) \(Wording.percent(detection.probability))", group: detection.classIndex,
        corners: parts.turned?.corners.map { .init($0[0] * across, $0[1] * down) },
        points: parts.keyPoints.filter(\.isLikely).map { .init($0.x * across, $0.y * down) })
    }
    var figure = BoxFigure(subject.photograph, boxes: boxes)
    // The likeliest last, over the others.
    for (detection, parts) in zip(detections.listed, parts).reversed() {
      guard let mask = parts.mask, !mask.isEmpty else { continue }
      let coverage = subject.geometry.project(
        mask.weights.scalars, height: mask.weights.shape[0], width: mask.weights.shape[1],
        onto: (subject.photograph.width, subject.photograph.height))
      figure.shade(coverage, group: detection.classIndex)
    }
    return figure
  }
}
