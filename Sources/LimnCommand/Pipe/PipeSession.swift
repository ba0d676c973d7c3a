import ArgumentParser
import AttributionKit
import Evaluating
import Explaining
import Foundation
import Images
import Rendering
import Reporting
import Tensors

/// What another program has opened and made: networks, explanations and evaluations, each by a number of its own.
struct PipeSession {
  let catalogue: Catalogue
  /// Throws where the request at hand is no longer wanted.
  let check: @Sendable () throws -> Void

  private var models: [Int: Opened] = [:]
  private var results: [Int: Made] = [:]
  private var last = 0
  /// What was asked last: programs tend to ask the same of one picture after another, and reading options takes longer
  /// than a small network.
  private var asked: (text: [String], arguments: ExplainArguments)?

  /// A network, with the options that it was opened with.
  private struct Opened {
    let explainer: Explainer
    let arguments: OpenArguments
    let catalogue: Catalogue
    /// What it is read from, which is never written over.
    let files: () -> [String]
  }

  private enum Made {
    case explained(CheckedExplanation)
    case evaluated(Evaluation, [EvaluationReport.Measurement], Explainer)
  }

  init(catalogue: Catalogue, check: @escaping @Sendable () throws -> Void) {
    (self.catalogue, self.check) = (catalogue, check)
  }

  mutating func reply(to request: PipeRequest, _ frames: [[UInt8]]) throws -> PipeReply {
    if let folder = request.folder, folder != FileManager.default.currentDirectoryPath {
      _ = FileManager.default.changeCurrentDirectoryPath(folder)
    }
    switch request.action {
    case .hello, .methods: return PipeReply(CatalogueReport(catalogue))
    case .open: return try open(request)
    case .close: models[try request.needed(request.model)] = nil
    case .predict: return try predict(request, frames)
    case .layers: return try layers(request, frames)
    case .explain: return try explain(request, frames)
    case .evaluate: return try evaluate(request, frames)
    case .render: return PipeReply(PipeFrame(), frames: [.bytes(try rendered(request))])
    case .save: try save(request)
    case .overlay: return try overlay(request)
    case .release: for number in request.results ?? [] { results[number] = nil }
    case .cancel: break
    }
    return PipeReply(PipeDone())
  }

  private mutating func nextNumber() -> Int {
    last += 1
    return last
  }

  private func model(_ request: PipeRequest) throws -> Opened {
    guard let opened = models[try request.needed(request.model)] else {
      throw Failure.usage("this model has been closed: open it again")
    }
    return opened
  }
}

// MARK: Networks

extension PipeSession {
  private mutating func open(_ request: PipeRequest) throws -> PipeReply {
    let arguments = try OpenArguments.parse(request.arguments ?? [])
    let catalogue = arguments.compatibility.applied(to: self.catalogue)
    let (explainer, files) = try arguments.opened(in: catalogue)
    let number = nextNumber()
    models[number] = Opened(explainer: explainer, arguments: arguments, catalogue: catalogue, files: files)
    return PipeReply(PipeModel(number: number, network: try NetworkReport(explainer)))
  }

  private func predict(_ request: PipeRequest, _ frames: [[UInt8]]) throws -> PipeReply {
    let opened = try model(request), arguments = try LayersArguments.parse(request.arguments ?? [])
    let picture = try pictures(request, frames, of: opened)[0]
    let answered = try opened.explainer.predict(picture, region: arguments.target.region.expression())
    return PipeReply(PredictionReport(answered, top: request.top ?? 5))
  }

  private func layers(_ request: PipeRequest, _ frames: [[UInt8]]) throws -> PipeReply {
    let opened = try model(request), layers = opened.explainer.model.layers
    guard let picture = try pictures(request, frames, of: opened).first else {
      return PipeReply(LayersReport(opened.explainer, layers: layers))
    }
    let question = try LayersArguments.parse(request.arguments ?? []).target.question(score: nil)
    let inquiries = try opened.explainer.predict(picture).inquiries(question)
    guard inquiries.count == 1 else { throw Failure.usage("'layers' takes one target") }
    let norms = try GradientNorms(of: layers, in: inquiries[0].session)
    return PipeReply(LayersReport(opened.explainer, layers: layers, inquiry: inquiries[0], norms: norms))
  }

