import AttributionKit
import GraphAdapter
import GraphEngine

extension OpenedModel {
  /// Tells what stands between the scores explained and the output; `answer` is what its numbers were said to mean.
  mutating func tell(_ reading: OutputReading, as answer: ModelRequest.Answer?) {
    let output = "the output '\(elided(reading.output, to: 100))'"
    if let rows = reading.row, rows.isFound {
      notes.append(
        Note(
          "\(output) has a row for a class token in front of those of the image's places: the class token's is explained; "
            + "'\(elided(reading.output, to: 100))[1:]' names the others", about: .output))
    }
    if reading.row?.isDecoded == true {
      notes.append(
        Note(
          "the logarithm of the probability of the string that is decoded greedily is explained: the sum over all steps of "
            + "that of the likeliest class"))
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
            + "explained" + (reading.smallestWins ? smallest(reading) : "")
            + (reading.decision.map { decision($0, of: reading) } ?? "")
            + (reading.renamesClasses
              ? "; what the file makes of a class's number, marks or another number, is not followed" : "")))
    }
    if reading.isNegativeLogarithm {
      notes.append(
        Note(
          "\(output) holds negative logarithms of probabilities: the probabilities are shown, and the logit explained"))
    }
    if reading.isSquashedTwice {
      notes.append(
        Note(
          "\(output) is a \(reading.ending == .softmax ? "softmax" : "sigmoid") of numbers that are probabilities already: it may have "
            + "one too many; what is explained are the inner ones"))
    }
    if reading.isComplement {
      notes.append(
        Note(
          "\(output) holds what each probability lacks to one, 1 − p, so that its greatest number is the least probable class: "
            + "the probabilities are shown, and the logit explained"))
    }
    if reading.isGreatest {
      notes.append(
        Note("\(output) is the greatest of several probabilities: all of them are shown, and their logits explained"))
    }
    if reading.steppedOver.contains("Concatenation") {
      notes.append(
        Note(
          "\(output) joins scores of classes with other numbers: the scores alone are explained"))
    }
    if answer == .numbers, reading.obstacle == .places {
      notes.append(
        Note(
          "\(output) ends in a softmax over places of the image, so that its numbers are one in sum whatever the image shows: "
            + "what can be explained is the number of a place", about: Setting("region")))
    } else if let obstacle = reading.obstacle, answer == nil || obstacle == .constant {
      notes.append(Note("\(output) \(obstacle.words)", about: .outputOrAnswer))
    } else if reading.isProbabilityByBounds, answer == nil {
      notes.append(
        Note(
          "\(output) ends in no sigmoid but lies between 0 and 1 whatever the image shows: it is taken for a probability",
          about: .answer))
    } else if reading.isProbability {
      notes.append(
        Note(
          "\(output) is made of probabilities, behind which there is no one logit: "
            + (reading.addedNodes.isEmpty
              ? "the probability itself is explained"
              : "the probability itself, scaled to lie between 0 and 1, is explained"),
          about: reading.addedNodes.isEmpty ? nil : .answer))
    }
    if !reading.heads.isEmpty, reading.obstacle == nil {
      let heads = reading.heads.map { head in
        let (first, last) = (head.numbers.lowerBound, head.numbers.upperBound - 1)
        return "'\(elided(head.value, to: 60))' (\(first == last ? "\(first)" : "\(first)…\(last)"))"
      }
      notes.append(
        Note(
          "\(output) joins \(reading.heads.count) heads, each with an answer of its own: "
            + joined(heads, by: ", ", within: 300, kind: "more"), about: .output))
    }
    if reading.lacksDerivative {
      notes.append(
        Note(
          "every way from the image to \(output) is rounded, so that all derivatives are zero: methods that use them show "
            + "nothing, and those that cover parts of the image, such as occlusion, do"))
    }
    if reading.hasUnitLength, answer == nil {
      notes.append(
        Note(
          "\(output) is divided by its own length, as embeddings are: probabilities of its \(reading.classCount) numbers mean "
            + "little, and what explains an embedding is its likeness to another picture", about: Setting("reference")))
    }
  }

  /// Tells of an embedding that only its name tells; `classCount` is how many classes somebody named.
  mutating func tellOfEmbedding(_ reading: OutputReading, as answer: ModelRequest.Answer?, classCount: Int?) {
    guard answer == nil, classCount == nil, reading.isNamedEmbedding else { return }
    notes.append(
      Note(
        "the output '\(elided(reading.output, to: 100))' is an embedding by its name: its \(reading.classCount) numbers are taken "
          + "for the logits of classes, which means little; what explains an embedding is its likeness to another picture",
        about: Setting("reference")))
  }

  /// Tells of weights without a classifier, whose network ends in features.
  mutating func tellOfMissingClassifier(of network: String, _ request: ModelRequest) {
    guard request.answer == nil, request.output == nil, request.classVectors == nil else { return }
    notes.append(
      Note(
        "the weights hold no classifier: \(network) ends in features, which are taken for the logits of classes, and that means "
          + "little; what explains features is their likeness to another picture", about: Setting("reference")))
  }

  /// Tells of numbers at each of the image's own pixels that may be an image themselves.
  mutating func tellOfImage(_ reading: OutputReading, as answer: ModelRequest.Answer?) {
    guard answer == nil, reading.link == .sigmoid, outputShape.count == 3, outputShape[0] == 3,
      outputShape == model.input.shape
    else { return }
    notes.append(
      Note(
        "the output '\(elided(reading.output, to: 100))' has three numbers at each of the image's own pixels: they are taken for "
          + "three classes, and may be the colours of an image", about: .answer))
  }

  /// Which way round scores are shown of which the smallest is the answer.
  private func smallest(_ reading: OutputReading) -> String {
    reading.addedNodes.isEmpty
      ? "; the smallest of them is its answer, so that the class shown last is the one it takes"
      : ", their signs turned, since the smallest of them is its answer"
  }

  /// What a comparison asks of the scores, and which way round they are shown.
  private func decision(_ decision: OutputReading.Decision, of reading: OutputReading) -> String {
    let (low, high) = (decision.bounds.lowerBound, decision.bounds.upperBound)
    let bound = low == high ? spelled(low) : "\(spelled(low))…\(spelled(high))"
    let what = decision.isOfProbability ? "probability" : "score"
    guard let isAbove = decision.isAbove else { return "; it compares a \(what) with \(bound)" }
    let yes = "; it says yes to a \(what) \(isAbove ? "above" : "below") \(bound)"
    return decision.isScoreTurned ? yes + ", so that they are turned around: what is shown speaks for its yes" : yes
  }

  /// A number as people write it, without digits that only its storage in binary has.
  private func spelled(_ number: Float) -> String {
    number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
  }
}

