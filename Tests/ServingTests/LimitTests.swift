import Foundation
import Images
import Serving
import Testing

/// How much is taken, and for how long.
@Suite struct LimitTests {
  private func refused(_ request: String, _ server: Server) throws -> Int {
    let client = try Client(port: server.port)
    client.send(request.replacingOccurrences(of: "HOST", with: "Host: localhost\r\n"))
    return client.rest().status
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHOSTbad field\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHOST folded: a\r\n b\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\nHOST\r\n", 505), ("GET /\r\nHOST\r\n", 400),
    ("GET http://evil.example/ HTTP/1.1\r\nHOST\r\n", 400),
    ("GET /%zz HTTP/1.1\r\nHOST\r\n", 400), ("GET /%00 HTTP/1.1\r\nHOST\r\n", 400),
    ("GET /%ff HTTP/1.1\r\nHOST\r\n", 400),
    ("POST /api/explain HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\n", 411),
    ("POST /api/explain HTTP/1.1\r\nHOSTContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST /api/explain HTTP/1.1\r\nHOSTContent-Length: -1\r\n\r\n", 400),
    ("POST /api/explain HTTP/1.1\r\nHOSTContent-Length: +1\r\n\r\n", 400),
    ("POST /api/explain HTTP/1.1\r\nHOSTContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("POST /api/explain HTTP/1.1\r\nHOSTContent-Length: 999999999999\r\n\r\n", 413),
    ("POST /api/photographs HTTP/1.1\r\nHOSTContent-Length: 32000001\r\n\r\n", 413),
    ("GET /api/status HTTP/1.1\r\nHOSTContent-Length: 5\r\n\r\n", 413),
    ("GET / HTTP/1.1\r\nHOSTExpect: miracles\r\n\r\n", 417), ("DELETE / HTTP/1.1\r\nHOST\r\n", 405),
    ("GET /../../etc/passwd HTTP/1.1\r\nHOST\r\n", 404), ("GET /page/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHOST\r\n", 404),
  ])
  func `what is no ordinary request is refused`(request: String, status: Int) throws {
    try serving { (server: Server) throws in #expect(try refused(request, server) == status) }
  }

  @Test func `a head without end is cut off`() throws {
    try serving { (server: Server) throws in
      let client = try Client(port: server.port)
      client.send(Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 97, count: 200_000))
      #expect(client.rest().status == 431)
      #expect(try server.ask("GET", "/api/status").status == 200)
    }
  }

  @Test func `clients that dawdle are sent away, in the head and in the body`() throws {
    try serving(host: "127.0.0.1", { ($0.headSeconds, $0.bodySeconds, $0.idleSeconds) = (0.6, 0.6, 0.6) }) {
      (server: Server) throws in
      for start in ["GET / HT", "POST /api/explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabc"] {
        let client = try Client(port: server.port), clock = ContinuousClock.now
        client.send(start)
        #expect(client.rest().status == 408)
        #expect(ContinuousClock.now - clock < .seconds(20))
      }
      let idle = try Client(port: server.port)
      #expect(idle.rest().status == 0)
    }
  }

  @Test func `more connections than there may be get a sentence`() throws {
    try serving(host: "127.0.0.1", { ($0.connections, $0.connectionsOfOne) = (4, 3) }) { (server: Server) throws in
      let held = try (0..<3).map { _ in try Client(port: server.port) }
      for client in held { client.send("GET ") }
      Thread.sleep(forTimeInterval: 0.6)
      let answer = try server.ask("GET", "/api/status")
      #expect(answer.status == 429 && answer.problem?.contains("too many connections") == true)
      withExtendedLifetime(held) {}
    }
  }

  @Test func `more requests than may wait get a sentence and a time`() throws {
    try serving(host: "127.0.0.1", { ($0.waiting, $0.waitingOfOne) = (2, 2) }) { (server: Server) throws in
      let question = #"{"image":"scene:house","methods":"rise(masks=100000)"}"#
      let head = "POST /api/explain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      var clients: [Client] = []
      for _ in 0..<3 {
        let client = try Client(port: server.port)
        client.send("\(head)Content-Length: \(question.utf8.count)\r\n\r\n\(question)")
        clients.append(client)
        Thread.sleep(forTimeInterval: 0.5)
      }
      let answer = try server.ask("/api/explain", ["image": "scene:house"])
      #expect([429, 503].contains(answer.status) && answer.fields["retry-after"] != nil, "\(answer.text)")
      // A slider does not wait for them.
      #expect(try server.ask("/api/map", ["image": "scene:house"]).status == 200)
      withExtendedLifetime(clients) {}
    }
  }

  @Test func `what takes too long is ended, and a closed connection ends the work`() throws {
    try serving(host: "127.0.0.1", { $0.seconds = 1 }) { (server: Server) throws in
      let answer = try server.ask("/api/explain", ["image": "scene:house", "methods": "rise(masks=100000)"])
      #expect(answer.status == 503 && answer.problem?.contains("took more than 1 seconds") == true, "\(answer.text)")
    }
    try serving { (server: Server) throws in
      var client: Client? = try Client(port: server.port)
      let question = #"{"image":"scene:house","methods":"rise(masks=100000)"}"#
      client?.send(
        "POST /api/explain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/x-ndjson\r\n"
          + "Content-Length: \(question.utf8.count)\r\n\r\n\(question)")
      var heard = ""
      while !heard.contains("\"works\"") { heard += client?.some() ?? "" }
      #expect(server.load.running == 1)
      client = nil
      let deadline = Date.now.addingTimeInterval(20)
      while server.load.running > 0, Date.now < deadline { Thread.sleep(forTimeInterval: 0.05) }
      #expect(server.load.running == 0)
      #expect(try server.ask("/api/explain", ["image": "scene:house", "methods": "grad-cam"]).status == 200)
    }
  }

  @Test func `a picture with more pixels than may be is refused before it is decoded`() throws {
    let large = try Raster(width: 300, height: 200).pngData()
    try serving(host: "127.0.0.1", { $0.pixels = 10_000 }) { (server: Server) throws in
      let answer = try server.ask("POST", "/api/photographs", fields: ["Content-Type": "image/png"], body: large)
      #expect(answer.status == 422 && answer.problem?.contains("300 × 200 pixels") == true, "\(answer.text)")
    }
  }
}
