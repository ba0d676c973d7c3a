import Tensors

extension DetectionHead {
  /// The head with what only a run's numbers tell of its boxes: whether they are corners or middles, pixels or shares.
  ///
  /// Right edges lie to the right of left ones; middles are greater than half of the extents about as often as not.
  /// Shares of the image are at most one, but for boxes that stick out.
  ///
  /// - Parameters:
  ///   - outputs: what the network answered.
  ///   - height: the input's, in pixels.
  ///   - width: the same across.
  /// - Returns: The head; itself where nothing was open.
  public func settled(by outputs: Outputs, height: Int, width: Int) -> DetectionHead {
    guard isOpen, var boxes, let numbers = try? outputs.value(of: OutputName.boxes), numbers.shape.count == 2,
      numbers.shape[1] >= 4
    else { return self }
    let rows = (0..<numbers.shape[0]).map { numbers.row($0) }
    let magnitudes = rows.flatMap { $0.prefix(4).map(abs) }.sorted()
    let isRelative = (magnitudes.isEmpty ? 0 : magnitudes[magnitudes.count * 19 / 20]) <= 2
    let ordered = rows.count { $0[2] >= $0[0] && $0[3] >= $0[1] }
    boxes.form = Double(ordered) >= 0.95 * Double(rows.count) ? .corners : .center
    if isRelative { (boxes.horizontal, boxes.vertical) = (Float(width), Float(height)) }
    var head = self
    (head.boxes, head.isOpen) = (boxes, false)
    return head
  }
}
