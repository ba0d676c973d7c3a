public import AttributionKit
import GraphEngine

extension GraphModel {
  /// In a sentence, what keeps the maps of `layer` from lying on the image as they are drawn, over all of it; `nil` where
  /// nothing does.
  public func misplacement(of layer: Layer) -> String? {
    guard let layout = layouts[layer.name] else { return nil }
    if layout.areAssumed {
      return
        "the network moves the pixels of its image about before layer '\(layer.name)': its maps are drawn as if their "
        + "rows and columns were those of the image, which is not known"
    }
    let hull = layout.hull
    guard hull.isPartial else { return nil }
    let percent = { (share: Float) in String(Int((100 * share).rounded())) }
    return "the network cuts its image: the maps of layer '\(layer.name)' are those of its rows "
      + "\(percent(hull.top))–\(percent(hull.bottom)) % and columns \(percent(hull.left))–\(percent(hull.right)) %, "
      + "though they are drawn over all of it"
  }
}

extension Region {
  /// Whether an edge of the image is clearly not reached.
  fileprivate var isPartial: Bool { max(top, left, 1 - bottom, 1 - right) > 0.03 }
}
