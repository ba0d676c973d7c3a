import AttributionKit

/// What the names of outputs say of them.
extension String {
  /// Whether the name holds one of some words.
  func suggests(_ words: [String]) -> Bool {
    let name = lowercased()
    return words.contains { name.contains($0) }
  }

  /// The order of a box's numbers, where the name is one that TensorFlow's detection API gives: `detection_boxes`.
  var form: BoxCoding.Form? { suggests(["detection_boxes"]) ? .yxyx : nil }
}

extension [String] {
  /// Words for boxes.
  static let boxes = ["box", "reg", "loc"]
  /// Words for scores of classes.
  static let scores = ["score", "logit", "cls", "class", "conf", "prob"]
}

extension BoxCoding.Cell {
  /// The cell, moved right and down.
  func moved(by distance: Float) -> BoxCoding.Cell {
    BoxCoding.Cell(left: left + distance, top: top + distance, stride: stride)
  }
}