extension OutputReading {
  /// Whether the output is called as embeddings are, and nothing says that it holds probabilities.
  var isNamedEmbedding: Bool {
    let name = output.lowercased()
    return isVector && classCount > 1 && link == nil && !isProbability && obstacle == nil
      && ["embed", "feature", "descriptor"].contains(where: name.contains)
  }
}

extension OutputReading.Obstacle {
  /// Why the numbers cannot be taken for scores, as words that follow the output's name.
  fileprivate var words: String {
    switch self {
    case .constant: "ends in a softmax over a single number, which is always 1 whatever the image shows"
    case .places:
      "ends in a softmax over places of the image: each of its numbers is the probability of a place, as in maps of key "
        + "points or attention, and none that of a class"
    case .difference: "is made of probabilities but may be negative, so that it is none itself"
    case .expectation:
      "is a sum weighted by probabilities, an expected value such as an age, a count or a coordinate, and no probability itself"
    case .scaled(let range):
      "is a sigmoid brought between \(bound(range.lowerBound)) and \(bound(range.upperBound)), a measure such as an age or an "
        + "angle rather than a probability"
    case .neverNegative:
      "holds a number that can never be negative, as no logit of a yes-or-no question is: a measure, such as a count, a "
        + "distance or an entropy"
    case .mixedHeads(let heads):
      "joins \(listed(heads, within: 200)), of which some are probabilities and some are not: which one is the answer "
        + "cannot be told"
    }
  }

  private func bound(_ number: Float) -> String {
    number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
  }
}
