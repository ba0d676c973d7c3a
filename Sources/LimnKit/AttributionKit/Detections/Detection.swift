import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a detector says of one of its rows: a class, how sure it is, and where.
public struct Detection: Hashable, Sendable {
  /// The row, from 0, as the network's output has it.
  public var row: Int
  /// The number of the class.
  public var classIndex: Int
  /// The class's logit.
  public var logit: Float
  /// From 0 to 1, objectness included.
  public var probability: Float
  /// In pixels of the network's input, of a turned box the upright one around it; `nil` where it is not known.
  public var box: Box?
  /// The box as it is turned; `nil` of upright ones.
  public var turned: TurnedBox?

  /// A row's answer.
  public init(row: Int, classIndex: Int, logit: Float, probability: Float, box: Box?, turned: TurnedBox? = nil) {
    (self.row, self.classIndex, self.logit) = (row, classIndex, logit)
    (self.probability, self.box, self.turned) = (probability, box, turned)
  }
}

extension DetectionHead {
  /// What the network says of one row about one class.
  ///
  /// - Precondition: the row and the class are there.
  public func detection(of row: Int, as index: Int, in outputs: Outputs) -> Detection {
    let logit = (try? outputs.value(of: OutputName.scores).row(row)[column(of: index)]) ?? 0
    return Detection(
      row: row, classIndex: index, logit: logit, probability: probability(of: index, in: row, outputs),
      box: box(of: row, in: outputs), turned: turnedBox(of: row, in: outputs))
  }

  /// Every row with its likeliest class, in the order of the rows.
  ///
  /// Of a heat map a row stands for each class that has a peak there.
  public func detections(in outputs: Outputs) -> [Detection] {
    guard let scores = try? outputs.value(of: OutputName.scores) else { return [] }
    if let heatMap { return peaks(of: scores, heatMap[0], heatMap[1], outputs) }
    let width = scores.shape.count > 1 ? scores.shape[1] : 1, candidates = detectable
    return (0..<rows).map { row in
      if isEndToEnd { return detection(of: row, as: ownClass(of: row, outputs), in: outputs) }
      let start = row * width
      var best = candidates.lowerBound
      for index in candidates where scores.scalars[start + index] > scores.scalars[start + best] { best = index }
      return detection(of: row, as: best, in: outputs)
    }
  }

  /// For each class the row in which it is likeliest; `nil` where an end-to-end detector has no row of it.
  public func best(in outputs: Outputs) -> [Detection?] {
    var best = [(row: Int, value: Float)?](repeating: nil, count: max(1, classCount))
    guard let scores = try? outputs.value(of: OutputName.scores) else { return best.map { _ in nil } }
    let width = scores.shape.count > 1 ? scores.shape[1] : 1
    // Of sigmoids alone, the likeliest has the greatest logit; of a softmax without a column for nothing, whose shares say
    // little where there is nothing, the greatest logit is taken.
    let comparesLogits = !hasObjectness && (link != .softmax || background == .none)
    scores.scalars.withUnsafeBufferPointer { z in
      for row in 0..<rows {
        let start = row * width, there = objectness(of: row, outputs) ?? 1
        var (most, total): (Float, Float) = (0, 1)
        if link == .softmax {
          most = z[start..<start + width].max() ?? 0
          total = z[start..<start + width].reduce(0) { $0 + exp($1 - most) }
        }
        for index in isEndToEnd ? ownClass(of: row, outputs)..<ownClass(of: row, outputs) + 1 : 0..<classCount {
          let logit = z[start + column(of: index)]
          let value =
            comparesLogits
            ? logit
            : there * (link == .softmax ? exp(logit - most) / total : link == .sigmoid ? 1 / (1 + exp(-logit)) : logit)
          if let known = best[index], known.value >= value { continue }
          best[index] = (row, value)
        }
      }
    }
    return best.enumerated().map { index, found in found.map { detection(of: $0.row, as: index, in: outputs) } }
  }

  /// The places of a heat map `[rows, classes]` that no neighbour exceeds, as CenterNet finds them by pooling.
  private func peaks(of scores: Tensor, _ height: Int, _ width: Int, _ outputs: Outputs) -> [Detection] {
    let columns = scores.shape[1]
    return (0..<height * width).flatMap { row in
      let (y, x) = (row / width, row % width)
      return detectable.compactMap { index -> Detection? in
        let own = scores.scalars[row * columns + index]
        for v in max(0, y - 1)...min(height - 1, y + 1) {
          for u in max(0, x - 1)...min(width - 1, x + 1)
          where scores.scalars[(v * width + u) * columns + index] > own { return nil }
        }
        return detection(of: row, as: index, in: outputs)
      }
    }
  }
}

extension [Detection] {
  /// The likeliest first, without those that overlap a likelier one of their class: greedy non-maximum suppression.
  ///
  /// Detections without a box overlap none.
  ///
  /// - Parameters:
  ///   - overlap: from which share of two boxes they are one object.
  ///   - limit: how many are kept.
  /// - Returns: What is left.
  public func suppressed(overlap: Float, limit: Int) -> [Detection] {
    let ordered = sorted { ($0.probability, $1.row) > ($1.probability, $0.row) }
    var kept: [Detection] = []
    for next in ordered where kept.count < limit {
      let isDoubled = kept.contains { other in
        guard other.classIndex == next.classIndex, let a = other.box, let b = next.box else { return false }
        let share = a.overlap(with: b)
        guard share > 0, let own = other.turned, let turned = next.turned else { return share > overlap }
        return own.overlap(with: turned) > overlap
      }
      if !isDoubled { kept.append(next) }
    }
    return kept
  }
}
