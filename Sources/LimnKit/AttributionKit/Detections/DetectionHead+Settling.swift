import Tensors

extension DetectionHead {
  /// The head with what the numbers of a run tell of it; what they do not tell stays ``open``.
  ///
  /// - Shares of the image are at most one, but for boxes that stick out.
  /// - Right edges lie to the right of left ones; middles are greater than the extents about as often as not. Where boxes
  ///   are likely middles, they must also lie within the image as corners and reach out of it as middles, or be middles of
  ///   nothing in it.
  /// - A box lies about its row's cell: where it does only with across and down exchanged, it is ``BoxCoding/Form/yxyx``.
  /// - In most rows there is nothing, so that the column that stands for it is the greatest in most.
  ///
  /// - Parameters:
  ///   - outputs: what the network answered.
  ///   - height: the input's, in pixels.
  ///   - width: the same across.
  /// - Returns: The head; itself where nothing was open.
  public func settled(by outputs: Outputs, height: Int, width: Int) -> DetectionHead {
    guard !open.isEmpty else { return self }
    var head = self
    head.settleBackground(by: outputs)
    guard let numbers = try? outputs.value(of: OutputName.boxes), numbers.shape.count == 2, numbers.shape[1] >= 4
    else { return head }
    let rows = (0..<numbers.shape[0]).map { numbers.row($0) }.filter { $0.prefix(4).allSatisfy(\.isFinite) }
    guard !rows.isEmpty else { return head }
    if open.contains(.units) {
      // Rows that a ranking fills up with are zero throughout.
      let magnitudes = rows.flatMap { $0.prefix(4).map(abs) }.filter { $0 > 0 }.sorted()
      if !magnitudes.isEmpty {
        if magnitudes[magnitudes.count * 19 / 20] <= 2 {
          head.boxes?.horizontal = Float(width)
          head.boxes?.vertical = Float(height)
        }
        head.open.remove(.units)
      }
    }
    if open.contains(.form), rows.count == self.rows {
      head.settleForm(by: rows, height: Float(height), width: Float(width))
    }
    return head
  }

  private mutating func settleForm(by rows: [[Float]], height: Float, width: Float) {
    guard var coding = boxes, let likely = boxes?.form else { return }
    /// The share of rows with boxes of which more than a little lies outside of the image.
    func outside(_ form: BoxCoding.Form) -> Double {
      coding.form = form
      let cell = BoxCoding.Cell(left: 0, top: 0, stride: 1)
      let reaching = rows.count { row in
        let edges = coding.edges(of: row, in: cell).map(\.value)
        return edges[0] < -0.1 * width || edges[1] < -0.1 * height || edges[2] > 1.1 * width || edges[3] > 1.1 * height
      }
      return Double(reaching) / Double(rows.count)
    }
    let ordered = rows.count { $0[2] >= $0[0] && $0[3] >= $0[1] }
    guard Double(ordered) >= 0.95 * Double(rows.count) else {
      boxes?.form = .center
      open.remove(.form)
      return
    }
    if likely == .center {
      // What lies beyond an edge is the middle of nothing that is seen, but may be the corner of it.
      let (a, b) = (coding.horizontal, coding.vertical)
      let astray = rows.count { a * $0[0] < 0 || a * $0[0] > width || b * $0[1] < 0 || b * $0[1] > height }
      let (asMiddles, asCorners) = (outside(.center), outside(.corners))
      guard Double(astray) > 0.05 * Double(rows.count) || asMiddles > 0 && asCorners <= 0.5 * asMiddles else { return }
    }
    coding.form = isExchanged(rows, coding) ? .yxyx : .corners
    boxes = coding
    open.remove(.form)
  }

  /// Whether corners lie about their rows' cells only with across and down exchanged.
  private func isExchanged(_ rows: [[Float]], _ coding: BoxCoding) -> Bool {
    guard cells.count == rows.count, cells.count >= 16 else { return false }
    func distance(_ form: BoxCoding.Form) -> Float {
      var coding = coding
      coding.form = form
      return zip(rows, cells).reduce(0) { sum, row in
        let edges = coding.edges(of: row.0, in: row.1).map(\.value), middle = row.1.stride / 2
        return sum + abs((edges[0] + edges[2]) / 2 - row.1.left - middle)
          + abs((edges[1] + edges[3]) / 2 - row.1.top - middle)
      }
    }
    return distance(.yxyx) < 0.5 * distance(.corners)
  }

  private mutating func settleBackground(by outputs: Outputs) {
    guard open.contains(.background), let scores = try? outputs.value(of: OutputName.scores), scores.shape.count == 2
    else { return }
    let (count, columns) = (scores.shape[0], scores.shape[1])
    let greatest = (0..<count).map { row in
      let own = scores.row(row)
      return own.indices.max { own[$0] < own[$1] } ?? 0
    }
    for (column, place) in [(0, Background.first), (columns - 1, .last)]
    where greatest.count(where: { $0 == column }) * 2 > count {
      (background, classCount) = (place, place == .last ? columns - 1 : columns)
      open.remove(.background)
      return
    }
  }
}
