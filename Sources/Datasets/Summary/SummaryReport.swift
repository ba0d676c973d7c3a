/// What a data set shows when all its maps are seen together: `summary.json`.
package struct SummaryReport: Codable, Sendable {
  package var version = 1
  /// The method whose maps are summed up.
  package let method: String
  /// Classes that were explained, those of most pictures first.
  package let classes: [ClassSummary]
  /// Those whose maps fall into two lots, the most clearly parted first.
  package let split: [SplitClass]
  /// Where the evidence lies in the fewest places.
  package let mostFocused: [Remarkable]
  /// Where it lies everywhere.
  package let leastFocused: [Remarkable]
  /// Where the methods agree least; empty of one method.
  package let mostDisputed: [Remarkable]

  package struct ClassSummary: Codable, Sendable {
    package let index: Int?
    package let name: String
    package let pictures: Int
    /// The mean of the maps, each of length 1, on a grid of 16 × 16, row by row.
    package let mean: [Float]
  }

  package struct SplitClass: Codable, Sendable {
    package let index: Int?
    package let name: String
    /// How far apart the lots are, −1…1.
    package let separation: Float
    /// The smallest eigenvalues of the maps' neighbourhoods: two near zero are two lots.
    package let eigenvalues: [Double]
    /// The larger one first.
    package let lots: [Lot]
  }

  package struct Lot: Codable, Sendable {
    /// How many of the maps that were looked at are in it.
    package let maps: Int
    package let mean: [Float]
    /// The pictures whose maps are the most typical of it.
    package let pictures: [Remarkable]
  }

  /// A picture worth a look.
  package struct Remarkable: Codable, Sendable, Hashable {
    package let index: Int
    package let image: String
    package let name: String
    /// The Gini coefficient of the evidence, or how little methods agree: 1 less their mean rank correlation.
    package let value: Float
    /// The pictures that the network sees most alike, by the cosine of the features at the explained layer.
    package var nearest: [Neighbor]?
    package let thumbnail: String?
  }

  package struct Neighbor: Codable, Sendable, Hashable {
    package let index: Int
    package let image: String
    package let similarity: Float
  }
}
