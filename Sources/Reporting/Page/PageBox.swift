import AttributionKit
import Explaining
import Images

/// One of a detector's boxes as a page draws it.
struct PageBox: Encodable, Sendable {
  /// Its number in the list, from 1; missing for a row that is not in it.
  let number: Int?
  /// What its class is called.
  let name: String
  let probability: Float
  /// The edges, in shares of the photograph's width and height.
  let left: Double, top: Double, right: Double, bottom: Double

  init(_ detection: Detection, number: Int?, place: Rectangle, of picture: AnsweredPicture, _ detections: Detections) {
    self.number = number
    name = picture.explainer.names.name(of: Choice(index: detection.classIndex))
    probability = detection.probability
    let (width, height) = (Double(detections.extent.width), Double(detections.extent.height))
    (left, top, right, bottom) = (place.left / width, place.top / height, place.right / width, place.bottom / height)
  }

  /// The boxes in the list of a picture, those of no known place left out; `nil` for a network that is no detector.
  static func all(of picture: AnsweredPicture) -> [PageBox]? {
    guard let detections = picture.detections else { return nil }
    return detections.listed.enumerated().compactMap { index, detection in
      detections.place(of: detection).map {
        PageBox(detection, number: index + 1, place: $0, of: picture, detections)
      }
    }
  }

  /// The box that an inquiry is about; `nil` where it is about none, or about one of no known place.
  static func asked(in inquiry: Inquiry) -> PageBox? {
    guard let box = inquiry.target.box, let place = box.place, let detections = inquiry.picture.detections else {
      return nil
    }
    return PageBox(box.detection, number: box.number, place: place, of: inquiry.picture, detections)
  }
}
