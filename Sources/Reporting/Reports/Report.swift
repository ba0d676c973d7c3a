public import AttributionKit
public import Evaluating
public import Explaining
public import Images
import Tensors

/// Everything known about one attribution: what `-o map.json` holds.
///
/// Fields that do not apply are left out. All but ``timings`` is the same in every run. Fields may be added; those here
/// keep their names and meanings for as long as ``version`` stays.
public struct Report: Hashable, Sendable, Codable {
  /// The version of the report's form: raised where a field is taken away or means something else.
  public let version: Int
  /// The picture as the user named it.
  public let image: String
  /// The network.
  public let model: Network
  /// How the photograph became the network's input; missing for arrays.
  public let preprocessing: Preparation?
  /// The five choices ranked first; of numbers that are no scores of classes, the first five.
  public let predictions: [Prediction]
  /// What was explained.
  public let target: Target
  /// What was differentiated, and its value.
  public let score: Score
  /// By what method.
  public let method: MethodName
  /// Why there is no attribution; all fields from here to ``remarks`` are missing then.
  public private(set) var error: String?
  /// What was attributed to; the input for pixels.
  public private(set) var layer: NetworkLayer?
  /// The shape of the attribution: `[height, width]`, or `[channels, height, width]` of pixels.
  public private(set) var grid: [Int]?
  /// Of the signed values, before any rectifying or scaling.
  public private(set) var range: ValueRange?
  /// Whether there is something to see: `ok`, or why there is nothing.
  public private(set) var status: String?
  /// What an unhappy status means, and what to try.
  public private(set) var hint: String?
  /// Of a method with a gradient rule of its own, how much of the network the rule reached.
  public private(set) var guided: Guided?
  /// Of a method whose values should add up, how nearly they do.
  public private(set) var completeness: Completeness?
  /// What to know before believing the map.
  public private(set) var remarks: [String]?
  /// The connected parts in which the map reaches a share of its maximum, the strongest first and at most 50, where they
  /// were asked for; in pixels of the photograph.
  public private(set) var regions: [MapRegion]?
  /// Whether the map depends on the class and on the weights, where that was checked.
  public let sanity: Sanity?
  /// What was assumed of the network and the picture.
  public let notes: [String]?
  /// How long it took.
  public let timings: Timings
  /// What computed it.
  public let versions: Versions

  /// The version of the reports that are made here.
  public static let currentVersion = 1

  /// A method as it was asked for, and as papers print it.
  public struct MethodName: Hashable, Sendable, Codable {
    /// In its shortest spelling: `grad-cam(layer=conv5)`.
    public let expression: String
    /// `Grad-CAM (layer=conv5)`.
    public let title: String
  }

  /// The least and the greatest value.
  public struct ValueRange: Hashable, Sendable, Codable {
    /// The least finite value.
    public let minimum: Float
    /// The greatest finite value.
    public let maximum: Float
  }

  /// How many of the network's activation functions a method's own rule crossed.
  public struct Guided: Hashable, Sendable, Codable {
    /// Those that the rule crossed.
    public let crossed: Int
    /// All of the network's.
    public let activations: Int
  }

  /// What attributions add up to, and what they should.
  public struct Completeness: Hashable, Sendable, Codable {
    /// The sum of the attributions.
    public let sum: Float
    /// What it should be.
    public let expected: Float
  }

  /// How alike the map is to others that it should differ from, by the rank correlation of the pixels.
  public struct Sanity: Hashable, Sendable, Codable {
    /// To the map of the class with the least score.
    public let otherClass: Float?
    /// To the map of the network with the weights of its later half drawn anew.
    public let randomWeights: Float?
  }

  /// In seconds; what methods compared side by side share is counted for the first of them to need it.
  public struct Timings: Hashable, Sendable, Codable {
    /// The forward pass.
    public let forward: Double
    /// The method.
    public let attribution: Double
  }
}

extension Report {
  /// What one method made of a picture and a target, with its sanity check where one was made.
  ///
  /// `share` is that of the map's maximum from which its parts are listed; none are without it.
  public init(
    _ entry: Comparison.Entry, of inquiry: Inquiry, check: SanityCheck? = nil, regionsAbove share: Float? = nil
  ) {
    let picture = inquiry.picture
    version = Report.currentVersion
    image = picture.subject.name
    model = Network(picture.explainer)
    preprocessing = picture.subject.preprocessing.map(Preparation.init)
    predictions = picture.predictions(top: 5)
    target = Target(inquiry)
    score = Score(inquiry)
    method = MethodName(expression: entry.expression.identifier, title: entry.expression.title)
    sanity = check.map { Sanity(otherClass: $0.otherClass, randomWeights: $0.randomWeights) }
    notes = inquiry.notes.isEmpty ? nil : inquiry.notes.map(\.sentence)
    timings = Timings(forward: picture.forwardDuration.inSeconds, attribution: entry.duration.inSeconds)
    versions = Versions.current
    switch entry.outcome {
    case .failure(let failure): error = ExplainingError(failure).description
    case .success(let attribution):
      describe(attribution)
      regions = share.map { Array(inquiry.regions(of: attribution, above: $0).prefix(50)) }
      (status, hint) = (entry.status?.rawValue, entry.hint)
    }
  }

  private mutating func describe(_ attribution: Attribution) {
    layer = NetworkLayer(attribution.layer)
    grid = attribution.values.shape
    range = ValueRange(minimum: attribution.range.lowerBound, maximum: attribution.range.upperBound)
    guided = attribution.coverage.map { Guided(crossed: $0.crossed, activations: $0.activations) }
    completeness = attribution.completeness.map { Completeness(sum: $0.sum, expected: $0.expected) }
    remarks = attribution.remarks.isEmpty ? nil : attribution.remarks
  }
}

extension Explained {
  /// A report for each method, in their order.
  public var reports: [Report] { reports(checks: []) }

  /// A report for each method, in their order, with the sanity checks of the entries.
  func reports(checks: [SanityCheck?], regionsAbove share: Float? = nil) -> [Report] {
    entries.enumerated().map { index, entry in
      Report(
        entry, of: inquiry, check: checks.indices.contains(index) ? checks[index] : nil, regionsAbove: share)
    }
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
