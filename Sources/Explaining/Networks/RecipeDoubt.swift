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
    func answers(_ recipe: Preprocessing, to photograph: Raster) throws(ExplainingError) -> Tensor {
      var recipe = recipe
      (recipe.resize, recipe.layout) = (assumed.resize, assumed.layout)
      return try explaining {
        let prepared = try recipe.prepare(
          photograph, height: grid.height, width: grid.width, channels: grid.channels)
        return try explainer.model.trace(prepared.tensor).logits
      }
    }
    var best: (name: String, recipe: Preprocessing, answer: Tensor, certainty: Float)?
    for (name, other) in Preprocessing.presets where !other.hasNumbers(of: assumed) {
      let logits = try answers(other, to: subject.photograph)
      // Numbers far too large make any network certain: its scores then lie farther apart than training brings them.
      let certainty = ProbabilityLink.softmax.probabilities(of: logits).scalars.max() ?? 0
      if logits.lead < max(2 * answer.logits.lead, 12), certainty > best?.certainty ?? 0 {
        best = (name, other, logits, certainty)
      }
    }
    guard let best, best.certainty >= 0.6, best.certainty >= 2.5 * certainty else { return nil }
    // A network that was never trained is as certain of a picture without content: only the size of the numbers counts.
    let blank = try answers(best.recipe, to: subject.photograph.blank)
    let blankCertainty = ProbabilityLink.softmax.probabilities(of: blank).scalars[best.answer.winner]
    guard blankCertainty < 0.5 * best.certainty else { return nil }
    return Note(
      "with the preset '\(best.name)' the network is far more certain of \(subject.title), "
        + "\(Wording.percent(best.certainty)) instead of \(Wording.percent(certainty)): if it was trained so, say it",
      about: .recipe)
  }
}

extension Raster {
  /// A picture as large, in the mean color alone.
  fileprivate var blank: Raster {
    var sums = (0, 0, 0)
    for y in 0..<height {
      for x in 0..<width {
        let (red, green, blue) = self[x, y]
        sums = (sums.0 + Int(red), sums.1 + Int(green), sums.2 + Int(blue))
      }
    }
    let count = max(1, width * height)
    return Raster(
      width: width, height: height, fill: (UInt8(sums.0 / count), UInt8(sums.1 / count), UInt8(sums.2 / count)))
  }
}

extension Tensor {
  /// How far the greatest scalar lies above the mean.
  fileprivate var lead: Float { (scalars.max() ?? 0) - scalars.reduce(0, +) / Float(max(1, scalars.count)) }

  /// Where the greatest scalar is.
  fileprivate var winner: Int { descendingOrder().first ?? 0 }
}
