import Foundation
import Reporting

extension Router {
  /// Everything the server answers; `openapi.json` describes the same.
  init(_ desk: Desk) {
    let limits = desk.limits
    routes = [
      Route("GET", "/") { _, _ in try PageParts.response("index.html") },
      Route("GET", "/page/*") { _, words in try PageParts.response(words[0]) },
      Route("GET", "/api/openapi.json") { _, _ in try PageParts.response("openapi.json") },
      Route("GET", "/api/status") { _, _ in try desk.at(once: desk.status) },
      Route("GET", "/api/methods") { _, _ in try desk.at(once: desk.listMethods) },
      Route("GET", "/api/colormaps") { _, _ in
        try desk.at(once: { Job.Answer(Array(try LivePage.colorMaps(of: desk.catalogue))) })
      },
      Route("GET", "/api/networks") { _, _ in try desk.at(once: desk.listNetworks) },
      Route(
        "POST", "/api/networks", bodyLimit: desk.sent?.acceptance.mostBytes ?? limits.questionBytes, isStreamed: true
      ) {
        request, _ in
        let answer = try desk.takeNetwork(request) { work in
          _ = try desk.thorough.add(of: request.client, work).answer(unless: request.isAbandoned)
        }
        return Response(desk.veil.over(answer.bytes), type: answer.type, status: .created)
      },
      Route("GET", "/api/networks/*") { request, words in
        try desk.answer(request, by: desk.quick) { try desk.describe(network: words[0], $0) }
      },
      Route("GET", "/api/networks/*/layers") { request, words in
        try desk.answer(request, by: desk.quick) { try desk.layers(network: words[0], $0) }
      },
      Route("GET", "/api/folders") { _, _ in try desk.at(once: desk.listFolders) },
      Route("GET", "/api/folders/*") { request, words in
        try desk.at(once: { try desk.look(into: words[0], request) })
      },
      Route("GET", "/api/thumbnail") { request, _ in
        let image = try request.required("image")
        return try desk.answer(request, by: desk.quick) { try desk.thumbnail(of: image, $0) }
      },
      Route("POST", "/api/photographs", bodyLimit: limits.photographBytes) { request, _ in
        let bytes = request.body, name = Photographs.name(request.query("name"))
        guard !bytes.isEmpty else { throw Problem(.badRequest, "send the photograph's bytes as the body") }
        var response = try desk.answer(request, by: desk.quick) { try desk.takePhotograph(bytes, named: name, $0) }
        response.status = .created
        return response
      },
      Route("DELETE", "/api/photographs/*") { _, words in
        desk.photographs.remove(words[0])
        return Response([], type: "text/plain", status: .noContent)
      },
      Route("POST", "/api/predict", bodyLimit: limits.questionBytes) { request, _ in
        let asked = try Asked(request, limits)
        return try desk.answer(request, by: desk.quick) { try desk.predict(asked, $0) }
      },
      Route("POST", "/api/explain", bodyLimit: limits.questionBytes) { request, _ in
        let asked = try Asked(request, limits)
        return try desk.answer(request, by: desk.thorough) { try desk.explain(asked, $0) }
      },
      Route("POST", "/api/map", bodyLimit: limits.questionBytes) { request, _ in
        let asked = try Asked(request, limits)
        return try desk.answer(request, by: desk.quick) { try desk.map(asked, $0) }
      },
      Route("POST", "/api/frame", bodyLimit: limits.photographBytes) { request, _ in
        let frame = try FrameAsked(request, limits)
        return try desk.answer(request, by: desk.quick) { try desk.frame(frame, $0) }
      },
    ]
  }
}

extension Desk {
  /// What needs no turn.
  fileprivate func at(once make: () throws -> Job.Answer) throws -> Response {
    let answer = try make()
    return Response(veil.over(answer.bytes), type: answer.type)
  }

  /// Waits for a turn and for the answer; with news, where the client takes lines.
  fileprivate func answer(
    _ request: Request, by queue: WorkQueue, _ work: @escaping @Sendable (Job) throws -> Job.Answer
  ) throws -> Response {
    let job = try queue.add(of: request.client, work)
    guard request.head.fields["accept"]?.contains("application/x-ndjson") == true else {
      let answer = try job.answer(unless: request.isAbandoned)
      return Response(veiled(answer), type: answer.type)
    }
    return Response { [veil] write in
      func send(_ line: some Encodable) throws { try write(Array(JSONEncoder().encode(line)) + [10]) }
      do {
        let answer = try job.answer(unless: request.isAbandoned) { try send(NewsLine($0)) }
        guard answer.type.hasPrefix("application/json") else {
          throw Problem(.badRequest, "files cannot be sent as lines: leave out the Accept of application/x-ndjson")
        }
        try write(Array(#"{"result":"#.utf8) + veil.over(answer.bytes.filter { $0 != 10 }) + Array("}\n".utf8))
      } catch let error as CancellationError { throw error } catch let error as Connection.Ended { throw error } catch {
        let problem = Problem(error)
        try send(ProblemLine(problem: veil.over(problem.sentence), status: problem.status.rawValue))
      }
    }
  }

  /// Text without places of this computer; pictures and arrays hold none.
  private func veiled(_ answer: Job.Answer) -> [UInt8] {
    answer.type.contains("charset=utf-8") || answer.type.contains("svg") ? veil.over(answer.bytes) : answer.bytes
  }
}

/// What has become of a request so far.
private struct NewsLine: Encodable {
  var waits: Int?
  var works: Works?

  struct Works: Encodable {
    let passes: Int
    let total: Int
  }

  init(_ news: Job.News) {
    switch news {
    case .waits(let count): waits = count
    case .works(let passes, let total): works = Works(passes: passes, total: total)
    }
  }
}

/// Why there is no answer, under the status that it would have had alone.
private struct ProblemLine: Encodable {
  let problem: String
  let status: Int
}
