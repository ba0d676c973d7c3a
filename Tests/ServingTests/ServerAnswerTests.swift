import Explaining
import Foundation
import Images
import Reporting
import Serving
import Testing

/// What is answered.
@Suite struct ServerAnswerTests {
  @Test func `the page comes with all its parts`() throws {
    try serving { (server: Server) throws in
      let page = try server.ask("GET", "/")
      #expect(page.status == 200 && page.fields["content-type"] == "text/html; charset=utf-8")
      for part in ["page.css", "live.css", "live.js"] { #expect(page.text.contains("page/\(part)")) }
      // Every module that one of them imports is there, too.
      var known: Set<String> = [], new = ["live.js"]
      while let name = new.popLast() {
        guard known.insert(name).inserted else { continue }
        let module = try server.ask("GET", "/page/\(name)")
        #expect(module.status == 200 && module.fields["content-type"] == "text/javascript; charset=utf-8", "\(name)")
        new += module.text.matches(of: /from "\.\/([a-z]+\.js)"/).map { String($0.1) }
      }
      #expect(known.count >= 14)
      #expect(try server.ask("HEAD", "/").body.isEmpty)
    }
  }

  @Test func `a photograph is explained as the library explains it`() throws {
    let scene = try #require(DemoScenes.raster("house")), bytes = try scene.pngData()
    let explained = try Explainer(NetworkFile.demo).explain(
      Picture(scene, named: "a.png"), methods: "grad-cam, gradient")
    try serving { (server: Server) throws in
      let image = try #require(try server.send(bytes, named: "folder%2Fa.png"))
      let answer = try server.ask("/api/explain", ["image": image, "methods": "grad-cam, gradient"])
      let reports = try ReportJSON.decode([Report].self, from: Data(answer.body))
      #expect(
        reports.map(\.range) == explained[0].reports.map(\.range)
          && reports.map(\.layer) == explained[0].reports.map(\.layer))
      #expect(reports[0].image == "a.png" && reports[0].predictions == explained[0].reports[0].predictions)
      let prediction = try ReportJSON.decode(
        PredictionReport.self, from: Data(server.ask("/api/predict", ["image": image]).body))
      #expect(prediction.predictions == reports[0].predictions)
      for (format, start) in [
        ("html", "<!doctype html>"), ("png", "\u{89}PNG"), ("npz", "PK"), ("svg", "<?xml"), ("page", "{"),
      ] {
        let file = try server.ask("/api/explain", ["image": image, "methods": "grad-cam", "format": format])
        #expect(file.status == 200 && file.body.starts(with: start.unicodeScalars.map { UInt8($0.value) }), "\(format)")
      }
      #expect(try server.ask("DELETE", "/api/photographs/\(image)").status == 204)
      #expect(try server.ask("/api/explain", ["image": image]).status == 404)
    }
  }

  @Test func `one run answers for every layer, as if each were asked alone`() throws {
    try serving { (server: Server) throws in
      let described = try #require(try server.ask("GET", "/api/networks/demo").json as? [String: Any])
      let layers = try #require(described["layers"] as? [[String: Any]])
        .filter { $0["suitability"] as? String == "suitable" }.compactMap { $0["name"] as? String }
      #expect(layers.count > 3)
      for layer in layers.reversed() {
        let question: [String: Any] = ["image": "scene:house", "methods": "grad-cam", "layer": layer]
        let quick = try #require(try server.ask("/api/map", question).json as? [String: Any])
        let panels = try #require(quick["panels"] as? [String: Any])
        #expect(panels["layers"] as? [String] == [layer])
        let panel = try #require((panels["panels"] as? [[String: Any]])?.first)
        let report = try ReportJSON.decode([Report].self, from: Data(server.ask("/api/explain", question).body))[0]
        let range = try #require(panel["range"] as? [Double])
        #expect(Float(range[0]) == report.range?.minimum && Float(range[1]) == report.range?.maximum)
      }
    }
  }

  @Test func `a camera's frame is explained from its pixels and from a file alike`() throws {
    let scene = try #require(DemoScenes.raster("house"))
    let pixels: [UInt8] = (0..<scene.width * scene.height).flatMap {
      Array(scene.samples[3 * $0..<3 * $0 + 3]) + [UInt8(255)]
    }
    try serving { (server: Server) throws in
      func panels(_ query: String, _ body: [UInt8]) throws -> NSDictionary? {
        let answer = try server.ask("POST", "/api/frame?methods=grad-cam&target=house\(query)", body: body)
        return (answer.json as? [String: Any])?["panels"] as? NSDictionary
      }
      let raw = try #require(try panels("&width=\(scene.width)&height=\(scene.height)", pixels))
      #expect(try raw == panels("", scene.pngData()))
      #expect(try server.ask("POST", "/api/frame?width=9&height=9", body: pixels).status == 400)
    }
  }

