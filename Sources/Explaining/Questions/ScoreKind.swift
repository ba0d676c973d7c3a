/// What the score of a class is.
public enum ScoreKind: String, Sendable, Codable, CaseIterable {
  /// Its logit: what the network computes before a softmax or sigmoid.
  case logit
  /// Its probability.
  case probability
}
