import Foundation
import Serving
import Testing

/// Who may ask, and who may not.
@Suite struct AdmissionTests {
  @Test(arguments: ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost."])
  func `this computer's own names are answered`(name: String) throws {
    try serving { (server: Server) throws in
      #expect(try server.ask("GET", "/api/status", fields: ["Host": "\(name):\(server.port)"]).status == 200)
    }
  }

  @Test(arguments: [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5", "evil@localhost",
    "localhost:1:2",
    "[::1", "0x7f.0.0.1", "2130706433",
  ])
  func `a name that somebody else has made point here is refused`(name: String) throws {
    try serving { (server: Server) throws in
      let answer = try server.ask("GET", "/", fields: ["Host": name])
      #expect(answer.status == 403, "\(answer.text)")
    }
  }

  @Test func `a request without a host is refused, and one with two`() throws {
    try serving { (server: Server) throws in
      #expect(try server.ask("GET", "/", fields: ["Host": ""]).status == 400)
      let client = try Client(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
      #expect(client.rest().status == 400)
    }
  }

  @Test(arguments: ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"])
  func `pages of other sites may not send anything`(origin: String) throws {
    try serving { (server: Server) throws in
      let answer = try server.ask(
        "POST", "/api/photographs", fields: ["Origin": origin, "Content-Type": "text/plain"], body: [1])
      #expect(answer.status == 403 && answer.problem == "pages of other sites may not ask this server")
      #expect(try server.ask("GET", "/api/status", fields: ["Sec-Fetch-Site": "cross-site"]).status == 403)
      #expect(try server.ask("GET", "/api/status", fields: ["Sec-Fetch-Site": "same-site"]).status == 403)
    }
  }

  @Test func `the server's own page may ask, and links lead to it`() throws {
    try serving { (server: Server) throws in
      let own = ["Origin": "http://127.0.0.1:\(server.port)", "Sec-Fetch-Site": "same-origin"]
      #expect(try server.ask("GET", "/api/status", fields: own).status == 200)
      #expect(
        try server.ask("GET", "/", fields: ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"]).status
          == 200)
    }
  }

  @Test func `other computers need the token, which no two servers share`() throws {
    try serving(host: "0.0.0.0") { (server: Server) throws in
      let token = try #require(server.token)
      #expect(token.count == 32 && server.address.hasSuffix("/\(token)/"))
      #expect(try server.ask("GET", "/").status == 403)
      #expect(try server.ask("GET", "/api/status").status == 403)
      #expect(try server.ask("GET", "/\(String(token.dropLast()))0x/api/status").status == 403)
      #expect(try server.ask("GET", "/\(token)/api/status").status == 200)
      #expect(try server.ask("GET", "/\(token)/api/status", fields: ["Host": "192.168.1.5"]).status == 200)
      #expect(try server.ask("GET", "/\(token)/api/status", fields: ["Host": "evil.example"]).status == 403)
      let page = try server.ask("GET", "/\(token)/")
      #expect(page.status == 200 && !page.text.contains("\"/") && !page.text.contains(token))
      try serving(host: "0.0.0.0") { (other: Server) throws in #expect(other.token != token) }
    }
  }

  @Test func `on this computer alone there is no token`() throws {
    try serving { (server: Server) throws in
      #expect(server.token == nil && server.address == "http://127.0.0.1:\(server.port)/")
    }
  }

  @Test func `every answer forbids what the page does not need`() throws {
    try serving { (server: Server) throws in
      for path in ["/", "/page/live.js", "/api/networks", "/nothing"] {
        let fields = try server.ask("GET", path).fields
        let policy = try #require(fields["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self';") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe-eval") && !policy.contains("script-src 'self' 'unsafe-inline'"))
        #expect(fields["x-content-type-options"] == "nosniff" && fields["referrer-policy"] == "no-referrer")
        #expect(fields["cross-origin-resource-policy"] == "same-origin" && fields["access-control-allow-origin"] == nil)
      }
    }
  }
}
