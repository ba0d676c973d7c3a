import AttributionKit
import GraphAdapter

extension OpenedModel {
  /// Takes what the network itself says of how photographs are prepared, where it says so, and tells what was found.
  ///
  /// - Parameters:
  ///   - reading: what the network does to its image before any layer sees it.
  ///   - takesWholeNumbers: whether the file declares the image's samples as whole numbers, which only raw ones are.
  mutating func prepare(by reading: InputReading?, takesWholeNumbers: Bool) {
    let samples = takesWholeNumbers ? .bytes : reading?.samples
    if let extent = reading?.resizedExtent {
      notes.append(Note("the network itself resizes its image to \(extent.map(String.init).joined(separator: " × "))"))
    }
    guard let samples, preprocessing == nil, let grid = ImageGrid(model.input.shape) else { return }
    let found = reading.map { " (\($0.operators.joined(separator: ", ")))" } ?? ""
    var recipe: Preprocessing
    switch samples {
    case .bytes:
      recipe = .raw255
      notes.append(
        Note(
          takesWholeNumbers
            ? "the input is declared as whole numbers: the network is given samples of 0…255 as they are"
            : "the network normalises samples of 0…255 itself\(found): it is given them as they are"))
    case .unit:
      recipe = .unit
      notes.append(Note("the network normalises samples of 0…1 itself\(found): it is given no others"))
    case .signed:
      recipe = Preprocessing.presets.first { $0.name == "tf" }?.preprocessing ?? .unit
      notes.append(Note("the network brings samples of −1…1 to its own scale itself\(found): it is given those"))
    case .imageNet:
      recipe = .imagenet
      notes.append(
        Note("the network undoes ImageNet's normalisation itself\(found): it is given photographs so normalised"))
    }
    recipe.resize = .usual(height: grid.height, width: grid.width)
    preprocessing = recipe
  }

  /// Tells what stands between the scores explained and the output.
  mutating func tell(_ reading: OutputReading) {
    let ranks = reading.steppedOver.filter {
      ["ArgMax", "ArgMin", "TopK", "Hardmax", "Comparison", "Quantization"].contains($0)
    }
    if let rank = ranks.first {
      notes.append(
        Note(
          "the output '\(reading.output)' ends in \(rank), whose whole numbers have no derivative: the scores before it are "
            + "explained"))
    }
    if reading.steppedOver.contains("Concatenation") {
      notes.append(
        Note(
          "the output '\(reading.output)' joins scores of classes with other numbers: the scores alone are explained"))
    }
    if reading.isProbability {
      notes.append(
        Note(
          "the output '\(reading.output)' mixes probabilities, behind which there is no one logit: the probability itself is "
            + "explained"))
    }
  }
}
