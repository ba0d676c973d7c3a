package import AttributionKit
package import Explaining
import Foundation
import Tensors

/// What two networks make of the same pictures: where their predictions differ, and where their maps.
///
/// For networks that should answer alike: one and what became of it by training further, pruning, quantising, converting.
package struct NetworkDifference: Sendable {
  package let first: Explainer
  package let second: Explainer
  package let methods: [MethodExpression]
  package let secondMethods: [MethodExpression]
  /// For each class of the first network the one of the second.
  private let correspondence: [Int: Int]

  /// - Parameters:
  ///   - first: the network that is taken for right.
  ///   - second: the other one.
  ///   - methods: what explains the first.
  ///   - secondMethods: the same for the second.
  /// - Throws: ``ExplainingError`` where the classes of the two are not the same.
  package init(
    _ first: Explainer, _ second: Explainer, methods: [MethodExpression], secondMethods: [MethodExpression]
  ) throws {
    (self.first, self.second) = (first, second)
    (self.methods, self.secondMethods) = (methods, secondMethods)
    guard !first.hasPlaces, !second.hasPlaces, !first.names.areNumbers, !second.names.areNumbers else {
      throw ExplainingError(
        .data, "networks are compared by their classes, and one of these has none for a picture as a whole")
    }
    correspondence = try Self.correspondence(of: first, second)
  }

  /// Classes of one name, or else of one number.
  private static func correspondence(of first: Explainer, _ second: Explainer) throws -> [Int: Int] {
    if let a = first.names.labels?.names, let b = second.names.labels?.names, a != b, first.names.count > 1 {
      let places = Dictionary(zip(b, b.indices), uniquingKeysWith: { first, _ in first })
      let pairs = a.indices.compactMap { index in places[a[index]].map { (index, $0) } }
      guard !pairs.isEmpty else {
        throw ExplainingError(
          .data, "no class of \(first.origin.name) has a name that one of \(second.origin.name) has", about: .labels)
      }
      return Dictionary(uniqueKeysWithValues: pairs)
    }
    guard first.names.count == second.names.count else {
      throw ExplainingError(
        .data,
        "\(first.origin.name) has \(first.names.count) classes and \(second.origin.name) \(second.names.count): give the "
          + "names of both, by which they are matched", about: .labels)
    }
    return Dictionary(uniqueKeysWithValues: (0..<first.names.count).map { ($0, $0) })
  }

  /// What the two make of one picture.
  package struct Finding: Codable, Sendable {
    package let image: String
    package let first: Choice
    package let second: Choice
    /// How sure the second network is of the first one's prediction; `nil` where it has no such class.
    package let secondOnFirst: Float?
    /// Whether the second network predicts another class.
    package let hasChanged: Bool
    /// The largest difference between the probabilities of a class.
    package let largestShift: Float
    /// For each method how alike the maps of the first one's prediction are.
    package let maps: [MapFinding]

    /// By which the worst are first: pictures whose prediction has changed, then those whose maps are least alike.
    package var rank: (Int, Float) {
      (hasChanged ? 0 : 1, maps.compactMap(\.similarity).min() ?? 2)
    }
  }

  package struct Choice: Codable, Sendable, Hashable {
    package let index: Int
    package let name: String
    package let probability: Float
  }

  package struct MapFinding: Codable, Sendable {
    package let method: String
    /// The rank correlation of the pixels, −1…1.
    package let similarity: Float?
    /// Structural similarity, up to 1.
    package let ssim: Float?
    /// Why there is none.
    package let reason: String?
  }

  /// Both networks' answers to a picture with the maps of the first one's prediction.
  package struct Pair {
    package let finding: Finding
    package let first: Explained
    package let second: Explained?
  }

  /// Shows a picture to both networks.
  ///
  /// - Throws: ``ExplainingError`` where the picture cannot be used.
  package func pair(on picture: Picture) throws -> Pair {
    let answers = [try first.predict(picture), try second.predict(picture)]
    let tops = try answers.map { answer -> Prediction in
      guard let top = answer.predictions(top: 1).first else {
        throw ExplainingError(.data, "\(picture.name): there is no prediction")
      }
      return top
    }
    let (a, b) = (tops[0], tops[1]), isBinary = first.names.isBinary
    let counterpart = correspondence[a.index]
    let hasChanged = isBinary ? a.side != b.side : counterpart != b.index
    let explained = try answers[0].inquiries(Question())[0].explained(by: methods)
    var other: Explained?
    if let counterpart {
      let text = isBinary ? a.side ?? "positive" : "\(counterpart)"
      other = try answers[1].inquiries(Question([try TargetExpression(text)]))[0].explained(by: secondMethods)
    }
    let maps = try methods.indices.map { index -> MapFinding in
      let method = methods[index].identifier
      guard let other else {
        return MapFinding(method: method, similarity: nil, ssim: nil, reason: "the second network has no such class")
      }
      return try Self.finding(method, explained, other, index)
    }
    let probabilities = answers.map { answer in
      Dictionary(
        answer.answer.ranking.filter { $0.side != "negative" }.map { ($0.index, $0.probability ?? 0) },
        uniquingKeysWith: { first, _ in first })
    }
    let largest =
      correspondence.map { abs((probabilities[0][$0.key] ?? 0) - (probabilities[1][$0.value] ?? 0)) }.max() ?? 0
    return Pair(
      finding: Finding(
        image: picture.name, first: Self.choice(a, first), second: Self.choice(b, second),
        secondOnFirst: counterpart.flatMap { probabilities[1][$0] }.map {
          isBinary && a.side == "negative" ? 1 - $0 : $0
        },
        hasChanged: hasChanged, largestShift: largest, maps: maps), first: explained, second: other)
  }

  private static func choice(_ prediction: Prediction, _ explainer: Explainer) -> Choice {
    Choice(
      index: prediction.index, name: explainer.names.name(of: prediction.choice),
      probability: prediction.probability ?? 0)
  }

  private static func finding(
    _ method: String, _ first: Explained, _ second: Explained, _ index: Int
  ) throws -> MapFinding {
    do {
      let maps = try [first, second].map { explained in
        let entry = explained.entries[index]
        return try Explanation(entry.outcome.get(), by: entry.expression.method, in: explained.inquiry.session)
          .importance()
      }
      // Inputs of other sizes show the same part of the picture where they are prepared alike.
      let second =
        maps[1].shape == maps[0].shape ? maps[1] : maps[1].resized(height: maps[0].shape[0], width: maps[0].shape[1])
      let similarity = MapSimilarity.spearman.similarity(of: maps[0], and: second)
      return MapFinding(
        method: method, similarity: similarity, ssim: MapSimilarity.ssim.similarity(of: maps[0], and: second),
        reason: similarity == nil ? "a map is the same everywhere" : nil)
    } catch {
      return MapFinding(method: method, similarity: nil, ssim: nil, reason: ExplainingError(error).description)
    }
  }
}
