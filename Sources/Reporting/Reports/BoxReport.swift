import AttributionKit
public import Explaining
import Images

/// One of a detector's boxes, in pixels of the photograph.
public struct BoxReport: Hashable, Sendable, Codable {
  /// Its number in the list, from 1; missing for a row that is not in it.
  public let number: Int?
  /// The row of the network's output, from 0.
  public let row: Int
  /// The number of its class.
  public let index: Int
  /// The name of its class, where it has one.
  public let label: String?
  /// From 0 to 1, objectness included.
  public let probability: Float
  /// The class's logit.
  public let logit: Float
  /// The edges, in pixels of the photograph, of a turned box those of the upright one around it; missing where they are not
  /// known.
  public let left: Double?, top: Double?, right: Double?, bottom: Double?
  /// The box as it is turned; missing of upright ones.
  public let turned: BoxParts.Turned?
  /// The key points, in pixels of the photograph; missing where the network finds none.
  public let keyPoints: [BoxParts.Point]?
  /// The area of the object's mask, in pixels of the photograph; missing where the network makes none.
  public let maskArea: Double?

  init(_ detection: Detection, number: Int?, place: Rectangle?, _ parts: BoxParts, _ names: ClassNames) {
    self.number = number
    (row, index) = (detection.row, detection.classIndex)
    label = names.label(of: Choice(index: detection.classIndex))
    (probability, logit) = (detection.probability, detection.logit)
    (left, top, right, bottom) = (place?.left, place?.top, place?.right, place?.bottom)
    turned = parts.turned
    keyPoints = parts.keyPoints.isEmpty ? nil : parts.keyPoints
    maskArea = parts.mask?.area
  }

  /// The boxes in the list of a picture, in its order; `nil` for a network that is no detector.
  static func all(of picture: AnsweredPicture) -> [BoxReport]? {
    guard let detections = picture.detections else { return nil }
    return detections.listed.enumerated().map {
      BoxReport(
        $0.element, number: $0.offset + 1, place: detections.place(of: $0.element),
        detections.parts(of: $0.element), picture.explainer.names)
    }
  }
}