  /// The pictures of a request; for the demo network a name may be a scene's.
  private func pictures(_ request: PipeRequest, _ frames: [[UInt8]], of opened: Opened) throws -> [Picture] {
    try (request.images ?? []).map { try picture($0, frames, of: opened) }
  }

  private func picture(_ image: PipeRequest.Image, _ frames: [[UInt8]], of opened: Opened) throws -> Picture {
    guard let frame = image.frame else {
      let picture = Workload.picture(image.name, opened.arguments.model)
      try picture.check()
      return picture
    }
    guard let shape = image.shape, frames.indices.contains(frame), shape.allSatisfy({ $0 > 0 }) else {
      throw Failure.internalError("\(image.name) has no pixels")
    }
    let bytes = frames[frame], count = shape.reduce(1, *)
    if bytes.count == count, shape.count == 3, shape[2] == 3 {
      return Picture(Raster(width: shape[1], height: shape[0], samples: bytes), named: image.name)
    }
    guard bytes.count == 4 * count else {
      throw Failure.internalError("\(image.name) is not as large as its shape says")
    }
    let numbers = bytes.withUnsafeBytes { bytes in
      (0..<count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw Failure.badData("\(image.name) holds numbers that are infinite or none (NaN): give finite ones")
    }
    return Picture(Tensor(numbers, shape: shape), named: image.name)
  }
}

// MARK: Explanations

extension PipeSession {
  private mutating func explain(_ request: PipeRequest, _ frames: [[UInt8]]) throws -> PipeReply {
    let opened = try model(request), arguments = try read(request.arguments ?? [])
    let explainer = opened.explainer, start = ContinuousClock.now
    var question = try arguments.target.question(score: arguments.target.score ?? explainer.score)
    question.reference = try request.reference.map { try explainer.reference(picture($0, frames, of: opened)) }
    let methods = try arguments.randomization.controlled(
      arguments.methods.expressions(
        from: opened.catalogue, layer: arguments.methods.layer.layer ?? explainer.layer, on: explainer.model), explainer
    )
    let queue = PictureQueue(
      try pictures(request, frames, of: opened), workers: explainer.workers, pixelLimit: explainer.pixelLimit)
    var made: [CheckedExplanation] = []
    for index in queue.pictures.indices {
      let views = try explainer.answers(
        queue, at: index, region: question.region, progress: { [check] _ in try check() })
      for view in views {
        try view.explain(question, by: methods, checking: arguments.check, unless: check) { made.append($0) }
      }
    }
    let duration = ContinuousClock.now - start
    var numbers: [PipeReply.Frame] = []
    let answers = made.map { explanation in
      let number = nextNumber()
      results[number] = .explained(explanation)
      return PipeResult(explanation, number: number, frames: &numbers)
    }
    return PipeReply(PipeResults(results: answers, seconds: duration / .seconds(1)), frames: numbers)
  }

  private mutating func read(_ text: [String]) throws -> ExplainArguments {
    if let asked, asked.text == text { return asked.arguments }
    let arguments = try ExplainArguments.parse(text)
    asked = (text, arguments)
    return arguments
  }

  private func overlay(_ request: PipeRequest) throws -> PipeReply {
    guard case .explained(let explanation) = try result(request), case let explained = explanation.explained,
      let index = request.entry, explained.entries.indices.contains(index)
    else { throw Failure.usage("there is no such attribution") }
    let style = try RenderArguments.parse(request.arguments ?? []).rendering.style(from: catalogue)
    let raster = try explained.inquiry.overlay(of: explained.entries[index].outcome.get(), style: style)
    return PipeReply(PipeFrame(height: raster.height, width: raster.width), frames: [.bytes(raster.samples)])
  }

