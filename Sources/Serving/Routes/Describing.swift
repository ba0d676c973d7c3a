import AttributionKit
import Explaining
import Images
import Reporting

/// What may be asked about, without opening it.
private struct NetworkLine: Encodable {
  let name: String
  let scenes: [String]
}

/// An opened network: what every program is told of one, and what a page offers.
private struct NetworkAnswer: Encodable {
  let name: String
  let scenes: [String]
  let standard: [String]
  let answers: String
  let network: NetworkReport
  let layers: [LayersReport.Line]

  private enum CodingKeys: CodingKey { case name, scenes, standard, answers, layers }

  func encode(to encoder: any Encoder) throws {
    try network.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(scenes, forKey: .scenes)
    try fields.encode(standard, forKey: .standard)
    try fields.encode(answers, forKey: .answers)
    try fields.encode(layers, forKey: .layers)
  }
}

/// How busy the server is.
private struct StatusAnswer: Encodable {
  let version: String
  let running: Int
  let waiting: Int
  let limits: Told

  struct Told: Encodable {
    let photographBytes: Int, pixels: Int, seconds: Int, waiting: Int
    /// Zero where no networks are taken.
    let networkBytes: Int
  }
}

/// A network that was taken in.
private struct SentAnswer: Encodable { let name: String }

/// A photograph that was taken in.
private struct PhotographAnswer: Encodable {
  let image: String
  let name: String
  let width: Int
  let height: Int
}

extension Desk {
  /// `GET /api/networks`.
  func listNetworks() throws -> Job.Answer {
    try Job.Answer(networks.all.map { NetworkLine(name: $0.name, scenes: $0.scenes.map(\.name)) })
  }

  /// `GET /api/networks/{name}`.
  func describe(network name: String, _ job: Job) throws -> Job.Answer {
    let (network, explainer) = try networks.explainer(name)
    let report = LayersReport(explainer, layers: explainer.model.layers)
    return try Job.Answer(
      NetworkAnswer(
        name: network.name, scenes: network.scenes.map(\.name),
        standard: try explainer.catalogue.expressions(nil, layer: nil, on: explainer.model).map(\.identifier),
        answers: explainer.detectionHead != nil
          ? "boxes" : explainer.hasPlaces ? "places" : explainer.names.areNumbers ? "numbers" : "classes",
        network: NetworkReport(explainer), layers: report.layers))
  }

  /// `GET /api/networks/{name}/layers`.
  func layers(network name: String, _ job: Job) throws -> Job.Answer {
    let (_, explainer) = try networks.explainer(name)
    return try Job.Answer(LayersReport(explainer, layers: explainer.model.layers))
  }

  /// `GET /api/methods`.
  func listMethods() throws -> Job.Answer { try Job.Answer(CatalogueReport(catalogue)) }

  /// `GET /api/status`.
  func status() throws -> Job.Answer {
    let loads = [quick.load, thorough.load]
    return try Job.Answer(
      StatusAnswer(
        version: Release.version, running: loads.reduce(0) { $0 + $1.running },
        waiting: loads.reduce(0) { $0 + $1.waiting },
        limits: .init(
          photographBytes: limits.photographBytes, pixels: limits.pixels, seconds: limits.seconds,
          waiting: limits.waiting, networkBytes: sent?.acceptance.mostBytes ?? 0)))
  }

  /// `POST /api/networks`: keeps a network that can be opened.
  func takeNetwork(_ request: Request, waiting: (_ work: @escaping @Sendable (Job) throws -> Job.Answer) throws -> Void)
    throws -> Job.Answer
  {
    guard let sent else {
      throw Problem(
        .forbidden,
        "no networks are taken here: start the server with --accept-models, or name the network with --model")
    }
    let name = try request.required("name")
    guard request.head.length > 0 else { throw Problem(.badRequest, "send the network's file as the body") }
    let (own, _, gone) = try sent.take(name, apartFrom: networks.all.map(\.name), receive: request.receive) {
      own, path in
      // Opening may take long, and is work as any other.
      try waiting { [networks] job in
        try job.check()
        let open = sent.acceptance.open
        networks.add(ServedNetwork(own, path: path, open: { try open(path) }), opened: try open(path))
        return Job.Answer([])
      }
    }
    for old in gone { networks.remove(old) }
    return try Job.Answer(SentAnswer(name: own))
  }

  /// `POST /api/photographs`: makes sure that the bytes are a picture, and keeps them.
  func takePhotograph(_ bytes: [UInt8], named name: String, _ job: Job) throws -> Job.Answer {
    let raster = try Raster(decoding: bytes, named: name, pixelLimit: limits.pixels)
    try job.check()
    let photograph = photographs.add(bytes, named: name)
    return try Job.Answer(
      PhotographAnswer(image: photograph.number, name: name, width: raster.width, height: raster.height))
  }
}
