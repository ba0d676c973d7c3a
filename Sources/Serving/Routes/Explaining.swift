import AttributionKit
import Evaluating
import Explaining
import Foundation
import Reporting

extension Desk {
  /// `POST /api/predict`: what the network takes a photograph for.
  func predict(_ asked: Asked, _ job: Job) throws -> Job.Answer {
    try with(asked, job, isGlance: asked.format != "page") { picture, _ in
      let report = PredictionReport(picture, top: min(max(asked.top ?? 5, 1), 1000))
      guard asked.format == "page" else { return try Job.Answer(report) }
      return try Job.Answer(Seen(report: report, picture: LivePicture(of: picture)))
    }
  }

  /// `POST /api/explain`: what methods make of a photograph.
  func explain(_ asked: Asked, _ job: Job) throws -> Job.Answer {
    let format = asked.format ?? "json"
    let writer: (any ReportWriter)? = try format == "page" ? nil : writer(of: format)
    return try with(asked, job) { picture, _ in
      let explainer = picture.explainer
      let methods = try methods(asked.methods, layer: asked.layer, on: explainer)
      var sheet = try SheetBuilder(about: explainer, contents: writer?.needs ?? .page)
      try picture.explain(
        asked.question(explainer), by: methods, checking: asked.check == true, unless: job.check
      ) { try sheet.add($0) }
      try job.check()
      let made = try sheet.sheet()
      guard let writer else { return Job.Answer(Array(try LivePage.json(of: made))) }
      return Job.Answer(try writer.data(of: made), type: Self.types[format] ?? "application/octet-stream")
    }
  }

  private func writer(of format: String) throws -> any ReportWriter {
    guard Self.types[format] != nil,
      let writer = ReportWriters.all.first(where: { $0.fileExtensions.contains(format) }),
      writer.takesSheets
    else {
      throw Problem(
        .badRequest,
        "there is no format '\(format.prefix(20))': page, \(Self.types.keys.sorted().joined(separator: ", "))")
    }
    return writer
  }

  private static let types = [
    "json": "application/json; charset=utf-8", "html": "text/html; charset=utf-8", "png": "image/png",
    "jpg": "image/jpeg", "pdf": "application/pdf", "svg": "image/svg+xml", "npz": "application/octet-stream",
  ]

  /// `POST /api/map`: one target by a method or a few, at once: for a slider over layers.
  func map(_ asked: Asked, _ job: Job) throws -> Job.Answer {
    try with(asked, job) { picture, _ in
      let start = ContinuousClock.now
      let explained = try quickly(asked, picture)
      return try Job.Answer(
        Frame(LivePanels(of: explained), network: explained.networkTime, total: ContinuousClock.now - start))
    }
  }

  /// `POST /api/frame`: a camera's frame, which is explained and forgotten.
  func frame(_ frame: FrameAsked, _ job: Job) throws -> Job.Answer {
    let start = ContinuousClock.now
    let (_, explainer) = try networks.explainer(frame.asked.network)
    let picture = try frame.picture(pixelLimit: explainer.pixelLimit)
    let region = try frame.asked.regionExpression()
    let answered = try explainer.answer(
      PictureQueue([picture], workers: explainer.workers, pixelLimit: explainer.pixelLimit), at: 0, region: region,
      progress: { try job.hear($0) })
    let explained = try quickly(frame.asked, answered)
    return try Job.Answer(
      Frame(
        LivePanels(of: explained), network: answered.forwardDuration + explained.networkTime,
        total: ContinuousClock.now - start))
  }

  /// The first inquiry of a question, explained.
  private func quickly(_ asked: Asked, _ picture: AnsweredPicture) throws -> Explained {
    let methods = try methods(asked.methods ?? "grad-cam", layer: asked.layer, on: picture.explainer)
    guard methods.count <= 4 else { throw Problem(.badRequest, "at most four methods can be followed live") }
    guard let inquiry = try picture.inquiries(asked.question(picture.explainer)).first else {
      throw Problem(.unprocessableContent, "there is nothing to explain in this picture")
    }
    return try inquiry.explained(by: methods)
  }
}

/// What a page shows of a photograph before it is explained.
private struct Seen: Encodable {
  let report: PredictionReport
  let picture: LivePicture
}

/// The panels of a moment, with how long they took in seconds.
private struct Frame: Encodable {
  let panels: LivePanels
  let seconds: Seconds

  struct Seconds: Encodable {
    /// In the network, forwards and backwards, and in the methods.
    let network: Double
    /// Of all the server did.
    let total: Double
  }

  init(_ panels: LivePanels, network: Duration, total: Duration) {
    self.panels = panels
    seconds = Seconds(network: network / .seconds(1), total: total / .seconds(1))
  }
}

extension Explained {
  /// How long the methods took together.
  fileprivate var networkTime: Duration { entries.reduce(.zero) { $0 + $1.duration } }
}
