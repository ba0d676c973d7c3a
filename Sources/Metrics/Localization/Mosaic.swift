import AttributionKit
import Tensors

/// Four images in quarters, each half as large, and an explanation of the whole.
struct Mosaic {
  /// Where the four images come to lie, the image explained being the first of them.
  private let places: [Int]
  let explanation: Explanation

  /// Shows the network a mosaic, with the class that was explained.
  ///
  /// - Parameters:
  ///   - images: Four, in the network's input shape.
  ///   - explanation: What is judged, whose method and class are asked again.
  ///   - generator: Decides which quarter is whose.
  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the model or the method throws.
  init(of images: [Tensor], as explanation: Explanation, _ generator: inout SplitMix64) throws {
    precondition(images.count == 4, "\(images.count) images for four quarters")
    var places = [0, 1, 2, 3]
    for place in 0..<3 { places.swapAt(place, place + generator.below(4 - place)) }
    self.places = places
    let grid = try explanation.session.grid
    var cells = images
    for (image, place) in zip(images, places) {
      cells[place] = grid.planes(image).resized(height: (grid.height + 1) / 2, width: (grid.width + 1) / 2)
    }
    let mosaic = Tensor(mosaicOf: cells, columns: 2).resized(height: grid.height, width: grid.width)
    self.explanation = try explanation.repeated(on: grid.image(mosaic))
  }

  /// The share of the positive relevance, `max(0, Σₖ xₖ)`, that lies in the quarters of the first images.
  ///
  /// - Returns: `nil` where nothing is positive.
  /// - Throws: ``AttributionError/notAnImage(_:)``.
  func share(ofFirst count: Int) throws -> Float? {
    let relevance = try explanation.balance().rectified(), own = Set(places.prefix(count))
    let (height, width) = (relevance.shape[0], relevance.shape[1])
    var (inside, all) = (0.0, 0.0)
    for (pixel, value) in relevance.scalars.enumerated() where value.isFinite {
      let quarter = (2 * (pixel / width) < height ? 0 : 2) + (2 * (pixel % width) < width ? 0 : 1)
      all += Double(value)
      if own.contains(quarter) { inside += Double(value) }
    }
    return all > 0 ? Float(inside / all) : nil
  }
}

extension Explanation {
  /// Images on which the network does not rank the class explained first or second, each of another class.
  ///
  /// - Returns: `nil` where the score is about no class.
  var strangers: [PeerImage]? {
    guard let own = session.score.classIndex else { return nil }
    var seen: Set<Int> = []
    return peers.filter { one in
      guard let first = one.classes.first else { return false }
      // Of few classes, nearly all are among the first five.
      return !one.classes.prefix(2).contains(own) && seen.insert(first).inserted
    }
  }

  /// What the mean over some mosaics comes to.
  ///
  /// - Parameters:
  ///   - count: How many mosaics there are.
  ///   - seed: Decides which quarter is whose.
  ///   - share: The share of a mosaic, which a generator of its own makes; `nil` where it has none.
  /// - Returns: The mean of the shares that there are.
  /// - Throws: What `share` throws.
  func meanShare(
    over count: Int, seed: UInt64, _ share: (_ mosaic: Int, inout SplitMix64) throws -> Float?
  ) throws -> MetricResult {
    let shares = try (0..<count).map { mosaic -> Float? in
      var generator = SplitMix64(seed: seed, stream: 1000 * (session.score.classIndex ?? 0) + mosaic)
      let value = try share(mosaic, &generator)
      try session.report(passes: mosaic + 1, of: count)
      return value
    }
    let known = shares.compactMap { $0 }
    guard !known.isEmpty else { return .undefined("nothing in the map of the mosaic speaks for the score") }
    return MetricResult(known.reduce(0, +) / Float(known.count))
  }
}

extension Array {
  /// The parameters of metrics that show mosaics.
  static func mosaics<Metric>(
    _ mosaics: any WritableKeyPath<Metric, Int> & Sendable, _ seed: any WritableKeyPath<Metric, UInt64> & Sendable
  ) -> [Parameter<Metric>] where Element == Parameter<Metric> {
    [
      Parameter(
        "mosaics", mosaics, help: "how many mosaics are made of each photograph",
        expected: "a whole number from 1 to 100"
      ) { (1...100).contains($0) },
      Parameter(
        "seed", seed, help: "the number that decides which quarter is whose", expected: "a whole number from 0"),
    ]
  }
}
