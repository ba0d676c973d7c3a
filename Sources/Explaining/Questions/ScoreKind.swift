/// What the score of a class is.
public enum ScoreKind: String, Sendable, Codable, CaseIterable {
  /// Its logit: what the network computes before a softmax or sigmoid.
  case logit
  /// Its probability.
  case probability
  /// Of a detector's row, the logit of there being anything.
  case objectness
  /// The sum of the four edges of a detector's box, in pixels of the network's input.
  case box
  /// An edge of a detector's box, in pixels of the network's input.
  case left, top, right, bottom
  /// How wide or high a detector's box is, in pixels of the network's input.
  case width, height
}
