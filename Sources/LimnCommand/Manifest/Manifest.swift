import Foundation

/// What a network's file does not say about it, in a file beside it: `resnet50.limn.json` for `resnet50.onnx`.
///
/// Each field stands for the option of that name, which goes before it.
struct Manifest: Codable, Equatable {
  /// The labels file, seen from the manifest's folder.
  var labels: String?
  var preprocessing: Recipe?
  var layer: String?
  /// The output that is explained, by name or number.
  var output: String?
  var score: ScoreKind?
  /// For people: what could not be inferred, and what was assumed.
  var notes: [String]?

  struct Recipe: Codable, Equatable {
    var preset: String?
    var mean: [Float]?
    var std: [Float]?
    var scale: Float?
    var channelOrder: PreprocessingOptions.ChannelOrder?
    var fit: PreprocessingOptions.Fit?
    /// `224`, or `240x320` with the height first.
    var size: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case preset, mean, std, scale, channelOrder, fit, size }
  }

  enum CodingKeys: String, CodingKey, CaseIterable { case labels, preprocessing, layer, output, score, notes }

  /// Where the manifest of a network's file would be.
  static func path(beside model: String) -> String {
    URL(fileURLWithPath: model).deletingPathExtension().relativePath + ".limn.json"
  }
}

extension Manifest {
  /// Reads a manifest; whatever it says that is not understood is refused, since a misspelt field would be lost.
  init(contentsOf path: String) throws {
    let data = try InputFile.contents(of: path, as: "manifest")
    func refuse(_ reason: String) -> Failure { .badData("\(path) is not a manifest: \(reason)") }
    guard let fields = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw refuse("it must hold a JSON object; `limn init` writes one")
    }
    let recipe = fields[CodingKeys.preprocessing.rawValue] as? [String: Any] ?? [:]
    for (given, known) in [
      (fields, CodingKeys.allCases.map(\.rawValue)), (recipe, Recipe.CodingKeys.allCases.map(\.rawValue)),
    ] {
      guard let stranger = given.keys.sorted().first(where: { !known.contains($0) }) else { continue }
      throw refuse("there is no field '\(stranger)'; there are \(known.joined(separator: ", "))")
    }
    do {
      self = try JSONDecoder().decode(Manifest.self, from: data)
    } catch let error as DecodingError {
      throw refuse(error.place.map { "'\($0)' has a value of the wrong kind" } ?? "it cannot be read")
    }
  }
}

extension DecodingError {
  /// The field that could not be read: `preprocessing.mean`.
  var place: String? {
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
