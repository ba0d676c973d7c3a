import AttributionKit
import Evaluating
import Explaining
import Reporting
import Tensors

/// An opened network with its number.
struct PipeModel: Encodable, Sendable {
  let number: Int
  let network: NetworkReport

  private enum CodingKeys: CodingKey { case number }

  func encode(to encoder: any Encoder) throws {
    try network.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(number, forKey: .number)
  }
}

/// A picture and target explained; the numbers of its methods are the frames that the entries name.
struct PipeResult: Encodable, Sendable {
  let number: Int
  let image: String
  let title: String
  let summary: String
  let expression: String
  let index: Int?
  let label: String?
  let probability: Float?
  let score: Float
  let predictions: [Prediction]
  let notes: [String]
  let entries: [Entry]

  struct Entry: Encodable, Sendable {
    let method: String
    let title: String
    var error: String?
    var status: String?
    var hint: String?
    var layer: String?
    var caption: String?
    var shape: [Int]?
    var range: [Float]?
    var remarks: [String]?
    var sanity: [Float?]?
    var frame: Int?
  }

  /// An explanation, whose numbers are added to `frames`.
  init(_ explanation: CheckedExplanation, number: Int, frames: inout [PipeReply.Frame]) {
    let (explained, checks) = (explanation.explained, explanation.checks)
    let inquiry = explained.inquiry, names = inquiry.picture.explainer.names
    self.number = number
    image = inquiry.picture.subject.name
    (title, summary) = (inquiry.title, inquiry.summary)
    (expression, index) = (inquiry.target.expression, inquiry.target.choice?.index)
    label = inquiry.target.choice.flatMap(names.label)
    (probability, score) = (inquiry.probability, inquiry.session.score.value)
    predictions = inquiry.picture.predictions(top: 5)
    notes = inquiry.notes.map(\.sentence)
    entries = explained.entries.enumerated().map { place, entry in
      var made = Entry(method: entry.expression.identifier, title: entry.expression.title)
      switch entry.outcome {
      case .failure(let failure): made.error = ExplainingError(failure).description
      case .success(let attribution):
        let values = attribution.values(as: inquiry)
        made.status = (entry.status ?? attribution.status).rawValue
        (made.hint, made.layer, made.shape) = (entry.hint, attribution.layer.name, values.shape)
        made.caption = Wording.place(of: attribution)
        made.range = [attribution.range.lowerBound, attribution.range.upperBound]
        made.remarks = attribution.remarks
        if checks.indices.contains(place), let check = checks[place] {
          made.sanity = [check.otherClass, check.randomWeights]
        }
        made.frame = frames.count
        frames.append(.numbers(values))
      }
      return made
    }
  }
}

/// All results of a request, with how long the library took: to find the methods, and to explain.
struct PipeResults: Encodable, Sendable {
  let results: [PipeResult]
  let seconds: Double
}

/// An evaluation with its number.
struct PipeEvaluation: Encodable, Sendable {
  let number: Int
  let report: EvaluationReport
  let refused: [String]
}

/// A file's bytes, or a picture's samples, in the first frame.
struct PipeFrame: Encodable, Sendable {
  var height: Int?
  var width: Int?
}
