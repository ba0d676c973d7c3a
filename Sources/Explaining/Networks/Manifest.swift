public import AttributionKit
import Foundation

/// What a network's file does not say about it, in a file beside it: `resnet50.limn.json` for `resnet50.onnx`.
///
/// What is settled otherwise goes before it.
public struct Manifest: Hashable, Sendable, Codable {
  /// The file with the classes' names, seen from the manifest's folder.
  public var labels: String?
  /// How photographs are prepared.
  public var preprocessing: Recipe?
  /// How the pictures of further inputs are prepared, by the inputs' names.
  public var inputs: [String: Recipe]?
  /// The layer of methods that take one and were given none, by name or pattern.
  public var layer: String?
  /// The output that is explained, by name or number from 0.
  public var output: String?
  /// What the numbers of that output mean.
  public var answer: ModelRequest.Answer?
  /// What the score of a class is.
  public var score: ScoreKind?
  /// How the rows of a detector are read.
  public var detection: DetectionSettings?
  /// What layers compute that the file holds as code, which is never run, by the layers' names: `"x / 127.5 - 1"`.
  public var lambdas: [String: String]?
  /// For people: what could not be inferred, and what was assumed.
  public var notes: [String]?

  /// The names of the fields.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case labels, preprocessing, inputs, layer, output, answer, score, detection, lambdas, notes
  }

  /// A manifest that says what is given.
  public init(
    labels: String? = nil, preprocessing: Recipe? = nil, inputs: [String: Recipe]? = nil, layer: String? = nil,
    output: String? = nil, answer: ModelRequest.Answer? = nil, score: ScoreKind? = nil,
    detection: DetectionSettings? = nil, lambdas: [String: String]? = nil,
    notes: [String]? = nil
  ) {
    self.labels = labels
    self.preprocessing = preprocessing
    self.inputs = inputs
    self.layer = layer
    self.output = output
    self.answer = answer
    self.score = score
    self.detection = detection
    self.lambdas = lambdas
    self.notes = notes
  }

  /// Where the manifest of a network's file would be.
  public static func path(beside network: String) -> String {
    URL(fileURLWithPath: network).deletingPathExtension().relativePath + ".limn.json"
  }
}

extension Manifest {
  /// Reads a manifest; whatever it says that is not understood is refused, since a misspelt field would be lost.
  ///
  /// - Throws: ``ExplainingError``, with the field that is wrong.
  public init(contentsOf path: String) throws(ExplainingError) {
    let data = try InputFile.contents(of: path, as: "manifest")
    func refuse(_ reason: String) -> ExplainingError { .data("\(path) is not a manifest: \(reason)") }
    guard let fields = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw .data("\(path) is not a manifest: it must hold a JSON object", about: .manifest)
    }
    let inputs = fields[CodingKeys.inputs.rawValue] as? [String: Any] ?? [:]
    let own = fields[CodingKeys.preprocessing.rawValue].map { [$0] } ?? []
    let recipes = (own + Array(inputs.values)).compactMap { $0 as? [String: Any] }
    let detection = fields[CodingKeys.detection.rawValue] as? [String: Any] ?? [:]
    for (given, known) in [(fields, CodingKeys.allCases.map(\.rawValue))]
      + recipes.map({ ($0, Recipe.CodingKeys.allCases.map(\.rawValue)) })
      + [(detection, DetectionSettings.CodingKeys.allCases.map(\.rawValue))]
    {
      guard let stranger = given.keys.sorted().first(where: { !known.contains($0) }) else { continue }
      throw refuse("there is no field '\(stranger)'; there are \(known.joined(separator: ", "))")
    }
    do {
      self = try JSONDecoder().decode(Manifest.self, from: data)
    } catch let error as DecodingError {
      if case .dataCorrupted(let context) = error, let place = error.place, context.underlyingError == nil {
        if let field = context.codingPath.last?.stringValue, let choices = Self.choices[field] {
          throw .data("\(path): '\(place)' is one of \(choices.joined(separator: ", "))")
        }
        throw .data("\(path): '\(place)' \(context.debugDescription)")
      }
      throw refuse(error.place.map { "'\($0)' has a value of the wrong kind" } ?? "it cannot be read")
    } catch { throw refuse("it cannot be read") }
  }
}

extension Manifest {
  /// What fields that are words may hold.
  private static let choices = [
    "answer": ModelRequest.Answer.allCases.map(\.rawValue),
    "score": ScoreKind.allCases.map(\.rawValue) + ["keypoint:NAME"],
    "channelOrder": Recipe.ChannelOrder.allCases.map(\.rawValue), "fit": Recipe.Fit.allCases.map(\.rawValue),
  ]
}

extension DecodingError {
  /// The field that could not be read: `preprocessing.mean`.
  package var place: String? {
    let path: [any CodingKey] =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      @unknown default: []
      }
    let names = path.filter { $0.intValue == nil }.map(\.stringValue)
    return names.isEmpty ? nil : names.joined(separator: ".")
  }
}
