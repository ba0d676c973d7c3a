public import GraphEngine
import Kernels

extension DetectionReading {
  /// The values that hold a detector's scores and boxes among many that may, such as all those between which and what a file
  /// chooses by the image.
  ///
  /// Boxes are four numbers for each of some rows, and scores one or more for each of the same rows. Boxes that are decoded go
  /// before those that are not, more rows before fewer, and scores of classes before those of their best.
  ///
  /// - Parameter graph: the network up to all of these values, for one image.
  /// - Returns: The names of the scores, the boxes and, where there is one, a centerness; none where there are no boxes.
  /// - Throws: `GraphError` where the network cannot be planned.
  public static func parts(among graph: Graph) throws -> [String] {
    let columns = HeadColumns(ends: GraphEnds(graph), plan: try Plan(graph, rewriting: false))
    let values = graph.outputs.map { HeadPart($0, columns) }
    var best: (parts: [String], rank: [Int])?
    for boxes in values where boxes.mayBeBoxes {
      for scores in values where scores.name != boxes.name {
        guard let rows = boxes.rows, let quality = scores.quality(asScoresOf: rows) else { continue }
        // What boxes are computed from are their own numbers.
        if columns.isMade(boxes.name, of: scores.name) { continue }
        // Of two sets of four numbers straight from layers, only names tell which are boxes.
        if boxes.isLinear, scores.isLinear, scores.rows == rows, !boxes.name.suggests(.boxes) { continue }
        let rank = [boxes.decoding, rows, quality]
        guard best.map({ $0.rank.lexicographicallyPrecedes(rank) }) ?? true else { continue }
        let centerness = values.first { boxes.decoding == 1 && quality > 1 && $0.isColumn(of: rows) }
        best = ([scores.name, boxes.name] + (centerness.map { [$0.name] } ?? []), rank)
      }
    }
    return best?.parts ?? []
  }
}

/// A value that may hold a part of a detector's rows.
private struct HeadPart {
  let name: String
  private let shape: [Int]
  /// The axes of more than one position.
  private let axes: [Int]
  private let columns: HeadColumns

  init(_ name: String, _ columns: HeadColumns) {
    (self.name, self.columns, shape) = (name, columns, columns.shape(name))
    axes = shape.indices.filter { columns.shape(name)[$0] > 1 }
  }

  /// The axis of a box's numbers, where there are four.
  private var numbers: Int? {
    guard axes.count == 2 else { return nil }
    return [axes[1], axes[0]].first { shape[$0] == 4 }
  }

  /// How many rows there are, were they boxes.
  var rows: Int? { numbers.flatMap { numbers in axes.first { $0 != numbers }.map { shape[$0] } } }

  private var kinds: [HeadColumns.Kind] { numbers.map { columns.kinds(of: name, along: $0) } ?? [] }

  var mayBeBoxes: Bool {
    guard let numbers, let rows, rows > 4 else { return false }
    let isNamedScore = isLinear && name.suggests(.scores) && !name.suggests(.boxes)
    return !isNamedScore && columns.mayBeBoxes(name, along: numbers) && !kinds.contains(.constant)
  }

  /// Whether the numbers, were they boxes', are straight from layers.
  var isLinear: Bool { !kinds.isEmpty && kinds.allSatisfy { $0 == .linear } }

  /// Whether boxes are computed from numbers of layers, rather than those numbers.
  private var isDecoded: Bool { kinds.contains(.other) && !isDistance }

  /// Whether the numbers are rectified, perhaps times the sizes of cells.
  private var isDistance: Bool {
    var value = name
    while let (a, b) = columns.ends.operands(of: value, .multiply) {
      guard columns.ends.constants.contains(a) || columns.ends.constants.contains(b) else { return false }
      value = columns.ends.constants.contains(b) ? a : b
    }
    return columns.isRectified(value)
  }

  /// How far boxes are decoded: 2, or 1 for distances from their cells, or 0.
  var decoding: Int { isDecoded ? 2 : isDistance ? 1 : 0 }

  /// How well the value suits as the scores of rows: 3 for probabilities of classes, 2 for logits, 1 for one number a row.
  func quality(asScoresOf rows: Int) -> Int? {
    if axes.count == 1, shape[axes[0]] == rows {
      return columns.kinds(of: name, along: axes[0]).allSatisfy { $0.isSigmoid || $0.isProduct } ? 1 : nil
    }
    guard axes.count == 2, let along = axes.first(where: { shape[$0] != rows }) ?? axes.last,
      axes.contains(where: { $0 != along && shape[$0] == rows })
    else { return nil }
    let kinds = columns.kinds(of: name, along: along)
    if kinds.allSatisfy({ $0.isSigmoid || $0.isProduct }) || kinds.allSatisfy(\.isSoftmax) { return 3 }
    return kinds.allSatisfy { $0 == .linear } ? 2 : nil
  }

  /// Whether the value is one number for each row, by itself: `[images, rows, 1]`.
  func isColumn(of rows: Int) -> Bool { axes.count == 1 && shape[axes[0]] == rows && shape.last == 1 }
}
