import AttributionKit

extension DetectionHead {
  /// What the numbers on a picture told otherwise than the layout of a head let expect, or did not tell; none where they
  /// agree.
  ///
  /// - Parameters:
  ///   - head: the head before its numbers were known.
  ///   - title: what the picture is called.
  /// - Returns: One note, or none.
  func settling(of head: DetectionHead, on title: String) -> [Note] {
    var clauses: [String] = []
    if let boxes, let before = head.boxes {
      let isRelative = boxes.horizontal != before.horizontal || boxes.vertical != before.vertical
      if boxes.form != before.form || isRelative {
        let units = isRelative ? "as shares of the image's width and height" : "in pixels"
        clauses.append(
          "the numbers of the network's boxes are \(boxes.form.words), \(units), by those on \(title) "
            + "('boxes' and 'units')")
      } else if open.contains(.form) {
        clauses.append(
          "the numbers of the network's boxes are taken for \(boxes.form.words): those on \(title) may be corners as well ('boxes')"
        )
      }
    }
    if head.open.contains(.background) {
      let place = background == .none ? "no column" : "the \(background.rawValue) column"
      clauses.append(
        "\(place) of the softmax over the classes is taken for there being nothing ('background')"
          + (open.contains(.background) ? "" : ", as it is the greatest in most rows"))
    }
    return clauses.isEmpty ? [] : [Note(clauses.joined(separator: "; "), about: .detection)]
  }
}

extension BoxCoding.Form {
  /// What numbers of this form are, in words.
  fileprivate var words: String {
    switch self {
    case .corners: "left, top, right, bottom"
    case .yxyx: "top, left, bottom, right"
    case .center: "middle, width, height"
    case .offsets: "offsets and logarithms of sizes in cells"
    case .sizes: "sizes and offsets in cells"
    case .faceSizes: "logarithms of sizes and offsets in cells"
    case .distances: "distances from the middles of cells"
    case .cell: "unknown"
    }
  }
}