  @Test(arguments: [
    (#"{"image":"scene:house","methods":"grad-cam, grad-kam"}"#, 400, "            ^~~~~~~~"),
    (#"{"image":"scene:house","targets":["unicorn"]}"#, 422, "unicorn"),
    (#"{"image":"nothing"}"#, 404, "send it again"),
    (#"{"image":"scene:house","network":"other"}"#, 404, "there is no network 'other'"), ("{", 400, "JSON"),
    (#"{"methods":"cam"}"#, 400, "it has no 'image'"), (#"{"image":1}"#, 400, "'image' is of another type"),
    (#"{"image":"scene:house","format":"exe"}"#, 400, "there is no format 'exe'"),
    (#"{"image":"scene:house","score":"luck"}"#, 400, "there is no score 'luck'"),
    (#"{"image":"scene:house","region":"/etc/passwd"}"#, 400, "the region '/etc/passwd' is none"),
    (#"{"image":"scene:../house"}"#, 404, "no picture"),
  ])
  func `what cannot be done is told in a sentence`(question: String, status: Int, words: String) throws {
    try serving { (server: Server) throws in
      let answer = try server.ask(
        "POST", "/api/explain", fields: ["Content-Type": "application/json"], body: Array(question.utf8))
      #expect(answer.status == status && answer.problem?.contains(words) == true, "\(answer.status) \(answer.text)")
    }
  }

  @Test func `a detector's boxes come with the picture, and the one that is explained with its row`() throws {
    try serving([demoDetector]) { (server: Server) throws in
      let seen = try #require(
        try server.ask("/api/predict", ["image": "scene:fish-and-sailboat", "format": "page"]).json as? [String: Any])
      let listed = try #require((seen["report"] as? [String: Any])?["boxes"] as? [[String: Any]])
      let picture = try #require(seen["picture"] as? [String: Any])
      let boxes = try #require(picture["boxes"] as? [[String: Any]])
      let scene = try #require(DemoScenes.raster("fish-and-sailboat"))
      #expect(boxes.count > 1 && boxes.count == listed.count)
      for (box, told) in zip(boxes, listed) {
        #expect(box["number"] as? Int == told["number"] as? Int && box["name"] as? String == told["label"] as? String)
        for (edge, extent) in [
          ("left", scene.width), ("top", scene.height), ("right", scene.width), ("bottom", scene.height),
        ] {
          let (share, pixels) = try (#require(box[edge] as? Double), #require(told[edge] as? Double))
          #expect(abs(share * Double(extent) - pixels) < 1e-6 && (0...1).contains(share))
        }
      }
      let number = boxes.count
      let page = try #require(
        try server.ask(
          "/api/explain",
          ["image": "scene:fish-and-sailboat", "methods": "grad-cam", "boxes": ["\(number)"], "format": "page"]
        ).json as? [String: Any])
      let row = try #require((page["rows"] as? [[String: Any]])?.first)
      #expect(row["box"] as? NSDictionary == boxes[number - 1] as NSDictionary)
      let map = try #require(
        try server.ask("/api/map", ["image": "scene:fish-and-sailboat", "boxes": ["1"]]).json as? [String: Any])
      #expect((map["panels"] as? [String: Any])?["box"] as? NSDictionary == boxes[0] as NSDictionary)
    }
  }

  @Test func `methods read no folder of the computer`() throws {
    try serving { (server: Server) throws in
      let answer = try server.ask(
        "/api/explain", ["image": "scene:house", "methods": "expected-gradients(references=/etc)", "format": "json"])
      #expect(
        !answer.text.contains("passwd") && answer.text.contains("may not read folders here"),
        "\(answer.text.prefix(600))")
    }
  }

  @Test func `nobody learns where files lie`() throws {
    let absent = ServedNetwork("gone", path: "/secret/place/gone.onnx") { try Explainer("/secret/place/gone.onnx") }
    try serving([demo, absent]) { (server: Server) throws in
      let texts = try [
        server.ask("GET", "/api/networks"), server.ask("GET", "/api/networks/demo"),
        server.ask("GET", "/api/networks/gone"),
        server.ask("/api/explain", ["image": "scene:house"]),
        server.ask("/api/explain", ["image": "scene:house", "network": "gone"]),
      ].map(\.text)
      #expect(texts.allSatisfy { !$0.contains("secret") && !$0.contains(FileManager.default.currentDirectoryPath) })
      #expect(texts[2].contains("gone.onnx"))
    }
  }

  @Test func `what is no picture is refused`() throws {
    try serving { (server: Server) throws in
      let bodies: [[UInt8]] = [Array("<script>alert(1)</script>".utf8), [0x89, 0x50, 0x4E, 0x47], [0, 0, 0]]
      for body in bodies {
        let answer = try server.ask("POST", "/api/photographs?name=x.png", body: body)
        #expect(answer.status == 422 && answer.problem != nil)
      }
      #expect(try server.ask("POST", "/api/photographs").status == 400)
    }
  }

  @Test func `news comes in lines, and the answer last`() throws {
    try serving { (server: Server) throws in
      let answer = try server.ask(
        "/api/explain", ["image": "scene:house", "methods": "rise(masks=600)"],
        fields: ["Accept": "application/x-ndjson"])
      #expect(answer.fields["content-type"] == "application/x-ndjson; charset=utf-8")
      #expect(answer.text.contains(#"{"works":{"#) && answer.text.contains(#"{"result":["#))
      let wrong = try server.ask(
        "/api/explain", ["image": "scene:house", "methods": "rise("], fields: ["Accept": "application/x-ndjson"])
      #expect(wrong.text.contains(#""status":400"#))
    }
  }

  @Test func `a hundred requests at once are all answered`() throws {
    try serving { (server: Server) throws in
      let clients = try (0..<100).map { _ in try Client(port: server.port) }
      for (index, client) in clients.enumerated() {
        let question = #"{"image":"scene:house","methods":"grad-cam"}"#
        client.send(
          "POST /api/\(index % 2 == 0 ? "explain" : "map") HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Connection: close\r\nContent-Length: \(question.utf8.count)\r\n\r\n\(question)")
      }
      #expect(clients.allSatisfy { $0.rest().status == 200 })
    }
  }

  @Test func `the description names every address`() throws {
    try serving { (server: Server) throws in
      let text = try server.ask("GET", "/api/openapi.json")
      let paths = try #require((text.json as? [String: Any])?["paths"] as? [String: [String: Any]])
      let described = Set(
        paths.flatMap { path, methods in
          methods.keys.map { "\($0.uppercased()) \(path.replacing(/\{\w+\}/, with: "*"))" }
        })
      #expect(described == Set(server.addresses))
    }
  }
}