  private func result(_ request: PipeRequest) throws -> Made {
    guard let number = request.results?.first, let made = results[number] else {
      throw Failure.usage("this result has been released: make it again")
    }
    return made
  }

  /// The sheet of a request's results, whose rows hold what is needed.
  private func sheet(_ request: PipeRequest, _ contents: Sheet.Contents) throws -> Sheet {
    let made = try (request.results ?? []).map { number -> CheckedExplanation in
      guard case .explained(let explanation) = results[number] else {
        throw Failure.usage("this result has been released: make it again")
      }
      return explanation
    }
    guard let first = made.first else { throw Failure.usage("there is nothing to show") }
    let style = try RenderArguments.parse(request.arguments ?? []).rendering.style(from: catalogue)
    var builder = try SheetBuilder(
      about: first.explained.inquiry.picture.explainer, style: style, contents: contents)
    for explanation in made { try builder.add(explanation) }
    return try builder.sheet()
  }

  /// The bytes of a file of this ending.
  private func rendered(_ request: PipeRequest) throws -> [UInt8] {
    let path = try request.needed(request.path)
    if case .evaluated(let evaluation, let numbers, let explainer) = try result(request) {
      return try EvaluationFile.data(
        evaluation, numbers, about: explainer, as: EvaluationFile.kind(of: path), call: request.call)
    }
    let writers: [any ReportWriter] = ReportWriters.all.map {
      $0 is PageWriter ? PageWriter(command: request.call) : $0
    }
    let writer = try ReportWriters.writer(for: path, among: writers)
    guard writer.takesSheets else {
      throw Failure.usage("several arrays are no single one: write .npz, or numpy.save one attribution's values")
    }
    return try writer.data(of: sheet(request, writer.needs))
  }

  private func save(_ request: PipeRequest) throws {
    let path = try request.needed(request.path)
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard path.hasSuffix("/") || isThere && isFolder.boolValue else {
      return try OutputPlace(path, apartFrom: models.values.flatMap { $0.files() }).write(rendered(request))
    }
    if isThere { try SheetBundle.check(path) }
    try SheetBundle(of: sheet(request, SheetBundle.needs), command: request.call).write(to: path)
  }
}

// MARK: Evaluations

extension PipeSession {
  private mutating func evaluate(_ request: PipeRequest, _ frames: [[UInt8]]) throws -> PipeReply {
    let opened = try model(request), arguments = try EvaluateArguments.parse(request.arguments ?? [])
    let explainer = opened.explainer, catalogue = opened.catalogue
    let marked = try arguments.objects.masks.map { try MarkedObjects($0) }
    let layer = arguments.methods.layer.layer ?? explainer.layer
    let methods =
      try arguments.methods.methods == nil
      ? catalogue.judged(layer: layer, on: explainer.model)
      : arguments.methods.expressions(from: catalogue, layer: layer, on: explainer.model)
    let metrics = try catalogue.metrics(arguments.metrics, marked: marked != nil)
    let question =
      marked != nil && arguments.target.isOpen ? nil : try arguments.target.question(score: explainer.score)
    let queue = PictureQueue(
      try pictures(request, frames, of: opened), workers: explainer.workers, pixelLimit: explainer.pixelLimit)
    var (numbers, refused) = ([EvaluationReport.Measurement](), [String]())
    let evaluation = try explainer.evaluate(
      queue, asking: question, by: methods, with: metrics, marked: marked, progress: { [check] _ in try check() },
      refused: { refused.append("\($0.name): \($1.description)") },
      each: {
        try check()
        numbers.append(EvaluationReport.Measurement($0))
      })
    let number = nextNumber()
    results[number] = .evaluated(evaluation, numbers, explainer)
    return PipeReply(
      PipeEvaluation(
        number: number, report: EvaluationReport(evaluation, numbers, about: explainer), refused: refused))
  }
}

extension PipeRequest {
  /// What the action cannot do without.
  fileprivate func needed<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Failure.internalError("the request '\(action.rawValue)' is incomplete") }
    return value
  }
}
