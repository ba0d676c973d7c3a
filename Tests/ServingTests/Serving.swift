import DemoNetwork
import Explaining
import Foundation
import Images
import Serving

/// The demo network with its scenes, as a network with a place on this computer that nobody is to learn.
let demo = ServedNetwork(
  "demo", path: "/secret/place/demo.onnx",
  scenes: DemoScenes.pictures
) { try Explainer(NetworkFile.demo) }

/// The demo's detector, with the same scenes.
let demoDetector = ServedNetwork("demo-detector", scenes: DemoScenes.pictures) {
  try Explainer(NetworkFile.demoDetector)
}

/// A server on a port of its own while `body` runs.
func serving<Value>(
  _ networks: [ServedNetwork] = [demo], folders: [PhotographFolder] = [], accepting: NetworkAcceptance? = nil,
  host: String = "127.0.0.1",
  _ change: (inout Limits) -> Void = { _ in },
  _ body: (Server) throws -> Value
) throws -> Value {
  var limits = Limits()
  change(&limits)
  let server = try Server(networks, folders: folders, accepting: accepting, host: host, port: 0, limits: limits)
  defer { server.stop() }
  return try body(server)
}

extension Server {
  /// One request, on a connection of its own.
  func ask(
    _ method: String, _ path: String, fields: [String: String] = [:], body: [UInt8] = []
  ) throws -> Answer {
    let client = try Client(port: port)
    var all = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
    if !body.isEmpty { all["Content-Length"] = String(body.count) }
    all.merge(fields) { $1 }
    let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
    client.send(Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + body)
    return client.rest()
  }

  /// A question in JSON.
  func ask(_ path: String, _ question: [String: Any], fields: [String: String] = [:]) throws -> Answer {
    let data = try JSONSerialization.data(withJSONObject: question)
    return try ask(
      "POST", path, fields: ["Content-Type": "application/json"].merging(fields) { $1 }, body: Array(data))
  }

  /// Sends a picture; its number comes back.
  func send(_ bytes: [UInt8], named name: String = "photo.png") throws -> String? {
    let answer = try ask("POST", "/api/photographs?name=\(name)", fields: ["Content-Type": "image/png"], body: bytes)
    return (answer.json as? [String: Any])?["image"] as? String
  }
}

/// The demo network's scenes, drawn.
enum DemoScenes {
  static var pictures: [Picture] {
    DemoNetwork.scenes.map { scene in Picture(named: scene.name) { scene.drawn().raster } }
  }

  static func raster(_ name: String) -> Raster? { DemoNetwork.scenes.first { $0.name == name }?.drawn().raster }
}
