import AttributionKit
import Tensors

/// How like one of a detector's rows the most similar of another run is: box, class and confidence alike.
///
///     maxⱼ IoU(Lₜ, Lⱼ) · cos(Pₜ, Pⱼ) · Oⱼ
///
/// Without an objectness `O` of the network's own, a row's greatest probability stands for it: where each class has a sigmoid, the angle
/// between two rows' probabilities does not tell that both have become small.
struct FoundAgain: Target {
  let head: DetectionHead
  let box: Box
  let probabilities: [Float]

  /// `nil` where the row has no box.
  init?(_ found: DetectionScore, in outputs: Outputs) {
    head = found.head
    guard let box = head.box(of: found.row, in: outputs) else { return nil }
    self.box = box
    probabilities = Self.probabilities(of: found.row, head, outputs)
  }

  func score(of outputs: Outputs) throws -> Score {
    var best: Float = 0
    for row in 0..<head.rows {
      guard let other = head.box(of: row, in: outputs) else { continue }
      let overlap = box.overlap(with: other)
      // Neither of the other factors exceeds one.
      guard overlap > best else { continue }
      let p = Self.probabilities(of: row, head, outputs)
      let there = head.objectness(of: row, outputs) ?? p[head.detectable].max() ?? 0
      best = max(best, overlap * Self.cosine(probabilities, p) * there)
    }
    return Score(value: best, cotangents: Cotangents([]))
  }

  /// Of an end-to-end detector, the row's own class has its probability and all others none.
  private static func probabilities(of row: Int, _ head: DetectionHead, _ outputs: Outputs) -> [Float] {
    guard head.isEndToEnd else { return (0..<head.classCount).map { head.probability(of: $0, in: row, outputs) } }
    var p = [Float](repeating: 0, count: head.classCount)
    let own = (try? outputs.value(of: DetectionHead.OutputName.classes).scalars[row]).map { Int($0.rounded()) } ?? 0
    if p.indices.contains(own) { p[own] = head.probability(of: own, in: row, outputs) }
    return p
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Float {
    var (product, one, other): (Float, Float, Float) = (0, 0, 0)
    for (x, y) in zip(a, b) { (product, one, other) = (product + x * y, one + x * x, other + y * y) }
    return one > 0 && other > 0 ? product / (one * other).squareRoot() : 0
  }
}
