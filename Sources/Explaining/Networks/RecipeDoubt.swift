public import AttributionKit
import Images
import Tensors

extension AnsweredPicture {
  /// Whether another of the usual recipes makes the network far more certain of this photograph than the one that was
  /// merely assumed; `nil` where somebody said how photographs are prepared, or none does.
  ///
  /// - Throws: ``ExplainingError`` where the network cannot be run.
  public func recipeDoubt() throws(ExplainingError) -> Note? {
    guard explainer.isPreprocessingAssumed, explainer.companions.isEmpty, let assumed = subject.preprocessing,
      let grid = explainer.grid,
      grid.channels == 3, !explainer.hasPlaces, answer.link == .softmax, answer.logits.scalars.count > 2
    else { return nil }
    let certainty = answer.ranking.first?.probability ?? 1
    guard certainty < 0.5 else { return nil }
    func input(by recipe: Preprocessing) throws -> Tensor {
      var recipe = recipe
      (recipe.resize, recipe.layout) = (assumed.resize, assumed.layout)
      return try recipe.prepare(
        subject.photograph, height: grid.height, width: grid.width, channels: grid.channels
      ).tensor
    }
    var best: (name: String, input: Tensor, answer: Tensor, certainty: Float)?
    for (name, other) in Preprocessing.presets where !other.hasNumbers(of: assumed) {
      let (input, logits) = try explaining {
        let input = try input(by: other)
        return (input, try explainer.model.trace(input).logits)
      }
      // Numbers far too large make any network certain: its scores then lie farther apart than training brings them.
      let certainty = ProbabilityLink.softmax.probabilities(of: logits).scalars.max() ?? 0
      if logits.lead < max(2 * answer.logits.lead, 12), certainty > best?.certainty ?? 0 {
        best = (name, input, logits, certainty)
      }
    }
    guard let best, best.certainty >= 0.6, best.certainty >= 2.5 * certainty else { return nil }
    // A network that was never trained is as certain of the same colours without content, or with its parts in disorder:
    // there, the size of the numbers is all that counts.
    for control in [grid.blank(best.input), grid.disordered(best.input)] {
      let logits = try explaining { try explainer.model.trace(control).logits }
      let certainty = ProbabilityLink.softmax.probabilities(of: logits).scalars[best.answer.winner]
      guard certainty < 0.5 * best.certainty else { return nil }
    }
    return Note(
      "with the preset '\(best.name)' the network is far more certain of \(subject.title), "
        + "\(Wording.percent(best.certainty)) instead of \(Wording.percent(certainty)): if it was trained so, say it",
      about: .recipe)
  }
}

extension ImageGrid {
  /// An image in its own mean color alone.
  fileprivate func blank(_ image: Tensor) -> Tensor {
    var sums = [Float](repeating: 0, count: channels)
    for (index, scalar) in image.scalars.enumerated() { sums[channel(of: index)] += scalar }
    return filled(with: sums.map { $0 / Float(height * width) })
  }

  /// An image cut into eight by eight tiles, each of which has moved to another place.
  fileprivate func disordered(_ image: Tensor) -> Tensor {
    let (rows, columns) = (max(1, height / 8), max(1, width / 8))
    let down = min(8, height / rows), across = min(8, width / columns), count = down * across
    // A step without a factor in common with their number meets every tile once.
    let step = [37, 35, 33, 31, 29, 27, 25, 23].first { greatestDivisor($0, count) == 1 } ?? 1
    var result = image
    for place in 0..<height * width {
      let (y, x) = (place / width, place % width)
      guard y < down * rows, x < across * columns else { continue }
      let tile = (y / rows * across + x / columns) * step % count
      let source = (tile / across * rows + y % rows) * width + tile % across * columns + x % columns
      for channel in 0..<channels { result[index(channel, place)] = image[index(channel, source)] }
    }
    return result
  }

  private func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  private func channel(of index: Int) -> Int { isChannelsLast ? index % channels : index / (height * width) }

  private func index(_ channel: Int, _ place: Int) -> Int {
    isChannelsLast ? place * channels + channel : channel * height * width + place
  }
}

extension Tensor {
  /// How far the greatest scalar lies above the mean.
  fileprivate var lead: Float { (scalars.max() ?? 0) - scalars.reduce(0, +) / Float(max(1, scalars.count)) }

  /// Where the greatest scalar is.
  fileprivate var winner: Int { descendingOrder().first ?? 0 }
}
