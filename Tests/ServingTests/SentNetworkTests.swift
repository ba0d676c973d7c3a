import Explaining
import Foundation
import Serving
import Synchronization
import Testing

/// Networks that people send: only where they may, and only as data.
@Suite struct SentNetworkTests {
  /// What was opened: the path, and what the file held.
  private final class Opened: Sendable {
    let files = Mutex<[(path: String, bytes: [UInt8])]>([])

    var last: (path: String, bytes: [UInt8])? { files.withLock { $0.last } }
  }

  /// Takes networks of up to a thousand bytes that begin with a five.
  private func acceptance(_ opened: Opened) -> NetworkAcceptance {
    NetworkAcceptance(mostBytes: 1000) { path in
      let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
      opened.files.withLock { $0.append((path, bytes)) }
      guard bytes.first == 5 else { throw Problem(.unprocessableContent, "\(path) is no network") }
      return try Explainer(NetworkFile.demo)
    }
  }

  private func send(_ name: String, _ bytes: [UInt8], to server: Server) throws -> Answer {
    let name = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return try server.ask("POST", "/api/networks?name=\(name)", body: bytes)
  }

  private func names(_ server: Server) throws -> [String] {
    (try server.ask("GET", "/api/networks").json as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
  }

  @Test func `a network that is sent can be asked about, and is gone with the server`() throws {
    let opened = Opened(), folder: String
    do {
      folder = try serving(accepting: acceptance(opened)) { (server: Server) throws in
        let bytes = [5] + [UInt8](repeating: 7, count: 900)
        let answer = try send("../../my net/a b.ONNX", bytes, to: server)
        #expect(answer.status == 201 && (answer.json as? [String: String]) == ["name": "a b.onnx"], "\(answer.text)")
        let file = try #require(opened.last)
        #expect(file.bytes == bytes && file.path.hasSuffix("/a b.onnx") && file.path.contains("limn-serve-"))
        let facts = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect((facts[.posixPermissions] as? Int).map { $0 & 0o077 } == 0)
        #expect(try send("a b.onnx", bytes, to: server).json as? [String: String] == ["name": "a b (2).onnx"])
        #expect(try names(server) == ["demo", "a b.onnx", "a b (2).onnx"])
        let question = ["image": "nothing", "network": "a b.onnx"]
        #expect(try server.ask("/api/predict", question).problem?.contains("send it again") == true)
        #expect(try server.ask("GET", "/api/networks/a%20b.onnx").status == 200)
        return URL(fileURLWithPath: file.path).deletingLastPathComponent().deletingLastPathComponent().path
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func `the oldest go, with their files`() throws {
    let opened = Opened()
    try serving(accepting: acceptance(opened), { $0.sentNetworks = 2 }) { (server: Server) throws in
      for name in ["a.onnx", "b.h5", "c.pt2"] { #expect(try send(name, [5], to: server).status == 201) }
      #expect(try names(server) == ["demo", "b.h5", "c.pt2"])
      let paths = opened.files.withLock { $0.map(\.path) }
      #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, true, true])
      #expect(try server.ask("GET", "/api/networks/a.onnx").status == 404)
    }
  }

  @Test func `what is no network is refused, and nothing of it stays`() throws {
    let opened = Opened()
    try serving(accepting: acceptance(opened)) { (server: Server) throws in
      let answer = try send("a.onnx", [1, 2, 3], to: server)
      #expect(answer.status == 422 && answer.problem == "a.onnx is no network", "\(answer.text)")
      let path = try #require(opened.last).path
      #expect(!answer.text.contains("limn-serve") && !FileManager.default.fileExists(atPath: path))
      for name in ["plugin.so", "a.dylib", "a.py", "onnx", ".onnx.", "a.onnx.so", "net.limn.json"] {
        #expect(try send(name, [5], to: server).status == 415, "\(name)")
      }
      #expect(try server.ask("POST", "/api/networks", body: [5]).status == 400)
      #expect(try send("a.onnx", [UInt8](repeating: 5, count: 1001), to: server).status == 413)
      #expect(try send("a.onnx", [], to: server).status == 400)
      #expect(try names(server) == ["demo"] && opened.files.withLock { $0.count } == 1)
    }
  }

  @Test func `without leave none are taken`() throws {
    try serving { (server: Server) throws in
      let answer = try send("a.onnx", [5], to: server)
      #expect(answer.status == 403 && answer.problem?.contains("--accept-models") == true)
      let limits = (try server.ask("GET", "/api/status").json as? [String: Any])?["limits"] as? [String: Any]
      #expect(limits?["networkBytes"] as? Int == 0)
      #expect(try server.ask("GET", "/api/status").status == 200)
    }
  }

  @Test func `one arrives at a time, and one that is broken off makes room`() throws {
    let opened = Opened()
    try serving(accepting: acceptance(opened), { ($0.bodySeconds, $0.stallSeconds) = (20, 20) }) {
      (server: Server) throws in
      var slow: Client? = try Client(port: server.port)
      slow?.send("POST /api/networks?name=a.onnx HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nabc")
      Thread.sleep(forTimeInterval: 0.5)
      let second = try send("b.onnx", [5], to: server)
      #expect(second.status == 503 && second.fields["retry-after"] != nil)
      withExtendedLifetime(slow) {}
      slow = nil
      let deadline = Date.now.addingTimeInterval(15)
      var status = 503
      while status == 503, Date.now < deadline { status = try send("b.onnx", [5], to: server).status }
      #expect(status == 201)
      #expect(try names(server) == ["demo", "b.onnx"])
    }
  }
}
