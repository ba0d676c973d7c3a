import AttributionKit
import GraphAdapter
import GraphEngine

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

  /// Tells what stands between the scores explained and the output; `answer` is what its numbers were said to mean.
  mutating func tell(_ reading: OutputReading, as answer: ModelRequest.Answer?) {
    let output = "the output '\(elided(reading.output, to: 100))'"
    if let rows = reading.row, rows.isFound {
      notes.append(
        Note(
          "\(output) has a row for a class token in front of those of the image's places: the class token's is explained; "
            + "'\(elided(reading.output, to: 100))[1:]' names the others", about: .output))
    }
    let isContradicted =
      answer == .multilabel && reading.link == .softmax
      || answer == .classes && reading.link == .sigmoid && reading.classCount > 1
    if isContradicted {
      notes.append(
        Note(
          "\(output) ends in a \(reading.link == .softmax ? "softmax" : "sigmoid"), whose probabilities are shown, whatever "
            + "its answer was said to be", about: .answer))
    }
    if let rank = reading.rank {
      notes.append(
        Note(
          "\(output) ends in \(rank), whose whole numbers have no derivative: the scores before it are "
            + "explained" + (reading.smallestWins ? smallest(reading) : "")))
    }
    if reading.steppedOver.contains("Concatenation") {
      notes.append(
        Note(
          "\(output) joins scores of classes with other numbers: the scores alone are explained"))
    }
    if reading.isProbability {
      notes.append(
        Note(
          "\(output) is made of probabilities, behind which there is no one logit: "
            + (reading.logits == reading.output
              ? "the probability itself is explained"
              : "the probability itself, scaled to lie between 0 and 1, is explained")))
    }
    if answer == nil, let head = reading.heads.first {
      notes.append(
        Note(
          reading.isConstant
            ? "\(output) ends in a softmax over a single number, which is always 1 whatever the image shows"
            : reading.heads.count == 1 && head == reading.output
              ? "\(output) is made of probabilities but may be negative, so that it is none itself"
              : "\(output) joins \(listed(reading.heads, within: 200)), of which some are probabilities and some are not: which one is "
                + "the answer cannot be told", about: .outputOrAnswer))
    }
  }

  /// Which way round scores are shown of which the smallest is the answer.
  private func smallest(_ reading: OutputReading) -> String {
    reading.addedNodes.isEmpty
      ? "; the smallest of them is its answer, so that the class shown last is the one it takes"
      : ", their signs turned, since the smallest of them is its answer"
  }
}
