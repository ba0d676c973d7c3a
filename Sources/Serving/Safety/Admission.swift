import Foundation

/// Who may ask: browsers on pages of this server, and programs that know its address.
///
/// The address that a browser believes to talk to stands in `Host`. A name that somebody else has made point here (DNS rebinding) is none of
/// ours, and is refused; numbers cannot be made to point elsewhere. A page of another site that sends requests here says so in
/// `Origin` and `Sec-Fetch-Site`.
package struct Admission: Sendable {
  /// What stands first in every path, where the server is open to other computers.
  package let token: String?
  private let names: Set<String>

  /// - Parameters:
  ///   - host: what is listened on, by name or number.
  ///   - token: what stands first in every path; `nil` where only this computer can ask.
  package init(host: String, token: String?) {
    self.token = token
    var names: Set = ["localhost", host.lowercased()]
    if token != nil {
      let own = ProcessInfo.processInfo.hostName.lowercased()
      names.formUnion([own, own.split(separator: ".").first.map(String.init) ?? own])
    }
    self.names = names
  }

  /// A token that cannot be guessed: 128 random bits.
  package static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Whether a host is this computer itself, and no other can reach what listens on it.
  package static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    return host == "localhost" || host == "::1" || isIPv4(host) && host.hasPrefix("127.")
  }

  /// Whether the request may be answered.
  ///
  /// - Returns: The path without the token.
  /// - Throws: ``Problem`` that says why not.
  package func admit(_ head: RequestHead) throws(Problem) -> [String] {
    guard let host = head.fields["host"] else { throw Problem(.badRequest, "the request has no Host") }
    guard isOwn(Self.name(of: host)) else {
      throw Problem(
        .forbidden, "this server does not answer under the name '\(host.prefix(100))': use the address that it printed")
    }
    if let origin = head.fields["origin"], !["http://\(host)", "https://\(host)"].contains(origin) {
      throw Problem(.forbidden, "pages of other sites may not ask this server")
    }
    // Following a link, or typing the address, is no other site's request.
    let isNavigation = head.fields["sec-fetch-mode"] == "navigate" && head.method == "GET"
    if let site = head.fields["sec-fetch-site"], !["same-origin", "none"].contains(site), !isNavigation {
      throw Problem(.forbidden, "pages of other sites may not ask this server")
    }
    guard let token else { return head.path }
    guard let given = head.path.first, Self.isSame(given, token) else {
      throw Problem(.forbidden, "open the whole address that the server printed when it began: it holds a token")
    }
    return Array(head.path.dropFirst())
  }

  private func isOwn(_ name: String) -> Bool {
    if names.contains(name) || Self.isLoopback(name) { return true }
    return token != nil && (Self.isIPv4(name) || name.contains(":"))
  }

  /// The name in `name:port` or `[number]:port`.
  private static func name(of host: String) -> String {
    var name = host.lowercased()[...]
    if name.hasPrefix("[") {
      guard let end = name.firstIndex(of: "]") else { return host }
      let inside = name[name.index(after: name.startIndex)..<end]
      return inside.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } ? String(inside) : host
    }
    if let colon = name.lastIndex(of: ":") {
      guard name[name.index(after: colon)...].allSatisfy(\.isNumber), name.firstIndex(of: ":") == colon else {
        return "?"
      }
      name = name[..<colon]
    }
    if name.hasSuffix(".") { name = name.dropLast() }
    return String(name)
  }

  private static func isIPv4(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } && UInt8($0) != nil }
  }

  /// In a time that does not tell how much of it is right.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    return a.count == b.count && zip(a, b).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
  }
}
