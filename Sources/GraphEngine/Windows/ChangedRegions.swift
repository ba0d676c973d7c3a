/// Along one axis of a value, the positions that each of some windows of the image can have changed.
struct ChangedSpans: Hashable, Sendable {
  /// How long the axis is.
  let extent: Int
  /// For each window, the positions.
  let spans: [Range<Int>]

  init(_ spans: [Range<Int>], of extent: Int) {
    self.extent = extent
    self.spans = spans.map { $0.clamped(to: 0..<extent) }
  }

  /// How many positions hold any of the spans.
  var length: Int { max(1, spans.map(\.count).max() ?? 1) }

  /// Where so many positions begin that hold the span of a window.
  func start(_ window: Int) -> Int { min(spans[window].lowerBound, extent - length) }

  /// What changes behind windows that slide over the axis.
  ///
  /// Position `o` sees `o·stride − padding` and every `dilation`-th after it, as many as the kernel has taps.
  func behind(kernel: Int, stride: Int, dilation: Int, padding: Int, extent: Int) -> ChangedSpans {
    let reach = (kernel - 1) * dilation
    return ChangedSpans(
      spans.map { span in
        let first = max(0, (span.lowerBound + padding - reach + stride - 1).floored(by: stride))
        let last = (span.upperBound - 1 + padding).floored(by: stride)
        return first..<max(first, last + 1)
      }, of: extent)
  }

  func union(_ other: ChangedSpans) -> ChangedSpans {
    ChangedSpans(
      zip(spans, other.spans).map { a, b in
        if a.isEmpty || b.isEmpty { return a.isEmpty ? b : a }
        return min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
      }, of: extent)
  }
}

extension Int {
  /// The quotient rounded down, also of negative numbers.
  fileprivate func floored(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
  }
}

/// Of a value `[…, H, W]`, the rectangles that windows of the image can have changed.
struct ChangedRegions: Hashable, Sendable {
  let rows: ChangedSpans, columns: ChangedSpans

  /// How much of the value a patch is that holds any of the rectangles.
  var share: Double { Double(rows.length * columns.length) / Double(rows.extent * columns.extent) }

  func union(_ other: ChangedRegions) -> ChangedRegions {
    ChangedRegions(rows: rows.union(other.rows), columns: columns.union(other.columns))
  }
}
