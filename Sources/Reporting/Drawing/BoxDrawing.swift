import AttributionKit
public import Explaining
import Images
public import Rendering

extension AnsweredPicture {
  /// The photograph with the boxes that a detector found in it, each with its number, class and probability; a box that is
  /// not known is left out.
  ///
  /// - Returns: `nil` for a network that is no detector.
  public var boxFigure: BoxFigure? {
    guard let detections else { return nil }
    let boxes = detections.listed.enumerated().compactMap { index, detection -> BoxFigure.LabelledBox? in
      guard let place = detections.place(of: detection) else { return nil }
      let (across, down) = (
        Double(subject.photograph.width) / Double(detections.extent.width),
        Double(subject.photograph.height) / Double(detections.extent.height)
      )
      let name = explainer.names.name(of: Choice(index: detection.classIndex))
      return BoxFigure.LabelledBox(
        Rectangle(
          left: place.left * across, top: place.top * down, right: place.right * across, bottom: place.bottom * down),
        label: "\(index + 1) \(name) \(Wording.percent(detection.probability))", group: detection.classIndex)
    }
    return BoxFigure(subject.photograph, boxes: boxes)
  }
}
