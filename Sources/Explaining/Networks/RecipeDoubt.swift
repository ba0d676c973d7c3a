public import AttributionKit
import Images
import Tensors

extension AnsweredPicture {
  /// Whether another of the usual recipes makes the network far more certain of this photograph than the one that was
  /// merely assumed; `nil` where somebody said how photographs are prepared, or none does.
  ///
  /// - Throws: ``ExplainingError`` where the network cannot be run.
  public func recipeDoubt() throws(ExplainingError) -> Note? {
    guard explainer.isPreprocessingAssumed, let assumed = subject.preprocessing, let grid = explainer.grid,
      grid.channels == 3, !explainer.hasPlaces, answer.link == .softmax, answer.logits.scalars.count > 2
    else { return nil }
    let certainty = answer.ranking.first?.probability ?? 1
    guard certainty < 0.5 else { return nil }
    var best: (name: String, certainty: Float)?
    for (name, other) in Preprocessing.presets where !other.hasNumbers(of: assumed) {
      var recipe = other
      (recipe.resize, recipe.layout) = (assumed.resize, assumed.layout)
      let logits = try explaining {
        let prepared = try recipe.prepare(
          subject.photograph, height: grid.height, width: grid.width, channels: grid.channels)
        return try explainer.model.trace(prepared.tensor).logits
      }
      // Numbers far too large make any network certain: its scores then lie farther apart than training brings them.
      let certainty = ProbabilityLink.softmax.probabilities(of: logits).scalars.max() ?? 0
      if logits.lead < max(2 * answer.logits.lead, 12), certainty > best?.certainty ?? 0 { best = (name, certainty) }
    }
    guard let best, best.certainty >= 0.6, best.certainty >= 2.5 * certainty else { return nil }
    return Note(
      "with the preset '\(best.name)' the network is far more certain of \(subject.title), "
        + "\(Wording.percent(best.certainty)) instead of \(Wording.percent(certainty)): if it was trained so, say it",
      about: .recipe)
  }
}

extension Tensor {
  /// How far the greatest scalar lies above the mean.
  fileprivate var lead: Float { (scalars.max() ?? 0) - scalars.reduce(0, +) / Float(max(1, scalars.count)) }
}
