import AttributionKit
import GraphAdapter
import GraphEngine

extension OpenedModel {
  /// Takes what the network itself says of how photographs are prepared, where it says so, and tells what was found.
  ///
  /// - Parameters:
  ///   - reading: what the network does to its image before any layer sees it.
  ///   - wholeNumbers: the whole numbers that the file declares the image's samples as; `nil` for reals.
  ///   - layers: the layers of the file that do it, where they have names that people gave them.
  mutating func prepare(by reading: InputReading?, wholeNumbers: ClosedRange<Int>? = nil, layers: [String] = []) {
    if let extent = reading?.resizedExtent {
      notes.append(Note("the network itself resizes its image to \(extent.map(String.init).joined(separator: " × "))"))
    }
    guard let grid = ImageGrid(model.input.shape) else { return }
    guard let (found, note) = wholeNumbers.map(Self.recipe) ?? reading.flatMap({ Self.recipe(by: $0, layers) }) else {
      return
    }
    if let told = preprocessing {
      guard !told.isNear(found) else { return }
      // What is computed cannot be mistaken, and normalising once is enough.
      var recipe = told
      (recipe.scale, recipe.mean, recipe.deviation) = (found.scale, found.mean, found.deviation)
      preprocessing = recipe
      notes.append(Note("\(note.sentence), whatever else is said of its numbers", about: Setting("recipe")))
      return
    }
    var recipe = found
    recipe.resize = .usual(height: grid.height, width: grid.width)
    notes.append(note)
    switch reading?.channelOrder {
    case .blueFirst?:
      recipe.channelOrder = .bgr
      notes.append(
        Note(
          "the network's numbers for the channels are those of blue, green and red, in this order: it is given blue first",
          about: Setting("channel order")))
    case nil where reading?.reversesChannels == true:
      notes.append(
        Note(
          "the network turns the order of its image's channels around: it is given red first, though it may want blue first, "
            + "as OpenCV has it", about: Setting("channel order")))
    default: break
    }
    preprocessing = recipe
  }

  /// Takes what the network itself says of how the pictures of further inputs are prepared.
  mutating func prepareOthers(_ inputs: Set<String>) throws {
    for name in inputs.sorted() {
      guard let seen = try (model as? GraphModel)?.seen(from: name) as? GraphModel,
        let grid = ImageGrid(seen.input.shape),
        var (recipe, _) = try seen.inputReading().flatMap({ Self.recipe(by: $0, []) })
      else { continue }
      recipe.resize = .usual(height: grid.height, width: grid.width)
      otherPreprocessing[name] = recipe
    }
  }

  /// How photographs become the whole numbers that a file declares.
  private static func recipe(for wholeNumbers: ClosedRange<Int>) -> (Preprocessing, Note) {
    switch (wholeNumbers.lowerBound, wholeNumbers.upperBound) {
    case (-128, 127):
      var recipe = Preprocessing.raw255
      recipe.mean = [128]
      return (
        recipe,
        Note(
          "the input is declared as whole numbers of −128…127 (int8): the network is assumed to want samples of 0…255 less "
            + "128", about: Setting("recipe"))
      )
    case (0, 1):
      return (
        .unit, Note("the input is declared as truths: the network is given samples of 0…1", about: Setting("recipe"))
      )
    default:
      return (
        .raw255, Note("the input is declared as whole numbers: the network is given samples of 0…255 as they are")
      )
    }
  }

  /// How photographs become what a network wants that prepares them further itself.
  private static func recipe(by reading: InputReading, _ layers: [String]) -> (Preprocessing, Note)? {
    guard let samples = reading.samples else { return nil }
    let by = layers.isEmpty ? " (\(reading.operators.joined(separator: ", ")))" : ", in \(listed(layers))"
    if reading.isToldByRange {
      let words: (InputReading.Samples) -> String = {
        switch $0 {
        case .bytes: "of 0…255"
        case .unit: "of 0…1"
        case .signed: "of −1…1"
        case .imageNet: "normalised as ImageNet's"
        }
      }
      return (
        recipe(for: samples),
        Note(
          reading.isRounded
            ? "the network rounds its image as photographs with samples \(words(samples)) are rounded\(by): it is given those"
            : "the network cuts off what lies beyond samples \(words(samples))\(by): it is given those",
          about: Setting("recipe"))
      )
    }
    let sentence =
      switch samples {
      case .bytes: "the network normalises samples of 0…255 itself\(by): it is given them as they are"
      case .unit: "the network normalises samples of 0…1 itself\(by): it is given no others"
      case .signed: "the network brings samples of −1…1 to its own scale itself\(by): it is given those"
      case .imageNet: "the network undoes ImageNet's normalisation itself\(by): it is given photographs so normalised"
      }
    return (recipe(for: samples), Note(sentence))
  }

  private static func recipe(for samples: InputReading.Samples) -> Preprocessing {
    switch samples {
    case .bytes: .raw255
    case .unit: .unit
    case .signed: Preprocessing.presets.first { $0.name == "tf" }?.preprocessing ?? .unit
    case .imageNet: .imagenet
    }
  }
}

extension Preprocessing {
  /// Whether samples become about the same numbers by another recipe.
  fileprivate func isNear(_ other: Preprocessing) -> Bool {
    func ends(_ recipe: Preprocessing) -> [Float] {
      (0..<3).flatMap { channel in
        let (mean, deviation) = (
          recipe.mean[channel % recipe.mean.count], recipe.deviation[channel % recipe.deviation.count]
        )
        return [-mean / deviation, (255 * recipe.scale - mean) / deviation]
      }
    }
    return zip(ends(self), ends(other)).allSatisfy { abs($0 - $1) < 0.05 * max(1, abs($1)) }
  }
}
