import Explaining
import Foundation

/// What is asked about a photograph: the body of most requests, in JSON.
struct Asked: Decodable, Sendable {
  /// The network's name; the first without one.
  var network: String?
  /// The number of a photograph, or `scene:` and the name of a picture that belongs to the network.
  let image: String
  /// Classes and more, as people write them; the network's own answer without any.
  var targets: [String]?
  /// Of a detector, numbers in the list or edges.
  var boxes: [String]?
  /// Of a segmentation, where it is asked.
  var region: String?
  /// `logit` or `probability`.
  var score: String?
  /// Expressions separated by commas; those that suit the network without them.
  var methods: String?
  /// The layer of methods that were given none.
  var layer: String?
  /// Whether each map is checked against another class and random weights.
  var check: Bool?
  /// What comes back: `json` for reports, `page` for what a page paints, or the ending of a file.
  var format: String?
  /// How many predictions are listed.
  var top: Int?

  /// Reads a request's body.
  ///
  /// - Throws: ``Problem`` that says what is wrong with it.
  init(_ request: Request, _ limits: Limits) throws(Problem) {
    let type = request.head.fields["content-type"]?.split(separator: ";").first?.lowercased().filter { $0 != " " }
    guard type == "application/json" else {
      throw Problem(.unsupportedMediaType, "send the question as JSON, with the Content-Type application/json")
    }
    do { self = try JSONDecoder().decode(Self.self, from: Data(request.body)) } catch let error as DecodingError {
      throw Problem(.badRequest, "the question is not as /api/openapi.json describes it: \(Self.words(error))")
    } catch { throw Problem(.badRequest, "the question is not JSON") }
    let texts =
      [network, image, region, score, methods, layer, format].compactMap { $0 } + (targets ?? []) + (boxes ?? [])
    guard texts.allSatisfy({ $0.count <= limits.words }) else {
      throw Problem(.badRequest, "a field of the question has more than \(limits.words) letters")
    }
    guard (targets ?? []).count + (boxes ?? []).count <= limits.targets else {
      throw Problem(.badRequest, "at most \(limits.targets) targets and boxes can be asked about at once")
    }
  }

  private static func words(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, _): "it has no '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): "'\(place(context))' is of another type"
    default: "it is not JSON"
    }
  }

  /// The question in the library's terms.
  func question(_ explainer: Explainer) throws -> Question {
    var kind: ScoreKind?
    if let score {
      kind = ScoreKind(rawValue: score)
      guard kind != nil else {
        throw Problem(
          .badRequest, "there is no score '\(score)': \(ScoreKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    var question = Question(
      targets?.isEmpty == false ? try targets?.map { try TargetExpression($0) } ?? [] : [.prediction],
      score: kind ?? explainer.score, region: try regionExpression())
    question.boxes = try (boxes ?? []).map { try BoxExpression($0) }
    return question
  }

  /// Where a segmentation is asked; never a file of this computer.
  func regionExpression() throws -> RegionExpression? {
    guard let region, !region.isEmpty else { return nil }
    let expression = try RegionExpression(region)
    guard expression.maskPath == nil else {
      throw Problem(
        .badRequest,
        "the region '\(region.prefix(100))' is none: give left,top,right,bottom or x,y in pixels, 'predicted' or 'all'")
    }
    return expression
  }
}
