import AttributionKit
import Exporting
import GraphAdapter
import Tensors

/// What a session asks, as graphs can be asked it.
struct RuntimeQuestion {
  /// The graphs that would answer it, those that answer most other questions, too, first.
  let candidates: [Candidate]

  /// What tells a graph from others of the same method.
  enum Key: Hashable, Sendable {
    /// The class is an input.
    case chosen
    /// It is the one that is predicted.
    case predicted
    case logit(ClassLogit)
    case difference(LogitDifference)
  }

  /// A graph, and what it is asked.
  struct Candidate {
    let key: Key
    let target: MapExport.Target
    /// The class that it is asked about, where that is told each time.
    var index: Int?
  }

  /// None but for classes, and differences of two.
  init(_ session: ExplanationSession) {
    var candidates: [Candidate] = []
    if let index = session.chosenClass {
      candidates.append(Candidate(key: .chosen, target: .open(.chosen), index: index))
    }
    if session.isOwnSide { candidates.append(Candidate(key: .predicted, target: .open(.prediction))) }
    switch session.target {
    case let target as ClassLogit: candidates.append(Candidate(key: .logit(target), target: .score(target)))
    case let target as LogitDifference: candidates.append(Candidate(key: .difference(target), target: .score(target)))
    default: break
    }
    self.candidates = candidates
  }
}

extension ExplanationSession {
  /// The class that the session is about, of a network of classes; of a segmentation, where it is predicted.
  fileprivate var chosenClass: Int? {
    guard let link = outputs.link else { return nil }
    if let target = target as? ClassLogit, logits.shape.count == 1 { return target.index }
    guard let target = target as? RegionMean, let base = target.base as? ClassLogit,
      case .weights(let weights) = target.region
    else { return nil }
    let predicted = OutputRegion.places(predictedAs: base.index, in: logits, link: link)
    let inside = weights.scalars.max() ?? 0
    return zip(predicted.scalars, weights.scalars).allSatisfy { $1 == $0 * inside } ? base.index : nil
  }

  /// Whether it is about the side that the only logit speaks for.
  fileprivate var isOwnSide: Bool {
    guard let link = outputs.link, logits.shape == [1], score.classIndex == 0, score.contrastIndex == nil,
      abs(score.value) == abs(logits.scalars[0])
    else { return false }
    return score.isNegative == (logits.scalars[0] < link.threshold)
  }
}
